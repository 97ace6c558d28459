//! What a running message can touch: state, gas, events and the block it runs in.
//!
//! All access to state from messages goes through [`Machine::read`] and its siblings, which charge gas.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use crate::address::{Address, AddressCodec};
use crate::chain::Impersonated;
use crate::config::Config;
use crate::diagnostics::Diagnostics;
use crate::diagnostics::calls::CallRecorder;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::gas::{GasMeter, OutOfGas, kv};
use crate::state::State;
use crate::state_key::compute_metered_len;
use crate::store::{Direction, Entry};
use crate::tx::VerifiedSignatures;
use crate::vm::{Checksum, HeldCode, Vm};
use crate::wasm::QUERY_GAS_LIMIT;

/// Name of the governance module; its account also receives the fees.
pub(crate) const GOV_MODULE: &str = "gov";

/// What does not change while the process runs.
#[derive(Clone)]
pub(crate) struct Environment {
    pub(crate) vm: Arc<dyn Vm>,
    pub(crate) config: Arc<Config>,
    pub(crate) codec: AddressCodec,
    pub(crate) gov: Address,
    /// Saves work only; no result depends on it.
    pub(crate) signatures: Arc<VerifiedSignatures>,
    /// Senders whose signatures are not looked at: only on development chains; see `chain::dev`.
    pub(crate) impersonated: Arc<Impersonated>,
}

/// Position in time, as contracts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockTime {
    pub(crate) height: u64,
    pub(crate) time_nanos: u64,
}

/// The transaction that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TxPosition {
    pub(crate) index: u32,
    pub(crate) hash: [u8; 32],
}

/// Why the machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In a block, or checking for one.
    Deliver,
    /// Only to learn the gas: no signature, no fee, no compiled code kept.
    Simulate,
}

pub(crate) struct Machine<'e> {
    pub(crate) env: &'e Environment,
    pub(crate) state: State,
    pub(crate) gas: GasMeter,
    pub(crate) events: Vec<Event>,
    pub(crate) block: BlockTime,
    pub(crate) tx: Option<TxPosition>,
    pub(crate) mode: Mode,
    /// Messages below messages; see `wasm::dispatch`.
    pub(crate) message_depth: u32,
    /// Smart queries below smart queries; see `wasm::query`.
    pub(crate) query_depth: u32,
    /// SDK gas of a smart query from outside.
    pub(crate) query_gas_limit: u64,
    /// Codes that only this simulation has, in the engine for as long as it runs.
    pub(crate) lent_codes: Vec<HeldCode>,
    /// Codes that this transaction has already called; their set-up is cheaper. None outside of transactions.
    pub(crate) warm_codes: Option<BTreeSet<Checksum>>,
    /// What is told to developers, where they asked.
    pub(crate) diagnostics: Option<Diagnostics>,
    /// Where contract calls are recorded, where somebody asked.
    pub(crate) calls: Option<CallRecorder>,
}

impl<'e> Machine<'e> {
    pub(crate) fn new(env: &'e Environment, state: State, block: BlockTime) -> Self {
        Self {
            env,
            state,
            gas: GasMeter::infinite(),
            events: Vec::new(),
            block,
            tx: None,
            mode: Mode::Deliver,
            message_depth: 0,
            query_depth: 0,
            query_gas_limit: QUERY_GAS_LIMIT,
            lent_codes: Vec::new(),
            warm_codes: None,
            diagnostics: None,
            calls: None,
        }
    }

    pub(crate) fn address(&self, text: &str) -> Result<Address, TxError> {
        Ok(self.env.codec.parse(text)?)
    }

    pub(crate) fn text(&self, address: &Address) -> String {
        self.env.codec.to_text(address)
    }

    /// Adds a line for developers; costs nothing where nobody asked.
    pub(crate) fn note(&mut self, text: impl FnOnce(&Self) -> String) {
        if let Some(mut diagnostics) = self.diagnostics.take() {
            if !diagnostics.is_full() {
                diagnostics.add(&text(self));
            }
            self.diagnostics = Some(diagnostics);
        }
    }

    pub(crate) fn take_notes(&mut self) -> String {
        self.diagnostics.as_mut().map(Diagnostics::take).unwrap_or_default()
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn charge(&mut self, amount: u64, location: &str) -> Result<(), OutOfGas> {
        self.gas.consume(amount, location)
    }

    pub(crate) fn read(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, OutOfGas> {
        let value = self.state.get(key);
        let value_len = value.as_ref().map_or(0, Vec::len);
        self.charge(kv::compute_read(compute_metered_len(key), value_len), "ReadPerByte")?;
        Ok(value)
    }

    pub(crate) fn has(&mut self, key: &[u8]) -> Result<bool, OutOfGas> {
        self.charge(kv::HAS, "Has")?;
        Ok(self.state.get(key).is_some())
    }

    pub(crate) fn write(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), OutOfGas> {
        self.charge(
            kv::compute_write(compute_metered_len(&key), value.len()),
            "WritePerByte",
        )?;
        self.state.set(key, value);
        Ok(())
    }

    pub(crate) fn delete(&mut self, key: Vec<u8>) -> Result<(), OutOfGas> {
        self.charge(kv::DELETE, "Delete")?;
        self.state.remove(key);
        Ok(())
    }

    /// Up to `limit` entries under `prefix`, keys without it, each paid for.
    pub(crate) fn list(&mut self, prefix: &[u8], limit: usize) -> Result<Vec<Entry>, OutOfGas> {
        let range = self.state.prefix(prefix, Direction::Ascending);
        let mut range = range.within(self.gas.remaining());
        let entries: Vec<_> = range.by_ref().take(limit).collect();
        let skip_gas = range.skip_gas();
        drop(range);
        self.charge(skip_gas, "IterNext")?;
        for (key, value) in &entries {
            self.charge(kv::compute_step(compute_metered_len(key), value.len()), "IterNext")?;
        }
        Ok(entries
            .into_iter()
            .map(|(key, value)| (key[prefix.len()..].to_vec(), value))
            .collect())
    }

    /// Takes the next number of a counter; the first is `first`.
    pub(crate) fn take_number(&mut self, key: &[u8], first: u64) -> Result<u64, TxError> {
        let number = match self.read(key)? {
            Some(bytes) => read_u64(&bytes)?,
            None => first,
        };
        self.write(key.to_vec(), (number + 1).to_be_bytes().to_vec())?;
        Ok(number)
    }

    /// Runs `work` so that its writes and events vanish when it fails; gas stays consumed.
    pub(crate) fn atomically<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let checkpoint = self.state.checkpoint();
        let outer_events = mem::take(&mut self.events);
        let result = work(self);
        let inner_events = mem::replace(&mut self.events, outer_events);
        match result {
            Ok(value) => {
                self.events.extend(inner_events);
                Ok(value)
            }
            Err(error) => {
                self.state.rollback(checkpoint);
                Err(error)
            }
        }
    }

    /// Runs `work` on a meter of its own; returns what it used, which the caller charges.
    pub(crate) fn with_gas_limit<T>(&mut self, limit: u64, work: impl FnOnce(&mut Self) -> T) -> (T, u64) {
        let outer = mem::replace(&mut self.gas, GasMeter::new(limit));
        let result = work(self);
        let inner = mem::replace(&mut self.gas, outer);
        (result, inner.used())
    }
}

pub(crate) fn read_u64(bytes: &[u8]) -> Result<u64, TxError> {
    let array = bytes
        .try_into()
        .map_err(|_| SdkError::Logic(format!("stored counter has {} bytes", bytes.len())))?;
    Ok(u64::from_be_bytes(array))
}
