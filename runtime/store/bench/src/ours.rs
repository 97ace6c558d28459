//! `supercloud-store`, on disk.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use supercloud_chain::store::{Changes, Direction, Store};
use supercloud_store::proof::{verify_absence, verify_membership};
use supercloud_store::{DiskConfig, DiskStore, Pruning};

use crate::{Candidate, Proof};

pub(crate) struct Ours {
    store: Option<DiskStore>,
    dir: PathBuf,
    config: DiskConfig,
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
        let dir = dir.join("store");
        let store = Some(DiskStore::open(&dir, config)?);
        Ok(Self {
            store,
            dir,
            config,
            next: Changes::new(),
        })
    }
}

impl Ours {
    fn store(&self) -> &DiskStore {
        self.store.as_ref().expect("the store is open")
    }

    fn store_mut(&mut self) -> &mut DiskStore {
        self.store.as_mut().expect("the store is open")
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
        let next = std::mem::take(&mut self.next);
        Ok(Some(self.store_mut().commit(height, next)?))
    }

    fn drain(&mut self) -> Result<()> {
        Ok(self.store_mut().checkpoint()?)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let view = self.store().latest();
        let value = view.get(key);
        view.check()?;
        Ok(value)
    }

    fn scan(&self, key: &[u8]) -> Result<usize> {
        let view = self.store().latest();
        Ok(view.range(Some(key), None, Direction::Ascending).take(10).count())
    }

    fn reopen(&mut self) -> Result<Option<String>> {
        let root = self.store().latest().root();
        self.store = None;
        let start = Instant::now();
        let store = DiskStore::open(&self.dir, self.config)?;
        let seconds = start.elapsed().as_secs_f64();
        anyhow::ensure!(store.latest().root() == root, "another root after opening");
        let blocks = store.recovery().replayed_blocks;
        self.store = Some(store);
        Ok(Some(format!("opens in {seconds:.2} s with {blocks} blocks in the log")))
    }

    fn prove(&self, key: &[u8]) -> Result<Option<Proof>> {
        let view = self.store().latest();
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
