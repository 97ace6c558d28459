//! Lists of byte strings inside one Region: for each element its data, then its length as big-endian `u32`. Because the
//! length follows the data, decoding walks backwards.

use supercloud_chain::vm::VmError;

/// Bytes of a length field.
const LENGTH: usize = 4;

/// Encodes `sections`.
pub(crate) fn encode(sections: &[&[u8]]) -> Result<Vec<u8>, VmError> {
    let size = sections.iter().map(|section| section.len() + LENGTH).sum();
    let mut out = Vec::with_capacity(size);
    for section in sections {
        let length = u32::try_from(section.len())
            .map_err(|_| VmError::Communication(format!("section of {} bytes is too long", section.len())))?;
        out.extend_from_slice(section);
        out.extend_from_slice(&length.to_be_bytes());
    }
    Ok(out)
}

/// Decodes what a guest sent; every byte must belong to a section.
pub(crate) fn decode(data: &[u8]) -> Result<Vec<&[u8]>, VmError> {
    let mut sections = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (before, length) = rest
            .split_last_chunk::<LENGTH>()
            .ok_or_else(|| VmError::Communication(format!("{} stray bytes before the sections", rest.len())))?;
        let length = u32::from_be_bytes(*length) as usize;
        let start = before.len().checked_sub(length).ok_or_else(|| {
            VmError::Communication(format!("section of {length} bytes where {} are left", before.len()))
        })?;
        sections.push(&before[start..]);
        rest = &before[..start];
    }
    sections.reverse();
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_follow_the_data_in_big_endian() {
        assert_eq!(encode(&[b"", b"ab"]).unwrap(), b"\0\0\0\0ab\0\0\0\x02");
        assert_eq!(encode(&[]).unwrap(), b"");
    }

    #[test]
    fn decoding_inverts_encoding() {
        let lists: [&[&[u8]]; 4] = [&[], &[b""], &[b"a", b"", b"bcd"], &[b"", b"\0\0\0\0"]];
        for list in lists {
            assert_eq!(decode(&encode(list).unwrap()).unwrap(), list);
        }
    }

    #[test]
    fn garbage_is_refused() {
        assert_eq!(
            decode(b"abc"),
            Err(VmError::Communication("3 stray bytes before the sections".into()))
        );
        assert_eq!(
            decode(b"a\0\0\0\x02"),
            Err(VmError::Communication("section of 2 bytes where 1 are left".into()))
        );
        assert_eq!(
            decode(b"\xff\xff\xff\xff"),
            Err(VmError::Communication(
                "section of 4294967295 bytes where 0 are left".into()
            ))
        );
    }
}
