//! Methods about the node and the chain as a whole.

use serde_json::{Value, json};

use super::blocks::load_block;
use super::{page_of, per_page};
use crate::dispatch::Dispatcher;
use crate::error::RpcError;
use crate::json;
use crate::params::Params;
use crate::services::discovery;

/// Bytes of one chunk of the genesis document, CometBFT's 16 MiB.
const GENESIS_CHUNK_BYTES: usize = 16 << 20;

pub(super) fn health(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    api.health().map_err(RpcError::Internal)?;
    Ok(json!({}))
}

pub(super) fn status(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let earliest = load_block(api, Some(api.heights().earliest))?;
    let last = load_block(api, None)?;
    Ok(json::status(
        &api.identity(),
        api.validators().first(),
        &earliest,
        &last,
    ))
}

/// Akash's own method, which its command line and its provider call before any other.
pub(super) fn akash(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let info = discovery::info(dispatcher);
    let versions = info.supported_versions.iter().map(|version| {
        let modules = version.modules.iter();
        let modules: Vec<Value> = modules
            .map(|module| json!({ "module": module.module, "version": module.version }))
            .collect();
        json!({ "api_version": version.api_version, "modules": modules, "features": version.features })
    });
    Ok(json!({
        "client_info": { "api_version": info.client_info.unwrap_or_default().api_version },
        "supported_versions": versions.collect::<Vec<Value>>(),
        "chain_id": info.chain_id,
        "node_version": info.node_version,
        "min_client_version": info.min_client_version,
    }))
}

pub(super) fn net_info(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let address = api.identity().rpc_address;
    Ok(json!({ "listening": true, "listeners": [format!("Listener({address})")], "n_peers": "0", "peers": [] }))
}

pub(super) fn genesis(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let document = json::genesis(&api.identity(), &api.genesis(), &api.validators());
    Ok(json!({ "genesis": document }))
}

pub(super) fn genesis_chunked(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let text = json::genesis(&api.identity(), &api.genesis(), &api.validators()).to_string();
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(GENESIS_CHUNK_BYTES).collect();
    let asked = params.number("chunk")?.unwrap_or(0);
    let chunk = usize::try_from(asked).ok().and_then(|asked| chunks.get(asked));
    let chunk = chunk.ok_or_else(|| {
        let most = chunks.len().saturating_sub(1);
        RpcError::Internal(format!("there are {most} chunks, {asked} is invalid"))
    })?;
    Ok(json!({ "chunk": asked.to_string(), "total": chunks.len().to_string(), "data": json::base64(chunk) }))
}

/// A solo sequencer has no rounds: always the first step of the next height.
pub(super) fn consensus_state(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let last = load_block(api, None)?;
    let proposer = api.validators().first().map(|own| json::upper_hex(&own.address));
    Ok(json!({
        "round_state": {
            "height/round/step": format!("{}/0/1", last.header.height.saturating_add(1)),
            "start_time": json::rfc3339(last.header.time_nanos),
            "proposal_block_hash": "",
            "locked_block_hash": "",
            "valid_block_hash": "",
            "height_vote_set": [],
            "proposer": { "address": proposer, "index": 0 },
        },
    }))
}

pub(super) fn dump_consensus_state(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let last = load_block(api, None)?;
    let validators: Vec<Value> = api.validators().iter().map(json::validator).collect();
    let validators = json!({ "validators": validators, "proposer": validators.first() });
    let time = json::rfc3339(last.header.time_nanos);
    Ok(json!({
        "round_state": {
            "height": last.header.height.saturating_add(1).to_string(),
            "round": 0,
            "step": 1,
            "start_time": time,
            "commit_time": time,
            "validators": validators,
            "votes": [],
            "last_validators": validators,
        },
        "peers": [],
    }))
}

pub(super) fn unconfirmed_txs(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let txs: Vec<String> = api
        .waiting_txs(per_page(params.number("limit")?))
        .iter()
        .map(|raw| json::base64(raw))
        .collect();
    let stats = api.mempool();
    Ok(json!({
        "n_txs": txs.len().to_string(),
        "total": stats.txs.to_string(),
        "total_bytes": stats.bytes.to_string(),
        "txs": txs,
    }))
}

pub(super) fn validators(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let record = load_block(api, params.height("height")?)?;
    let all = api.validators();
    let page = page_of(params, all.len())?;
    let shown: Vec<Value> = all[page].iter().map(json::validator).collect();
    Ok(json!({
        "block_height": record.header.height.to_string(),
        "validators": shown,
        "count": shown.len().to_string(),
        "total": all.len().to_string(),
    }))
}

pub(super) fn consensus_params(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let record = load_block(api, params.height("height")?)?;
    Ok(json!({ "block_height": record.header.height.to_string(), "consensus_params": json::consensus_params() }))
}

pub(super) fn num_unconfirmed_txs(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let stats = api.mempool();
    let count = stats.txs.to_string();
    Ok(json!({ "n_txs": count, "total": count, "total_bytes": stats.bytes.to_string(), "txs": null }))
}
