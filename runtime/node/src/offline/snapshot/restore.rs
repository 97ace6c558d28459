//! A home from a snapshot.
//!
//! Data first, then the files that make a home of it: no node ever starts on a half of it, least of all a second chain under
//! the real validator's key.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use prost::Message;
use sha2::{Digest, Sha256};
use supercloud_chain::Genesis;
use supercloud_rpc::BlockRecord;
use supercloud_store::snapshot::SnapshotReader;
use supercloud_store::{DiskStore, RestoreError};

use super::{MAGIC, MAX_MANIFEST, Manifest, NodeSnapshotError, SnapshotSummary, is_first_state};
use crate::archive::disk::{DiskArchive, decode_record};
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::home::{Home, HomeError, HomeLock, remove_file, write_new};
use crate::resume::assert_in_step;

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

/// Fills a home that has no data, and makes its files when they are missing.
///
/// What can be refused at once changes nothing. Later failures leave a home that no node starts on: it is marked until a
/// snapshot is restored into it to the end.
///
/// # Errors
///
/// A home with data, a key or genesis of another chain, a stream that is not whole. Then the data is removed again.
pub fn restore(storage: &DiskStorage, how: &Restore, input: &mut dyn Read) -> Result<SnapshotSummary, NodeError> {
    let (manifest, record) = read_manifest(input)?;
    let home = &storage.home;
    let (genesis, genesis_json) = parse_genesis(manifest)?;
    assert_same_chain(home, &genesis)?;
    let validator = home.choose_validator(how.validator_key.as_deref())?;
    let ours = hex::encode_upper(validator.public().address);
    let theirs = record.as_ref().map(|record| hex::encode_upper(record.header.proposer));
    let is_new = theirs.as_ref().is_some_and(|theirs| *theirs != ours);
    if is_new && !how.new_validator {
        let theirs = theirs.unwrap_or_default();
        return Err(NodeSnapshotError::OtherValidator { ours, theirs }.into());
    }
    let _lock = begin(home)?;
    let summary = fill(storage, &genesis, record, input).inspect_err(|_| {
        // What cannot be removed is marked, and removed by the next try.
        let _ = remove_data(home);
    })?;
    if is_new {
        remove_if_there(&home.new_validator_file())?;
        write_new(&home.new_validator_file(), ours.as_bytes())?;
    }
    home.write_missing(&validator, &genesis_json, &how.moniker)?;
    remove_file(&home.restoring_file())?;
    Ok(SnapshotSummary {
        chain_id: genesis.chain_id,
        ..summary
    })
}

fn parse_genesis(manifest: Manifest) -> Result<(Genesis, String), NodeSnapshotError> {
    let invalid = |error: &dyn std::fmt::Display| NodeSnapshotError::Manifest(format!("genesis: {error}"));
    let json = String::from_utf8(manifest.genesis_json).map_err(|error| invalid(&error))?;
    let genesis = serde_json::from_str(&json).map_err(|error| invalid(&error))?;
    Ok((genesis, json))
}

fn assert_same_chain(home: &Home, genesis: &Genesis) -> Result<(), NodeError> {
    if !home.genesis_file().exists() {
        return Ok(());
    }
    let there = home.load_genesis()?;
    if there.chain_id == genesis.chain_id {
        return Ok(());
    }
    Err(NodeSnapshotError::OtherChain {
        snapshot: genesis.chain_id.clone(),
        home: there.chain_id,
    }
    .into())
}

/// Takes the home and marks it as not restored to the end. It has no data then, but for what a failed restore left.
fn begin(home: &Home) -> Result<HomeLock, HomeError> {
    let lock = home.lock_for_restore()?;
    let marker = home.restoring_file();
    if marker.exists() {
        remove_data(home)?;
        return Ok(lock);
    }
    for path in [home.state_dir(), home.blocks_dir()] {
        if path.exists() {
            return Err(HomeError::Exists { path });
        }
    }
    write_new(&marker, b"")?;
    Ok(lock)
}

fn remove_data(home: &Home) -> Result<(), HomeError> {
    for path in [home.state_dir(), home.blocks_dir()] {
        if path.exists() {
            fs::remove_dir_all(&path).map_err(HomeError::io(&path))?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<(), HomeError> {
    if path.exists() { remove_file(path) } else { Ok(()) }
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

fn fill(
    storage: &DiskStorage,
    genesis: &Genesis,
    record: Option<BlockRecord>,
    input: &mut dyn Read,
) -> Result<SnapshotSummary, NodeError> {
    let home = &storage.home;
    let mut reader = SnapshotReader::open(input).map_err(NodeSnapshotError::State)?;
    let header = reader.header();
    match &record {
        Some(record) if (record.header.height, record.app_hash) != (header.height, header.root) => {
            let reason = format!("its block is {}, its state {}", record.header.height, header.height);
            return Err(NodeSnapshotError::Manifest(reason).into());
        }
        None if !is_first_state(genesis, header.height) => {
            let reason = format!("it has no block for its state of height {}", header.height);
            return Err(NodeSnapshotError::Manifest(reason).into());
        }
        _ => {}
    }
    let store =
        DiskStore::restore(&home.state_dir(), storage.state_config(), &mut reader).map_err(|error| match error {
            RestoreError::Open(error) => NodeError::State(error),
            RestoreError::Snapshot(error) => NodeSnapshotError::State(error).into(),
        })?;
    let archive = DiskArchive::open(&home.blocks_dir(), storage.archive_config())?;
    if let Some(record) = record {
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
