//! A home as one stream: genesis, last block, state. The validator's key is not in it.
//!
//! `SCNODE01 ‖ length ‖ SHA-256 ‖ manifest`, and then the state's own stream; see [`supercloud_store::snapshot`].

use std::fs;
use std::io::{self, Write};

use prost::Message;
use serde::Serialize;
use sha2::{Digest, Sha256};
use supercloud_chain::Genesis;
use supercloud_chain::store::Store;
use supercloud_store::snapshot::{SnapshotError, export_snapshot};
use thiserror::Error;

mod restore;

pub use restore::{Restore, restore};

use crate::archive::Archive;
use crate::archive::disk::{DiskArchive, encode_record};
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::home::HomeError;
use crate::resume::{assert_in_step, open_state};

const MAGIC: &[u8; 8] = b"SCNODE01";
/// Longest manifest: a genesis may hold a whole state.
const MAX_MANIFEST: u32 = 1 << 31;

/// Why a snapshot cannot be made or used.
#[derive(Debug, Error)]
pub enum NodeSnapshotError {
    /// The stream failed.
    #[error("snapshot: {0}")]
    Io(#[from] io::Error),
    /// Not a snapshot of a node.
    #[error("the stream does not begin with a node's snapshot of format 1")]
    Format,
    /// The manifest is damaged.
    #[error("the snapshot's manifest is damaged: {0}")]
    Manifest(String),
    /// The state is damaged, or not the one that the manifest speaks of.
    #[error("the snapshot's state: {0}")]
    State(#[from] SnapshotError),
    /// The home is of another chain.
    #[error("the snapshot is of chain {snapshot:?}, the home of {home:?}")]
    OtherChain {
        /// Chain id of the snapshot.
        snapshot: String,
        /// Chain id of the home.
        home: String,
    },
    /// The key in the home is not the chain's.
    #[error(
        "validator {theirs} made the last block of the snapshot, the home has the key of {ours}; put the chain's key \
         there, or ask for a new validator, which light clients must be told to trust"
    )]
    OtherValidator {
        /// Address of the home's key, hex.
        ours: String,
        /// Address of the chain's key, hex.
        theirs: String,
    },
    /// The block of a height is not kept any more, though its state is.
    #[error(
        "block {asked} is not kept, and a home could not go on from its state without it; blocks {} to {} are",
        .kept.0, .kept.1
    )]
    NoBlock {
        /// Height of the state.
        asked: u64,
        /// Lowest and highest block; 0 when there are none.
        kept: (u64, u64),
    },
}

#[derive(Clone, PartialEq, prost::Message)]
struct Manifest {
    #[prost(string, tag = "1")]
    chain_id: String,
    #[prost(bytes = "vec", tag = "2")]
    genesis_json: Vec<u8>,
    /// The block that left the state, as in the log; none for a first state.
    #[prost(bytes = "vec", tag = "3")]
    block: Vec<u8>,
}

/// What a snapshot has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotSummary {
    /// The chain's name.
    pub chain_id: String,
    /// Height of the state.
    pub height: u64,
    /// Its root, hex.
    pub app_hash: String,
    /// Entries of the state.
    pub entries: u64,
    /// Bytes of the whole stream; 0 when it was read.
    pub bytes: u64,
}

/// Writes the state at `height`, or the last one, with all that a home needs to go on from it.
///
/// # Errors
///
/// A home that is in use or damaged, a height whose state is not kept, a stream that fails.
pub fn snapshot(storage: &DiskStorage, height: Option<u64>, out: &mut dyn Write) -> Result<SnapshotSummary, NodeError> {
    let home = &storage.home;
    let _lock = home.lock()?;
    let genesis = home.load_genesis()?;
    let path = home.genesis_file();
    let genesis_json = fs::read(&path).map_err(HomeError::io(&path))?;
    let archive = DiskArchive::open(&home.blocks_dir(), storage.archive_config())?;
    let store = open_state(storage, &archive)?;
    assert_in_step(&store, &archive)?;
    let latest = store.committed_height().unwrap_or_default();
    let height = height.unwrap_or(latest);
    let view = store.at(height).ok_or(NodeError::NotKept {
        asked: height,
        oldest: store.oldest(),
        latest,
    })?;
    let block = archive.block(height);
    if block.is_none() && !is_first_state(&genesis, height) {
        let latest = archive.latest().map_or(0, |record| record.header.height);
        let kept = (archive.earliest().unwrap_or_default(), latest);
        return Err(NodeSnapshotError::NoBlock { asked: height, kept }.into());
    }
    let manifest = Manifest {
        chain_id: genesis.chain_id.clone(),
        genesis_json,
        block: block.map(|record| encode_record(&record)).unwrap_or_default(),
    }
    .encode_to_vec();
    let failed = NodeSnapshotError::from;
    let begin = |out: &mut dyn Write| {
        out.write_all(MAGIC)?;
        out.write_all(&(manifest.len() as u64).to_be_bytes())?;
        out.write_all(&Sha256::digest(&manifest))?;
        out.write_all(&manifest)
    };
    begin(out).map_err(failed)?;
    let size = export_snapshot(&*view, out).map_err(NodeSnapshotError::State)?;
    Ok(SnapshotSummary {
        chain_id: genesis.chain_id,
        height,
        app_hash: hex::encode_upper(view.root()),
        entries: size.entries,
        bytes: size.bytes + (MAGIC.len() + 8 + 32 + manifest.len()) as u64,
    })
}

/// The state that a chain begins with has no block of its own; every other one needs its block to go on.
fn is_first_state(genesis: &Genesis, height: u64) -> bool {
    height == genesis.initial_height.saturating_sub(1)
}
