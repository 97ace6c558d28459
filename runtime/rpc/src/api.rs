//! What the servers need of a chain. A node implements [`ChainApi`]; tests of this crate use a fake.

use std::sync::Arc;

use serde_json::Value;
use supercloud_chain::{QueryResult, TxResult};
use thiserror::Error;
use tokio::sync::watch;

use crate::block::{BlockRecord, Hash};
use crate::search::Query;

/// How the node names itself in `status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Chain id.
    pub chain_id: String,
    /// Human name of the node; not empty.
    pub moniker: String,
    /// Peer id, 20 bytes.
    pub node_id: [u8; 20],
    /// Where the RPC server listens, such as `tcp://127.0.0.1:26657`.
    pub rpc_address: String,
    /// Name of the application, shown by `abci_info`.
    pub app_name: String,
    /// Version of the application, shown by `abci_info`.
    pub app_version: String,
}

/// One member of the validator set; the key is ed25519.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// First 20 bytes of SHA-256 of the key.
    pub address: [u8; 20],
    /// ed25519 public key.
    pub public_key: [u8; 32],
    /// Voting power.
    pub power: u64,
}

/// What the chain started from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenesisInfo {
    /// Genesis time, nanoseconds since 1970.
    pub time_nanos: u64,
    /// Height of the first block.
    pub initial_height: u64,
    /// The application's own genesis, shown as it is.
    pub app_state: Value,
}

/// Heights that the node can show, both ends included. A node serves from its first block on, so `latest >= 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeightRange {
    /// Lowest height kept.
    pub earliest: u64,
    /// Last committed height.
    pub latest: u64,
}

/// Where a committed transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TxLocation {
    /// Height of its block.
    pub height: u64,
    /// Position in the block, from 0.
    pub index: u32,
}

/// What waits in the mempool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MempoolStats {
    /// Transactions waiting.
    pub txs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// An entry of the state, or its absence, with a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateProof {
    /// Height of the state; its root is the `app_hash` of the next header.
    pub height: u64,
    /// The key in the state: `<module>/<key>`.
    pub key: Vec<u8>,
    /// Value under the key, when there is one.
    pub value: Option<Vec<u8>>,
    /// Protobuf `cosmos.ics23.v1.CommitmentProof`.
    pub proof: Vec<u8>,
}

/// Why a transaction did not even reach CheckTx, or could not be kept after it. The texts are CometBFT's: clients
/// match on them.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BroadcastError {
    /// The same bytes were seen before.
    #[error("tx already exists in cache")]
    AlreadyInCache,
    /// Over the size limit for one transaction.
    #[error("tx too large. Max size is {limit}, but got {got}")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
        /// Bytes received.
        got: usize,
    },
    /// The mempool is at one of its limits.
    #[error("mempool is full: number of txs {txs} (max: {max_txs}), total txs bytes {bytes} (max: {max_bytes})")]
    MempoolFull {
        /// Transactions waiting.
        txs: usize,
        /// Most transactions that may wait.
        max_txs: usize,
        /// Bytes waiting.
        bytes: usize,
        /// Most bytes that may wait.
        max_bytes: usize,
    },
    /// The node no longer makes blocks.
    #[error("the node has stopped: {reason}")]
    Stopped {
        /// What stopped it.
        reason: String,
    },
}

/// Why a search is refused: it would hold up others for too long.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SearchError {
    /// Too many transactions or blocks have the values that are asked for.
    #[error(
        "the search has to go through more than {limit} entries of the index; narrow it with tx.height or block.height"
    )]
    TooManyEntries {
        /// Most entries that one search may go through.
        limit: usize,
    },
    /// The conditions cannot be decided by the index, and too many blocks would have to be read.
    #[error(
        "the search has to look into more than {limit} blocks; narrow it with tx.height or block.height, or ask for \
         key='value' of attributes that are rarer"
    )]
    TooManyBlocks {
        /// Most blocks that one search may read.
        limit: usize,
    },
}

/// A chain as its RPC servers see it. Methods are synchronous and may block for the length of one block's execution;
/// the server calls them on blocking threads.
pub trait ChainApi: Send + Sync + 'static {
    /// Names of the node and the chain.
    fn identity(&self) -> Identity;
    /// What the chain started from.
    fn genesis(&self) -> GenesisInfo;
    /// The validator set, which does not change.
    fn validators(&self) -> Vec<Validator>;
    /// `Err` with the reason when the node cannot make blocks any more.
    fn health(&self) -> Result<(), String>;

    /// Heights that [`ChainApi::block`] answers for.
    fn heights(&self) -> HeightRange;
    /// A committed block with its results.
    fn block(&self, height: u64) -> Option<Arc<BlockRecord>>;
    /// Height of the block with this hash.
    fn height_of_block(&self, hash: &Hash) -> Option<u64>;
    /// Place of the committed transaction with this hash.
    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation>;
    /// Places of all transactions that match, ascending. `Err` when the search costs too much.
    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError>;
    /// Heights of all blocks whose block events match, ascending. `Err` when the search costs too much.
    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError>;

    /// Answers an ABCI query; `height` `None` is the latest.
    fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult;
    /// Proves an entry of a module; `height` `None` is the last height whose root a header has. `Err` says why there is no
    /// proof.
    fn prove(&self, _module: &str, _key: &[u8], _height: Option<u64>) -> Result<StateProof, String> {
        Err("this version serves no state proofs".to_owned())
    }
    /// Runs CheckTx and keeps the transaction when its code is 0.
    fn broadcast(&self, raw: Vec<u8>) -> Result<TxResult, BroadcastError>;
    /// Runs CheckTx and keeps nothing.
    fn check(&self, raw: &[u8]) -> TxResult;
    /// Counts of the mempool.
    fn mempool(&self) -> MempoolStats;
    /// The first transactions that wait, at most `limit`.
    fn waiting_txs(&self, limit: usize) -> Vec<Vec<u8>>;
    /// The last committed height; changes once the block can be read with its state. Ends when the node is gone.
    fn committed(&self) -> watch::Receiver<u64>;
}
