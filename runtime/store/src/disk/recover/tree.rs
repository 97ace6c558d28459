//! The tree of the last version: from its pages and the log, or else from the entries.

use std::collections::BTreeMap;
use std::sync::Arc;

use supercloud_chain::store::StoreError;

use crate::changes::{HashedChange, hash_changes};
use crate::disk::error::OpenError;
use crate::disk::log::LogRecord;
use crate::disk::open::written_at;
use crate::disk::rebuild::rebuild_tree;
use crate::disk::recover::{Bases, Replay};
use crate::disk::shared::Shared;
use crate::disk::stamp;
use crate::disk::view::View;
use crate::hash::{EMPTY, Hash, hash_key};
use crate::tree::{Change, Path, Tree};

pub(super) struct TreeRecovery<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) view: &'a View,
    pub(super) bases: &'a Bases,
    pub(super) committed: Option<u64>,
    /// Root of the last version, when the head names it.
    pub(super) expected: Option<Hash>,
}

/// The tree, and what of it is not on disk.
pub(crate) struct RecoveredTree {
    pub(crate) tree: Tree,
    /// Pages with stamps up to this are on disk.
    pub(crate) written: u64,
    /// Pages that are no more since then.
    pub(crate) removed: Vec<Path>,
    /// Bytes of pages that are only in memory.
    pub(crate) unwritten: usize,
}

impl TreeRecovery<'_> {
    /// Applies the log to the pages on disk, and checks the roots on the way.
    pub(super) fn replay(&self, replay: &Replay) -> Result<RecoveredTree, StoreError> {
        let (base, tree) = match self.bases.pages {
            Some((height, root)) => (Some(height), Tree::open(&root, self.shared.pages())?),
            None if self.bases.latest.is_none() => (None, Tree::empty()),
            None => return Err(damaged("there are no pages")),
        };
        if base > self.committed || replay.misses_pages {
            return Err(damaged("the pages are of a height that is lost"));
        }
        let born = self.committed.map_or(0, stamp);
        let written = written_at(base);
        let mut changes = to_changes(&replay.changes);
        let folded = tree.update(born, written, &mut changes)?;
        let Some(last) = replay.last.as_ref().filter(|last| Some(last.height) > base) else {
            let known = self.expected.or(self.root_of_latest());
            let is_whole = base == self.committed && known.is_none_or(|known| folded.tree.root() == known);
            let unwritten = folded.unwritten.unsigned_abs();
            return if is_whole {
                Ok(RecoveredTree {
                    tree: folded.tree,
                    written,
                    removed: folded.removed,
                    unwritten,
                })
            } else {
                Err(damaged("the pages are not of the last version"))
            };
        };
        if folded.tree.root() != last.previous_root {
            return Err(damaged("the log does not follow from the pages"));
        }
        let hashed = hash_changes(last.entries.iter().map(|entry| (&*entry.key, entry.value.as_deref())));
        let mut changes: Vec<_> = hashed.iter().map(HashedChange::as_change).collect();
        let updated = folded.tree.update(born, written, &mut changes)?;
        if self.expected.is_some_and(|expected| expected != updated.tree.root()) {
            return Err(damaged("the last block gives another root"));
        }
        let unwritten = (folded.unwritten + updated.unwritten).unsigned_abs();
        let removed = [folded.removed, updated.removed].concat();
        Ok(RecoveredTree {
            tree: updated.tree,
            written,
            removed,
            unwritten,
        })
    }

    /// Root of the last version, when the table of entries is of that height.
    fn root_of_latest(&self) -> Option<Hash> {
        let latest = self.bases.latest.filter(|(height, _)| Some(*height) == self.committed);
        latest.map(|(_, root)| root)
    }

    /// Builds the tree from the entries and checks its root against all that is known of it.
    pub(super) fn rebuild(&self, replay: &Replay, write_buffer_bytes: usize) -> Result<RecoveredTree, OpenError> {
        let Some(height) = self.committed else {
            return Err(StoreError::Damaged {
                what: "tree pages without entries".to_owned(),
            }
            .into());
        };
        let mismatch = |height: u64, expected: Hash, got: Hash| OpenError::RootMismatch {
            height,
            expected: hex::encode(expected),
            got: hex::encode(got),
        };
        let tree = rebuild_tree(self.shared, self.view, height, write_buffer_bytes)?;
        if let Some(expected) = self.expected.or(self.root_of_latest())
            && tree.root() != expected
        {
            return Err(mismatch(height, expected, tree.root()));
        }
        if self.expected.is_none()
            && let Some(last) = &replay.last
        {
            // The root of the last block is not known from elsewhere, but the one before is.
            let before = undo_last(&tree, last, self.view)?;
            if before != last.previous_root {
                return Err(mismatch(height - 1, last.previous_root, before));
            }
        }
        Ok(RecoveredTree {
            tree,
            written: written_at(Some(height)),
            removed: Vec::new(),
            unwritten: 0,
        })
    }
}

fn undo_last(tree: &Tree, last: &LogRecord, view: &View) -> Result<Hash, StoreError> {
    let Some(height) = last.height.checked_sub(1) else {
        return Ok(EMPTY);
    };
    let mut undone = Vec::with_capacity(last.entries.len());
    for entry in &last.entries {
        let (_, value) = view.get(&entry.key, height)?;
        undone.push(HashedChange::new(&entry.key, value.as_deref()));
    }
    let mut changes: Vec<_> = undone.iter().map(HashedChange::as_change).collect();
    Ok(tree.update(0, 0, &mut changes)?.tree.root())
}

fn to_changes(changes: &BTreeMap<Arc<[u8]>, Option<Hash>>) -> Vec<Change<'_>> {
    changes
        .iter()
        .map(|(key, value_hash)| Change {
            key_hash: hash_key(key),
            key,
            value_hash: *value_hash,
        })
        .collect()
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged {
        what: format!("tree: {what}"),
    }
}
