//! The tables: four keyspaces of the fjall engine, written only by bulk ingestion.
//!
//! An ingestion is sorted, skips the engine's own log and memtables, and appears as a whole with its marker row or not at
//! all. So a table is always exactly the state of the height that its marker names.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use fjall::{Database, Keyspace, KeyspaceCreateOptions, Readable, Snapshot};
use supercloud_chain::store::StoreError;

use crate::disk::error::OpenError;
use crate::disk::retention::{Decide, FilterFactory, Retention, keeps_block, keeps_past};
use crate::disk::rows::{
    MARKER, encode_marker, latest_key, parse_block, parse_block_key, parse_marker, parse_past, parse_past_key,
};

/// Threads that merge files: the rest of the machine is for blocks.
const WORKERS: usize = 1;
const PAGES: &str = "pages";

/// The open tables.
pub(crate) struct Engine {
    db: Database,
    /// The last version: state key -> value with its height.
    pub(crate) latest: Keyspace,
    /// What keys had before each of their changes.
    pub(crate) past: Keyspace,
    /// Root and changed keys of each height.
    pub(crate) blocks: Keyspace,
    /// Pages of the tree. All other tables are needed; this one is made anew when it is damaged.
    pages: RwLock<Keyspace>,
}

impl Engine {
    pub(crate) fn open(path: &Path, cache_bytes: usize, retention: &Arc<Retention>) -> Result<Self, OpenError> {
        let tables = |error: fjall::Error| match error {
            fjall::Error::Locked => OpenError::Locked { path: path.to_owned() },
            error => OpenError::Tables {
                path: path.to_owned(),
                reason: error.to_string(),
            },
        };
        let filters = retention.clone();
        let db = Database::builder(path)
            .cache_size(cache_bytes as u64)
            .worker_threads(WORKERS)
            .with_compaction_filter_factories(Arc::new(move |table: &str| {
                let decide: Decide = match table {
                    "past" => keeps_past,
                    "blocks" => keeps_block,
                    _ => return None,
                };
                let retention = filters.clone();
                Some(Arc::new(FilterFactory { retention, decide }) as Arc<_>)
            }))
            .open()
            .map_err(tables)?;
        let table = |name: &str| db.keyspace(name, KeyspaceCreateOptions::default).map_err(tables);
        Ok(Self {
            latest: table("latest")?,
            past: table("past")?,
            blocks: table("blocks")?,
            pages: RwLock::new(table(PAGES)?),
            db,
        })
    }

    pub(crate) fn pages(&self) -> Keyspace {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps checkpoints from their end while the guard lives.
    #[cfg(test)]
    pub(crate) fn hold_pages(&self) -> std::sync::RwLockWriteGuard<'_, Keyspace> {
        self.pages.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the table of pages by an empty one.
    pub(crate) fn renew_pages(&self) -> Result<(), StoreError> {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let renew = || {
            self.db.delete_keyspace(pages.clone())?;
            self.db.keyspace(PAGES, KeyspaceCreateOptions::default)
        };
        let new = renew().map_err(|error| failed(&pages, &error))?;
        *pages = new;
        Ok(())
    }

    /// A view of all tables as they are now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.db.snapshot()
    }

    /// The numbers of a table's marker; none before its first ingestion.
    pub(crate) fn load_marker(&self, table: &Keyspace) -> Result<Option<Vec<u64>>, StoreError> {
        let Some(row) = self
            .snapshot()
            .get(table, MARKER)
            .map_err(|error| failed(table, &error))?
        else {
            return Ok(None);
        };
        let damaged = || StoreError::Damaged {
            what: format!("marker of table {}", &**table.name()),
        };
        parse_marker(&row).map(Some).ok_or_else(damaged)
    }

    /// Bytes of all tables on disk.
    pub(crate) fn disk_bytes(&self) -> u64 {
        let tables = [&self.latest, &self.past, &self.blocks, &self.pages()];
        tables.iter().map(|table| table.disk_space()).sum()
    }

    /// Reads every row of the tables that hold history, so that all of their checksums are checked.
    pub(crate) fn read_history(&self) -> Result<(), StoreError> {
        let snapshot = self.snapshot();
        let past = |key: &[u8], value: &[u8]| parse_past_key(key).is_some() && parse_past(value).is_some();
        read_all(&snapshot, &self.past, past)?;
        let blocks = |key: &[u8], value: &[u8]| parse_block_key(key).is_some() && parse_block(value).is_some();
        read_all(&snapshot, &self.blocks, blocks)
    }

    /// Merges all files of all tables into one level each, which drops everything that is not kept. Takes long.
    pub(crate) fn compact(&self) -> Result<(), StoreError> {
        for table in [&self.latest, &self.past, &self.blocks, &self.pages()] {
            table.major_compact().map_err(|error| failed(table, &error))?;
        }
        Ok(())
    }
}

/// One ingestion into one table.
pub(crate) struct Ingestion<'a> {
    table: &'a Keyspace,
    /// The engine does not name the type of its ingestions, so this holds one.
    step: Box<dyn FnMut(Step) -> fjall::Result<()> + 'a>,
}

enum Step {
    Put(Vec<u8>, Vec<u8>),
    Remove(Vec<u8>),
    Finish,
}

impl<'a> Ingestion<'a> {
    /// Begins with the marker, which sorts first.
    pub(crate) fn begin(table: &'a Keyspace, marker: &[u64]) -> Result<Self, StoreError> {
        let mut inner = Some(table.start_ingestion().map_err(|error| failed(table, &error))?);
        let step = move |step: Step| match (step, &mut inner) {
            (Step::Put(key, value), Some(inner)) => inner.write(key, value),
            (Step::Remove(key), Some(inner)) => inner.write_tombstone(key),
            (Step::Finish, inner) => inner.take().map_or(Ok(()), |inner| inner.finish()),
            (_, None) => Ok(()),
        };
        let step = Box::new(step);
        let mut ingestion = Self { table, step };
        ingestion.put(MARKER.to_vec(), encode_marker(marker))?;
        Ok(ingestion)
    }

    /// Keys must come in ascending order.
    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.run(Step::Put(key, value))
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>) -> Result<(), StoreError> {
        self.run(Step::Remove(key))
    }

    /// Makes it durable and visible, all at once.
    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        self.run(Step::Finish)
    }

    fn run(&mut self, step: Step) -> Result<(), StoreError> {
        (self.step)(step).map_err(|error| failed(self.table, &error))
    }
}

fn read_all(snapshot: &Snapshot, table: &Keyspace, parses: impl Fn(&[u8], &[u8]) -> bool) -> Result<(), StoreError> {
    for row in snapshot.range(table, latest_key(&[])..) {
        let (key, value) = row.into_inner().map_err(|error| failed(table, &error))?;
        if !parses(&key, &value) {
            return Err(StoreError::Damaged {
                what: format!("table {}, row {}", &**table.name(), hex::encode(&key)),
            });
        }
    }
    Ok(())
}

pub(crate) fn failed(table: &Keyspace, error: &fjall::Error) -> StoreError {
    let name = &**table.name();
    match error {
        fjall::Error::Io(error) => StoreError::Io(format!("table {name}: {error}")),
        error => StoreError::Damaged {
            what: format!("table {name}: {error}"),
        },
    }
}
