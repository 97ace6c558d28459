//! Finding a key in the tree: what is at its place, the hashes beside the way there, and its neighbours.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::hash::{Hash, Kind, bit};
use crate::tree::page::{INNER, Page, Run, SLOTS, Slot, compute_cell, key_hash as key_hash_of, split};
use crate::tree::path::{Path, nibble};
use crate::tree::source::load_child;
use crate::tree::update::Change;
use crate::tree::{KeyedLeaf, Tree, TreeError};

/// Where the way of a key ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The leaf there, which may be another key's; none when nothing is there.
    pub(crate) leaf: Option<KeyedLeaf>,
    /// Roots of the subtrees beside the way, from the top.
    pub(crate) siblings: Vec<Hash>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

impl Tree {
    /// Follows the way of `key_hash` to its end.
    pub(crate) fn locate(&self, key_hash: &Hash) -> Result<Position, TreeError> {
        let mut siblings = Vec::with_capacity(32);
        let mut page = self.top.clone();
        let mut path = Path::ROOT;
        loop {
            let slot = nibble(key_hash, path.depth());
            if let ControlFlow::Break(end) = descend(&page, key_hash, path.bits(), &mut siblings) {
                return Ok(Position { leaf: end, siblings });
            }
            path = path.child(slot);
            let next = match page.slot(slot) {
                Slot::Child(root, resident) => load_child(&*self.source, resident, &path, root)?,
                Slot::Run(run) => {
                    let leaf = descend_run(&run, key_hash, path.bits(), &mut siblings);
                    return Ok(Position { leaf, siblings });
                }
            };
            page = next;
        }
    }

    /// The leaf with the next smaller or larger key hash.
    pub(crate) fn neighbour(&self, key_hash: &Hash, side: Side) -> Result<Option<KeyedLeaf>, TreeError> {
        self.neighbour_in(&self.top, Path::ROOT, Some(key_hash), side)
    }

    /// The nearest leaf of this page on one side of `key_hash`; from the far end when that is none.
    fn neighbour_in(
        &self,
        page: &Arc<Page>,
        path: Path,
        key_hash: Option<&Hash>,
        side: Side,
    ) -> Result<Option<KeyedLeaf>, TreeError> {
        let own = key_hash.map(|hash| nibble(hash, path.depth()));
        let slots: Vec<usize> = match side {
            Side::Left => (0..=own.unwrap_or(SLOTS - 1)).rev().collect(),
            Side::Right => (own.unwrap_or(0)..SLOTS).collect(),
        };
        for slot in slots {
            let limit = key_hash.filter(|_| own == Some(slot));
            let found = match page.slot(slot) {
                Slot::Run(run) => nearest(&run, limit, side),
                Slot::Child(root, resident) => {
                    let path = path.child(slot);
                    let child = load_child(&*self.source, resident, &path, root)?;
                    self.neighbour_in(&child, path, limit, side)?
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Goes down the levels of one page; continues when the slot below must be looked into.
fn descend(page: &Page, key_hash: &Hash, bits: usize, siblings: &mut Vec<Hash>) -> ControlFlow<Option<KeyedLeaf>> {
    let slots = page.slots();
    let cell = |index: usize| match index.checked_sub(INNER) {
        None => page.inner(index),
        Some(slot) => slots[slot].cell(bits + 4),
    };
    let mut index = 0;
    for depth in bits..bits + 4 {
        match page.inner(index).kind {
            Kind::Empty => return ControlFlow::Break(None),
            Kind::Leaf => return ControlFlow::Break(only_leaf_below(&slots, index)),
            Kind::Inner => {
                let (left, right) = (2 * index + 1, 2 * index + 2);
                let (next, beside) = if bit(key_hash, depth) {
                    (right, left)
                } else {
                    (left, right)
                };
                siblings.push(cell(beside).hash);
                index = next;
            }
        }
    }
    ControlFlow::Continue(())
}

/// The leaf below an inner node that has exactly one.
fn only_leaf_below(slots: &[Slot<'_>; SLOTS], index: usize) -> Option<KeyedLeaf> {
    let (mut first, mut last) = (index, index);
    while first < INNER {
        (first, last) = (2 * first + 1, 2 * last + 2);
    }
    let below = &slots[first - INNER..=last - INNER];
    let leaf = below.iter().find_map(|slot| match slot {
        Slot::Run(run) => run.iter().next(),
        Slot::Child(..) => None,
    });
    leaf.map(to_keyed)
}

fn descend_run(run: &Run<'_>, key_hash: &Hash, bits: usize, siblings: &mut Vec<Hash>) -> Option<KeyedLeaf> {
    let mut leaves = run.leaves;
    for depth in bits.. {
        match leaves {
            [] => return None,
            [leaf] => {
                return run
                    .iter()
                    .find(|keyed| keyed.key_hash == *key_hash_of(leaf))
                    .map(to_keyed);
            }
            _ => {
                let (left, right) = split(leaves, depth);
                let (next, beside) = if bit(key_hash, depth) {
                    (right, left)
                } else {
                    (left, right)
                };
                siblings.push(compute_cell(beside, depth + 1).hash);
                leaves = next;
            }
        }
    }
    None
}

fn nearest(run: &Run<'_>, limit: Option<&Hash>, side: Side) -> Option<KeyedLeaf> {
    let found = match side {
        Side::Left => run
            .iter()
            .take_while(|leaf| limit.is_none_or(|limit| leaf.key_hash < *limit))
            .last(),
        Side::Right => run.iter().find(|leaf| limit.is_none_or(|limit| leaf.key_hash > *limit)),
    };
    found.map(to_keyed)
}

pub(crate) fn to_keyed(leaf: Change<'_>) -> KeyedLeaf {
    KeyedLeaf {
        key_hash: leaf.key_hash,
        key: leaf.key.to_vec(),
        value_hash: leaf.value_hash.expect("a leaf has a value"),
    }
}
