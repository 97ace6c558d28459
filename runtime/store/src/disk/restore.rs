//! Making a store from a snapshot.

use std::fs;
use std::io::Read;
use std::path::Path;

use thiserror::Error;

use crate::disk::DiskStore;
use crate::disk::checkpoint::height_and_root;
use crate::disk::config::DiskConfig;
use crate::disk::engine::Ingestion;
use crate::disk::error::OpenError;
use crate::disk::head::Acknowledged;
use crate::disk::log::{create_dir, sync_dir};
use crate::disk::open::{RESTORING_FILE, create, is_vacant};
use crate::disk::rebuild::TreeBuilder;
use crate::disk::rows::{BlockRecord, block_key, encode_block, encode_versioned, latest_key};
use crate::hash::Hash;
use crate::snapshot::{SnapshotError, SnapshotHeader, SnapshotReader};

/// Why a snapshot was not restored.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The store could not be made or opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The snapshot is not whole, or not what it says.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl From<supercloud_chain::store::StoreError> for RestoreError {
    fn from(error: supercloud_chain::store::StoreError) -> Self {
        Self::Open(error.into())
    }
}

impl DiskStore {
    /// Makes a store in `dir`, which is missing or empty, that goes on where the snapshot was made: its first version is
    /// the snapshot's, with the same root. Nothing is left in `dir` when this fails.
    pub fn restore<R: Read>(
        dir: &Path,
        config: DiskConfig,
        snapshot: &mut SnapshotReader<R>,
    ) -> Result<Self, RestoreError> {
        if !is_vacant(dir)? {
            return Err(OpenError::NotEmpty { path: dir.to_owned() }.into());
        }
        let filled = fill(dir, config, snapshot);
        if let Err(error) = filled {
            // What is there says itself that it is not whole, so failing to remove it harms nobody.
            let _ = fs::remove_dir_all(dir);
            return Err(error);
        }
        Ok(Self::open(dir, config)?)
    }
}

fn fill<R: Read>(dir: &Path, config: DiskConfig, snapshot: &mut SnapshotReader<R>) -> Result<(), RestoreError> {
    create_dir(dir).map_err(OpenError::io(dir))?;
    let marker = dir.join(RESTORING_FILE);
    fs::write(&marker, "").map_err(OpenError::io(&marker))?;
    sync_dir(dir).map_err(OpenError::io(dir))?;
    create(dir)?;
    let mut store = DiskStore::open_existing(dir, config)?;
    let SnapshotHeader { height, root } = snapshot.header();
    store.shared.retention.begin(height);
    let got = write_tables(&store, config, snapshot)?;
    if got != root {
        return Err(SnapshotError::RootMismatch {
            height,
            expected: hex::encode(root),
            got: hex::encode(got),
        }
        .into());
    }
    store
        .head
        .reset(Acknowledged { height, root })
        .map_err(OpenError::io(dir))?;
    drop(store);
    fs::remove_file(&marker).map_err(OpenError::io(&marker))?;
    sync_dir(dir).map_err(OpenError::io(dir))?;
    Ok(())
}

/// Fills all tables as a checkpoint would, and returns the root of the entries.
fn write_tables<R: Read>(
    store: &DiskStore,
    config: DiskConfig,
    snapshot: &mut SnapshotReader<R>,
) -> Result<Hash, RestoreError> {
    let SnapshotHeader { height, root } = snapshot.header();
    let engine = &store.shared.engine;
    let [cut, every, every_since] = store.shared.retention.numbers();
    let mut blocks = Ingestion::begin(&engine.blocks, &[height, cut, every, every_since])?;
    let block = BlockRecord { root, keys: Vec::new() };
    blocks.put(block_key(height), encode_block(&block))?;
    blocks.finish()?;
    Ingestion::begin(&engine.past, &[height])?.finish()?;

    let mut tree = TreeBuilder::new(&store.shared, height, config.write_buffer_bytes);
    let mut latest = Ingestion::begin(&engine.latest, &height_and_root(height, &root))?;
    while let Some(entries) = snapshot.next_entries()? {
        for (key, value) in entries {
            latest.put(latest_key(&key), encode_versioned(height, &value))?;
            tree.add(key, value)?;
        }
    }
    latest.finish()?;
    Ok(tree.finish()?.root())
}
