//! Blocks and results as protobuf messages of our own. Fields may be added; numbers are never used again.

use supercloud_chain::{Attribute, BlockOutput, Event, TxResult};
use supercloud_rpc::{BlockId, BlockRecord, Commit, CommitSignature, Header, SealedBlock, tx_hash};
use thiserror::Error;

use crate::archive::ProposedBlock;

/// A message that parses but cannot be what was written.
#[derive(Debug, Error)]
pub(super) enum StoredError {
    /// A field is missing.
    #[error("there is no {0}")]
    Missing(&'static str),
    /// A field of fixed length has another one.
    #[error("{what} has {got} bytes")]
    Length {
        /// Which field.
        what: &'static str,
        /// Its length.
        got: usize,
    },
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredId {
    #[prost(bytes = "vec", tag = "1")]
    hash: Vec<u8>,
    #[prost(uint32, tag = "2")]
    parts_total: u32,
    #[prost(bytes = "vec", tag = "3")]
    parts_hash: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredHeader {
    #[prost(string, tag = "1")]
    chain_id: String,
    #[prost(uint64, tag = "2")]
    height: u64,
    #[prost(uint64, tag = "3")]
    time_nanos: u64,
    #[prost(message, optional, tag = "4")]
    last_block_id: Option<StoredId>,
    #[prost(bytes = "vec", tag = "5")]
    last_commit_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "6")]
    data_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "7")]
    validators_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "8")]
    next_validators_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "9")]
    consensus_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "10")]
    app_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "11")]
    last_results_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "12")]
    evidence_hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "13")]
    proposer: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredSignature {
    #[prost(bytes = "vec", tag = "1")]
    validator: Vec<u8>,
    #[prost(uint64, tag = "2")]
    time_nanos: u64,
    #[prost(bytes = "vec", tag = "3")]
    signature: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredCommit {
    #[prost(uint64, tag = "1")]
    height: u64,
    #[prost(message, optional, tag = "2")]
    block_id: Option<StoredId>,
    #[prost(message, repeated, tag = "3")]
    signatures: Vec<StoredSignature>,
}

/// A block as it was sealed.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct StoredBlock {
    #[prost(message, optional, tag = "1")]
    header: Option<StoredHeader>,
    #[prost(message, optional, tag = "2")]
    id: Option<StoredId>,
    #[prost(uint64, tag = "3")]
    size: u64,
    #[prost(bytes = "vec", repeated, tag = "4")]
    txs: Vec<Vec<u8>>,
    #[prost(message, optional, tag = "5")]
    last_commit: Option<StoredCommit>,
    #[prost(message, optional, tag = "6")]
    commit: Option<StoredCommit>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredAttribute {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
    #[prost(bool, tag = "3")]
    index: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredEvent {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(message, repeated, tag = "2")]
    attributes: Vec<StoredAttribute>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredResult {
    #[prost(uint32, tag = "1")]
    code: u32,
    #[prost(string, tag = "2")]
    codespace: String,
    #[prost(bytes = "vec", tag = "3")]
    data: Vec<u8>,
    #[prost(string, tag = "4")]
    log: String,
    #[prost(string, tag = "5")]
    info: String,
    #[prost(uint64, tag = "6")]
    gas_wanted: u64,
    #[prost(uint64, tag = "7")]
    gas_used: u64,
    #[prost(message, repeated, tag = "8")]
    events: Vec<StoredEvent>,
}

/// What a block did.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct StoredResults {
    #[prost(uint64, tag = "1")]
    height: u64,
    #[prost(message, repeated, tag = "2")]
    results: Vec<StoredResult>,
    #[prost(message, repeated, tag = "3")]
    events: Vec<StoredEvent>,
    #[prost(bytes = "vec", tag = "4")]
    app_hash: Vec<u8>,
}

fn sized<const N: usize>(what: &'static str, bytes: Vec<u8>) -> Result<[u8; N], StoredError> {
    let got = bytes.len();
    bytes.try_into().map_err(|_| StoredError::Length { what, got })
}

impl From<&BlockId> for StoredId {
    fn from(id: &BlockId) -> Self {
        Self {
            hash: id.hash.to_vec(),
            parts_total: id.parts_total,
            parts_hash: id.parts_hash.to_vec(),
        }
    }
}

impl TryFrom<StoredId> for BlockId {
    type Error = StoredError;

    fn try_from(stored: StoredId) -> Result<Self, StoredError> {
        Ok(Self {
            hash: sized("block hash", stored.hash)?,
            parts_total: stored.parts_total,
            parts_hash: sized("parts hash", stored.parts_hash)?,
        })
    }
}

impl From<&Header> for StoredHeader {
    fn from(header: &Header) -> Self {
        Self {
            chain_id: header.chain_id.clone(),
            height: header.height,
            time_nanos: header.time_nanos,
            last_block_id: header.last_block_id.as_ref().map(StoredId::from),
            last_commit_hash: header.last_commit_hash.to_vec(),
            data_hash: header.data_hash.to_vec(),
            validators_hash: header.validators_hash.to_vec(),
            next_validators_hash: header.next_validators_hash.to_vec(),
            consensus_hash: header.consensus_hash.to_vec(),
            app_hash: header.app_hash.to_vec(),
            last_results_hash: header.last_results_hash.to_vec(),
            evidence_hash: header.evidence_hash.to_vec(),
            proposer: header.proposer.to_vec(),
        }
    }
}

impl TryFrom<StoredHeader> for Header {
    type Error = StoredError;

    fn try_from(stored: StoredHeader) -> Result<Self, StoredError> {
        Ok(Self {
            chain_id: stored.chain_id,
            height: stored.height,
            time_nanos: stored.time_nanos,
            last_block_id: stored.last_block_id.map(BlockId::try_from).transpose()?,
            last_commit_hash: sized("last_commit_hash", stored.last_commit_hash)?,
            data_hash: sized("data_hash", stored.data_hash)?,
            validators_hash: sized("validators_hash", stored.validators_hash)?,
            next_validators_hash: sized("next_validators_hash", stored.next_validators_hash)?,
            consensus_hash: sized("consensus_hash", stored.consensus_hash)?,
            app_hash: sized("app_hash", stored.app_hash)?,
            last_results_hash: sized("last_results_hash", stored.last_results_hash)?,
            evidence_hash: sized("evidence_hash", stored.evidence_hash)?,
            proposer: sized("proposer", stored.proposer)?,
        })
    }
}

impl From<&Commit> for StoredCommit {
    fn from(commit: &Commit) -> Self {
        let signatures = commit.signatures.iter().map(|signature| StoredSignature {
            validator: signature.validator.to_vec(),
            time_nanos: signature.time_nanos,
            signature: signature.signature.to_vec(),
        });
        Self {
            height: commit.height,
            block_id: commit.block_id.as_ref().map(StoredId::from),
            signatures: signatures.collect(),
        }
    }
}

impl TryFrom<StoredCommit> for Commit {
    type Error = StoredError;

    fn try_from(stored: StoredCommit) -> Result<Self, StoredError> {
        let signatures = stored.signatures.into_iter().map(|signature| {
            Ok(CommitSignature {
                validator: sized("validator", signature.validator)?,
                time_nanos: signature.time_nanos,
                signature: sized("signature", signature.signature)?,
            })
        });
        Ok(Self {
            height: stored.height,
            block_id: stored.block_id.map(BlockId::try_from).transpose()?,
            signatures: signatures.collect::<Result<_, StoredError>>()?,
        })
    }
}

impl From<&ProposedBlock> for StoredBlock {
    fn from(block: &ProposedBlock) -> Self {
        Self {
            header: Some(StoredHeader::from(&block.sealed.header)),
            id: Some(StoredId::from(&block.sealed.id)),
            size: block.sealed.size as u64,
            txs: block.txs.clone(),
            last_commit: Some(StoredCommit::from(&block.sealed.last_commit)),
            commit: Some(StoredCommit::from(&block.commit)),
        }
    }
}

impl TryFrom<StoredBlock> for ProposedBlock {
    type Error = StoredError;

    fn try_from(stored: StoredBlock) -> Result<Self, StoredError> {
        let sealed = SealedBlock {
            header: stored.header.ok_or(StoredError::Missing("header"))?.try_into()?,
            id: stored.id.ok_or(StoredError::Missing("block id"))?.try_into()?,
            size: usize::try_from(stored.size).unwrap_or(usize::MAX),
            last_commit: stored
                .last_commit
                .ok_or(StoredError::Missing("last commit"))?
                .try_into()?,
            tx_hashes: stored.txs.iter().map(|raw| tx_hash(raw)).collect(),
        };
        Ok(Self {
            sealed,
            commit: stored.commit.ok_or(StoredError::Missing("commit"))?.try_into()?,
            txs: stored.txs,
        })
    }
}

impl From<&Event> for StoredEvent {
    fn from(event: &Event) -> Self {
        let attributes = event.attributes.iter().map(|attribute| StoredAttribute {
            key: attribute.key.clone(),
            value: attribute.value.clone(),
            index: attribute.index,
        });
        Self {
            kind: event.kind.clone(),
            attributes: attributes.collect(),
        }
    }
}

impl From<StoredEvent> for Event {
    fn from(stored: StoredEvent) -> Self {
        let attributes = stored.attributes.into_iter().map(|attribute| Attribute {
            key: attribute.key,
            value: attribute.value,
            index: attribute.index,
        });
        Self {
            kind: stored.kind,
            attributes: attributes.collect(),
        }
    }
}

impl From<&TxResult> for StoredResult {
    fn from(result: &TxResult) -> Self {
        Self {
            code: result.code,
            codespace: result.codespace.clone(),
            data: result.data.clone(),
            log: result.log.clone(),
            info: result.info.clone(),
            gas_wanted: result.gas_wanted,
            gas_used: result.gas_used,
            events: result.events.iter().map(StoredEvent::from).collect(),
        }
    }
}

impl From<StoredResult> for TxResult {
    fn from(stored: StoredResult) -> Self {
        Self {
            code: stored.code,
            codespace: stored.codespace,
            data: stored.data,
            log: stored.log,
            info: stored.info,
            gas_wanted: stored.gas_wanted,
            gas_used: stored.gas_used,
            events: stored.events.into_iter().map(Event::from).collect(),
        }
    }
}

impl From<&BlockRecord> for StoredResults {
    fn from(record: &BlockRecord) -> Self {
        Self {
            height: record.header.height,
            results: record.results.iter().map(StoredResult::from).collect(),
            events: record.events.iter().map(StoredEvent::from).collect(),
            app_hash: record.app_hash.to_vec(),
        }
    }
}

impl TryFrom<StoredResults> for (u64, BlockOutput) {
    type Error = StoredError;

    fn try_from(stored: StoredResults) -> Result<Self, StoredError> {
        let output = BlockOutput {
            tx_results: stored.results.into_iter().map(TxResult::from).collect(),
            events: stored.events.into_iter().map(Event::from).collect(),
            app_hash: sized("app_hash", stored.app_hash)?,
        };
        Ok((stored.height, output))
    }
}
