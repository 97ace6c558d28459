//! One page of the tree: four levels of the binary tree over sixteen slots, with the leaves of sparse slots inline.
//!
//! A slot with at most [`INLINE`] leaves keeps them in the page, as a run; a slot with more is a page of its own. Pages
//! never change once built, and what they look like depends on the entries alone. Most of a page is one block of memory:
//! every commit copies thousands of pages, and allocating is the dearest part of that.

mod assemble;

use std::sync::Arc;

use crate::hash::{Cell, Hash, Kind, bit};
use crate::tree::update::Change;

pub(crate) use assemble::{Part, assemble};

/// Leaves that a slot keeps inline. Not part of the root: only of the layout on disk and of speed.
pub(crate) const INLINE: usize = 6;
pub(crate) const SLOTS: usize = 16;
/// Nodes above the slots, as a heap: node 0 is the page's root, the children of `i` are `2i+1` and `2i+2`.
pub(crate) const INNER: usize = SLOTS - 1;
/// In [`Page::runs`]: the slot is a page of its own.
const CHILD: u8 = u8::MAX;

/// Key hash, value hash, length of the key.
pub(crate) type Leaf = [u8; 66];

#[derive(Clone)]
pub(crate) struct Page {
    /// Stamp of the update that made this page; 0 when it was read from disk.
    pub(crate) born: u64,
    kinds: [Kind; INNER],
    /// Inline leaves of each slot, or [`CHILD`].
    runs: [u8; SLOTS],
    /// Hashes of the inner nodes, roots of the children, leaves, keys of the leaves.
    data: Box<[u8]>,
    /// One for each slot that is a page, in order; none when it must be read from disk.
    children: Box<[Option<Arc<Page>>]>,
}

/// What hangs in a slot.
#[derive(Clone, Copy)]
pub(crate) enum Slot<'a> {
    Run(Run<'a>),
    Child(&'a Hash, Option<&'a Arc<Page>>),
}

/// Leaves of one slot, in order, with their keys.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) leaves: &'a [Leaf],
    keys: &'a [u8],
}

impl<'a> Run<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = Change<'a>> + use<'a> {
        let mut keys = self.keys;
        self.leaves.iter().map(move |leaf| {
            let (key, rest) = keys.split_at(key_len(leaf));
            keys = rest;
            Change {
                key_hash: *key_hash(leaf),
                key,
                value_hash: Some(*value_hash(leaf)),
            }
        })
    }
}

impl Slot<'_> {
    /// Root of the slot, at depth `bits` of the binary tree.
    pub(crate) fn cell(&self, bits: usize) -> Cell {
        match self {
            Self::Run(run) => compute_cell(run.leaves, bits),
            Self::Child(hash, _) => Cell {
                hash: **hash,
                kind: Kind::Inner,
            },
        }
    }
}

impl Page {
    pub(crate) fn empty() -> Self {
        let parts = [Part::Leaves(&[]); SLOTS];
        assemble(0, 0, None, &parts)
    }

    pub(crate) fn root(&self) -> Cell {
        self.inner(0)
    }

    pub(crate) fn inner(&self, index: usize) -> Cell {
        let (hashes, _) = self.data.as_chunks();
        Cell {
            hash: hashes[index],
            kind: self.kinds[index],
        }
    }

    pub(crate) fn slot(&self, slot: usize) -> Slot<'_> {
        self.slots()[slot]
    }

    pub(crate) fn slots(&self) -> [Slot<'_>; SLOTS] {
        let (hashes, _) = self.data[32 * INNER..].as_chunks();
        let mut children = hashes.iter().zip(&self.children);
        let Run { mut leaves, mut keys } = self.run();
        self.runs.map(|run| {
            if run == CHILD {
                let (hash, child) = children.next().expect("there is a child for each mark");
                return Slot::Child(hash, child.as_ref());
            }
            let (run, rest) = leaves.split_at(usize::from(run));
            leaves = rest;
            let (run_keys, rest) = keys.split_at(run.iter().map(key_len).sum());
            keys = rest;
            Slot::Run(Run {
                leaves: run,
                keys: run_keys,
            })
        })
    }

    /// Whether the slot above this page holds its leaves inline instead.
    pub(crate) fn is_inline(&self) -> bool {
        self.children.is_empty() && self.leaves() <= INLINE
    }

    fn leaves(&self) -> usize {
        self.runs
            .iter()
            .filter(|run| **run != CHILD)
            .map(|run| usize::from(*run))
            .sum()
    }

    /// All inline leaves.
    pub(crate) fn run(&self) -> Run<'_> {
        let (leaves, keys) =
            self.data[32 * (INNER + self.children.len())..].split_at(size_of::<Leaf>() * self.leaves());
        Run {
            leaves: leaves.as_chunks().0,
            keys,
        }
    }

    pub(crate) fn has_resident_children(&self) -> bool {
        self.children.iter().any(Option::is_some)
    }

    pub(crate) fn children_mut(&mut self) -> &mut [Option<Arc<Self>>] {
        &mut self.children
    }

    /// Bytes in memory, about.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.data.len() + 8 * self.children.len() + 64
    }
}

/// Root of the subtree of these leaves, which agree on the first `bits` bits.
pub(crate) fn compute_cell(leaves: &[Leaf], bits: usize) -> Cell {
    match leaves {
        [] => Cell::EMPTY,
        [leaf] => Cell::leaf(key_hash(leaf), value_hash(leaf)),
        _ => {
            let (left, right) = split(leaves, bits);
            Cell::join(&compute_cell(left, bits + 1), &compute_cell(right, bits + 1))
        }
    }
}

/// Splits leaves by the bit at this depth.
pub(crate) fn split(leaves: &[Leaf], bits: usize) -> (&[Leaf], &[Leaf]) {
    leaves.split_at(leaves.partition_point(|leaf| !bit(key_hash(leaf), bits)))
}

pub(crate) fn key_hash(leaf: &Leaf) -> &Hash {
    leaf.first_chunk().expect("a leaf begins with a hash")
}

fn value_hash(leaf: &Leaf) -> &Hash {
    leaf[32..].first_chunk().expect("a leaf goes on with a hash")
}

fn key_len(leaf: &Leaf) -> usize {
    usize::from(u16::from_be_bytes([leaf[64], leaf[65]]))
}
