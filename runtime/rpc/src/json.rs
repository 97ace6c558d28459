//! JSON shapes of CometBFT 0.38: 64-bit integers are strings, 32-bit ones numbers, hashes upper-case hex, byte strings
//! base64, times RFC 3339 in UTC. What both CosmJS (Comet38) and tendermint-rs read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use supercloud_chain::{Attribute, Event, QueryResult, TxResult};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::api::{GenesisInfo, Identity, Validator};
use crate::block::{BlockId, BlockRecord, Commit, Header};
use crate::merkle::compute_proof;
use crate::seal::{
    EVIDENCE_MAX_AGE_BLOCKS, EVIDENCE_MAX_AGE_SECONDS, EVIDENCE_MAX_BYTES, MAX_BLOCK_BYTES, MAX_BLOCK_GAS,
};
use crate::wire::BLOCK_PROTOCOL;

/// Clients choose their dialect by this prefix: anything but `0.38.` makes CosmJS misread events.
pub(crate) const COMET_VERSION: &str = "0.38.17";

/// Channel ids that a full CometBFT node announces.
pub(crate) const CHANNELS: &str = "40202122233038606100";

/// Where peers would be listened for; a solo node has none.
pub(crate) const LISTEN_ADDRESS: &str = "tcp://0.0.0.0:26656";

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn upper_hex(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}

pub(crate) fn rfc3339(time_nanos: u64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(time_nanos))
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .expect("u64 nanoseconds end in the year 2554")
}

pub(crate) fn block_id(id: Option<&BlockId>) -> Value {
    match id {
        Some(id) => json!({
            "hash": upper_hex(&id.hash),
            "parts": { "total": id.parts_total, "hash": upper_hex(&id.parts_hash) },
        }),
        None => json!({ "hash": "", "parts": { "total": 0, "hash": "" } }),
    }
}

pub(crate) fn header(header: &Header) -> Value {
    json!({
        "version": { "block": BLOCK_PROTOCOL.to_string(), "app": "0" },
        "chain_id": header.chain_id,
        "height": header.height.to_string(),
        "time": rfc3339(header.time_nanos),
        "last_block_id": block_id(header.last_block_id.as_ref()),
        "last_commit_hash": upper_hex(&header.last_commit_hash),
        "data_hash": upper_hex(&header.data_hash),
        "validators_hash": upper_hex(&header.validators_hash),
        "next_validators_hash": upper_hex(&header.next_validators_hash),
        "consensus_hash": upper_hex(&header.consensus_hash),
        "app_hash": upper_hex(&header.app_hash),
        "last_results_hash": upper_hex(&header.last_results_hash),
        "evidence_hash": upper_hex(&header.evidence_hash),
        "proposer_address": upper_hex(&header.proposer),
    })
}

pub(crate) fn commit(commit: &Commit) -> Value {
    let signatures: Vec<Value> = commit
        .signatures
        .iter()
        .map(|signed| {
            json!({
                "block_id_flag": 2,
                "validator_address": upper_hex(&signed.validator),
                "timestamp": rfc3339(signed.time_nanos),
                "signature": base64(&signed.signature),
            })
        })
        .collect();
    json!({
        "height": commit.height.to_string(),
        "round": 0,
        "block_id": block_id(commit.block_id.as_ref()),
        "signatures": signatures,
    })
}

pub(crate) fn block(record: &BlockRecord) -> Value {
    let txs: Vec<String> = record.txs.iter().map(|raw| base64(raw)).collect();
    json!({
        "block_id": block_id(Some(&record.id)),
        "block": {
            "header": header(&record.header),
            "data": { "txs": txs },
            "evidence": { "evidence": [] },
            "last_commit": commit(&record.last_commit),
        },
    })
}

pub(crate) fn block_meta(record: &BlockRecord) -> Value {
    json!({
        "block_id": block_id(Some(&record.id)),
        "block_size": record.size.to_string(),
        "header": header(&record.header),
        "num_txs": record.txs.len().to_string(),
    })
}

pub(crate) fn events(events: &[Event]) -> Value {
    tree(&Events(events))
}

pub(crate) fn tx_result(result: &TxResult) -> Value {
    tree(&ShownResult::from(result))
}

/// Written at once: as a tree the results of a full block take several times the memory of their text.
pub(crate) fn block_results(record: &BlockRecord) -> String {
    let results = record.results.as_slice();
    let shown = ShownResults {
        height: record.header.height.to_string(),
        txs_results: (!results.is_empty()).then_some(Results(results)),
        finalize_block_events: Events(&record.events),
        validator_updates: [],
        consensus_param_updates: None,
        app_hash: upper_hex(&record.app_hash),
    };
    serde_json::to_string(&shown).expect("text and numbers can be written")
}

fn tree(shown: &impl Serialize) -> Value {
    serde_json::to_value(shown).expect("text and numbers can be written")
}

#[derive(Serialize)]
struct ShownResults<'a> {
    height: String,
    txs_results: Option<Results<'a>>,
    finalize_block_events: Events<'a>,
    validator_updates: [(); 0],
    consensus_param_updates: Option<()>,
    app_hash: String,
}

struct Results<'a>(&'a [TxResult]);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ShownResult::from))
    }
}

#[derive(Serialize)]
struct ShownResult<'a> {
    code: u32,
    data: Option<String>,
    log: &'a str,
    info: &'a str,
    gas_wanted: String,
    gas_used: String,
    events: Events<'a>,
    codespace: &'a str,
}

impl<'a> From<&'a TxResult> for ShownResult<'a> {
    fn from(result: &'a TxResult) -> Self {
        Self {
            code: result.code,
            data: (!result.data.is_empty()).then(|| base64(&result.data)),
            log: &result.log,
            info: &result.info,
            gas_wanted: result.gas_wanted.to_string(),
            gas_used: result.gas_used.to_string(),
            events: Events(&result.events),
            codespace: &result.codespace,
        }
    }
}

struct Events<'a>(&'a [Event]);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|event| ShownEvent {
            kind: &event.kind,
            attributes: Attributes(&event.attributes),
        }))
    }
}

#[derive(Serialize)]
struct ShownEvent<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    attributes: Attributes<'a>,
}

struct Attributes<'a>(&'a [Attribute]);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|attribute| ShownAttribute {
            key: &attribute.key,
            value: &attribute.value,
            index: attribute.index,
        }))
    }
}

#[derive(Serialize)]
struct ShownAttribute<'a> {
    key: &'a str,
    value: &'a str,
    index: bool,
}

/// One committed transaction; `None` when the record has no such index.
pub(crate) fn tx(record: &BlockRecord, index: u32, with_proof: Proof) -> Option<Value> {
    let at = usize::try_from(index).ok()?;
    let (raw, hash, result) = (record.txs.get(at)?, record.tx_hashes.get(at)?, record.results.get(at)?);
    let mut value = json!({
        "hash": upper_hex(hash),
        "height": record.header.height.to_string(),
        "index": index,
        "tx_result": tx_result(result),
        "tx": base64(raw),
    });
    if let (Proof::Include, Some(proof)) = (with_proof, compute_proof(&record.tx_hashes, at)) {
        let aunts: Vec<String> = proof.aunts.iter().map(|aunt| base64(aunt)).collect();
        value["proof"] = json!({
            "root_hash": upper_hex(&record.header.data_hash),
            "data": base64(raw),
            "proof": {
                "total": record.txs.len().to_string(),
                "index": index.to_string(),
                "leaf_hash": base64(&proof.leaf_hash),
                "aunts": aunts,
            },
        });
    }
    Some(value)
}

/// Whether a transaction is shown with its inclusion proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// With the path to the block's `data_hash`.
    Include,
    /// Without.
    Omit,
}

pub(crate) fn abci_query(result: &QueryResult, latest: u64) -> Value {
    // CosmJS refuses an answer of height 0.
    let height = if result.height == 0 { latest } else { result.height };
    json!({
        "response": {
            "code": result.code,
            "log": result.log,
            "info": result.info,
            "index": "0",
            "key": null,
            "value": base64(&result.value),
            "proofOps": null,
            "height": height.to_string(),
            "codespace": result.codespace,
        },
    })
}

fn public_key(key: &[u8; 32]) -> Value {
    json!({ "type": "tendermint/PubKeyEd25519", "value": base64(key) })
}

pub(crate) fn validator(validator: &Validator) -> Value {
    json!({
        "address": upper_hex(&validator.address),
        "pub_key": public_key(&validator.public_key),
        "voting_power": validator.power.to_string(),
        "proposer_priority": "0",
    })
}

pub(crate) fn node_info(identity: &Identity) -> Value {
    json!({
        "protocol_version": { "p2p": "8", "block": BLOCK_PROTOCOL.to_string(), "app": "0" },
        "id": hex::encode(identity.node_id),
        "listen_addr": LISTEN_ADDRESS,
        "network": identity.chain_id,
        "version": COMET_VERSION,
        "channels": CHANNELS,
        "moniker": identity.moniker,
        "other": { "tx_index": "on", "rpc_address": identity.rpc_address },
    })
}

pub(crate) fn status(
    identity: &Identity,
    own: Option<&Validator>,
    earliest: &BlockRecord,
    last: &BlockRecord,
) -> Value {
    let validator_info = own.map(|own| {
        json!({
            "address": upper_hex(&own.address),
            "pub_key": public_key(&own.public_key),
            "voting_power": own.power.to_string(),
        })
    });
    json!({
        "node_info": node_info(identity),
        "sync_info": {
            "latest_block_hash": upper_hex(&last.id.hash),
            "latest_app_hash": upper_hex(&last.header.app_hash),
            "latest_block_height": last.header.height.to_string(),
            "latest_block_time": rfc3339(last.header.time_nanos),
            "earliest_block_hash": upper_hex(&earliest.id.hash),
            "earliest_app_hash": upper_hex(&earliest.header.app_hash),
            "earliest_block_height": earliest.header.height.to_string(),
            "earliest_block_time": rfc3339(earliest.header.time_nanos),
            "catching_up": false,
        },
        "validator_info": validator_info,
    })
}

pub(crate) fn consensus_params() -> Value {
    json!({
        "block": { "max_bytes": MAX_BLOCK_BYTES.to_string(), "max_gas": MAX_BLOCK_GAS.to_string() },
        "evidence": {
            "max_age_num_blocks": EVIDENCE_MAX_AGE_BLOCKS.to_string(),
            "max_age_duration": format!("{EVIDENCE_MAX_AGE_SECONDS}000000000"),
            "max_bytes": EVIDENCE_MAX_BYTES.to_string(),
        },
        "validator": { "pub_key_types": ["ed25519"] },
        "version": {},
        "abci": { "vote_extensions_enable_height": "0" },
    })
}

/// The genesis document; validators carry `power` and a name here, unlike in `validators`.
pub(crate) fn genesis(identity: &Identity, info: &GenesisInfo, validators: &[Validator]) -> Value {
    let validators: Vec<Value> = validators
        .iter()
        .map(|validator| {
            json!({
                "address": upper_hex(&validator.address),
                "pub_key": public_key(&validator.public_key),
                "power": validator.power.to_string(),
                "name": identity.moniker,
            })
        })
        .collect();
    json!({
        "genesis_time": rfc3339(info.time_nanos),
        "chain_id": identity.chain_id,
        "initial_height": info.initial_height.to_string(),
        "consensus_params": consensus_params(),
        "validators": validators,
        "app_hash": "",
        "app_state": info.app_state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_at_most_nine_digits_and_end_in_z() {
        assert_eq!(rfc3339(1_700_000_000_000_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(rfc3339(1_700_000_000_120_000_000), "2023-11-14T22:13:20.12Z");
        assert_eq!(rfc3339(1_700_000_000_000_000_001), "2023-11-14T22:13:20.000000001Z");
        assert!(rfc3339(u64::MAX).ends_with('Z'));
    }
}
