//! Lists of byte strings: what is encoded decodes to the same, and every text that decodes is the encoding of what it
//! decodes to, so that there is one encoding per list.

use supercloud_chain::vm::VmError;
use supercloud_vm::fuzzing::{decode_sections, encode_sections};

/// `list` survives its way to a guest and back.
pub fn assert_list_survives(list: &[Vec<u8>]) {
    let list: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    let encoded = encode_sections(&list).expect("only more than 4 GiB do not encode");
    let bytes: usize = list.iter().map(|section| section.len() + 4).sum();
    assert_eq!(encoded.len(), bytes);
    assert_eq!(decode_sections(&encoded).as_deref(), Ok(list.as_slice()));
}

/// Any bytes of a guest decode by the rule, or are refused.
pub fn assert_bytes_decode_by_the_rule(bytes: &[u8]) {
    match (decode_sections(bytes), reference(bytes)) {
        (Ok(seen), Some(expected)) => {
            assert_eq!(seen, expected);
            assert_eq!(encode_sections(&seen).as_deref(), Ok(bytes));
        }
        (Err(VmError::Communication(_)), None) => {}
        (seen, expected) => panic!("decoded to {seen:?}, expected {expected:?}"),
    }
}

/// The rule once more: `rest ‖ data ‖ length of data`, big-endian, until nothing is left.
fn reference(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut sections = Vec::new();
    let mut end = bytes.len();
    while end > 0 {
        let field = end.checked_sub(4)?;
        let length = bytes[field..end]
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        let start = field.checked_sub(length)?;
        sections.insert(0, &bytes[start..field]);
        end = start;
    }
    Some(sections)
}
