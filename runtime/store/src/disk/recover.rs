//! From the tables and the log to the last committed version.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use supercloud_chain::store::StoreError;

use crate::changes::{HashedChange, hash_changes};
use crate::disk::checkpoint::parse_height_and_root;
use crate::disk::config::{DiskConfig, LostBlocks};
use crate::disk::error::OpenError;
use crate::disk::head::Acknowledged;
use crate::disk::log::{LogRecord, recover_log};
use crate::disk::memtable::{Before, Memtable};
use crate::disk::open::written_at;
use crate::disk::rebuild::rebuild_tree;
use crate::disk::rows::BlockRecord;
use crate::disk::shared::Shared;
use crate::disk::stamp;
use crate::disk::view::View;
use crate::hash::{EMPTY, Hash};
use crate::tree::{Path as PagePath, Tree};

/// What opening found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Blocks that were read from the log.
    pub replayed_blocks: u64,
    /// Bytes at the end of the log that were not a whole record, and were cut off.
    pub dropped_log_bytes: u64,
    /// Committed blocks that are gone, when that was accepted.
    pub lost_blocks: u64,
    /// The head file was lost or behind, and was written again.
    pub head_rewritten: bool,
    /// Pages of the tree were missing or damaged, and it was built again from the entries.
    pub tree_rebuilt: bool,
}

/// The last version, ready for use.
pub(crate) struct Recovered {
    pub(crate) committed: Option<u64>,
    pub(crate) tree: Tree,
    pub(crate) written: u64,
    pub(crate) removed: Vec<PagePath>,
    pub(crate) unwritten: usize,
    pub(crate) view: View,
    pub(crate) segments: Vec<u64>,
    pub(crate) recovery: Recovery,
}

/// Heights of the tables, and the roots that two of them name.
struct Bases {
    latest: Option<(u64, Hash)>,
    pages: Option<(u64, Hash)>,
    blocks: Option<u64>,
    past: Option<u64>,
}

/// The log from the tables on.
#[derive(Default)]
struct Replay {
    memtable: Memtable,
    /// Last value hash of each key that changed after the height of `pages`, without those of the last record.
    changes: BTreeMap<Arc<[u8]>, Option<Hash>>,
    last: Option<LogRecord>,
    blocks: u64,
    /// The log does not reach back to the pages: the tree must be built again.
    misses_pages: bool,
}

pub(crate) fn recover(
    shared: &Arc<Shared>,
    log_dir: &Path,
    config: &DiskConfig,
    acknowledged: Option<Acknowledged>,
) -> Result<Recovered, OpenError> {
    let bases = load_bases(shared)?;
    let mut replay = Replay::default();
    let log = recover_log(log_dir, config.lost_blocks, &mut |record| replay.add(record, &bases, shared))?;
    let committed = replay.last.as_ref().map(|record| record.height).max(bases.latest.map(|(height, _)| height));
    let mut recovery = Recovery {
        replayed_blocks: replay.blocks,
        dropped_log_bytes: log.dropped_bytes,
        ..Recovery::default()
    };
    recovery.lost_blocks = assert_nothing_lost(committed, acknowledged, &bases, config.lost_blocks)?;
    recovery.head_rewritten = committed > acknowledged.map(|acknowledged| acknowledged.height);

    let view = View {
        memtables: vec![Arc::new(std::mem::take(&mut replay.memtable))],
        snapshot: shared.engine.snapshot(),
        latest: shared.engine.latest.clone(),
        past: shared.engine.past.clone(),
        base: bases.latest.map(|(height, _)| height),
    };
    let expected = acknowledged
        .filter(|acknowledged| Some(acknowledged.height) == committed)
        .map(|acknowledged| acknowledged.root);
    let trees = TreeRecovery {
        shared,
        view: &view,
        bases: &bases,
        committed,
        expected,
    };
    let (tree, written, removed, unwritten) = match trees.replay(&replay) {
        Ok(recovered) => recovered,
        Err(_damaged) => {
            recovery.tree_rebuilt = true;
            trees.rebuild(&replay, config.write_buffer_bytes)?
        }
    };
    if let Some(record) = &replay.last {
        set_root(shared, record.height, tree.root());
    }
    Ok(Recovered {
        committed,
        tree,
        written,
        removed,
        unwritten,
        view,
        segments: log.segments,
        recovery,
    })
}

fn load_bases(shared: &Shared) -> Result<Bases, OpenError> {
    let engine = &shared.engine;
    let with_root = |table| -> Result<Option<(u64, Hash)>, StoreError> {
        let marker = engine.load_marker(table)?;
        Ok(marker.as_deref().and_then(parse_height_and_root))
    };
    let blocks = engine.load_marker(&engine.blocks)?;
    if let Some(&[_, cut, every, every_since]) = blocks.as_deref() {
        shared.retention.restore(cut, every, every_since);
    }
    let height = |marker: Option<Vec<u64>>| marker.and_then(|numbers| numbers.first().copied());
    let bases = Bases {
        latest: with_root(&engine.latest)?,
        pages: with_root(&engine.pages)?,
        blocks: height(blocks),
        past: height(engine.load_marker(&engine.past)?),
    };
    let latest = bases.latest.map(|(height, _)| height);
    for (table, base) in [("blocks", bases.blocks), ("past", bases.past)] {
        if base < latest {
            return Err(StoreError::Damaged {
                what: format!("table {table} ends at height {base:?}, before table latest at {latest:?}"),
            }
            .into());
        }
    }
    Ok(bases)
}

impl Replay {
    fn add(&mut self, record: LogRecord, bases: &Bases, shared: &Shared) -> Result<(), OpenError> {
        let height = record.height;
        let latest = bases.latest.map(|(height, _)| height);
        let pages = bases.pages.map(|(height, _)| height);
        if Some(height) <= latest && (pages.is_none() || Some(height) <= pages) {
            return Ok(());
        }
        if self.last.is_none() {
            assert_follows(&record, latest)?;
            self.misses_pages = pages.is_some_and(|pages| height > pages + 1);
            if latest.is_none() && bases.blocks.is_none() {
                shared.retention.begin(height);
            }
        }
        self.blocks += 1;
        if let Some(last) = self.last.take() {
            set_root(shared, last.height, record.previous_root);
            self.fold(last, pages);
        }
        if Some(height) > latest {
            for entry in &record.entries {
                self.memtable.insert(&entry.key, height, entry.value.clone(), || Before::InTables);
            }
            let block = BlockRecord {
                root: EMPTY,
                keys: record.entries.iter().map(|entry| entry.key.clone()).collect(),
            };
            shared.write_blocks().insert(height, Arc::new(block));
        }
        self.last = Some(record);
        Ok(())
    }

    fn fold(&mut self, record: LogRecord, pages: Option<u64>) {
        if Some(record.height) <= pages {
            return;
        }
        let hashed = hash_changes(record.entries.iter().map(|entry| (&*entry.key, entry.value.as_deref())));
        let hashes = hashed.iter().map(|change| change.as_change().value_hash);
        let hashes: Vec<_> = hashes.collect();
        self.changes.extend(record.entries.into_iter().map(|entry| entry.key).zip(hashes));
    }
}

/// The first record that is needed must follow the tables, or begin the chain.
fn assert_follows(record: &LogRecord, base: Option<u64>) -> Result<(), OpenError> {
    let follows = match base {
        Some(base) => record.height <= base + 1,
        None => record.previous_root == EMPTY,
    };
    if follows {
        return Ok(());
    }
    Err(OpenError::LogGap {
        expected: base.map_or(0, |base| base + 1),
        found: record.height,
    })
}

fn set_root(shared: &Shared, height: u64, root: Hash) {
    if let Some(block) = shared.write_blocks().get_mut(&height) {
        Arc::make_mut(block).root = root;
    }
}

/// Counts the blocks that were committed and are gone.
fn assert_nothing_lost(
    committed: Option<u64>,
    acknowledged: Option<Acknowledged>,
    bases: &Bases,
    lost_blocks: LostBlocks,
) -> Result<u64, OpenError> {
    // Tables hold only what was committed; what they have of lost blocks could not be told from what replaces them.
    let in_tables = bases.blocks.max(bases.past);
    let acknowledged = acknowledged.map(|acknowledged| acknowledged.height);
    let lost = |acknowledged| OpenError::LostBlocks {
        found: committed,
        acknowledged,
    };
    if let Some(height) = in_tables.filter(|height| Some(*height) > committed) {
        return Err(lost(height));
    }
    match acknowledged.filter(|height| Some(*height) > committed) {
        None => Ok(0),
        Some(height) if lost_blocks == LostBlocks::Refuse => Err(lost(height)),
        Some(height) => Ok(committed.map_or(height.saturating_add(1), |committed| height - committed)),
    }
}

struct TreeRecovery<'a> {
    shared: &'a Arc<Shared>,
    view: &'a View,
    bases: &'a Bases,
    committed: Option<u64>,
    /// Root of the last version, when the head names it.
    expected: Option<Hash>,
}

type Recovered4 = (Tree, u64, Vec<PagePath>, usize);

impl TreeRecovery<'_> {
    /// Applies the log to the pages on disk, and checks the roots on the way.
    fn replay(&self, replay: &Replay) -> Result<Recovered4, StoreError> {
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
                Ok((folded.tree, written, folded.removed, unwritten))
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
        Ok((updated.tree, written, removed, unwritten))
    }

    /// Root of the last version, when the table of entries is of that height.
    fn root_of_latest(&self) -> Option<Hash> {
        let latest = self.bases.latest.filter(|(height, _)| Some(*height) == self.committed);
        latest.map(|(_, root)| root)
    }

    /// Builds the tree from the entries and checks its root against all that is known of it.
    fn rebuild(&self, replay: &Replay, write_buffer_bytes: usize) -> Result<Recovered4, OpenError> {
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
        Ok((tree, written_at(Some(height)), Vec::new(), 0))
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

fn to_changes(changes: &BTreeMap<Arc<[u8]>, Option<Hash>>) -> Vec<crate::tree::Change<'_>> {
    changes
        .iter()
        .map(|(key, value_hash)| crate::tree::Change {
            key_hash: crate::hash::hash_key(key),
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
