//! The Merkle tree over messages: 160-bit Keccak, siblings sorted, leaves and nodes with different prefixes so that a
//! node cannot pass for a leaf.

use crate::hash::keccak256_of;

/// A hash in the tree.
pub type Node = [u8; 20];

const LEAF_PREFIX: u8 = 0;
const NODE_PREFIX: u8 = 1;

/// The root that `message` and its proof, from the leaf upwards, lead to.
pub fn compute_root(message: &[u8], proof: &[Node]) -> Node {
    proof
        .iter()
        .fold(compute_leaf(message), |node, sibling| compute_parent(&node, sibling))
}

pub(crate) fn compute_leaf(message: &[u8]) -> Node {
    truncate(keccak256_of(&[&[LEAF_PREFIX], message]))
}

pub(crate) fn compute_parent(left: &Node, right: &Node) -> Node {
    let (low, high) = if left <= right { (left, right) } else { (right, left) };
    truncate(keccak256_of(&[&[NODE_PREFIX], low, high]))
}

/// The first 20 bytes.
pub(crate) fn truncate(hash: [u8; 32]) -> Node {
    let mut node = [0; 20];
    for (to, from) in node.iter_mut().zip(hash) {
        *to = from;
    }
    node
}
