//! Hashes of the tree: those of the published `jmt` crate over SHA-256, so its ICS-23 specification verifies our proofs.
//!
//! `leaf = H("JMT::LeafNode" ‖ H(key) ‖ H(value))`, `inner = H("JMT::IntrnalNode" ‖ left ‖ right)`. A subtree without
//! leaves is [`EMPTY`], a subtree with one leaf is that leaf: so the root depends on the set of entries alone.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Stands for a subtree without leaves; also the root of an empty state.
pub const EMPTY: Hash = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

pub(crate) const LEAF_PREFIX: &[u8; 13] = b"JMT::LeafNode";
pub(crate) const INNER_PREFIX: &[u8; 16] = b"JMT::IntrnalNode";

/// What the tree commits to in place of an empty value, and puts in front of a value that starts with these bytes.
/// ICS-23 verifiers refuse empty values, also in the neighbours that prove an absence.
const EMPTY_VALUE: &[u8; 16] = b"supercloud/empty";

pub(crate) fn hash_key(key: &[u8]) -> Hash {
    Sha256::digest(key).into()
}

/// Digest of the bytes that the tree commits to for `value`.
pub(crate) fn hash_value(value: &[u8]) -> Hash {
    if is_marked(value) {
        Sha256::new()
            .chain_update(EMPTY_VALUE)
            .chain_update(value)
            .finalize()
            .into()
    } else {
        Sha256::digest(value).into()
    }
}

/// The bytes that a proof shows for `value`: the value itself, unless it is empty or starts with the marker that stands
/// for empty values.
pub fn provable_value(value: &[u8]) -> Vec<u8> {
    if is_marked(value) {
        [EMPTY_VALUE, value].concat()
    } else {
        value.to_vec()
    }
}

fn is_marked(value: &[u8]) -> bool {
    value.is_empty() || value.starts_with(EMPTY_VALUE)
}

pub(crate) fn hash_leaf(key_hash: &Hash, value_hash: &Hash) -> Hash {
    let mut bytes = [0; LEAF_PREFIX.len() + 64];
    bytes[..13].copy_from_slice(LEAF_PREFIX);
    bytes[13..45].copy_from_slice(key_hash);
    bytes[45..].copy_from_slice(value_hash);
    Sha256::digest(bytes).into()
}

pub(crate) fn hash_inner(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0; INNER_PREFIX.len() + 64];
    bytes[..16].copy_from_slice(INNER_PREFIX);
    bytes[16..48].copy_from_slice(left);
    bytes[48..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// Bit of a key hash, most significant first: which way the path goes at `depth`.
pub(crate) fn bit(hash: &Hash, depth: usize) -> bool {
    hash[depth / 8] >> (7 - depth % 8) & 1 == 1
}

/// How many leaves a subtree has, as far as hashing cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Empty,
    Leaf,
    Inner,
}

/// Root of a subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) hash: Hash,
    pub(crate) kind: Kind,
}

impl Cell {
    pub(crate) const EMPTY: Self = Self {
        hash: EMPTY,
        kind: Kind::Empty,
    };

    pub(crate) fn leaf(key_hash: &Hash, value_hash: &Hash) -> Self {
        Self {
            hash: hash_leaf(key_hash, value_hash),
            kind: Kind::Leaf,
        }
    }

    pub(crate) fn join(left: &Self, right: &Self) -> Self {
        match (left.kind, right.kind) {
            (Kind::Empty, Kind::Empty | Kind::Leaf) => *right,
            (Kind::Leaf, Kind::Empty) => *left,
            _ => Self {
                hash: hash_inner(&left.hash, &right.hash),
                kind: Kind::Inner,
            },
        }
    }
}
