//! What goes into the state machine and what comes out.

use thiserror::Error;

use crate::event::Event;
use crate::machine::BlockTime;
use crate::store::StoreError;

/// One block to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockInput {
    /// The last height plus one.
    pub height: u64,
    /// Nanoseconds since 1970, later than the last block's.
    pub time_nanos: u64,
    /// Address of the validator that made the block.
    pub proposer: [u8; 20],
    /// Raw transactions in order.
    pub txs: Vec<Vec<u8>>,
}

impl BlockInput {
    pub(crate) fn now(&self) -> BlockTime {
        BlockTime {
            height: self.height,
            time_nanos: self.time_nanos,
        }
    }
}

/// What a block did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockOutput {
    /// One result per transaction.
    pub tx_results: Vec<TxResult>,
    /// Events outside of transactions.
    pub events: Vec<Event>,
    /// Root of the state after the block.
    pub app_hash: [u8; 32],
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxResult {
    /// 0 on success.
    pub code: u32,
    /// What `code` belongs to; empty on success.
    pub codespace: String,
    /// Encoded `TxMsgData`; empty on failure.
    pub data: Vec<u8>,
    /// Why it failed; empty on success, because clients parse it otherwise.
    pub log: String,
    /// For developers, empty unless [`crate::Tracing`] is on: where Wasm was stopped, what contracts caught, what they
    /// printed. Not part of consensus.
    pub info: String,
    /// Gas limit that was signed.
    pub gas_wanted: u64,
    /// Gas used; on failure too.
    pub gas_used: u64,
    /// Events; on failure those of fee and signature only.
    pub events: Vec<Event>,
}

impl TxResult {
    /// Whether it succeeded.
    pub fn is_ok(&self) -> bool {
        self.code == 0
    }
}

/// Answer to a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryResult {
    /// 0 on success; else as `codespace` says.
    pub code: u32,
    /// `sdk`, or empty on success.
    pub codespace: String,
    /// Why it failed.
    pub log: String,
    /// For developers, as in [`TxResult::info`].
    pub info: String,
    /// Encoded response.
    pub value: Vec<u8>,
    /// Height of the state that was asked.
    pub height: u64,
}

/// Why a block could not be run. Nothing was committed.
#[derive(Debug, Error)]
pub enum ChainError {
    /// Not the next height.
    #[error("block {got} cannot follow block {last}")]
    WrongHeight {
        /// Height given.
        got: u64,
        /// Height of the last block.
        last: u64,
    },
    /// Time stands still or runs backwards.
    #[error("block time {got} ns is not after the last block's {last} ns")]
    TimeNotLater {
        /// Time given.
        got: u64,
        /// Time of the last block.
        last: u64,
    },
    /// The state contradicts itself.
    #[error("state is corrupt: {0}")]
    Corrupt(String),
    /// The commit failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
