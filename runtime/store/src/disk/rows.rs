//! Rows of the tables. Every table has one row [`MARKER`] that says up to which height it is complete; all other keys
//! start with [`DATA`].
//!
//! | table | key | value |
//! |---|---|---|
//! | latest | state key | height of the value, value |
//! | past | state key in order-preserving form, height that replaced the value | height of the value, value; or nothing |
//! | blocks | height | root, keys that changed |
//! | pages | path of the page | page |

use std::sync::Arc;

use crate::hash::Hash;

/// Key of the row that says up to which height a table is complete.
pub(crate) const MARKER: [u8; 1] = [0];
/// First byte of all other keys.
const DATA: u8 = 1;

/// A stored value and the height that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Versioned {
    pub(crate) since: u64,
    pub(crate) value: Vec<u8>,
}

/// One height: its root and the keys it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockRecord {
    pub(crate) root: Hash,
    pub(crate) keys: Vec<Arc<[u8]>>,
}

pub(crate) fn latest_key(key: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(1 + key.len());
    row.push(DATA);
    row.extend_from_slice(key);
    row
}

/// The state key of a row of `latest`.
pub(crate) fn parse_latest_key(row: &[u8]) -> Option<&[u8]> {
    row.strip_prefix(&[DATA])
}

pub(crate) fn encode_versioned(since: u64, value: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(8 + value.len());
    row.extend_from_slice(&since.to_be_bytes());
    row.extend_from_slice(value);
    row
}

pub(crate) fn parse_versioned(row: &[u8]) -> Option<Versioned> {
    let (since, value) = row.split_first_chunk()?;
    Some(Versioned {
        since: u64::from_be_bytes(*since),
        value: value.to_vec(),
    })
}

/// First bytes of all rows of `past` for one key. In the order of the keys, and none is the prefix of another.
pub(crate) fn past_prefix(key: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(11 + key.len());
    row.push(DATA);
    for &byte in key {
        row.push(byte);
        if byte == 0 {
            row.push(u8::MAX);
        }
    }
    row.extend_from_slice(&[0, 0]);
    row
}

pub(crate) fn past_key(key: &[u8], until: u64) -> Vec<u8> {
    let mut row = past_prefix(key);
    row.extend_from_slice(&until.to_be_bytes());
    row
}

/// State key and height of a row of `past`.
pub(crate) fn parse_past_key(row: &[u8]) -> Option<(Vec<u8>, u64)> {
    let (row, until) = row.strip_prefix(&[DATA])?.split_last_chunk()?;
    let row = row.strip_suffix(&[0, 0])?;
    let mut key = Vec::with_capacity(row.len());
    let mut bytes = row.iter();
    while let Some(&byte) = bytes.next() {
        key.push(byte);
        if byte == 0 && bytes.next() != Some(&u8::MAX) {
            return None;
        }
    }
    Some((key, u64::from_be_bytes(*until)))
}

/// What a key had before a height: nothing is an empty row.
pub(crate) fn encode_past(before: Option<(u64, &[u8])>) -> Vec<u8> {
    before.map_or_else(Vec::new, |(since, value)| encode_versioned(since, value))
}

pub(crate) fn parse_past(row: &[u8]) -> Option<Option<Versioned>> {
    if row.is_empty() {
        return Some(None);
    }
    parse_versioned(row).map(Some)
}

pub(crate) fn block_key(height: u64) -> Vec<u8> {
    let mut row = vec![DATA];
    row.extend_from_slice(&height.to_be_bytes());
    row
}

pub(crate) fn parse_block_key(row: &[u8]) -> Option<u64> {
    let height = row.strip_prefix(&[DATA])?.try_into().ok()?;
    Some(u64::from_be_bytes(height))
}

pub(crate) fn encode_block(block: &BlockRecord) -> Vec<u8> {
    let mut row = Vec::with_capacity(32 + block.keys.iter().map(|key| 2 + key.len()).sum::<usize>());
    row.extend_from_slice(&block.root);
    for key in &block.keys {
        row.extend_from_slice(&(key.len() as u16).to_be_bytes());
        row.extend_from_slice(key);
    }
    row
}

pub(crate) fn parse_block(row: &[u8]) -> Option<BlockRecord> {
    let (root, mut row) = row.split_first_chunk()?;
    let mut keys = Vec::new();
    while !row.is_empty() {
        let (len, rest) = row.split_first_chunk()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        keys.push(key.into());
        row = rest;
    }
    Some(BlockRecord { root: *root, keys })
}

pub(crate) fn page_key(path: &[u8]) -> Vec<u8> {
    latest_key(path)
}

/// Marker of a table: the height up to which it is complete, and a few more numbers.
pub(crate) fn encode_marker(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

pub(crate) fn parse_marker(row: &[u8]) -> Option<Vec<u64>> {
    let (numbers, rest) = row.as_chunks::<8>();
    let numbers = numbers.iter().map(|number| u64::from_be_bytes(*number)).collect();
    rest.is_empty().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(u8::MAX), any::<u8>()], 1..6)
    }

    proptest! {
        #[test]
        fn past_rows_are_in_the_order_of_keys_then_heights(a in bytes(), b in bytes(), x: u64, y: u64) {
            prop_assert_eq!(past_key(&a, x).cmp(&past_key(&b, y)), (&a, x).cmp(&(&b, y)));
            prop_assert_eq!(parse_past_key(&past_key(&a, x)), Some((a.clone(), x)));
            prop_assert!(a == b || !past_prefix(&a).starts_with(&past_prefix(&b)));
        }

        #[test]
        fn rows_read_back_as_written(root: [u8; 32], keys in prop::collection::vec(bytes(), 0..4), height: u64) {
            let block = BlockRecord { root, keys: keys.iter().map(|key| key.as_slice().into()).collect() };
            prop_assert_eq!(parse_block(&encode_block(&block)), Some(block));
            prop_assert_eq!(parse_block_key(&block_key(height)), Some(height));
            prop_assert_eq!(parse_marker(&encode_marker(&[height, 1])), Some(vec![height, 1]));
            prop_assert_eq!(parse_past(&encode_past(Some((height, &root)))), Some(Some(Versioned { since: height, value: root.to_vec() })));
            prop_assert_eq!(parse_past(&encode_past(None)), Some(None));
        }

        #[test]
        fn any_bytes_are_read_without_panic(row in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = (parse_block(&row), parse_block_key(&row), parse_marker(&row), parse_past(&row), parse_past_key(&row));
        }
    }
}
