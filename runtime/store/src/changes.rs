//! A block's changes as the tree takes them.

use rayon::prelude::*;
use supercloud_chain::store::{Changes, MAX_KEY_BYTES, StoreError};

use crate::hash::{Hash, hash_key, hash_value};
use crate::tree::Change;

/// Entries below which one thread is faster than two.
const PARALLEL: usize = 256;

/// A change with its hashes.
pub(crate) struct HashedChange<'a> {
    key: &'a [u8],
    key_hash: Hash,
    value_hash: Option<Hash>,
}

impl<'a> HashedChange<'a> {
    pub(crate) fn new(key: &'a [u8], value: Option<&[u8]>) -> Self {
        Self {
            key,
            key_hash: hash_key(key),
            value_hash: value.map(hash_value),
        }
    }

    pub(crate) fn as_change(&self) -> Change<'a> {
        Change {
            key_hash: self.key_hash,
            key: self.key,
            value_hash: self.value_hash,
        }
    }
}

/// Hashes keys and values, on all cores when they are many.
pub(crate) fn hash_changes<'a>(changes: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>) -> Vec<HashedChange<'a>> {
    let changes: Vec<_> = changes.collect();
    changes
        .par_iter()
        .with_min_len(PARALLEL)
        .map(|(key, value)| HashedChange::new(key, *value))
        .collect()
}

pub(crate) fn assert_keys(changes: &Changes) -> Result<(), StoreError> {
    let refused = changes.keys().find(|key| key.is_empty() || key.len() > MAX_KEY_BYTES);
    refused.map_or(Ok(()), |key| {
        Err(StoreError::KeyLength {
            len: key.len(),
            limit: MAX_KEY_BYTES,
        })
    })
}
