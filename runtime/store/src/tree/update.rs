//! Applying a block's changes: every page on a changed path is built anew, the others are shared.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::hash::{EMPTY, Hash};
use crate::tree::TreeError;
use crate::tree::page::{INLINE, Page, Part, SLOTS, Slot, assemble};
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
        let removed = self
            .removed
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        (removed, self.unwritten.into_inner(), self.built.into_inner())
    }

    /// The page after `changes`, which are in order of key hash and all belong below it.
    pub(crate) fn apply(&self, page: &Page, path: Path, changes: &[Change<'_>]) -> Result<Arc<Page>, TreeError> {
        let slots = page.slots();
        let groups = group_by_slot(changes, path.depth());
        let compute = |slot: usize| {
            let changes = groups[slot];
            let outcome = || self.apply_slot(path.child(slot), slots[slot], changes);
            (!changes.is_empty()).then(outcome).transpose()
        };
        let mut outcomes: [Option<Outcome<'_>>; SLOTS] = [const { None }; SLOTS];
        if changes.len() < PARALLEL {
            for (slot, outcome) in outcomes.iter_mut().enumerate() {
                *outcome = compute(slot)?;
            }
        } else {
            outcomes.par_iter_mut().enumerate().try_for_each(|(slot, outcome)| {
                *outcome = compute(slot)?;
                Ok(())
            })?;
        }
        let roots: [Hash; SLOTS] = std::array::from_fn(|slot| match &outcomes[slot] {
            Some(Outcome::Child(child)) => child.root().hash,
            _ => EMPTY,
        });
        let parts = std::array::from_fn(|slot| match &outcomes[slot] {
            None => Part::Kept(slots[slot]),
            Some(Outcome::Leaves(leaves)) => Part::Leaves(leaves),
            Some(Outcome::Child(child)) => Part::Child(&roots[slot], Some(child)),
            Some(Outcome::Dissolved(child)) => Part::Run(child.run()),
        });
        let new = assemble(self.born, path.bits(), Some(page), &parts);
        let replaced = if page.born > self.written { page.weight() } else { 0 };
        self.built.fetch_add(new.weight(), Ordering::Relaxed);
        self.unwritten
            .fetch_add(new.weight() as isize - replaced as isize, Ordering::Relaxed);
        Ok(Arc::new(new))
    }

    fn apply_slot<'s>(&self, path: Path, before: Slot<'s>, changes: &[Change<'s>]) -> Result<Outcome<'s>, TreeError> {
        match before {
            Slot::Run(run) => {
                let leaves = merge(run.iter(), changes);
                if leaves.len() <= INLINE {
                    return Ok(Outcome::Leaves(leaves));
                }
                let child = self.apply(&Page::empty(), path, &leaves)?;
                Ok(Outcome::Child(child))
            }
            Slot::Child(root, resident) => {
                let child = load_child(self.source, resident, &path, root)?;
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
    let mut merged = Vec::with_capacity(leaves.size_hint().0 + changes.len());
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
