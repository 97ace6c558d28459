//! From the way through the tree to the proof.

use crate::hash::{Hash, INNER_PREFIX, bit, hash_key, provable_value};
use crate::proof::{CommitmentProof, ExistenceProof, InnerOp, NonExistenceProof, Proof, SHA256, leaf_spec};

/// That `key` has `value`, with the hashes beside its way from the top.
pub(crate) fn build_existence(key: &[u8], value: &[u8], siblings: &[Hash]) -> ExistenceProof {
    let key_hash = hash_key(key);
    let step = |(depth, sibling): (usize, &Hash)| {
        let (prefix, suffix) = if bit(&key_hash, depth) {
            ([INNER_PREFIX.as_slice(), sibling].concat(), Vec::new())
        } else {
            (INNER_PREFIX.to_vec(), sibling.to_vec())
        };
        InnerOp {
            hash: SHA256,
            prefix,
            suffix,
        }
    };
    ExistenceProof {
        key: key.to_vec(),
        value: provable_value(value),
        leaf: Some(leaf_spec()),
        path: siblings.iter().enumerate().rev().map(step).collect(),
    }
}

/// That `key` has no value; one of the neighbours is there unless the tree is empty.
pub(crate) fn build_absence(
    key: &[u8],
    left: Option<ExistenceProof>,
    right: Option<ExistenceProof>,
) -> CommitmentProof {
    let key = key.to_vec();
    CommitmentProof {
        proof: Some(Proof::Nonexist(NonExistenceProof { key, left, right })),
    }
}
