//! Applying a block's changes: every page on a changed path is built anew, the others are shared.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::hash::Hash;
use crate::tree::TreeError;
use crate::tree::page::{Builder, INLINE, Page, SLOTS, Slot};
use crate::tree::path::{Path, nibble};
use crate::tree::source::{PageSource, load_child};

/// Changes below which one thread is faster than two.
const PARALLEL: usize = 256;

/// A leaf to set, or to remove when it has no value.
#[derive(Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) key_hash: Hash,
    pub(crate) key: &'a [u8],
    pub(crate) value_hash: Option<Hash>,
}

/// One update of a tree, and what it found out on the way.
pub(crate) struct Update<'a> {
    source: &'a dyn PageSource,
    born: u64,
    written: u64,
    /// Pages that were dissolved into the slot above.
    removed: Mutex<Vec<Path>>,
    /// By how much the bytes of pages that are only in memory grew.
    unwritten: AtomicIsize,
    /// Bytes of new pages.
    built: AtomicUsize,
}

/// What becomes of a changed slot.
enum Outcome<'a> {
    Leaves(Vec<Change<'a>>),
    Child(Arc<Page>),
    Dissolved(Arc<Page>),
}

impl<'a> Update<'a> {
    pub(crate) fn new(source: &'a dyn PageSource, born: u64, written: u64) -> Self {
        Self {
            source,
            born,
            written,
            removed: Mutex::default(),
            unwritten: AtomicIsize::new(0),
            built: AtomicUsize::new(0),
        }
    }

    pub(crate) fn into_parts(self) -> (Vec<Path>, isize, usize) {
        let removed = self.removed.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        (removed, self.unwritten.into_inner(), self.built.into_inner())
    }

    /// The page after `changes`, which are in order of key hash and all belong below it.
    pub(crate) fn apply(&self, page: &Page, path: Path, changes: &[Change<'_>]) -> Result<Arc<Page>, TreeError> {
        let slots: Vec<Slot<'_>> = page.slots().collect();
        let groups = group_by_slot(changes, path.depth());
        let compute = |slot: usize| self.apply_slot(page, path, slot, &slots[slot], groups[slot]);
        let touched: Vec<usize> = (0..SLOTS).filter(|&slot| !groups[slot].is_empty()).collect();
        let outcomes: Vec<Outcome<'_>> = if changes.len() < PARALLEL {
            touched.iter().map(|&slot| compute(slot)).collect::<Result<_, _>>()?
        } else {
            touched.par_iter().map(|&slot| compute(slot)).collect::<Result<_, _>>()?
        };

        let mut builder = Builder::new(self.born, path.bits(), page, changes.len().min(INLINE * SLOTS));
        let mut outcomes = outcomes.into_iter();
        for (slot, group) in slots.iter().zip(groups) {
            if group.is_empty() {
                builder.keep(slot);
                continue;
            }
            match outcomes.next().expect("every touched slot has an outcome") {
                Outcome::Leaves(leaves) => builder.set_leaves(&leaves),
                Outcome::Child(child) => builder.set_child(*child.root(), Some(child)),
                Outcome::Dissolved(child) => builder.set_run(&child.run()),
            }
        }
        let new = builder.finish();
        let replaced = if page.born > self.written { page.weight() } else { 0 };
        self.built.fetch_add(new.weight(), Ordering::Relaxed);
        self.unwritten
            .fetch_add(new.weight() as isize - replaced as isize, Ordering::Relaxed);
        Ok(Arc::new(new))
    }

    fn apply_slot<'s>(
        &self,
        page: &Page,
        path: Path,
        slot: usize,
        before: &Slot<'s>,
        changes: &[Change<'s>],
    ) -> Result<Outcome<'s>, TreeError> {
        match before {
            Slot::Run(run) => {
                let leaves = merge(run.iter(), changes);
                if leaves.len() <= INLINE {
                    return Ok(Outcome::Leaves(leaves));
                }
                let child = self.apply(&Page::empty(), path.child(slot), &leaves)?;
                Ok(Outcome::Child(child))
            }
            Slot::Child(resident) => {
                let path = path.child(slot);
                let child = load_child(self.source, *resident, &path, page.slot_cell(slot))?;
                let child = self.apply(&child, path, changes)?;
                if !child.is_inline() {
                    return Ok(Outcome::Child(child));
                }
                self.removed
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner())
                    .push(path);
                Ok(Outcome::Dissolved(child))
            }
        }
    }
}

fn group_by_slot<'c, 'k>(mut changes: &'c [Change<'k>], depth: usize) -> [&'c [Change<'k>]; SLOTS] {
    std::array::from_fn(|slot| {
        let count = changes.partition_point(|change| nibble(&change.key_hash, depth) <= slot);
        let (group, rest) = changes.split_at(count);
        changes = rest;
        group
    })
}

/// Leaves after the changes; both sides are in order of key hash.
fn merge<'a>(leaves: impl Iterator<Item = Change<'a>>, changes: &[Change<'a>]) -> Vec<Change<'a>> {
    let mut merged = Vec::with_capacity(INLINE + changes.len());
    let mut changes = changes.iter().peekable();
    for leaf in leaves {
        while let Some(change) = changes.next_if(|change| change.key_hash < leaf.key_hash) {
            merged.push(*change);
        }
        match changes.next_if(|change| change.key_hash == leaf.key_hash) {
            Some(change) => merged.push(*change),
            None => merged.push(leaf),
        }
    }
    merged.extend(changes);
    merged.retain(|leaf| leaf.value_hash.is_some());
    merged
}
