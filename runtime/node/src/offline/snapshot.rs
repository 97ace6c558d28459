//! A home as one stream: genesis, last block, state. The validator's key is not in it.
//!
//! `SCNODE01 ‖ length ‖ SHA-256 ‖ manifest`, and then the state's own stream; see [`supercloud_store::snapshot`].

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use prost::Message;
use serde::Serialize;
use sha2::{Digest, Sha256};
use supercloud_chain::Genesis;
use supercloud_chain::store::Store;
use supercloud_rpc::BlockRecord;
use supercloud_store::snapshot::{SnapshotError, SnapshotReader, export_snapshot};
use supercloud_store::{DiskStore, RestoreError};
use thiserror::Error;

use crate::archive::Archive;
use crate::archive::disk::{DiskArchive, decode_record, encode_record};
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::home::{HomeError, HomeInit, write_new};
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

/// How a snapshot is restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restore {
    /// The chain's validator key, to be copied into a home that has none.
    pub validator_key: Option<PathBuf>,
    /// Go on under another key: the home's, or a new one.
    pub new_validator: bool,
    /// Name of the node, for a home that is made.
    pub moniker: String,
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
    let manifest = Manifest {
        chain_id: genesis.chain_id.clone(),
        genesis_json,
        block: archive
            .block(height)
            .map(|record| encode_record(&record))
            .unwrap_or_default(),
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

/// Fills a home that has no data, and makes its files when they are missing.
///
/// # Errors
///
/// A home with data, a key or genesis of another chain, a stream that is not whole. Then the data is removed again.
pub fn restore(storage: &DiskStorage, how: &Restore, input: &mut dyn Read) -> Result<SnapshotSummary, NodeError> {
    let (manifest, record) = read_manifest(input)?;
    let home = &storage.home;
    for path in [home.state_dir(), home.blocks_dir()] {
        if path.exists() {
            return Err(HomeError::Exists { path }.into());
        }
    }
    let genesis_json = String::from_utf8(manifest.genesis_json)
        .map_err(|error| NodeSnapshotError::Manifest(format!("genesis: {error}")))?;
    let genesis: Genesis = serde_json::from_str(&genesis_json)
        .map_err(|error| NodeSnapshotError::Manifest(format!("genesis: {error}")))?;
    prepare_home(storage, how, &genesis, genesis_json)?;
    let validator = home.load_validator()?;
    let ours = hex::encode_upper(validator.public().address);
    let theirs = record.as_ref().map(|record| hex::encode_upper(record.header.proposer));
    let is_new = theirs.as_ref().is_some_and(|theirs| *theirs != ours);
    if is_new && !how.new_validator {
        let theirs = theirs.unwrap_or_default();
        return Err(NodeSnapshotError::OtherValidator { ours, theirs }.into());
    }
    let _lock = home.lock()?;
    let marker = home.restoring_file();
    write_new(&marker, b"")?;
    let filled = fill(storage, record, input);
    match filled {
        Ok(summary) => {
            if is_new {
                write_new(&home.new_validator_file(), ours.as_bytes())?;
            }
            fs::remove_file(&marker).map_err(HomeError::io(&marker))?;
            Ok(SnapshotSummary {
                chain_id: genesis.chain_id,
                ..summary
            })
        }
        Err(error) => {
            for path in [home.state_dir(), home.blocks_dir()] {
                // What cannot be removed stays marked as not restored.
                if path.exists() && fs::remove_dir_all(&path).is_err() {
                    return Err(error);
                }
            }
            fs::remove_file(&marker).map_err(HomeError::io(&marker))?;
            Err(error)
        }
    }
}

fn read_manifest(input: &mut dyn Read) -> Result<(Manifest, Option<BlockRecord>), NodeSnapshotError> {
    let cut_off = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => NodeSnapshotError::Manifest("it is cut off".to_owned()),
        _ => error.into(),
    };
    let mut magic = [0; 8];
    input.read_exact(&mut magic).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => NodeSnapshotError::Format,
        _ => error.into(),
    })?;
    if magic != *MAGIC {
        return Err(NodeSnapshotError::Format);
    }
    let (mut len, mut checksum) = ([0; 8], [0; 32]);
    input.read_exact(&mut len).map_err(cut_off)?;
    input.read_exact(&mut checksum).map_err(cut_off)?;
    let len = u64::from_be_bytes(len);
    if len > u64::from(MAX_MANIFEST) {
        return Err(NodeSnapshotError::Manifest(format!("its length is {len}")));
    }
    // Grows with what is there, not with what the length says.
    let mut bytes = Vec::new();
    input.take(len).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < len {
        return Err(NodeSnapshotError::Manifest("it is cut off".to_owned()));
    }
    if *Sha256::digest(&bytes) != checksum {
        return Err(NodeSnapshotError::Manifest("its checksum is wrong".to_owned()));
    }
    let manifest = Manifest::decode(&*bytes).map_err(|error| NodeSnapshotError::Manifest(error.to_string()))?;
    let record = match manifest.block.as_slice() {
        [] => None,
        block => Some(decode_record(block).map_err(NodeSnapshotError::Manifest)?),
    };
    Ok((manifest, record))
}

/// Makes the files that the home lacks.
fn prepare_home(
    storage: &DiskStorage,
    how: &Restore,
    genesis: &Genesis,
    genesis_json: String,
) -> Result<(), NodeError> {
    let home = &storage.home;
    if home.genesis_file().exists() {
        let there = home.load_genesis()?;
        if there.chain_id != genesis.chain_id {
            return Err(NodeSnapshotError::OtherChain {
                snapshot: genesis.chain_id.clone(),
                home: there.chain_id,
            }
            .into());
        }
        home.make_validator_key(how.validator_key.as_deref())?;
        return Ok(());
    }
    home.init(&HomeInit {
        moniker: how.moniker.clone(),
        genesis_json,
        validator_key: how.validator_key.clone(),
    })?;
    Ok(())
}

fn fill(
    storage: &DiskStorage,
    record: Option<BlockRecord>,
    input: &mut dyn Read,
) -> Result<SnapshotSummary, NodeError> {
    let home = &storage.home;
    let mut reader = SnapshotReader::open(input).map_err(NodeSnapshotError::State)?;
    let header = reader.header();
    let store =
        DiskStore::restore(&home.state_dir(), storage.state_config(), &mut reader).map_err(|error| match error {
            RestoreError::Open(error) => NodeError::State(error),
            RestoreError::Snapshot(error) => NodeSnapshotError::State(error).into(),
        })?;
    let archive = DiskArchive::open(&home.blocks_dir(), storage.archive_config())?;
    if let Some(record) = record {
        if (record.header.height, record.app_hash) != (header.height, header.root) {
            let reason = format!("its block is {}, its state {}", record.header.height, header.height);
            return Err(NodeSnapshotError::Manifest(reason).into());
        }
        archive.begin_with(record)?;
    }
    assert_in_step(&store, &archive)?;
    Ok(SnapshotSummary {
        chain_id: String::new(),
        height: header.height,
        app_hash: hex::encode_upper(header.root),
        entries: reader.entries(),
        bytes: 0,
    })
}
