//! Committed blocks with their results, and the index that finds transactions in them.
//!
//! A block comes in three steps: [`Archive::propose`] before it is executed, [`Archive::finish`] with its results after its
//! state is committed, [`Archive::show`] when it can be found. Only shown blocks are seen; the next block may be made
//! meanwhile. Two implementations: in memory, and [`disk`], which is durable.
//!
//! Invariant: heights are contiguous from the earliest to the latest.

use std::sync::Arc;

use supercloud_chain::{BlockInput, BlockOutput};
use supercloud_rpc::{BlockRecord, Commit, Hash, Query, SealedBlock, SearchError, TxLocation};

pub(crate) mod disk;
mod memory;

pub use disk::ArchiveError;
pub(crate) use memory::MemoryArchive;

/// A sealed and signed block that has not been executed.
#[derive(Clone, Debug)]
pub(crate) struct ProposedBlock {
    pub(crate) sealed: SealedBlock,
    pub(crate) commit: Commit,
    pub(crate) txs: Vec<Vec<u8>>,
}

impl ProposedBlock {
    pub(crate) fn height(&self) -> u64 {
        self.sealed.header.height
    }

    /// What the state machine takes of it.
    pub(crate) fn input(&self) -> BlockInput {
        let header = &self.sealed.header;
        BlockInput {
            height: header.height,
            time_nanos: header.time_nanos,
            proposer: header.proposer,
            txs: self.txs.clone(),
        }
    }

    /// With what it did.
    pub(crate) fn executed(self, output: BlockOutput) -> BlockRecord {
        BlockRecord {
            header: self.sealed.header,
            id: self.sealed.id,
            size: self.sealed.size,
            txs: self.txs,
            tx_hashes: self.sealed.tx_hashes,
            last_commit: self.sealed.last_commit,
            commit: self.commit,
            results: output.tx_results,
            events: output.events,
            app_hash: output.app_hash,
        }
    }
}

impl From<&BlockRecord> for ProposedBlock {
    fn from(record: &BlockRecord) -> Self {
        Self {
            sealed: SealedBlock {
                header: record.header.clone(),
                id: record.id,
                size: record.size,
                last_commit: record.last_commit.clone(),
                tx_hashes: record.tx_hashes.clone(),
            },
            commit: record.commit.clone(),
            txs: record.txs.clone(),
        }
    }
}

/// Where blocks are kept. Reads go on while a block is added.
pub(crate) trait Archive: Send + Sync {
    /// Keeps a block that is about to be executed: when this returns it is as safe as the archive makes it.
    fn propose(&self, block: &ProposedBlock) -> Result<(), ArchiveError>;
    /// Adds a block whose state is committed; it was proposed before. It is the tip from now on.
    fn finish(&self, record: BlockRecord) -> Result<(), ArchiveError>;
    /// Shows all finished blocks to readers, the oldest first. Calls of several threads take turns.
    fn show(&self) -> Result<(), ArchiveError>;
    /// Adds a block and shows it.
    fn push(&self, record: BlockRecord) -> Result<(), ArchiveError> {
        self.finish(record)?;
        self.show()
    }
    /// Forgets the blocks above `height`. Only the archive in memory can; on disk `offline::rollback` does it.
    fn take_back(&self, _height: u64) {}
    /// Lowest height that is kept.
    fn earliest(&self) -> Option<u64>;
    /// The last finished block, which the next one follows.
    fn tip(&self) -> Option<Arc<BlockRecord>>;
    /// The last block that is shown.
    fn latest(&self) -> Option<Arc<BlockRecord>>;
    /// A block that is kept.
    fn block(&self, height: u64) -> Option<Arc<BlockRecord>>;
    /// Height of the block with this hash.
    fn height_of(&self, hash: &Hash) -> Option<u64>;
    /// The last success under this hash, else the first failure.
    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation>;
    /// Transactions that match, ascending. `Err` when that would go through too much.
    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError>;
    /// Heights of blocks that match, ascending. `Err` when that would go through too much.
    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError>;
}
