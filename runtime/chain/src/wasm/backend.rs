//! What a running contract reaches: its own storage, queries, the address rules.
//!
//! Storage and queries are charged to the transaction's meter at once and reported to the engine as external gas, so
//! both sides always agree on what is left. An iterator pays for one entry ahead, as those of the Cosmos SDK do: opening
//! it finds the first entry, each step the one after. So a write during iteration is seen unless it is to that entry.

use std::mem;

use crate::address::Address;
use crate::gas::kv;
use crate::machine::Machine;
use crate::state_key;
use crate::store::{Direction, Entry, MAX_KEY_BYTES};
use crate::vm::{Backend, BackendError, BackendResult, CW_GAS_PER_SDK_GAS, Order, Record};
use crate::wasm::{gas_register, querier};

/// Whether the contract may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    ReadWrite,
    ReadOnly,
}

pub(crate) struct ContractBackend<'m, 'e> {
    machine: &'m mut Machine<'e>,
    contract: Address,
    /// State key before the contract's own keys.
    prefix: Vec<u8>,
    access: Access,
    iterators: Vec<Cursor>,
}

/// What is left of an iteration: full keys, start inclusive, end exclusive.
struct Cursor {
    start: Vec<u8>,
    end: Option<Vec<u8>>,
    order: Order,
    /// The next entry, already paid for.
    upcoming: Option<Entry>,
}

impl Default for Cursor {
    fn default() -> Self {
        Self {
            start: Vec::new(),
            end: None,
            order: Order::Ascending,
            upcoming: None,
        }
    }
}

impl<'m, 'e> ContractBackend<'m, 'e> {
    pub(crate) fn new(machine: &'m mut Machine<'e>, contract: Address, access: Access) -> Self {
        let prefix = state_key::wasm::storage(&contract);
        Self {
            machine,
            contract,
            prefix,
            access,
            iterators: Vec::new(),
        }
    }

    fn full_key(&self, key: &[u8]) -> Vec<u8> {
        [self.prefix.as_slice(), key].concat()
    }

    fn metered_len(&self, key: &[u8]) -> usize {
        state_key::compute_metered_len(&self.prefix) + key.len()
    }

    /// Takes `cost` from both meters, or nothing when the call cannot pay it.
    fn charge(&mut self, cost: u64, gas_left: u64) -> (Result<(), BackendError>, u64) {
        let cw_cost = to_cw_gas(cost);
        let paid = cw_cost <= gas_left && self.machine.charge(cost, "wasm contract").is_ok();
        (if paid { Ok(()) } else { Err(BackendError::OutOfGas) }, cw_cost)
    }

    fn assert_writable(&self) -> Result<(), BackendError> {
        match self.access {
            Access::ReadWrite => Ok(()),
            Access::ReadOnly => Err(BackendError::Fatal("storage is read-only here".to_owned())),
        }
    }

    /// Moves a cursor on to its next entry; returns the price of that in SDK gas. Stops early where that is more than the
    /// call has left in CW gas.
    fn look_ahead(&self, cursor: &mut Cursor, gas_left: u64) -> u64 {
        let direction = match cursor.order {
            Order::Ascending => Direction::Ascending,
            Order::Descending => Direction::Descending,
        };
        let affordable = self.machine.gas.remaining().min(gas_left / CW_GAS_PER_SDK_GAS);
        let range = self
            .machine
            .state
            .range(Some(&cursor.start), cursor.end.as_deref(), direction);
        let mut range = range.within(affordable);
        let found = range.next();
        let skip_gas = range.skip_gas();
        let cost = match &found {
            Some((key, value)) => {
                match cursor.order {
                    // The smallest key above this one.
                    Order::Ascending => cursor.start = [key.as_slice(), &[0]].concat(),
                    Order::Descending => cursor.end = Some(key.clone()),
                }
                kv::compute_step(state_key::compute_metered_len(key), value.len())
            }
            None => kv::ITERATOR_STEP,
        };
        cursor.upcoming = found;
        cost.saturating_add(skip_gas)
    }
}

impl Backend for ContractBackend<'_, '_> {
    fn read(&mut self, key: &[u8], gas_left: u64) -> BackendResult<Option<Vec<u8>>> {
        let value = self.machine.state.get(&self.full_key(key));
        let cost = kv::compute_read(self.metered_len(key), value.as_ref().map_or(0, Vec::len));
        let (paid, cost) = self.charge(cost, gas_left);
        (paid.map(|()| value), cost)
    }

    fn write(&mut self, key: &[u8], value: &[u8], gas_left: u64) -> BackendResult<()> {
        if let Err(error) = self.assert_writable() {
            return (Err(error), 0);
        }
        let (paid, cost) = self.charge(kv::compute_write(self.metered_len(key), value.len()), gas_left);
        let written = paid.and_then(|()| {
            let key = self.full_key(key);
            assert_storable(&key)?;
            self.machine.state.set(key, value.to_vec());
            Ok(())
        });
        (written, cost)
    }

    fn remove(&mut self, key: &[u8], gas_left: u64) -> BackendResult<()> {
        if let Err(error) = self.assert_writable() {
            return (Err(error), 0);
        }
        let (paid, cost) = self.charge(kv::DELETE, gas_left);
        // A key that cannot be stored is not there.
        let key = self.full_key(key);
        if paid.is_ok() && assert_storable(&key).is_ok() {
            self.machine.state.remove(key);
        }
        (paid, cost)
    }

    fn scan(&mut self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order, gas_left: u64) -> BackendResult<u32> {
        let mut cursor = Cursor {
            start: self.full_key(start.unwrap_or_default()),
            end: match end {
                Some(end) => Some(self.full_key(end)),
                None => crate::state::compute_prefix_end(&self.prefix),
            },
            order,
            upcoming: None,
        };
        let cost = self.look_ahead(&mut cursor, gas_left);
        let id = u32::try_from(self.iterators.len()).map_err(|_| BackendError::Fatal("too many iterators".to_owned()));
        self.iterators.push(cursor);
        let (paid, cost) = self.charge(cost, gas_left);
        (paid.and(id), cost)
    }

    fn next(&mut self, iterator: u32, gas_left: u64) -> BackendResult<Option<Record>> {
        let Some(mut cursor) = self.iterators.get_mut(iterator as usize).map(mem::take) else {
            return (Err(BackendError::UnknownIterator(iterator)), 0);
        };
        let found = cursor.upcoming.take();
        // The end itself is free: coming to know of it was paid for with the last entry.
        let cost = found.as_ref().map(|_| self.look_ahead(&mut cursor, gas_left));
        self.iterators[iterator as usize] = cursor;
        let Some(cost) = cost else { return (Ok(None), 0) };
        let (paid, cost) = self.charge(cost, gas_left);
        let record = found.map(|(key, value)| (key[self.prefix.len()..].to_vec(), value));
        (paid.map(|()| record), cost)
    }

    fn query(&mut self, request: &[u8], gas_left: u64) -> BackendResult<Vec<u8>> {
        let limit = gas_left / CW_GAS_PER_SDK_GAS;
        let contract = self.contract.clone();
        let (answer, used) = self
            .machine
            .with_gas_limit(limit, |machine| querier::answer_contract(machine, &contract, request));
        let paid = self.machine.charge(used, "contract sub-query");
        let answer = match (answer, paid) {
            (Ok(answer), Ok(())) => Ok(answer),
            _ => Err(BackendError::OutOfGas),
        };
        (answer, to_cw_gas(used))
    }

    fn addr_validate(&mut self, human: &str) -> BackendResult<()> {
        let (paid, cost) = self.charge(gas_register::VALIDATE, gas_left_unknown());
        let valid = self
            .machine
            .env
            .codec
            .parse(human)
            .map(drop)
            .map_err(|error| BackendError::User(error.to_string()));
        (paid.and(valid), cost)
    }

    fn addr_canonicalize(&mut self, human: &str) -> BackendResult<Vec<u8>> {
        let (paid, cost) = self.charge(gas_register::CANONICALIZE, gas_left_unknown());
        let parsed = self.machine.env.codec.parse(human);
        let bytes = parsed.map(|address| address.as_bytes().to_vec());
        (
            paid.and(bytes.map_err(|error| BackendError::User(error.to_string()))),
            cost,
        )
    }

    fn addr_humanize(&mut self, canonical: &[u8]) -> BackendResult<String> {
        let (paid, cost) = self.charge(gas_register::HUMANIZE, gas_left_unknown());
        let text = Address::from_bytes(canonical)
            .map(|address| self.machine.text(&address))
            .map_err(|error| BackendError::User(error.to_string()));
        (paid.and(text), cost)
    }

    fn debug(&mut self, line: &str) {
        let Self { machine, contract, .. } = self;
        machine.note(|machine| format!("{} prints: {line}", machine.text(contract)));
    }
}

/// The address functions are not told what the call has left: the transaction's meter bounds them, and the engine
/// takes the reported cost from the call's own.
const fn gas_left_unknown() -> u64 {
    u64::MAX
}

/// Stores take keys up to a length that is below what the engine lets contracts ask for.
fn assert_storable(key: &[u8]) -> Result<(), BackendError> {
    let (len, limit) = (key.len(), MAX_KEY_BYTES);
    if len > limit {
        return Err(BackendError::Fatal(format!(
            "key of {len} bytes, contract's prefix included; the state takes keys of up to {limit}"
        )));
    }
    Ok(())
}

fn to_cw_gas(sdk_gas: u64) -> u64 {
    sdk_gas.saturating_mul(CW_GAS_PER_SDK_GAS)
}
