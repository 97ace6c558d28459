//! Proofs of one version: the tree knows the way, the flat entries know the values.

use prost::Message;
use supercloud_chain::store::{Proved, StoreError};

use crate::hash::{hash_key, hash_value};
use crate::proof::{CommitmentProof, ExistenceProof, Proof, build_absence, build_existence};
use crate::tree::{KeyedLeaf, Side, Tree};

/// Reads a value of the version that the tree is of.
pub(crate) type Get<'a> = &'a dyn Fn(&[u8]) -> Result<Option<Vec<u8>>, StoreError>;

/// The entry `key`, or its absence, with the proof.
pub(crate) fn prove(tree: &Tree, key: &[u8], get: Get<'_>) -> Result<Proved, StoreError> {
    let key_hash = hash_key(key);
    let position = tree.locate(&key_hash)?;
    if let Some(leaf) = position.leaf.filter(|leaf| leaf.key_hash == key_hash) {
        let value = load_value(&leaf, get)?;
        let exist = build_existence(key, &value, &position.siblings);
        let proof = CommitmentProof {
            proof: Some(Proof::Exist(exist)),
        };
        return Ok(Proved {
            value: Some(value),
            proof: proof.encode_to_vec(),
        });
    }
    if get(key)?.is_some() {
        return Err(StoreError::Damaged {
            what: format!("key {} has a value but no leaf in the tree", hex::encode(key)),
        });
    }
    let neighbour = |side| -> Result<Option<ExistenceProof>, StoreError> {
        let Some(leaf) = tree.neighbour(&key_hash, side)? else {
            return Ok(None);
        };
        let siblings = tree.locate(&leaf.key_hash)?.siblings;
        let value = load_value(&leaf, get)?;
        Ok(Some(build_existence(&leaf.key, &value, &siblings)))
    };
    let proof = build_absence(key, neighbour(Side::Left)?, neighbour(Side::Right)?);
    Ok(Proved {
        value: None,
        proof: proof.encode_to_vec(),
    })
}

fn load_value(leaf: &KeyedLeaf, get: Get<'_>) -> Result<Vec<u8>, StoreError> {
    let value = get(&leaf.key)?;
    value
        .filter(|value| hash_value(value) == leaf.value_hash)
        .ok_or_else(|| StoreError::Damaged {
            what: format!("value of key {} is not the one the tree has", hex::encode(&leaf.key)),
        })
}
