//! Storage and iterators.

use cosmwasm_std::{Binary, Order, StdResult, Storage, to_json_binary};

use crate::host::{self, Region};
use crate::msg::{Advance, Found, Iterate, Part, Scan, ScanOrder};

/// Stores `value_len` times `v` under `key_len` times `k`.
pub(crate) fn write(storage: &mut dyn Storage, key_len: u32, value_len: u32) {
    storage.set(&vec![b'k'; key_len as usize], &vec![b'v'; value_len as usize]);
}

/// Iterates as contracts do.
pub(crate) fn scan(storage: &dyn Storage, scan: &Scan) -> StdResult<Binary> {
    let (start, end) = (scan.start.as_deref(), scan.end.as_deref());
    let order = match scan.order {
        ScanOrder::Ascending => Order::Ascending,
        ScanOrder::Descending => Order::Descending,
    };
    let (skip, take) = (scan.skip as usize, scan.take as usize);
    let single = |found: &mut dyn Iterator<Item = Vec<u8>>| -> StdResult<Binary> {
        to_json_binary(&found.skip(skip).take(take).map(Binary::from).collect::<Vec<_>>())
    };
    match scan.part {
        Part::Records => {
            let found = storage.range(start, end, order).skip(skip).take(take);
            let pair = |(key, value)| (Binary::from(key), Binary::from(value));
            to_json_binary(&found.map(pair).collect::<Vec<_>>())
        }
        Part::Keys => single(&mut storage.range_keys(start, end, order)),
        Part::Values => single(&mut storage.range_values(start, end, order)),
    }
}

/// Iterates by single host calls, beyond the end too.
pub(crate) fn iterate(iterate: &Iterate) -> Vec<Found> {
    let iterator = open(iterate.start.as_deref(), iterate.end.as_deref(), iterate.order);
    iterate.steps.iter().map(|step| advance(iterator, *step)).collect()
}

/// One host call.
pub(crate) fn advance(iterator: u32, step: Advance) -> Found {
    let found = |pointer| host::take(pointer).map(Binary::from);
    match step {
        Advance::Next => {
            let sections = host::take(host::db_next(iterator)).unwrap_or_default();
            let (key, value) = split(&sections);
            Found {
                key: Some(key.into()),
                value: Some(value.into()),
            }
        }
        Advance::NextKey => Found {
            key: found(host::db_next_key(iterator)),
            value: None,
        },
        Advance::NextValue => Found {
            key: None,
            value: found(host::db_next_value(iterator)),
        },
    }
}

/// Opens iterators that nobody advances.
pub(crate) fn open_many(count: u32) {
    for _ in 0..count {
        open(None, None, 1);
    }
}

fn open(start: Option<&[u8]>, end: Option<&[u8]>, order: u32) -> u32 {
    let (start, end) = (start.map(Region::of), end.map(Region::of));
    let pointer = |region: &Option<Region>| region.as_ref().map_or(0, Region::pointer);
    host::db_scan(pointer(&start), pointer(&end), order)
}

/// Two sections, each followed by its length.
fn split(sections: &[u8]) -> (&[u8], &[u8]) {
    let last = |bytes: &'_ [u8]| -> (usize, usize) {
        let end = bytes.len() - 4;
        let length = u32::from_be_bytes([bytes[end], bytes[end + 1], bytes[end + 2], bytes[end + 3]]);
        (end - length as usize, end)
    };
    let (value_start, value_end) = last(sections);
    let (key_start, key_end) = last(&sections[..value_start]);
    (&sections[key_start..key_end], &sections[value_start..value_end])
}
