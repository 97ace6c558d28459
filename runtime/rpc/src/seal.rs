//! Sealing: from a block's content to its header, id, and what a validator signs.
//!
//! All hashes are CometBFT 0.38's, so that light clients and `tendermint`'s own types agree with them.

use supercloud_chain::TxResult;
use supercloud_proto::prost::Message;
use supercloud_proto::tendermint::abci::ExecTxResult;
use supercloud_proto::tendermint::crypto::{PublicKey, public_key};
use supercloud_proto::tendermint::types::{
    Block, CanonicalVote, Data, EvidenceList, HashedParams, SignedMsgType, SimpleValidator,
};

use crate::api::Validator;
use crate::block::{BlockId, BlockRecord, Commit, Hash, Header, tx_hash};
use crate::merkle::compute_root;
use crate::wire::{self, signed, timestamp};

/// Bytes of one block part, CometBFT's `BlockPartSizeBytes`.
const PART_BYTES: usize = 65_536;

/// `block.max_bytes` of the consensus parameters: 21 MiB, CometBFT's default.
pub(crate) const MAX_BLOCK_BYTES: i64 = 22_020_096;

/// `block.max_gas` of the consensus parameters: no limit.
pub(crate) const MAX_BLOCK_GAS: i64 = -1;

/// How old evidence may be, CometBFT's default; there is none on a chain of one validator.
pub(crate) const EVIDENCE_MAX_AGE_BLOCKS: i64 = 100_000;

/// How old evidence may be in time: two days.
pub(crate) const EVIDENCE_MAX_AGE_SECONDS: i64 = 172_800;

/// Bytes of evidence in one block.
pub(crate) const EVIDENCE_MAX_BYTES: i64 = 1_048_576;

/// What goes into a block.
#[derive(Clone, Debug)]
pub struct SealInput<'a> {
    /// Chain id.
    pub chain_id: &'a str,
    /// The block before; `None` for the first.
    pub previous: Option<&'a BlockRecord>,
    /// Block time, nanoseconds since 1970.
    pub time_nanos: u64,
    /// State root before this block.
    pub app_hash: Hash,
    /// The validator set.
    pub validators: &'a [Validator],
    /// Who proposes.
    pub proposer: [u8; 20],
    /// Transactions, raw.
    pub txs: &'a [Vec<u8>],
}

/// A block that is ready to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBlock {
    /// Header.
    pub header: Header,
    /// Its id.
    pub id: BlockId,
    /// Bytes of the encoded block.
    pub size: usize,
    /// The previous block's commit.
    pub last_commit: Commit,
    /// Hash of each transaction.
    pub tx_hashes: Vec<Hash>,
}

/// What one validator signs to commit a block.
#[derive(Clone, Copy, Debug)]
pub struct PrecommitVote<'a> {
    /// Chain id.
    pub chain_id: &'a str,
    /// Height.
    pub height: u64,
    /// Which block.
    pub block_id: BlockId,
    /// Time of the vote, nanoseconds since 1970.
    pub time_nanos: u64,
}

impl PrecommitVote<'_> {
    /// The bytes to sign: the length-delimited canonical vote of round 0.
    pub fn sign_bytes(&self) -> Vec<u8> {
        CanonicalVote {
            r#type: SignedMsgType::Precommit.into(),
            height: signed(self.height),
            round: 0,
            block_id: Some(wire::canonical_block_id(&self.block_id)),
            timestamp: Some(timestamp(self.time_nanos)),
            chain_id: self.chain_id.to_owned(),
        }
        .encode_length_delimited_to_vec()
    }
}

/// Computes the header, id and size of the next block; without a previous one its height is 1.
pub fn seal_block(input: &SealInput<'_>) -> SealedBlock {
    seal_at(input, input.previous.map_or(1, |previous| previous.header.height + 1))
}

/// The same for the first block of a chain that begins at another height than 1.
pub fn seal_first_block(input: &SealInput<'_>, initial_height: u64) -> SealedBlock {
    seal_at(input, initial_height)
}

fn seal_at(input: &SealInput<'_>, height: u64) -> SealedBlock {
    let last_commit = input
        .previous
        .map_or(Commit::empty(), |previous| previous.commit.clone());
    let tx_hashes: Vec<Hash> = input.txs.iter().map(|raw| tx_hash(raw)).collect();
    let validators_hash = compute_validators_hash(input.validators);
    let header = Header {
        chain_id: input.chain_id.to_owned(),
        height,
        time_nanos: input.time_nanos,
        last_block_id: input.previous.map(|previous| previous.id),
        last_commit_hash: compute_commit_hash(&last_commit),
        data_hash: compute_root(&tx_hashes),
        validators_hash,
        next_validators_hash: validators_hash,
        consensus_hash: compute_consensus_hash(),
        app_hash: input.app_hash,
        last_results_hash: compute_results_hash(input.previous.map_or(&[], |previous| &previous.results)),
        evidence_hash: compute_root::<&[u8]>(&[]),
        proposer: input.proposer,
    };
    let encoded = encode_block(&header, input.txs, &last_commit);
    let parts: Vec<&[u8]> = encoded.chunks(PART_BYTES).collect();
    let id = BlockId {
        hash: compute_header_hash(&header),
        parts_total: u32::try_from(parts.len()).unwrap_or(u32::MAX),
        parts_hash: compute_root(&parts),
    };
    SealedBlock {
        header,
        id,
        size: encoded.len(),
        last_commit,
        tx_hashes,
    }
}

fn encode_block(header: &Header, txs: &[Vec<u8>], last_commit: &Commit) -> Vec<u8> {
    Block {
        header: Some(wire::header(header)),
        data: Some(Data { txs: txs.to_vec() }),
        evidence: Some(EvidenceList::default()),
        last_commit: Some(wire::commit(last_commit)),
    }
    .encode_to_vec()
}

/// Root over the 14 encoded header fields.
fn compute_header_hash(header: &Header) -> Hash {
    let proto = wire::header(header);
    let message = |encoded: Option<Vec<u8>>| encoded.unwrap_or_default();
    compute_root(&[
        message(proto.version.map(|m| m.encode_to_vec())),
        proto.chain_id.encode_to_vec(),
        proto.height.encode_to_vec(),
        message(proto.time.map(|m| m.encode_to_vec())),
        message(proto.last_block_id.map(|m| m.encode_to_vec())),
        proto.last_commit_hash.encode_to_vec(),
        proto.data_hash.encode_to_vec(),
        proto.validators_hash.encode_to_vec(),
        proto.next_validators_hash.encode_to_vec(),
        proto.consensus_hash.encode_to_vec(),
        proto.app_hash.encode_to_vec(),
        proto.last_results_hash.encode_to_vec(),
        proto.evidence_hash.encode_to_vec(),
        proto.proposer_address.encode_to_vec(),
    ])
}

fn compute_commit_hash(commit: &Commit) -> Hash {
    let leaves: Vec<Vec<u8>> = wire::commit(commit)
        .signatures
        .iter()
        .map(Message::encode_to_vec)
        .collect();
    compute_root(&leaves)
}

fn compute_validators_hash(validators: &[Validator]) -> Hash {
    let leaves: Vec<Vec<u8>> = validators
        .iter()
        .map(|validator| SimpleValidator {
            pub_key: Some(PublicKey {
                sum: Some(public_key::Sum::Ed25519(validator.public_key.to_vec())),
            }),
            voting_power: signed(validator.power),
        })
        .map(|validator| validator.encode_to_vec())
        .collect();
    compute_root(&leaves)
}

fn compute_consensus_hash() -> Hash {
    tx_hash(
        &HashedParams {
            block_max_bytes: MAX_BLOCK_BYTES,
            block_max_gas: MAX_BLOCK_GAS,
        }
        .encode_to_vec(),
    )
}

fn compute_results_hash(results: &[TxResult]) -> Hash {
    let leaves: Vec<Vec<u8>> = results
        .iter()
        // The deterministic fields only: log, info, events and codespace stay out of the hash.
        .map(|result| ExecTxResult {
            code: result.code,
            data: result.data.clone(),
            gas_wanted: signed(result.gas_wanted),
            gas_used: signed(result.gas_used),
            ..ExecTxResult::default()
        })
        .map(|result| result.encode_to_vec())
        .collect();
    compute_root(&leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nodes_need_not_agree_on_stays_out_of_the_results_hash() {
        let result = TxResult {
            code: 5,
            codespace: "wasm".into(),
            data: Vec::new(),
            log: "no".into(),
            info: String::new(),
            gas_wanted: 2,
            gas_used: 1,
            events: Vec::new(),
        };
        let told = TxResult {
            info: "where it was stopped".into(),
            log: "no!".into(),
            ..result.clone()
        };
        let dearer = TxResult {
            gas_used: 2,
            ..result.clone()
        };
        let hash = |result: TxResult| compute_results_hash(&[result]);
        assert_eq!(hash(told), hash(result.clone()));
        assert_ne!(hash(dearer), hash(result));
    }
}
