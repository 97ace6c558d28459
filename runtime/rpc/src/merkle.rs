//! RFC 6962 Merkle trees as CometBFT builds them: leaf = SHA-256(0x00 ‖ x), inner = SHA-256(0x01 ‖ left ‖ right),
//! split at the largest power of two below the number of leaves, SHA-256("") for no leaves.

use sha2::{Digest, Sha256};

use crate::block::Hash;

/// Path from one leaf to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Hash of the leaf.
    pub(crate) leaf_hash: Hash,
    /// Siblings, from the leaf upwards.
    pub(crate) aunts: Vec<Hash>,
}

/// Root over `leaves`.
pub(crate) fn compute_root<T: AsRef<[u8]>>(leaves: &[T]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => hash_leaf(leaf.as_ref()),
        _ => {
            let (left, right) = leaves.split_at(split_point(leaves.len()));
            hash_inner(&compute_root(left), &compute_root(right))
        }
    }
}

/// Proof of leaf `index`; `None` when there is no such leaf.
pub(crate) fn compute_proof<T: AsRef<[u8]>>(leaves: &[T], index: usize) -> Option<Proof> {
    let leaf = leaves.get(index)?;
    let mut aunts = Vec::new();
    collect_aunts(leaves, index, &mut aunts);
    Some(Proof {
        leaf_hash: hash_leaf(leaf.as_ref()),
        aunts,
    })
}

fn collect_aunts<T: AsRef<[u8]>>(leaves: &[T], index: usize, aunts: &mut Vec<Hash>) {
    if leaves.len() < 2 {
        return;
    }
    let split = split_point(leaves.len());
    let (left, right) = leaves.split_at(split);
    if index < split {
        collect_aunts(left, index, aunts);
        aunts.push(compute_root(right));
    } else {
        collect_aunts(right, index - split, aunts);
        aunts.push(compute_root(left));
    }
}

fn hash_leaf(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

fn hash_inner(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Largest power of two below `len`; `len >= 2`.
fn split_point(len: usize) -> usize {
    len.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_of_nothing_is_the_hash_of_nothing() {
        let root = compute_root::<&[u8]>(&[]);
        assert_eq!(
            hex::encode(root),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn every_proof_leads_to_the_root() {
        for count in 1..12u8 {
            let leaves: Vec<[u8; 1]> = (0..count).map(|i| [i]).collect();
            let root = compute_root(&leaves);
            for index in 0..leaves.len() {
                let proof = compute_proof(&leaves, index).unwrap();
                assert_eq!(climb(&proof, index, leaves.len()), root, "{index} of {count}");
            }
            assert_eq!(compute_proof(&leaves, leaves.len()), None);
        }
    }

    fn climb(proof: &Proof, index: usize, total: usize) -> Hash {
        fn go(aunts: &[Hash], leaf: Hash, index: usize, total: usize) -> Hash {
            let Some((last, rest)) = aunts.split_last() else {
                return leaf;
            };
            let split = split_point(total);
            if index < split {
                hash_inner(&go(rest, leaf, index, split), last)
            } else {
                hash_inner(last, &go(rest, leaf, index - split, total - split))
            }
        }
        go(&proof.aunts, proof.leaf_hash, index, total)
    }
}
