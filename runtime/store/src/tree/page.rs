//! One page of the tree: four levels of the binary tree over sixteen slots, with the leaves of sparse slots inline.
//!
//! A slot with at most [`INLINE`] leaves keeps them in the page, as a run; a slot with more is a page of its own. Pages
//! never change once built, and what they look like depends on the entries alone.

use std::sync::Arc;

use crate::hash::{Cell, Hash, bit};
use crate::tree::update::Change;

/// Leaves that a slot keeps inline. Not part of the root: only of the layout on disk and of speed.
pub(crate) const INLINE: usize = 6;
pub(crate) const SLOTS: usize = 16;
/// Index of the first slot's cell; the cells before it are the inner levels, as a heap.
pub(crate) const FIRST_SLOT: usize = SLOTS - 1;
/// In [`Page::runs`]: the slot is a page of its own.
const CHILD: u8 = u8::MAX;

#[derive(Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) key_hash: Hash,
    pub(crate) value_hash: Hash,
    key_len: u16,
}

#[derive(Clone)]
pub(crate) struct Page {
    /// Stamp of the update that made this page; 0 when it was read from disk.
    pub(crate) born: u64,
    cells: [Cell; 2 * SLOTS - 1],
    /// Inline leaves of each slot, or [`CHILD`].
    runs: [u8; SLOTS],
    leaves: Vec<Leaf>,
    /// Keys of the leaves, one after the other.
    keys: Vec<u8>,
    /// One for each slot that is a page, in order; none when it must be read from disk.
    children: Vec<Option<Arc<Page>>>,
}

/// What hangs in a slot.
pub(crate) enum Slot<'a> {
    Run(Run<'a>),
    Child(Option<&'a Arc<Page>>),
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
            let (key, rest) = keys.split_at(usize::from(leaf.key_len));
            keys = rest;
            Change {
                key_hash: leaf.key_hash,
                key,
                value_hash: Some(leaf.value_hash),
            }
        })
    }
}

impl Page {
    pub(crate) const fn empty() -> Self {
        Self {
            born: 0,
            cells: [Cell::EMPTY; 2 * SLOTS - 1],
            runs: [0; SLOTS],
            leaves: Vec::new(),
            keys: Vec::new(),
            children: Vec::new(),
        }
    }

    pub(crate) fn root(&self) -> &Cell {
        &self.cells[0]
    }

    pub(crate) fn cell(&self, index: usize) -> &Cell {
        &self.cells[index]
    }

    pub(crate) fn slot_cell(&self, slot: usize) -> &Cell {
        &self.cells[FIRST_SLOT + slot]
    }

    pub(crate) fn slot(&self, slot: usize) -> Slot<'_> {
        self.slots().nth(slot).expect("a page has sixteen slots")
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        let mut leaves = self.leaves.as_slice();
        let mut keys = self.keys.as_slice();
        let mut children = self.children.iter();
        self.runs.iter().map(move |&run| {
            if run == CHILD {
                return Slot::Child(children.next().and_then(Option::as_ref));
            }
            let (run, rest) = leaves.split_at(usize::from(run));
            leaves = rest;
            let bytes = run.iter().map(|leaf| usize::from(leaf.key_len)).sum();
            let (run_keys, rest) = keys.split_at(bytes);
            keys = rest;
            Slot::Run(Run {
                leaves: run,
                keys: run_keys,
            })
        })
    }

    /// Whether the slot above this page holds its leaves inline instead.
    pub(crate) fn is_inline(&self) -> bool {
        self.children.is_empty() && self.leaves.len() <= INLINE
    }

    /// All inline leaves.
    pub(crate) fn run(&self) -> Run<'_> {
        Run {
            leaves: &self.leaves,
            keys: &self.keys,
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
        size_of::<Self>() + size_of_val(self.leaves.as_slice()) + self.keys.len() + 8 * self.children.len() + 64
    }
}

/// Builds a page slot by slot, from the left.
pub(crate) struct Builder {
    page: Page,
    /// Depth of the slots in the binary tree.
    slot_bits: usize,
    next: usize,
    dirty: [bool; 2 * SLOTS - 1],
}

impl Builder {
    /// A page at depth `bits` of the binary tree, with the cells of `like` where slots do not change.
    pub(crate) fn new(born: u64, bits: usize, like: &Page, more_leaves: usize) -> Self {
        Self {
            page: Page {
                born,
                cells: like.cells,
                runs: [0; SLOTS],
                leaves: Vec::with_capacity(like.leaves.len() + more_leaves),
                keys: Vec::with_capacity(like.keys.len() + 48 * more_leaves),
                children: Vec::with_capacity(like.children.len()),
            },
            slot_bits: bits + 4,
            next: 0,
            dirty: [false; 2 * SLOTS - 1],
        }
    }

    /// A slot as it was.
    pub(crate) fn keep(&mut self, slot: &Slot<'_>) {
        match slot {
            Slot::Run(run) => self.extend(run),
            Slot::Child(child) => self.push(CHILD, child.cloned()),
        }
    }

    pub(crate) fn set_child(&mut self, cell: Cell, child: Option<Arc<Page>>) {
        self.set_cell(cell);
        self.push(CHILD, child);
    }

    pub(crate) fn set_run(&mut self, run: &Run<'_>) {
        self.set_cell(compute_cell(run.leaves, self.slot_bits));
        self.extend(run);
    }

    pub(crate) fn set_leaves(&mut self, leaves: &[Change<'_>]) {
        let start = self.page.leaves.len();
        for leaf in leaves {
            self.page.leaves.push(Leaf {
                key_hash: leaf.key_hash,
                value_hash: leaf.value_hash.expect("a leaf has a value"),
                key_len: u16::try_from(leaf.key.len()).expect("commits refuse long keys"),
            });
            self.page.keys.extend_from_slice(leaf.key);
        }
        self.set_cell(compute_cell(&self.page.leaves[start..], self.slot_bits));
        self.push_run(leaves.len());
    }

    fn extend(&mut self, run: &Run<'_>) {
        self.page.leaves.extend_from_slice(run.leaves);
        self.page.keys.extend_from_slice(run.keys);
        self.push_run(run.leaves.len());
    }

    fn push_run(&mut self, leaves: usize) {
        debug_assert!(leaves <= INLINE);
        self.page.runs[self.next] = leaves as u8;
        self.next += 1;
    }

    fn push(&mut self, run: u8, child: Option<Arc<Page>>) {
        self.page.runs[self.next] = run;
        self.page.children.push(child);
        self.next += 1;
    }

    fn set_cell(&mut self, cell: Cell) {
        let index = FIRST_SLOT + self.next;
        self.page.cells[index] = cell;
        self.dirty[index] = true;
    }

    pub(crate) fn finish(mut self) -> Page {
        debug_assert_eq!(self.next, SLOTS);
        for index in (0..FIRST_SLOT).rev() {
            let (left, right) = (2 * index + 1, 2 * index + 2);
            if self.dirty[left] || self.dirty[right] {
                self.page.cells[index] = Cell::join(&self.page.cells[left], &self.page.cells[right]);
                self.dirty[index] = true;
            }
        }
        self.page
    }
}

/// Root of the subtree of these leaves, which agree on the first `bits` bits.
pub(crate) fn compute_cell(leaves: &[Leaf], bits: usize) -> Cell {
    match leaves {
        [] => Cell::EMPTY,
        [leaf] => Cell::leaf(&leaf.key_hash, &leaf.value_hash),
        _ => {
            let (left, right) = split(leaves, bits);
            Cell::join(&compute_cell(left, bits + 1), &compute_cell(right, bits + 1))
        }
    }
}

/// Splits leaves by the bit at this depth.
pub(crate) fn split(leaves: &[Leaf], bits: usize) -> (&[Leaf], &[Leaf]) {
    leaves.split_at(leaves.partition_point(|leaf| !bit(&leaf.key_hash, bits)))
}
