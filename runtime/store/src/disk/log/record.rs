//! One block in the log: `length ‖ checksum ‖ height ‖ root before ‖ count ‖ (key, value or removal) of each change`.

use std::ops::RangeInclusive;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// Bytes before the payload: its length, and the first half of its SHA-256.
const FRAME: usize = 4 + 16;
/// Height, root before, number of changes.
const FIXED: usize = 8 + 32 + 4;
/// Bytes of a record without changes.
pub(crate) const SHORTEST: usize = FRAME + FIXED;
/// In place of a value's length: the key was removed.
const REMOVED: u32 = u32::MAX;

/// One changed key; without a value it was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEntry {
    pub(crate) key: Arc<[u8]>,
    pub(crate) value: Option<Arc<[u8]>>,
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogRecord {
    pub(crate) height: u64,
    /// Root of the version that the changes were made to.
    pub(crate) previous_root: Hash,
    pub(crate) entries: Vec<LogEntry>,
}

/// The record as it is appended; none when it is larger than the format can say (4 GiB).
pub(crate) fn encode_record(height: u64, previous_root: &Hash, entries: &[LogEntry]) -> Option<Vec<u8>> {
    let sizes = |entry: &LogEntry| 6 + entry.key.len() + entry.value.as_ref().map_or(0, |value| value.len());
    let mut record = Vec::with_capacity(FRAME + FIXED + entries.iter().map(sizes).sum::<usize>());
    record.extend_from_slice(&[0; FRAME]);
    record.extend_from_slice(&height.to_be_bytes());
    record.extend_from_slice(previous_root);
    record.extend_from_slice(&u32::try_from(entries.len()).ok()?.to_be_bytes());
    for entry in entries {
        record.extend_from_slice(&u16::try_from(entry.key.len()).ok()?.to_be_bytes());
        record.extend_from_slice(&entry.key);
        match &entry.value {
            Some(value) => {
                let len = u32::try_from(value.len()).ok().filter(|len| *len != REMOVED)?;
                record.extend_from_slice(&len.to_be_bytes());
                record.extend_from_slice(value);
            }
            None => record.extend_from_slice(&REMOVED.to_be_bytes()),
        }
    }
    let len = u32::try_from(record.len() - FRAME).ok()?;
    let checksum = checksum(&record[FRAME..]);
    record[..4].copy_from_slice(&len.to_be_bytes());
    record[4..FRAME].copy_from_slice(&checksum);
    Some(record)
}

/// Reads the record at the start of `bytes` and how long it is; the error says what is wrong with it.
pub(crate) fn parse_record(bytes: &[u8]) -> Result<(LogRecord, usize), &'static str> {
    let (len, rest) = bytes.split_first_chunk().ok_or("the record's frame is cut off")?;
    let (expected, rest) = rest.split_first_chunk::<16>().ok_or("the record's frame is cut off")?;
    let len = u32::from_be_bytes(*len) as usize;
    if len < FIXED {
        return Err("the record's length is too small");
    }
    let payload = rest.get(..len).ok_or("the record is cut off")?;
    if checksum(payload) != *expected {
        return Err("the record's checksum is wrong");
    }
    let record = parse_payload(payload).ok_or("the record does not parse")?;
    Ok((record, FRAME + len))
}

/// Whether a whole record of one of these heights begins anywhere in `bytes`.
pub(crate) fn has_record(bytes: &[u8], heights: &RangeInclusive<u64>) -> bool {
    let height_at = |at: usize| Some(u64::from_be_bytes(*bytes.get(at + FRAME..)?.first_chunk()?));
    (0..bytes.len())
        .any(|at| height_at(at).is_some_and(|height| heights.contains(&height)) && parse_record(&bytes[at..]).is_ok())
}

fn checksum(payload: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(payload).into();
    std::array::from_fn(|i| digest[i])
}

fn parse_payload(payload: &[u8]) -> Option<LogRecord> {
    let (height, payload) = payload.split_first_chunk()?;
    let (previous_root, payload) = payload.split_first_chunk()?;
    let (count, mut payload) = payload.split_first_chunk()?;
    let count = u32::from_be_bytes(*count) as usize;
    let mut entries = Vec::with_capacity(count.min(payload.len() / 6));
    for _ in 0..count {
        let (len, rest) = payload.split_first_chunk()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        let (len, rest) = rest.split_first_chunk()?;
        let (value, rest) = match u32::from_be_bytes(*len) {
            REMOVED => (None, rest),
            len => {
                let (value, rest) = rest.split_at_checked(len as usize)?;
                (Some(value.into()), rest)
            }
        };
        entries.push(LogEntry { key: key.into(), value });
        payload = rest;
    }
    payload.is_empty().then(|| LogRecord {
        height: u64::from_be_bytes(*height),
        previous_root: *previous_root,
        entries,
    })
}
