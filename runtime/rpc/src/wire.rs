//! Blocks as CometBFT's protobuf messages: what enters a hash or a signature.

use supercloud_proto::prost_types::Timestamp;
use supercloud_proto::tendermint::types::{self as pb, BlockIdFlag, CanonicalBlockId, CanonicalPartSetHeader};
use supercloud_proto::tendermint::version::Consensus;

use crate::block::{BlockId, Commit, Header};

/// Block protocol version of CometBFT 0.34 to 0.38.
pub(crate) const BLOCK_PROTOCOL: u64 = 11;

/// Protobuf timestamp of a block time.
pub(crate) fn timestamp(time_nanos: u64) -> Timestamp {
    const NANOS: u64 = 1_000_000_000;
    Timestamp {
        seconds: signed(time_nanos / NANOS),
        nanos: i32::try_from(time_nanos % NANOS).unwrap_or_default(),
    }
}

/// CometBFT's signed 64-bit integers; saturates, because a height or a gas figure never comes near the limit.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The part header is not nullable in CometBFT: an empty one is written even for "no block".
pub(crate) fn block_id(id: Option<&BlockId>) -> pb::BlockId {
    let (hash, parts) = match id {
        Some(id) => (
            id.hash.to_vec(),
            pb::PartSetHeader {
                total: id.parts_total,
                hash: id.parts_hash.to_vec(),
            },
        ),
        None => (Vec::new(), pb::PartSetHeader::default()),
    };
    pb::BlockId {
        hash,
        part_set_header: Some(parts),
    }
}

pub(crate) fn canonical_block_id(id: &BlockId) -> CanonicalBlockId {
    CanonicalBlockId {
        hash: id.hash.to_vec(),
        part_set_header: Some(CanonicalPartSetHeader {
            total: id.parts_total,
            hash: id.parts_hash.to_vec(),
        }),
    }
}

pub(crate) fn commit(commit: &Commit) -> pb::Commit {
    let signatures = commit.signatures.iter().map(|signature| pb::CommitSig {
        block_id_flag: BlockIdFlag::Commit.into(),
        validator_address: signature.validator.to_vec(),
        timestamp: Some(timestamp(signature.time_nanos)),
        signature: signature.signature.to_vec(),
    });
    pb::Commit {
        height: signed(commit.height),
        round: 0,
        block_id: Some(block_id(commit.block_id.as_ref())),
        signatures: signatures.collect(),
    }
}

pub(crate) fn header(header: &Header) -> pb::Header {
    pb::Header {
        version: Some(Consensus {
            block: BLOCK_PROTOCOL,
            app: 0,
        }),
        chain_id: header.chain_id.clone(),
        height: signed(header.height),
        time: Some(timestamp(header.time_nanos)),
        last_block_id: Some(block_id(header.last_block_id.as_ref())),
        last_commit_hash: header.last_commit_hash.to_vec(),
        data_hash: header.data_hash.to_vec(),
        validators_hash: header.validators_hash.to_vec(),
        next_validators_hash: header.next_validators_hash.to_vec(),
        consensus_hash: header.consensus_hash.to_vec(),
        app_hash: header.app_hash.to_vec(),
        last_results_hash: header.last_results_hash.to_vec(),
        evidence_hash: header.evidence_hash.to_vec(),
        proposer_address: header.proposer.to_vec(),
    }
}
