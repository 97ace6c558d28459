//! One consistent view of everything that holds values: the memtables over a snapshot of the tables.
//!
//! Versions from the tables' height on are read from the memtables and `latest`; older ones from `latest`, unless the
//! value there is newer, and then from what `past` says the key had before.

use std::sync::Arc;

use fjall::{Keyspace, Readable, Snapshot};
use supercloud_chain::store::StoreError;

use crate::disk::engine::failed;
use crate::disk::memtable::Memtable;
use crate::disk::rows::{Versioned, latest_key, parse_past, parse_versioned, past_key};

/// Everything that holds values.
pub(crate) struct View {
    /// Newest first. Their heights are above `base`.
    pub(crate) memtables: Vec<Arc<Memtable>>,
    pub(crate) snapshot: Snapshot,
    pub(crate) latest: Keyspace,
    pub(crate) past: Keyspace,
    /// Height of the tables; none while they are empty.
    pub(crate) base: Option<u64>,
}

impl View {
    /// The value of `key` at `height`, with the height that it is unchanged since as far as is known.
    pub(crate) fn get(&self, key: &[u8], height: u64) -> Result<(u64, Option<Vec<u8>>), StoreError> {
        if self.is_past(height) {
            let found = self.get_past(key, height)?;
            return Ok(found.map_or((height, None), |row| (row.since, Some(row.value))));
        }
        for memtable in &self.memtables {
            if let Some((since, write)) = memtable.get(key, height) {
                return Ok((since, write.map(|value| value.to_vec())));
            }
        }
        let found = self.get_latest(key)?;
        Ok(found.map_or((height, None), |row| (row.since, Some(row.value))))
    }

    /// Whether versions of this height are older than the tables.
    pub(crate) fn is_past(&self, height: u64) -> bool {
        self.base.is_some_and(|base| height < base)
    }

    /// The row of `latest`.
    pub(crate) fn get_latest(&self, key: &[u8]) -> Result<Option<Versioned>, StoreError> {
        let row = self
            .snapshot
            .get(&self.latest, latest_key(key))
            .map_err(|error| failed(&self.latest, &error))?;
        row.map(|row| parse_versioned(&row).ok_or_else(|| damaged("latest", key)))
            .transpose()
    }

    fn get_past(&self, key: &[u8], height: u64) -> Result<Option<Versioned>, StoreError> {
        let latest = self.get_latest(key)?;
        match latest {
            Some(row) if row.since <= height => Ok(Some(row)),
            latest => self.get_replaced(key, height, latest.is_some()),
        }
    }

    /// What `past` says that `key` had at `height`. When the key has a later value, it must say something.
    pub(crate) fn get_replaced(
        &self,
        key: &[u8],
        height: u64,
        must_exist: bool,
    ) -> Result<Option<Versioned>, StoreError> {
        let rows = past_key(key, height + 1)..=past_key(key, u64::MAX);
        let Some(guard) = self.snapshot.range(&self.past, rows).next() else {
            return if must_exist {
                Err(damaged("past", key))
            } else {
                Ok(None)
            };
        };
        let row = guard.value().map_err(|error| failed(&self.past, &error))?;
        let row = parse_past(&row).ok_or_else(|| damaged("past", key))?;
        Ok(row.filter(|row| row.since <= height))
    }
}

pub(crate) fn damaged(table: &str, key: &[u8]) -> StoreError {
    StoreError::Damaged {
        what: format!("table {table}, row of key {}", hex::encode(key)),
    }
}
