//! fjall with one synced batch per block and nothing else: no root, no proofs, no past. The ceiling of its kind.

use std::path::Path;

use anyhow::Result;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use crate::{Candidate, Proof};

pub(crate) struct Flat {
    db: Database,
    values: Keyspace,
    next: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Flat {
    pub(crate) fn open(dir: &Path, cache_bytes: usize) -> Result<Self> {
        let db = Database::builder(dir).cache_size(cache_bytes as u64).open()?;
        let values = db.keyspace("values", KeyspaceCreateOptions::default)?;
        Ok(Self {
            db,
            values,
            next: Vec::new(),
        })
    }
}

impl Candidate for Flat {
    fn prepare(&mut self, changes: &[(Vec<u8>, Vec<u8>)]) {
        self.next = changes.to_vec();
    }

    fn commit(&mut self, _height: u64) -> Result<Option<[u8; 32]>> {
        let mut batch = self.db.batch().durability(Some(PersistMode::SyncData));
        for (key, value) in self.next.drain(..) {
            batch.insert(&self.values, key, value);
        }
        batch.commit()?;
        Ok(None)
    }

    fn drain(&mut self) -> Result<()> {
        self.values.rotate_memtable_and_wait()?;
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.values.get(key)?.map(|value| value.to_vec()))
    }

    fn scan(&self, key: &[u8]) -> Result<usize> {
        let rows = self.values.range(key.to_vec()..).take(10);
        rows.map(|row| Ok(row.into_inner().map(|_| 1)?)).sum()
    }

    fn prove(&self, _key: &[u8]) -> Result<Option<Proof>> {
        Ok(None)
    }
}
