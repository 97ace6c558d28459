//! Opening the data of a home and bringing state and blocks together.
//!
//! A block is in the log before it is executed, so after a crash the state is at the log's last block or behind it. Blocks
//! that the state lacks are executed again, and must give the app hashes that were recorded. A last block without
//! results is run once more. A state that is ahead of the log, or results that differ, stop the start: going on would
//! fork the chain.

use std::sync::Arc;

use supercloud_chain::{Chain, Genesis};
use supercloud_rpc::BlockRecord;
use supercloud_store::{DiskConfig, DiskStore, LostBlocks, OpenError, Pruning};
use supercloud_vm::{VmConfig, WasmtimeVm};
use thiserror::Error;

use crate::archive::disk::{ArchiveConfig, Cut, DiskArchive};
use crate::archive::{Archive, ProposedBlock};
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::home::{Home, HomeLock};
use crate::validator::SoloValidator;

/// Why what a home holds does not make a chain.
#[derive(Debug, Error)]
pub enum ResumeError {
    /// The home is of another chain.
    #[error("genesis.json is of chain {genesis:?}, but the data is of chain {data:?}")]
    OtherChain {
        /// Chain id in the genesis.
        genesis: String,
        /// Chain id of the data.
        data: String,
    },
    /// The key in the home did not make the last block.
    #[error(
        "priv_validator_key.json is of validator {ours}, but {theirs} made block {height}; put the chain's own key \
         back, or restore a snapshot with the new key"
    )]
    OtherValidator {
        /// Address of the key, hex.
        ours: String,
        /// Address of the last block's proposer, hex.
        theirs: String,
        /// Height of the last block.
        height: u64,
    },
    /// The state is ahead of the blocks.
    #[error(
        "the state is at height {state} but the blocks end at {}: committed blocks are lost; restore a snapshot, or go \
         back with `supercloud node rollback --height {}`",
        .blocks.map_or_else(|| "none".to_owned(), |height| height.to_string()),
        .blocks.unwrap_or_default()
    )]
    BlocksLost {
        /// Height of the state.
        state: u64,
        /// Height of the last block.
        blocks: Option<u64>,
    },
    /// The node was not shut down properly and was not started since.
    #[error("the state is at height {state}, the blocks at {blocks}: start the node once to bring them together")]
    OutOfStep {
        /// Height of the state.
        state: u64,
        /// Height of the last block.
        blocks: u64,
    },
    /// The state is before the first block that is kept.
    #[error("the state is at height {state} but the first block that is kept is {first}; restore a snapshot")]
    StateLost {
        /// Height of the state.
        state: u64,
        /// First height of the blocks.
        first: u64,
    },
    /// Executing a block again gave something else.
    #[error("block {height} executed again gives app hash {got}, but {expected} was recorded; restore a snapshot")]
    AppHash {
        /// Which block.
        height: u64,
        /// Hash that was recorded, hex.
        expected: String,
        /// Hash now, hex.
        got: String,
    },
}

/// What opening did to bring state and blocks together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Blocks that were executed again because the state lacked them.
    pub replayed_blocks: u64,
    /// Whether the last block was run once more for its results.
    pub results_recomputed: bool,
    /// Blocks that were put into the index.
    pub indexed_blocks: u64,
    /// Why the index of blocks was made anew, if it was.
    pub index_rebuilt: Option<String>,
    /// Bytes that were cut off the ends of logs: records that were not written to their end.
    pub dropped_bytes: u64,
    /// Whether the tree of the state was built again from the entries.
    pub tree_rebuilt: bool,
}

/// A chain from a home, ready to go on.
pub(crate) struct Resumed {
    pub(crate) chain: Chain,
    pub(crate) archive: DiskArchive,
    pub(crate) validator: SoloValidator,
    pub(crate) repairs: Repairs,
    pub(crate) lock: HomeLock,
}

impl DiskStorage {
    pub(crate) fn archive_config(&self) -> ArchiveConfig {
        ArchiveConfig {
            sync: self.state.sync,
            segment_bytes: self.log_segment_bytes,
            keep: self.keep_blocks,
            cut: Cut::Torn {
                state: DiskStore::acknowledged_height(&self.home.state_dir()).unwrap_or_default(),
            },
        }
    }

    pub(crate) fn state_config(&self) -> DiskConfig {
        let pruning = match self.state.pruning {
            // The state before the last one is needed to run the last block once more.
            Pruning::KeepLast(last) => Pruning::KeepLast(last.max(2)),
            Pruning::KeepLastAndEvery { last, every } => Pruning::KeepLastAndEvery {
                last: last.max(2),
                every,
            },
            Pruning::Archive => Pruning::Archive,
        };
        DiskConfig { pruning, ..self.state }
    }

    pub(crate) fn open_vm(&self) -> Result<Arc<WasmtimeVm>, NodeError> {
        let config = VmConfig {
            cache_dir: Some(self.home.wasm_dir()),
            ..self.vm.clone()
        };
        Ok(Arc::new(WasmtimeVm::new(config).map_err(NodeError::Vm)?))
    }
}

/// Opens the home's data, or begins the chain when there is none.
pub(crate) fn resume(genesis: &Genesis, storage: &DiskStorage) -> Result<Resumed, NodeError> {
    let home = &storage.home;
    let lock = home.lock()?;
    let validator = home.load_validator()?;
    let archive = DiskArchive::open(&home.blocks_dir(), storage.archive_config())?;
    let store = open_state(storage, &archive)?;
    let mut repairs = Repairs {
        indexed_blocks: archive.recovery().indexed_blocks,
        index_rebuilt: archive.recovery().index_rebuilt.clone(),
        dropped_bytes: archive.recovery().dropped_bytes + store.recovery().dropped_log_bytes,
        tree_rebuilt: store.recovery().tree_rebuilt,
        ..Repairs::default()
    };
    let vm = storage.open_vm()?;
    let mut chain = match store.committed_height() {
        Some(_) => Chain::open(Box::new(store), vm)?,
        None => begin(genesis, store, vm, home, &archive)?,
    };
    assert_same_chain(genesis, &chain)?;
    reconcile(genesis, &mut chain, &archive, &mut repairs)?;
    assert_validator(home, &validator, archive.latest().as_deref())?;
    Ok(Resumed {
        chain,
        archive,
        validator,
        repairs,
        lock,
    })
}

/// Opens the state. When its own log is damaged, what is lost comes back from the blocks, if they have it.
pub(crate) fn open_state(storage: &DiskStorage, archive: &DiskArchive) -> Result<DiskStore, NodeError> {
    let (dir, config) = (storage.home.state_dir(), storage.state_config());
    match DiskStore::open(&dir, config) {
        Err(error @ (OpenError::LostBlocks { .. } | OpenError::Log { .. })) if archive.logged_height().is_some() => {
            tracing::warn!(%error, "blocks that the state lost are executed again");
            let accepting = DiskConfig {
                lost_blocks: LostBlocks::Accept,
                ..config
            };
            Ok(DiskStore::open(&dir, accepting)?)
        }
        opened => Ok(opened?),
    }
}

fn begin(
    genesis: &Genesis,
    store: DiskStore,
    vm: Arc<WasmtimeVm>,
    home: &Home,
    archive: &DiskArchive,
) -> Result<Chain, NodeError> {
    if let Some(first) = archive.earliest().filter(|first| *first != genesis.initial_height) {
        let state = genesis.initial_height.saturating_sub(1);
        return Err(ResumeError::StateLost { state, first }.into());
    }
    Chain::init(genesis, Box::new(store), vm).map_err(|error| {
        // A state that is not what its genesis says must not be taken for one the next time.
        let _ = std::fs::remove_dir_all(home.state_dir());
        error.into()
    })
}

fn assert_same_chain(genesis: &Genesis, chain: &Chain) -> Result<(), ResumeError> {
    if genesis.chain_id == chain.chain_id() {
        return Ok(());
    }
    Err(ResumeError::OtherChain {
        genesis: genesis.chain_id.clone(),
        data: chain.chain_id().to_owned(),
    })
}

fn assert_validator(home: &Home, validator: &SoloValidator, latest: Option<&BlockRecord>) -> Result<(), NodeError> {
    let Some(latest) = latest else { return Ok(()) };
    let ours = validator.public().address;
    if latest.header.proposer == ours {
        return Ok(());
    }
    let ours = hex::encode_upper(ours);
    let accepted = home.new_validator_file();
    if std::fs::read_to_string(&accepted).is_ok_and(|accepted| accepted.trim() == ours) {
        return Ok(());
    }
    Err(ResumeError::OtherValidator {
        ours,
        theirs: hex::encode_upper(latest.header.proposer),
        height: latest.header.height,
    }
    .into())
}

/// Fails when state and blocks are not at one height, which a start would bring about.
pub(crate) fn assert_in_step(store: &DiskStore, archive: &DiskArchive) -> Result<(), NodeError> {
    let state = store.committed_height().unwrap_or_default();
    match archive.logged_height() {
        Some(blocks) if blocks != state || archive.unfinished().is_some() => {
            Err(ResumeError::OutOfStep { state, blocks }.into())
        }
        _ => Ok(()),
    }
}

/// Executes what the state lacks, and completes the last block.
fn reconcile(
    genesis: &Genesis,
    chain: &mut Chain,
    archive: &DiskArchive,
    repairs: &mut Repairs,
) -> Result<(), NodeError> {
    let state = chain.height();
    let logged = archive.logged_height();
    let Some(first) = archive.earliest() else {
        // Without blocks only a first state is whole; it has no block of its own.
        let is_first = state + 1 == genesis.initial_height;
        return if is_first {
            Ok(())
        } else {
            Err(ResumeError::BlocksLost { state, blocks: None }.into())
        };
    };
    if logged < Some(state) {
        return Err(ResumeError::BlocksLost { state, blocks: logged }.into());
    }
    if state + 1 < first {
        return Err(ResumeError::StateLost { state, first }.into());
    }
    let finished = archive.latest().map_or(0, |record| record.header.height);
    for height in state + 1..=finished {
        let record = archive.block(height).ok_or(ResumeError::BlocksLost {
            state,
            blocks: Some(height - 1),
        })?;
        execute_again(chain, &record)?;
        repairs.replayed_blocks += 1;
        if repairs.replayed_blocks.is_multiple_of(1_000) {
            tracing::info!(height, of = finished, "executing blocks again");
        }
    }
    if let Some(block) = archive.unfinished() {
        complete(chain, archive, block, repairs)?;
    }
    let app_hash = chain.app_hash();
    match archive.latest().filter(|record| record.app_hash != app_hash) {
        None => Ok(()),
        Some(record) => Err(mismatch(record.header.height, &record.app_hash, &app_hash).into()),
    }
}

fn execute_again(chain: &mut Chain, record: &BlockRecord) -> Result<(), NodeError> {
    let height = record.header.height;
    if record.header.app_hash != chain.app_hash() {
        return Err(mismatch(height - 1, &record.header.app_hash, &chain.app_hash()).into());
    }
    let output = chain.execute_block(supercloud_chain::BlockInput {
        height,
        time_nanos: record.header.time_nanos,
        proposer: record.header.proposer,
        txs: record.txs.clone(),
    })?;
    if output.app_hash != record.app_hash {
        return Err(mismatch(height, &record.app_hash, &output.app_hash).into());
    }
    Ok(())
}

/// The last block's results are not known.
fn complete(
    chain: &mut Chain,
    archive: &DiskArchive,
    block: ProposedBlock,
    repairs: &mut Repairs,
) -> Result<(), NodeError> {
    let output = if chain.height() == block.height() {
        repairs.results_recomputed = true;
        chain.replay_last_block(block.input())?
    } else {
        if block.sealed.header.app_hash != chain.app_hash() {
            return Err(mismatch(chain.height(), &block.sealed.header.app_hash, &chain.app_hash()).into());
        }
        repairs.replayed_blocks += 1;
        chain.execute_block(block.input())?
    };
    archive.push(block.executed(output))?;
    Ok(())
}

fn mismatch(height: u64, expected: &[u8; 32], got: &[u8; 32]) -> ResumeError {
    ResumeError::AppHash {
        height,
        expected: hex::encode_upper(expected),
        got: hex::encode_upper(got),
    }
}
