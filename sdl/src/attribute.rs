//! The form of attribute keys: `^[a-zA-Z][\w/.\-]{1,126}[\w*]?$`, each key once.

use crate::error::SdlError;
use crate::manifest::ManifestAttribute;

/// Longest run after the first letter, before the optional last character.
const BODY_MAX: usize = 126;

/// Refuses keys of another form and repeated keys.
pub(crate) fn assert_attributes(path: &str, attributes: &[ManifestAttribute]) -> Result<(), SdlError> {
    for (index, attribute) in attributes.iter().enumerate() {
        let repeated = attributes[..index].iter().any(|earlier| earlier.key == attribute.key);
        if repeated || !is_key(attribute.key.as_bytes()) {
            return Err(SdlError::UnsupportedKey {
                path: path.to_owned(),
                key: attribute.key.clone(),
            });
        }
    }
    Ok(())
}

fn is_key(key: &[u8]) -> bool {
    let [first, rest @ ..] = key else {
        return false;
    };
    if !first.is_ascii_alphabetic() {
        return false;
    }
    if (1..=BODY_MAX).contains(&rest.len()) && rest.iter().all(|byte| is_body(*byte)) {
        return true;
    }
    let [body @ .., last] = rest else {
        return false;
    };
    (is_word(*last) || *last == b'*') && (1..=BODY_MAX).contains(&body.len()) && body.iter().all(|byte| is_body(*byte))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_body(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'/' | b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_two_to_128_characters_and_one_star_at_the_end() {
        for (key, good) in [
            ("ab".to_owned(), true),
            ("a".to_owned(), false),
            ("1b".to_owned(), false),
            ("vendor/nvidia/model/*".to_owned(), true),
            ("vendor/*/model".to_owned(), false),
            ("vendor/nvidia/model/a100*".to_owned(), true),
            (format!("a{}", "b".repeat(127)), true),
            (format!("a{}", "b".repeat(128)), false),
            (format!("a{}/", "b".repeat(126)), false),
        ] {
            assert_eq!(is_key(key.as_bytes()), good, "{key}");
        }
    }
}
