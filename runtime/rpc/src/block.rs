//! Blocks as CometBFT 0.38 writes them: header, commit, and the record of a block with its results.
//!
//! Invariant: a [`BlockRecord`] is complete and never changes; `record.id.hash` is the hash of `record.header`.

use sha2::{Digest, Sha256};
use supercloud_chain::{Event, TxResult};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Hash by which clients know a transaction: SHA-256 of its raw bytes.
pub fn tx_hash(raw: &[u8]) -> Hash {
    Sha256::digest(raw).into()
}

/// Names a block: its header hash and the root of the 64 KiB parts of its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId {
    /// Header hash.
    pub hash: Hash,
    /// Number of parts.
    pub parts_total: u32,
    /// Merkle root of the parts.
    pub parts_hash: Hash,
}

/// Block header. The block protocol version is 11, the application version 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Chain id.
    pub chain_id: String,
    /// Height, from 1.
    pub height: u64,
    /// Block time, nanoseconds since 1970.
    pub time_nanos: u64,
    /// The previous block; `None` at height 1.
    pub last_block_id: Option<BlockId>,
    /// Root of the previous block's commit signatures.
    pub last_commit_hash: Hash,
    /// Root over the transactions' hashes.
    pub data_hash: Hash,
    /// Root of the validator set.
    pub validators_hash: Hash,
    /// Root of the next validator set.
    pub next_validators_hash: Hash,
    /// Hash of the block limits.
    pub consensus_hash: Hash,
    /// State root after the previous block.
    pub app_hash: Hash,
    /// Root of the previous block's transaction results.
    pub last_results_hash: Hash,
    /// Root of the evidence, of which there is none.
    pub evidence_hash: Hash,
    /// Who proposed the block.
    pub proposer: [u8; 20],
}

/// One validator's precommit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitSignature {
    /// Who signed.
    pub validator: [u8; 20],
    /// Time of the vote, nanoseconds since 1970.
    pub time_nanos: u64,
    /// ed25519 signature of the canonical precommit.
    pub signature: [u8; 64],
}

/// The precommits that made a block final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Height that it commits; 0 for the empty commit inside block 1.
    pub height: u64,
    /// Which block; `None` for the empty commit.
    pub block_id: Option<BlockId>,
    /// Signatures in the order of the validator set.
    pub signatures: Vec<CommitSignature>,
}

impl Commit {
    /// What block 1 carries: there is no block 0 to commit.
    pub const fn empty() -> Self {
        Self {
            height: 0,
            block_id: None,
            signatures: Vec::new(),
        }
    }
}

/// A committed block with everything that can be asked about it later.
#[derive(Clone, Debug)]
pub struct BlockRecord {
    /// Header.
    pub header: Header,
    /// Its id.
    pub id: BlockId,
    /// Bytes of the encoded block.
    pub size: usize,
    /// Transactions, raw.
    pub txs: Vec<Vec<u8>>,
    /// Hash of each transaction.
    pub tx_hashes: Vec<Hash>,
    /// The previous block's commit, which this block carries.
    pub last_commit: Commit,
    /// This block's own commit.
    pub commit: Commit,
    /// Result of each transaction.
    pub results: Vec<TxResult>,
    /// Events outside transactions.
    pub events: Vec<Event>,
    /// State root after this block.
    pub app_hash: Hash,
}
