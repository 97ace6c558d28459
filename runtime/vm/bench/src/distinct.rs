//! Many different modules out of a few: each copy gets a constant of its own, so that neither the checksum nor the
//! compiled code of two copies is the same.

use std::ops::Range;

const GLOBAL_SECTION: u8 = 6;
const TYPE_I64: u8 = 0x7e;
const IMMUTABLE: u8 = 0;
const I64_CONST: u8 = 0x42;
const END: u8 = 0x0b;
/// Magic and version.
const HEADER: usize = 8;

/// `wasm` with one more global, a constant that holds `number`; `None` for a module without globals.
pub fn with_constant(wasm: &[u8], number: u32) -> Option<Vec<u8>> {
    let section = find_section(wasm, GLOBAL_SECTION)?;
    let mut content = wasm.get(section.content.clone())?;
    let count = read_u32(&mut content)?;
    let mut body = write_unsigned(count + 1);
    body.extend_from_slice(content);
    body.extend_from_slice(&[TYPE_I64, IMMUTABLE, I64_CONST]);
    body.extend_from_slice(&write_signed(number));
    body.push(END);

    let mut out = wasm[..section.start].to_vec();
    out.push(GLOBAL_SECTION);
    out.extend_from_slice(&write_unsigned(u32::try_from(body.len()).ok()?));
    out.extend_from_slice(&body);
    out.extend_from_slice(&wasm[section.content.end..]);
    Some(out)
}

struct Section {
    start: usize,
    content: Range<usize>,
}

fn find_section(wasm: &[u8], wanted: u8) -> Option<Section> {
    let mut rest = wasm.get(HEADER..)?;
    loop {
        let start = wasm.len() - rest.len();
        let (&id, after) = rest.split_first()?;
        rest = after;
        let size = read_u32(&mut rest)? as usize;
        let begin = wasm.len() - rest.len();
        rest = rest.get(size..)?;
        if id == wanted {
            return Some(Section {
                start,
                content: begin..begin + size,
            });
        }
    }
}

fn read_u32(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn write_unsigned(mut value: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// A number that is not negative, in the signed encoding: its last group has the sign bit clear.
fn write_signed(mut value: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x40 {
        out.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One global of type i32 and an empty custom section behind it.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x06\x06\x01\x7f\0\x41\x07\x0b\0\x02\x01x";

    #[test]
    fn a_constant_is_added_behind_the_globals() {
        let copy = with_constant(MODULE, 300).unwrap();
        assert_eq!(
            copy,
            b"\0asm\x01\0\0\0\x06\x0c\x02\x7f\0\x41\x07\x0b\x7e\0\x42\xac\x02\x0b\0\x02\x01x"
        );
    }

    #[test]
    fn the_sign_bit_of_a_constant_stays_clear() {
        assert_eq!(write_signed(63), [0x3f]);
        assert_eq!(write_signed(64), [0xc0, 0x00]);
    }

    #[test]
    fn a_module_without_globals_is_left_alone() {
        assert_eq!(with_constant(b"\0asm\x01\0\0\0", 1), None);
    }
}
