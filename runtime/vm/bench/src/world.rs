//! What a contract sees of its chain, the same object for both engines: storage in a map, bech32 addresses, one canned
//! answer to all queries, and the gas prices of the peer's own mocks.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::vec::IntoIter;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use cosmwasm_std::testing::mock_env;
use cosmwasm_std::{
    BalanceResponse, Binary, ContractResult, MessageInfo, SystemResult, coin, to_json_binary, to_json_vec,
};
use sha2::{Digest, Sha256};

/// Key and value.
pub type Record = (Vec<u8>, Vec<u8>);

/// What a querier answers.
pub type Answer = SystemResult<ContractResult<Binary>>;

const HRP: &str = "cosmwasm";
/// Gas of opening an iterator.
pub const SCAN_COST: u64 = 11;
/// Gas of the call of `next` that finds nothing.
pub const LAST_NEXT_COST: u64 = 37;
/// Gas of turning text into an address.
pub const CANONICALIZE_COST: u64 = 5 * 140_000;
/// Gas of turning an address into text.
pub const HUMANIZE_COST: u64 = 4 * 140_000;
const QUERY_COST: u64 = 100_000;
const QUERY_COST_PER_BYTE: u64 = 100;

/// Content of a contract's storage.
pub type Storage = BTreeMap<Vec<u8>, Vec<u8>>;

/// A handle on one contract's surroundings; clones share them.
#[derive(Clone, Default)]
pub struct World(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    storage: Storage,
    iterators: Vec<IntoIter<Record>>,
    answer: Option<(Answer, u64)>,
}

impl World {
    /// A world whose contract has stored `storage` before, and whose querier answers that a balance is zero.
    pub fn with_storage(storage: Storage) -> Self {
        let balance = to_json_binary(&BalanceResponse::new(coin(0, "earth"))).unwrap();
        let answer = SystemResult::Ok(ContractResult::Ok(balance));
        let length = to_json_vec(&answer).unwrap().len() as u64;
        Self(Rc::new(RefCell::new(State {
            storage,
            iterators: Vec::new(),
            answer: Some((answer, QUERY_COST + QUERY_COST_PER_BYTE * length)),
        })))
    }

    /// All that is stored.
    pub fn storage(&self) -> Storage {
        self.0.borrow().storage.clone()
    }

    /// Value under `key`.
    pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.borrow().storage.get(key).cloned()
    }

    /// Sets `key`.
    pub fn write(&self, key: &[u8], value: &[u8]) {
        self.0.borrow_mut().storage.insert(key.to_vec(), value.to_vec());
    }

    /// Removes `key`.
    pub fn remove(&self, key: &[u8]) {
        self.0.borrow_mut().storage.remove(key);
    }

    /// Opens an iterator; its number.
    pub fn scan(&self, start: Option<&[u8]>, end: Option<&[u8]>, descending: bool) -> u32 {
        let mut state = self.0.borrow_mut();
        let inside = |key: &[u8]| start.is_none_or(|start| key >= start) && end.is_none_or(|end| key < end);
        let found = state.storage.iter().filter(|(key, _)| inside(key));
        let mut records: Vec<Record> = found.map(|(key, value)| (key.clone(), value.clone())).collect();
        if descending {
            records.reverse();
        }
        state.iterators.push(records.into_iter());
        state.iterators.len() as u32
    }

    /// Advances an iterator; `None` when there is none of this number.
    pub fn next(&self, iterator: u32) -> Option<Option<Record>> {
        let mut state = self.0.borrow_mut();
        let index = (iterator as usize).checked_sub(1)?;
        state.iterators.get_mut(index).map(Iterator::next)
    }

    /// The answer to every query, and its gas.
    pub fn query(&self) -> Option<(Answer, u64)> {
        self.0.borrow().answer.clone()
    }
}

/// The address of a name.
pub fn address(name: &str) -> String {
    humanize(&Sha256::digest(name)).unwrap()
}

/// An address as text.
///
/// # Errors
///
/// A text when it is empty or too long.
pub fn humanize(canonical: &[u8]) -> Result<String, &'static str> {
    if !(1..=255).contains(&canonical.len()) {
        return Err("address has a bad length");
    }
    bech32::encode::<Bech32>(Hrp::parse_unchecked(HRP), canonical).map_err(|_| "address is too long")
}

/// An address as bytes.
///
/// # Errors
///
/// A text when it is no bech32 or has another prefix.
pub fn canonicalize(human: &str) -> Result<Vec<u8>, &'static str> {
    let decoded = CheckedHrpstring::new::<Bech32>(human).map_err(|_| "address is not bech32")?;
    if decoded.hrp() != Hrp::parse_unchecked(HRP) {
        return Err("address has another prefix");
    }
    Ok(decoded.byte_iter().collect())
}

/// Checks that an address is in its normal form; also the gas of that.
pub fn validate(human: &str) -> (Result<(), &'static str>, u64) {
    match canonicalize(human) {
        Err(text) => (Err(text), CANONICALIZE_COST),
        Ok(canonical) => {
            let verdict = match humanize(&canonical) {
                Ok(normal) if normal == human => Ok(()),
                Ok(_) => Err("address is not normalized"),
                Err(text) => Err(text),
            };
            (verdict, CANONICALIZE_COST + HUMANIZE_COST)
        }
    }
}

/// The block, transaction and contract of every call, as JSON.
pub fn env() -> Vec<u8> {
    to_json_vec(&mock_env()).unwrap()
}

/// Sender and funds of a call, as JSON.
pub fn info(sender: &str, earth: u128) -> Vec<u8> {
    let funds = if earth == 0 { vec![] } else { vec![coin(earth, "earth")] };
    let sender = cosmwasm_std::Addr::unchecked(address(sender));
    to_json_vec(&MessageInfo { sender, funds }).unwrap()
}
