//! Methods about the node and the chain as a whole.

use serde_json::{Value, json};

use super::blocks::load_block;
use super::page_of;
use crate::api::ChainApi;
use crate::error::RpcError;
use crate::json;
use crate::params::Params;

pub(super) fn health(api: &dyn ChainApi, _: &Params) -> Result<Value, RpcError> {
    api.health().map_err(RpcError::Internal)?;
    Ok(json!({}))
}

pub(super) fn status(api: &dyn ChainApi, _: &Params) -> Result<Value, RpcError> {
    let earliest = load_block(api, Some(api.heights().earliest))?;
    let last = load_block(api, None)?;
    Ok(json::status(
        &api.identity(),
        api.validators().first(),
        &earliest,
        &last,
    ))
}

pub(super) fn net_info(api: &dyn ChainApi, _: &Params) -> Result<Value, RpcError> {
    let address = api.identity().rpc_address;
    Ok(json!({ "listening": true, "listeners": [format!("Listener({address})")], "n_peers": "0", "peers": [] }))
}

pub(super) fn genesis(api: &dyn ChainApi, _: &Params) -> Result<Value, RpcError> {
    let document = json::genesis(&api.identity(), &api.genesis(), &api.validators());
    Ok(json!({ "genesis": document }))
}

pub(super) fn validators(api: &dyn ChainApi, params: &Params) -> Result<Value, RpcError> {
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

pub(super) fn consensus_params(api: &dyn ChainApi, params: &Params) -> Result<Value, RpcError> {
    let record = load_block(api, params.height("height")?)?;
    Ok(json!({ "block_height": record.header.height.to_string(), "consensus_params": json::consensus_params() }))
}

pub(super) fn num_unconfirmed_txs(api: &dyn ChainApi, _: &Params) -> Result<Value, RpcError> {
    let stats = api.mempool();
    let count = stats.txs.to_string();
    Ok(json!({ "n_txs": count, "total": count, "total_bytes": stats.bytes.to_string(), "txs": null }))
}
