//! A backend for tests: storage in a map, the querier as a closure, bech32 addresses, and the gas prices of
//! cosmwasm-vm's own mocks, so that its published gas numbers can be compared.

use std::collections::BTreeMap;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use supercloud_chain::vm::{Backend, BackendError, BackendResult, Order, Record};

/// Answers a query request.
pub(crate) type Querier = Box<dyn FnMut(&[u8], u64) -> BackendResult<Vec<u8>>>;

const HRP: &str = "cosmwasm";
const SCAN_COST: u64 = 11;
const LAST_NEXT_COST: u64 = 37;
const CANONICALIZE_COST: u64 = 5 * 140_000;
const HUMANIZE_COST: u64 = 4 * 140_000;

pub(crate) struct MockBackend {
    pub(crate) storage: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) querier: Querier,
    pub(crate) debug_lines: Vec<String>,
    pub(crate) iterators: Vec<std::vec::IntoIter<Record>>,
}

impl Default for MockBackend {
    fn default() -> Self {
        Self {
            storage: BTreeMap::new(),
            querier: Box::new(|_, _| (Err(BackendError::Fatal("no querier".into())), 0)),
            debug_lines: Vec::new(),
            iterators: Vec::new(),
        }
    }
}

impl MockBackend {
    pub(crate) fn with_querier(querier: impl FnMut(&[u8], u64) -> BackendResult<Vec<u8>> + 'static) -> Self {
        Self {
            querier: Box::new(querier),
            ..Self::default()
        }
    }

    #[allow(dead_code, reason = "shared by two test binaries")]
    pub(crate) fn with_storage<const N: usize>(entries: [(&str, &str); N]) -> Self {
        Self {
            storage: entries.map(|(key, value)| (key.into(), value.into())).into(),
            ..Self::default()
        }
    }
}

impl Backend for MockBackend {
    fn read(&mut self, key: &[u8], _gas_left: u64) -> BackendResult<Option<Vec<u8>>> {
        (Ok(self.storage.get(key).cloned()), key.len() as u64)
    }

    fn write(&mut self, key: &[u8], value: &[u8], _gas_left: u64) -> BackendResult<()> {
        self.storage.insert(key.to_vec(), value.to_vec());
        (Ok(()), (key.len() + value.len()) as u64)
    }

    fn remove(&mut self, key: &[u8], _gas_left: u64) -> BackendResult<()> {
        self.storage.remove(key);
        (Ok(()), key.len() as u64)
    }

    fn scan(&mut self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order, _gas_left: u64) -> BackendResult<u32> {
        let inside = |key: &[u8]| start.is_none_or(|start| key >= start) && end.is_none_or(|end| key < end);
        let mut records: Vec<Record> = self
            .storage
            .iter()
            .filter(|(key, _)| inside(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if order == Order::Descending {
            records.reverse();
        }
        self.iterators.push(records.into_iter());
        (Ok(self.iterators.len() as u32), SCAN_COST)
    }

    fn next(&mut self, iterator: u32, _gas_left: u64) -> BackendResult<Option<Record>> {
        let found = (iterator as usize)
            .checked_sub(1)
            .and_then(|index| self.iterators.get_mut(index));
        let Some(records) = found else {
            return (Err(BackendError::UnknownIterator(iterator)), 0);
        };
        let record = records.next();
        let cost = record
            .as_ref()
            .map_or(LAST_NEXT_COST, |(key, value)| (key.len() + value.len()) as u64);
        (Ok(record), cost)
    }

    fn query(&mut self, request: &[u8], gas_left: u64) -> BackendResult<Vec<u8>> {
        (self.querier)(request, gas_left)
    }

    fn addr_validate(&mut self, human: &str) -> BackendResult<()> {
        match canonicalize(human).and_then(|canonical| humanize(&canonical)) {
            Err(error) => (Err(error), CANONICALIZE_COST),
            Ok(normal) if normal == human => (Ok(()), CANONICALIZE_COST + HUMANIZE_COST),
            Ok(_) => (
                Err(user("address is not normalized")),
                CANONICALIZE_COST + HUMANIZE_COST,
            ),
        }
    }

    fn addr_canonicalize(&mut self, human: &str) -> BackendResult<Vec<u8>> {
        (canonicalize(human), CANONICALIZE_COST)
    }

    fn addr_humanize(&mut self, canonical: &[u8]) -> BackendResult<String> {
        (humanize(canonical), HUMANIZE_COST)
    }

    fn debug(&mut self, line: &str) {
        self.debug_lines.push(line.to_owned());
    }
}

pub(crate) fn humanize(canonical: &[u8]) -> Result<String, BackendError> {
    if canonical.is_empty() {
        return Err(user("address is empty"));
    }
    bech32::encode::<Bech32>(Hrp::parse_unchecked(HRP), canonical).map_err(|_| user("address is too long"))
}

fn canonicalize(human: &str) -> Result<Vec<u8>, BackendError> {
    let decoded = CheckedHrpstring::new::<Bech32>(human).map_err(|_| user("address is not bech32"))?;
    if decoded.hrp() != Hrp::parse_unchecked(HRP) {
        return Err(user("address has another prefix"));
    }
    Ok(decoded.byte_iter().collect())
}

fn user(text: &str) -> BackendError {
    BackendError::User(text.to_owned())
}
