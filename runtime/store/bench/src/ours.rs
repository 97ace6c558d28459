//! `supercloud-store`, on disk.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use supercloud_chain::store::{Changes, Direction, Store};
use supercloud_store::proof::{verify_absence, verify_membership};
use supercloud_store::{DiskConfig, DiskStore, Pruning};

use crate::{Candidate, Proof};

pub(crate) struct Ours {
    store: DiskStore,
    next: Changes,
}

impl Ours {
    pub(crate) fn open(dir: &Path, cache_bytes: usize, write_buffer_bytes: usize, keep: u64) -> Result<Self> {
        let config = DiskConfig {
            cache_bytes,
            write_buffer_bytes,
            pruning: Pruning::KeepLast(keep),
            ..DiskConfig::default()
        };
        let store = DiskStore::open(&dir.join("store"), config)?;
        Ok(Self {
            store,
            next: Changes::new(),
        })
    }
}

impl Candidate for Ours {
    fn prepare(&mut self, changes: &[(Vec<u8>, Vec<u8>)]) {
        self.next = changes
            .iter()
            .map(|(key, value)| (key.clone(), Some(value.clone())))
            .collect();
    }

    fn commit(&mut self, height: u64) -> Result<Option<[u8; 32]>> {
        Ok(Some(self.store.commit(height, std::mem::take(&mut self.next))?))
    }

    fn drain(&mut self) -> Result<()> {
        Ok(self.store.checkpoint()?)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let view = self.store.latest();
        let value = view.get(key);
        view.check()?;
        Ok(value)
    }

    fn scan(&self, key: &[u8]) -> Result<usize> {
        let view = self.store.latest();
        Ok(view.range(Some(key), None, Direction::Ascending).take(10).count())
    }

    fn prove(&self, key: &[u8]) -> Result<Option<Proof>> {
        let view = self.store.latest();
        let start = Instant::now();
        let proved = view.prove(key)?;
        let made_ns = start.elapsed().as_nanos();
        let root = view.root();
        let start = Instant::now();
        match &proved.value {
            Some(value) => verify_membership(&root, key, value, &proved.proof)?,
            None => verify_absence(&root, key, &proved.proof)?,
        }
        Ok(Some(Proof {
            made_ns,
            verified_ns: start.elapsed().as_nanos(),
            bytes: proved.proof.len(),
        }))
    }
}
