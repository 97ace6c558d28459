//! The log from the tables' height on, as it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::changes::hash_changes;
use crate::disk::error::OpenError;
use crate::disk::log::LogRecord;
use crate::disk::memtable::{Before, Memtable};
use crate::disk::recover::Bases;
use crate::disk::rows::BlockRecord;
use crate::disk::shared::Shared;
use crate::hash::{EMPTY, Hash};

/// The log from the tables on.
#[derive(Default)]
pub(super) struct Replay {
    pub(super) memtable: Memtable,
    /// Last value hash of each key that changed after the height of `pages`, without those of the last record.
    pub(super) changes: BTreeMap<Arc<[u8]>, Option<Hash>>,
    pub(super) last: Option<LogRecord>,
    pub(super) blocks: u64,
    /// The log does not reach back to the pages: the tree must be built again.
    pub(super) misses_pages: bool,
}

impl Replay {
    pub(super) fn add(&mut self, record: LogRecord, bases: &Bases, shared: &Shared) -> Result<(), OpenError> {
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
                self.memtable
                    .insert(&entry.key, height, entry.value.clone(), || Before::InTables);
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
        self.changes
            .extend(record.entries.into_iter().map(|entry| entry.key).zip(hashes));
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

pub(super) fn set_root(shared: &Shared, height: u64, root: Hash) {
    if let Some(block) = shared.write_blocks().get_mut(&height) {
        Arc::make_mut(block).root = root;
    }
}
