//! A state as a genesis.

use std::sync::Arc;

use supercloud_chain::{Chain, Genesis};
use supercloud_store::MemoryStore;
use supercloud_vm::{VmConfig, WasmtimeVm};

use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::resume::resume;

/// The state at `height`, or the last one, as a genesis that goes on after it. A home whose chain has not begun gives its
/// first state.
///
/// # Errors
///
/// A home that is in use or damaged, a height whose state is not kept.
pub fn export(storage: &DiskStorage, height: Option<u64>) -> Result<Genesis, NodeError> {
    let home = &storage.home;
    let genesis = home.load_genesis()?;
    // A state that is lost comes back from the blocks.
    if !home.state_dir().exists() && !home.blocks_dir().exists() {
        home.assert_restored()?;
        return export_chain(&begin_in_memory(&genesis)?, height);
    }
    export_chain(&resume(&genesis, storage)?.chain, height)
}

fn export_chain(chain: &Chain, height: Option<u64>) -> Result<Genesis, NodeError> {
    let querier = chain.querier(height).ok_or_else(|| NodeError::NotKept {
        asked: height.unwrap_or_default(),
        oldest: chain.oldest_height(),
        latest: chain.height(),
    })?;
    Ok(querier.export()?)
}

/// Refuses a genesis that no chain could begin with, by beginning one in memory.
///
/// # Errors
///
/// What is wrong with it.
pub fn assert_genesis(genesis: &Genesis) -> Result<(), NodeError> {
    begin_in_memory(genesis).map(drop)
}

fn begin_in_memory(genesis: &Genesis) -> Result<Chain, NodeError> {
    let vm = WasmtimeVm::new(VmConfig::default()).map_err(NodeError::Vm)?;
    Ok(Chain::init(genesis, Box::new(MemoryStore::new()), Arc::new(vm))?)
}
