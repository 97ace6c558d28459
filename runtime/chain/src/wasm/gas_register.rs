//! Prices around contract calls in SDK gas; wasmd's register.

use crate::wasm::json::{Attribute, ContractEvent};

/// Set-up of a call.
pub(crate) const INSTANCE: u64 = 60_000;
/// Set-up of a call to code that is pinned, was called before in this transaction, or gets a reply.
pub(crate) const INSTANCE_DISCOUNTED: u64 = 2_000;
/// Compiling one byte of uncompressed Wasm.
pub(crate) const COMPILE_PER_BYTE: u64 = 3;
/// Pinning or unpinning one code.
pub(crate) const PIN: u64 = 500_000;
/// Humanizing, canonicalizing and validating an address.
pub(crate) const HUMANIZE: u64 = 5;
pub(crate) const CANONICALIZE: u64 = 4;
pub(crate) const VALIDATE: u64 = 9;
/// Decoding one byte of what a contract returned.
pub(crate) const RESULT_PER_BYTE: u64 = 1;
/// Predicting an address.
pub(crate) const BUILD_ADDRESS: u64 = 10;

const UNCOMPRESS_PER_100_BYTES: u64 = 15;
const ATTRIBUTE: u64 = 10;
const ATTRIBUTE_PER_BYTE: u64 = 1;
/// Bytes of keys and values that one response has for free.
const FREE_ATTRIBUTE_BYTES: usize = 100;
const CUSTOM_EVENT: u64 = 20;

/// Unpacking gzipped Wasm of this length.
pub(crate) fn compute_uncompress(len: usize) -> u64 {
    len as u64 * UNCOMPRESS_PER_100_BYTES / 100
}

/// Unpacking a message of any type.
pub(crate) fn compute_any_message(len: usize) -> u64 {
    5 + len as u64 / 1_024
}

/// The attributes and events of one response.
pub(crate) fn compute_events(attributes: &[Attribute], events: &[ContractEvent]) -> u64 {
    let mut free = FREE_ATTRIBUTE_BYTES;
    let mut gas = compute_attributes(attributes, &mut free);
    for event in events {
        gas += CUSTOM_EVENT + ATTRIBUTE_PER_BYTE * event.kind.len() as u64;
        gas += compute_attributes(&event.attributes, &mut free);
    }
    gas
}

/// The events that a reply reads: types, and all attributes as one set.
pub(crate) fn compute_reply_events(events: &[ContractEvent]) -> u64 {
    let types: usize = events.iter().map(|event| event.kind.len()).sum();
    let attributes: Vec<Attribute> = events
        .iter()
        .flat_map(|event| event.attributes.iter().cloned())
        .collect();
    ATTRIBUTE_PER_BYTE * types as u64 + compute_events(&attributes, &[])
}

fn compute_attributes(attributes: &[Attribute], free: &mut usize) -> u64 {
    let bytes: usize = attributes
        .iter()
        .map(|attribute| attribute.key.len() + attribute.value.len())
        .sum();
    let paid = bytes.saturating_sub(*free);
    *free = free.saturating_sub(bytes);
    ATTRIBUTE * attributes.len() as u64 + ATTRIBUTE_PER_BYTE * paid as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(len: usize) -> Attribute {
        Attribute {
            key: "k".repeat(len),
            value: String::new(),
        }
    }

    #[test]
    fn hundred_bytes_of_attributes_are_free_once_per_response() {
        assert_eq!(compute_events(&[attribute(100)], &[]), 10);
        assert_eq!(compute_events(&[attribute(101)], &[]), 11);
        let event = ContractEvent {
            kind: "ab".into(),
            attributes: vec![attribute(30)],
        };
        assert_eq!(compute_events(&[attribute(90)], &[event]), 10 + 20 + 2 + 10 + 20);
    }

    #[test]
    fn uncompressing_rounds_down() {
        assert_eq!(compute_uncompress(6), 0);
        assert_eq!(compute_uncompress(7), 1);
        assert_eq!(compute_uncompress(1_000), 150);
    }
}
