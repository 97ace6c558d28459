//! Checks proofs against a root. Pure: no I/O, no state.

use prost::Message;
use thiserror::Error;

use crate::hash::{EMPTY, Hash, INNER_PREFIX, bit, hash_inner, hash_key, hash_leaf, hash_value, provable_value};
use crate::proof::{CommitmentProof, ExistenceProof, InnerOp, NonExistenceProof, Proof, SHA256, leaf_spec};

/// Longest proof that is looked at. Neighbours are shown with their values, the largest of which are uploaded contracts.
const MAX_PROOF_BYTES: usize = 16 << 20;

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// Not a `CommitmentProof`.
    #[error("proof of {len} bytes does not decode: {reason}")]
    Malformed {
        /// Bytes given.
        len: usize,
        /// What the decoder says.
        reason: String,
    },
    /// A proof of another kind than the question.
    #[error("proof is of kind {got}, not {expected}")]
    WrongKind {
        /// What the question needs.
        expected: &'static str,
        /// What the proof is.
        got: &'static str,
    },
    /// The proof is about another key.
    #[error("proof is about key {got}, not {expected}")]
    WrongKey {
        /// Key asked for, hex.
        expected: String,
        /// Key in the proof, hex.
        got: String,
    },
    /// The proof is about another value.
    #[error("proof shows another value for key {key}")]
    WrongValue {
        /// The key, hex.
        key: String,
    },
    /// A step that no tree of ours has at that place.
    #[error("step {step} of {steps} is not one of this tree at the key's place")]
    WrongStep {
        /// Counted from the leaf.
        step: usize,
        /// Steps in the proof.
        steps: usize,
    },
    /// The leaf is not hashed as this tree hashes leaves.
    #[error("leaf operation is not the one of this tree")]
    WrongLeaf,
    /// The proof is of another state.
    #[error("proof leads to root {got}, not {expected}")]
    WrongRoot {
        /// Root asked for, hex.
        expected: String,
        /// Root computed, hex.
        got: String,
    },
    /// The neighbours leave room for the key.
    #[error("the proof's neighbours leave room for other entries between them")]
    NotNeighbours,
}

/// Checks that in the state with `root` the entry `key` has `value`.
pub fn verify_membership(root: &Hash, key: &[u8], value: &[u8], proof: &[u8]) -> Result<(), ProofError> {
    let proof = match decode(proof)? {
        Proof::Exist(proof) => proof,
        Proof::Nonexist(_) => return Err(wrong_kind("existence", "non-existence")),
    };
    if proof.key != key {
        return Err(wrong_key(key, &proof.key));
    }
    if proof.value != provable_value(value) {
        return Err(ProofError::WrongValue { key: hex::encode(key) });
    }
    verify_existence(root, &proof, hash_value(value))?;
    Ok(())
}

/// Checks that in the state with `root` there is no entry `key`. The empty state needs no proof.
pub fn verify_absence(root: &Hash, key: &[u8], proof: &[u8]) -> Result<(), ProofError> {
    if *root == EMPTY {
        return Ok(());
    }
    let NonExistenceProof {
        key: proved,
        left,
        right,
    } = match decode(proof)? {
        Proof::Nonexist(proof) => proof,
        Proof::Exist(_) => return Err(wrong_kind("non-existence", "existence")),
    };
    if proved != key {
        return Err(wrong_key(key, &proved));
    }
    let key_hash = hash_key(key);
    let neighbour = |proof: Option<ExistenceProof>| {
        proof
            .map(|proof| verify_existence(root, &proof, hash_key(&proof.value)).map(|hash| (hash, proof.path)))
            .transpose()
    };
    let enclosed = match (neighbour(left)?, neighbour(right)?) {
        (Some((left, path)), None) => left < key_hash && is_last(&left, &path, 0),
        (None, Some((right, path))) => key_hash < right && is_first(&right, &path, 0),
        (Some((left, left_path)), Some((right, right_path))) => {
            left < key_hash && key_hash < right && {
                let fork = (0..256)
                    .find(|&depth| bit(&left, depth) != bit(&right, depth))
                    .unwrap_or(256);
                fork < left_path.len()
                    && fork < right_path.len()
                    && is_last(&left, &left_path, fork + 1)
                    && is_first(&right, &right_path, fork + 1)
            }
        }
        (None, None) => false,
    };
    if enclosed {
        Ok(())
    } else {
        Err(ProofError::NotNeighbours)
    }
}

fn decode(bytes: &[u8]) -> Result<Proof, ProofError> {
    let malformed = |reason: String| ProofError::Malformed {
        len: bytes.len(),
        reason,
    };
    if bytes.len() > MAX_PROOF_BYTES {
        return Err(malformed(format!("longer than {MAX_PROOF_BYTES} bytes")));
    }
    let proof = CommitmentProof::decode(bytes).map_err(|error| malformed(error.to_string()))?;
    proof
        .proof
        .ok_or_else(|| malformed("no proof of a known kind".to_owned()))
}

/// Checks the way from leaf to root and returns the key's hash.
fn verify_existence(root: &Hash, proof: &ExistenceProof, value_hash: Hash) -> Result<Hash, ProofError> {
    if proof.leaf.as_ref() != Some(&leaf_spec()) {
        return Err(ProofError::WrongLeaf);
    }
    let steps = proof.path.len();
    let key_hash = hash_key(&proof.key);
    let mut hash = hash_leaf(&key_hash, &value_hash);
    for (step, inner) in proof.path.iter().enumerate() {
        let sibling = (steps <= 256)
            .then(|| sibling_of(inner, bit(&key_hash, steps - 1 - step)))
            .flatten()
            .ok_or(ProofError::WrongStep { step, steps })?;
        hash = if bit(&key_hash, steps - 1 - step) {
            hash_inner(&sibling, &hash)
        } else {
            hash_inner(&hash, &sibling)
        };
    }
    if hash != *root {
        return Err(ProofError::WrongRoot {
            expected: hex::encode(root),
            got: hex::encode(hash),
        });
    }
    Ok(key_hash)
}

/// The hash beside the way, when the step is one of a child on that side.
fn sibling_of(inner: &InnerOp, is_right: bool) -> Option<Hash> {
    let prefix = inner.prefix.strip_prefix(INNER_PREFIX)?;
    let (sibling, nothing) = if is_right {
        (prefix, inner.suffix.as_slice())
    } else {
        (inner.suffix.as_slice(), prefix)
    };
    (inner.hash == SHA256 && nothing.is_empty())
        .then(|| sibling.try_into().ok())
        .flatten()
}

/// Whether nothing of the subtree at `depth` comes after this leaf.
fn is_last(key_hash: &Hash, path: &[InnerOp], depth: usize) -> bool {
    (depth..path.len()).all(|depth| bit(key_hash, depth) || is_alone(&path[path.len() - 1 - depth]))
}

/// Whether nothing of the subtree at `depth` comes before this leaf.
fn is_first(key_hash: &Hash, path: &[InnerOp], depth: usize) -> bool {
    (depth..path.len()).all(|depth| !bit(key_hash, depth) || is_alone(&path[path.len() - 1 - depth]))
}

fn is_alone(inner: &InnerOp) -> bool {
    inner.suffix == EMPTY || inner.prefix[INNER_PREFIX.len()..] == EMPTY
}

fn wrong_kind(expected: &'static str, got: &'static str) -> ProofError {
    ProofError::WrongKind { expected, got }
}

fn wrong_key(expected: &[u8], got: &[u8]) -> ProofError {
    ProofError::WrongKey {
        expected: hex::encode(expected),
        got: hex::encode(got),
    }
}
