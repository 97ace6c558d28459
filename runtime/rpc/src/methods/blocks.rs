//! Methods that show blocks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Order, ordered, page_of, parse_query};
use crate::api::ChainApi;
use crate::block::{BlockRecord, Hash};
use crate::budget;
use crate::dispatch::Dispatcher;
use crate::error::RpcError;
use crate::json;
use crate::params::Params;

/// Most block metas in one answer of `blockchain`, CometBFT's limit.
const MAX_METAS: u64 = 20;

/// The block at `height`, or the latest.
pub(super) fn load_block(api: &dyn ChainApi, height: Option<u64>) -> Result<Arc<BlockRecord>, RpcError> {
    let range = api.heights();
    let height = height.unwrap_or(range.latest);
    if height > range.latest {
        let latest = range.latest;
        return Err(RpcError::Internal(format!(
            "height {height} must be less than or equal to the current blockchain height {latest}"
        )));
    }
    api.block(height).ok_or_else(|| {
        RpcError::Internal(format!(
            "height {height} is not available, lowest height is {}",
            range.earliest
        ))
    })
}

fn load_by_hash(api: &dyn ChainApi, hash: &Hash) -> Option<Arc<BlockRecord>> {
    api.height_of_block(hash).and_then(|height| api.block(height))
}

pub(super) fn block(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    Ok(json::block(&*load_block(api, params.height("height")?)?))
}

/// An unknown hash is an empty answer in CometBFT, not an error.
pub(super) fn block_by_hash(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    Ok(match load_by_hash(api, &params.hash("hash")?) {
        Some(record) => json::block(&record),
        None => json!({ "block_id": json::block_id(None), "block": null }),
    })
}

pub(super) fn header(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    Ok(json!({ "header": json::header(&load_block(api, params.height("height")?)?.header) }))
}

pub(super) fn header_by_hash(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let record = load_by_hash(api, &params.hash("hash")?);
    Ok(json!({ "header": record.map(|record| json::header(&record.header)) }))
}

pub(super) fn block_results(dispatcher: &Dispatcher, params: &Params) -> Result<String, RpcError> {
    let api = dispatcher.api();
    Ok(json::block_results(&*load_block(api, params.height("height")?)?))
}

pub(super) fn commit(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let record = load_block(api, params.height("height")?)?;
    Ok(json!({
        "signed_header": { "header": json::header(&record.header), "commit": json::commit(&record.commit) },
        "canonical": true,
    }))
}

pub(super) fn blockchain(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let range = api.heights();
    let max = params.height("maxHeight")?.unwrap_or(range.latest).min(range.latest);
    let min = params.height("minHeight")?.unwrap_or(1).max(range.earliest);
    if min > max {
        return Err(RpcError::Internal(format!(
            "min height {min} can't be greater than max height {max}"
        )));
    }
    let min = min.max(max.saturating_sub(MAX_METAS - 1));
    let metas: Vec<Value> = (min..=max)
        .rev()
        .filter_map(|height| api.block(height))
        .map(|record| json::block_meta(&record))
        .collect();
    Ok(json!({ "last_height": range.latest.to_string(), "block_metas": metas }))
}

pub(super) fn block_search(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let found = ordered(params, Order::Descending, api.search_blocks(&parse_query(params)?)?)?;
    let page = page_of(params, found.len())?;
    let blocks = found[page].iter().filter_map(|height| api.block(*height));
    let blocks = budget::collect(blocks.map(|record| json::block(&record)))?;
    Ok(json!({ "blocks": blocks, "total_count": found.len().to_string() }))
}
