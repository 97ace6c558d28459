//! Membership and non-membership proofs in the ICS-23 format, and a verifier without I/O.
//!
//! A proof is the protobuf message `cosmos.ics23.v1.CommitmentProof`; [`ics23_spec`] is the specification that any
//! ICS-23 verifier checks it with. [`verify_membership`] and [`verify_absence`] here are stricter: they also check that
//! every step is where the key's hash says. Both need nothing but the root, which a light client has from a header.

mod build;
mod messages;
mod verify;

pub use messages::{CommitmentProof, ExistenceProof, InnerOp, InnerSpec, LeafOp, NonExistenceProof, Proof, ProofSpec};
pub use verify::{ProofError, verify_absence, verify_membership};

pub(crate) use build::{build_absence, build_existence};

use crate::hash::{EMPTY, INNER_PREFIX, LEAF_PREFIX};

/// Type of the proof operation in `abci_query` answers: one ICS-23 proof from the entry to the app hash.
pub const PROOF_OP_TYPE: &str = "ics23:smt";

const SHA256: i32 = 1;
const NO_PREFIX: i32 = 0;
/// Bits in a key hash: no leaf is deeper.
const MAX_DEPTH: i32 = 256;

fn leaf_spec() -> LeafOp {
    LeafOp {
        hash: SHA256,
        prehash_key: SHA256,
        prehash_value: SHA256,
        length: NO_PREFIX,
        prefix: LEAF_PREFIX.to_vec(),
    }
}

/// What an ICS-23 verifier must know of the tree: the specification of the `jmt` crate, with the depth that a tree over
/// SHA-256 can have.
///
/// Values are themselves in proofs, except as [`crate::provable_value`] says.
pub fn ics23_spec() -> ProofSpec {
    ProofSpec {
        leaf_spec: Some(leaf_spec()),
        inner_spec: Some(InnerSpec {
            child_order: vec![0, 1],
            child_size: 32,
            min_prefix_length: INNER_PREFIX.len() as i32,
            max_prefix_length: INNER_PREFIX.len() as i32,
            empty_child: EMPTY.to_vec(),
            hash: SHA256,
        }),
        max_depth: MAX_DEPTH,
        min_depth: 0,
        prehash_key_before_comparison: true,
    }
}
