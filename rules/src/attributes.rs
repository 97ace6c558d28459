//! Syntax of attributes (market.md 2.4, 6.1): hand-written checks for two regular expressions of Akash.

use std::collections::BTreeSet;

use supercloud_schema::resource::Attribute;
use thiserror::Error;

/// Longest attribute value in bytes; bounds what one record can cost its readers.
pub const MAX_VALUE_BYTES: usize = 256;
/// Most attributes in one list; bounds what one record can cost its readers.
pub const MAX_ATTRIBUTES: usize = 64;

/// Longest key of the provider form: a letter and 126 more, as in Akash.
const MAX_KEY_BYTES: usize = 127;

/// What is wrong with a list of attributes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AttributeError {
    /// A key does not have the form that its place demands.
    #[error("attribute key {key:?} is malformed")]
    MalformedKey {
        /// The key.
        key: String,
    },
    /// A key comes twice.
    #[error("attribute key {key:?} is repeated")]
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A value is too long.
    #[error("value of attribute {key:?} has {length} bytes, at most {limit} are allowed")]
    ValueTooLong {
        /// Its key.
        key: String,
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// There are too many.
    #[error("{count} attributes, at most {limit} are allowed")]
    TooMany {
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
    },
}

/// Whether a key has the provider form, `^[a-zA-Z][\w/.\-]{1,126}$`.
pub fn is_provider_key(key: &str) -> bool {
    let bytes = key.as_bytes();
    let starts_with_letter = bytes.first().is_some_and(u8::is_ascii_alphabetic);
    starts_with_letter && (2..=MAX_KEY_BYTES).contains(&bytes.len()) && bytes.iter().copied().all(is_key_byte)
}

/// Whether a key has the resource form, `^[a-zA-Z][\w/.\-]{1,126}[\w*]?$`: the provider form and one more at the end.
pub fn is_resource_key(key: &str) -> bool {
    let shorter = || key.strip_suffix(|last: char| last == '*' || last == '_' || last.is_ascii_alphanumeric());
    is_provider_key(key) || shorter().is_some_and(is_provider_key)
}

/// Refuses a list that breaks the provider form, repeats a key or passes the limits.
pub fn assert_provider_attributes(attributes: &[Attribute]) -> Result<(), AttributeError> {
    assert_attributes(attributes, is_provider_key)
}

/// Refuses a list that breaks the resource form, repeats a key or passes the limits.
pub fn assert_resource_attributes(attributes: &[Attribute]) -> Result<(), AttributeError> {
    assert_attributes(attributes, is_resource_key)
}

/// Refuses a list that repeats a key, passes the limits or has a key of another form.
pub(crate) fn assert_attributes(attributes: &[Attribute], has_form: fn(&str) -> bool) -> Result<(), AttributeError> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(AttributeError::TooMany {
            count: attributes.len(),
            limit: MAX_ATTRIBUTES,
        });
    }
    let mut seen = BTreeSet::new();
    for Attribute { key, value } in attributes {
        if !has_form(key) {
            return Err(AttributeError::MalformedKey { key: key.clone() });
        }
        if !seen.insert(key) {
            return Err(AttributeError::RepeatedKey { key: key.clone() });
        }
        if value.len() > MAX_VALUE_BYTES {
            let (key, length) = (key.clone(), value.len());
            return Err(AttributeError::ValueTooLong {
                key,
                length,
                limit: MAX_VALUE_BYTES,
            });
        }
    }
    Ok(())
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(key: &str, value: &str) -> Attribute {
        Attribute {
            key: key.to_string(),
            value: value.to_string(),
        }
    }

    #[test]
    fn provider_key_is_a_letter_and_1_to_126_more() {
        let longest = format!("a{}", "b".repeat(126));
        for key in [
            "ab",
            "region",
            "capabilities/gpu/vendor/nvidia/model/a100",
            "a_b.c-d",
            "Z9",
            &longest,
        ] {
            assert!(is_provider_key(key), "{key}");
        }
        let too_long = format!("{longest}b");
        for key in ["", "a", "1a", "/ab", "_ab", "key1*", "a b", "ключ", "ab\n", &too_long] {
            assert!(!is_provider_key(key), "{key}");
        }
    }

    #[test]
    fn resource_key_may_end_in_a_star() {
        let longest = format!("a{}*", "b".repeat(126));
        for key in ["key1*", "key1/*", "key1", "ab", "vendor/nvidia/model/*", &longest] {
            assert!(is_resource_key(key), "{key}");
        }
        let too_long = format!("a{}*", "b".repeat(127));
        for key in ["*key1", "key1**", "key1*/", "a*", "*", "", &too_long] {
            assert!(!is_resource_key(key), "{key}");
        }
    }

    #[test]
    fn list_is_checked_for_repeats_and_both_limits() {
        let many = |count: usize| (0..count).map(|i| attribute(&format!("k{i}"), "")).collect::<Vec<_>>();
        assert_eq!(assert_provider_attributes(&many(64)), Ok(()));
        assert_eq!(
            assert_provider_attributes(&many(65)),
            Err(AttributeError::TooMany { count: 65, limit: 64 })
        );
        let value = |length: usize| vec![attribute("key", &"v".repeat(length))];
        assert_eq!(assert_provider_attributes(&value(256)), Ok(()));
        let too_long = AttributeError::ValueTooLong {
            key: "key".to_string(),
            length: 257,
            limit: 256,
        };
        assert_eq!(assert_provider_attributes(&value(257)), Err(too_long));
        let repeated = AttributeError::RepeatedKey { key: "key".to_string() };
        assert_eq!(
            assert_provider_attributes(&[attribute("key", "1"), attribute("key", "2")]),
            Err(repeated)
        );
        let malformed = AttributeError::MalformedKey {
            key: "key*".to_string(),
        };
        assert_eq!(assert_provider_attributes(&[attribute("key*", "1")]), Err(malformed));
        assert_eq!(assert_resource_attributes(&[attribute("key*", "1")]), Ok(()));
    }
}
