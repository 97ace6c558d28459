//! Going back to an older height.

use serde::Serialize;
use supercloud_store::{DiskStore, RestoreError};

use crate::archive::Archive;
use crate::archive::disk::{ArchiveConfig, Cut, DiskArchive};
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::resume::open_state;

/// What a rollback did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RolledBack {
    /// Height of the state before.
    pub from: u64,
    /// Height now.
    pub to: u64,
}

/// Makes the kept `height` the last one; all later blocks are gone for good. An interruption leaves a home that starts at
/// the old height or the new one, or that asks for this again.
///
/// # Errors
///
/// A home that is in use or damaged, a height whose state is not kept.
pub fn rollback(storage: &DiskStorage, height: u64) -> Result<RolledBack, NodeError> {
    let home = &storage.home;
    let _lock = home.lock()?;
    // What is damaged after this height may go: it is dropped anyway.
    let config = ArchiveConfig {
        cut: Cut::After { height },
        ..storage.archive_config()
    };
    let archive = DiskArchive::open(&home.blocks_dir(), config)?;
    let store = open_state(storage, &archive)?;
    // The state before the first block needs none; every other one does.
    let first_block = archive.earliest().unwrap_or_default();
    let initial_height = home.load_genesis()?.initial_height;
    let lowest = if first_block <= initial_height {
        initial_height.saturating_sub(1)
    } else {
        first_block
    };
    drop(archive);
    let latest = store.committed_height().unwrap_or_default();
    let oldest = supercloud_chain::store::Store::oldest(&store).max(lowest);
    if height < lowest || height > latest || supercloud_chain::store::Store::at(&store, height).is_none() {
        return Err(NodeError::NotKept {
            asked: height,
            oldest,
            latest,
        });
    }
    drop(store);
    // The state first: while the blocks are still there, a start would only execute them again.
    let store =
        DiskStore::rollback(&home.state_dir(), storage.state_config(), height).map_err(|error| match error {
            RestoreError::Open(error) => NodeError::State(error),
            RestoreError::Snapshot(error) => NodeError::Snapshot(error.into()),
        })?;
    drop(store);
    DiskArchive::truncate(&home.blocks_dir(), storage.archive_config(), height)?;
    Ok(RolledBack {
        from: latest,
        to: height,
    })
}
