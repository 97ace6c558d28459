//! Committing one block.

use std::sync::Arc;

use rayon::prelude::*;
use supercloud_chain::store::{Changes, RootHash, StoreError};

use crate::changes::{HashedChange, assert_keys, hash_changes};
use crate::disk::head::Acknowledged;
use crate::disk::history::TreeAt;
use crate::disk::log::{Log, LogEntry, encode_record};
use crate::disk::memtable::{Before, Memtable};
use crate::disk::reader::copy_error;
use crate::disk::row_cache::{Row, RowCache};
use crate::disk::rows::BlockRecord;
use crate::disk::view::View;
use crate::disk::{DiskStore, stamp};
use crate::hash::Hash;
use crate::tree::Updated;

/// Entries below which one thread is faster than two.
const PARALLEL: usize = 256;

impl DiskStore {
    pub(super) fn commit_block(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        if let Some(error) = &self.broken {
            return Err(copy_error(error));
        }
        supercloud_chain::store::Reader::check(&*self.latest)?;
        self.assert_next(height)?;
        assert_keys(&changes)?;
        let result = self.write_block(height, changes);
        if let Err(error) = &result {
            // The log may or may not hold the block: only opening the store again can tell.
            self.broken = Some(copy_error(error));
        }
        result
    }

    fn assert_next(&self, height: u64) -> Result<(), StoreError> {
        match self.committed {
            Some(last) if height != last + 1 => Err(StoreError::WrongHeight { got: height, last }),
            _ => Ok(()),
        }
    }

    fn write_block(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        self.finish_checkpoint_if_done()?;
        let changes: Vec<_> = changes.into_iter().collect();
        let to_entry = |(key, value): (Vec<u8>, Option<Vec<u8>>)| LogEntry {
            key: key.into(),
            value: value.map(Arc::from),
        };
        let entries: Vec<LogEntry> = changes.into_par_iter().with_min_len(PARALLEL).map(to_entry).collect();
        let updated = self.log_and_apply(height, &entries)?;
        let root = updated.tree.root();
        let acknowledged = Acknowledged { height, root };
        self.head
            .write(acknowledged)
            .map_err(|error| StoreError::Io(format!("head: {error}")))?;
        self.publish(acknowledged, &entries, updated);
        self.begin_checkpoint_if_due()?;
        Ok(root)
    }

    /// Appends to the log on one thread while the others compute the tree and fill the memtable.
    fn log_and_apply(&mut self, height: u64, entries: &[LogEntry]) -> Result<Updated, StoreError> {
        let written = self.sealed();
        let Self {
            log,
            tree,
            view,
            shared,
            ..
        } = self;
        let previous_root = tree.root();
        std::thread::scope(|scope| {
            let logged = scope.spawn(|| append(log, height, &previous_root, entries));
            let updated = {
                let hashed = hash_changes(entries.iter().map(|entry| (&*entry.key, entry.value.as_deref())));
                let mut changes: Vec<_> = hashed.iter().map(HashedChange::as_change).collect();
                tree.update(stamp(height), written, &mut changes)
            };
            fill_memtable(view, &shared.rows, height, entries);
            let panicked = |_| Err(StoreError::Io("the log's thread panicked".to_owned()));
            logged.join().unwrap_or_else(panicked)?;
            Ok(updated?)
        })
    }

    /// Makes the block the last version.
    fn publish(&mut self, acknowledged: Acknowledged, entries: &[LogEntry], updated: Updated) {
        let Acknowledged { height, root } = acknowledged;
        if self.committed.is_none() {
            self.shared.retention.begin(height);
        }
        let rows = &self.shared.rows;
        rows.begin_commit(height);
        entries.par_iter().with_min_len(PARALLEL).for_each(|entry| {
            let value = entry.value.clone();
            rows.replace(&entry.key, Row { since: height, value });
        });
        let block = BlockRecord {
            root,
            keys: entries.iter().map(|entry| entry.key.clone()).collect(),
        };
        self.shared.write_blocks().insert(height, Arc::new(block));
        self.committed = Some(height);
        self.removed.extend(updated.removed);
        self.unwritten = self.unwritten.saturating_add_signed(updated.unwritten);
        self.tree = updated.tree;
        self.keep_recent(height, updated.built);
        self.latest = Arc::new(self.reader(height, root, TreeAt::Here(self.tree.clone())));
    }

    /// Keeps the tree for proofs, and as many older ones as a part of the write buffer holds.
    fn keep_recent(&mut self, height: u64, built: usize) {
        self.recent.push_back((height, self.tree.clone(), built));
        let mut bytes: usize = self.recent.iter().map(|(.., built)| built).sum();
        while bytes > self.config.write_buffer_bytes / 2 || self.recent.len() > super::switch::MAX_RECENT {
            if self.recent.len() == 1 {
                return;
            }
            bytes -= self.recent.pop_front().map_or(0, |(.., built)| built);
        }
    }
}

/// Readers do not see these versions before a view of `height` is made.
fn fill_memtable(view: &View, rows: &RowCache, height: u64, entries: &[LogEntry]) {
    let Some((active, older)) = view.memtables.split_first() else {
        return;
    };
    entries.par_iter().with_min_len(PARALLEL).for_each(|entry| {
        let before = || find_before(&entry.key, height, older, rows);
        active.insert(&entry.key, height, entry.value.clone(), before);
    });
}

fn append(log: &mut Log, height: u64, previous_root: &Hash, entries: &[LogEntry]) -> Result<(), StoreError> {
    let record = encode_record(height, previous_root, entries)
        .ok_or_else(|| StoreError::Io(format!("block {height} has more than 4 GiB of changes")))?;
    log.append(height, &record)
        .map_err(|error| StoreError::Io(format!("log: {error}")))
}

/// What a key had before its first change in the active memtable.
fn find_before(key: &[u8], height: u64, older: &[Arc<Memtable>], rows: &RowCache) -> Before {
    if let Some(row) = rows.get(key) {
        return Before::Known(row.value.map(|value| (row.since, value)));
    }
    let replaced = older.iter().find_map(|table| table.get(key, height));
    replaced.map_or(Before::InTables, |(since, write)| {
        Before::Known(write.map(|value| (since, value)))
    })
}
