//! Methods that take or show transactions.

use serde_json::{Value, json};
use supercloud_chain::TxResult;

use super::{BROADCAST_TX_COMMIT, Order, ordered, page_of, parse_query};
use crate::api::{ChainApi, TxLocation};
use crate::block::{Hash, tx_hash};
use crate::budget;
use crate::dispatch::Dispatcher;
use crate::error::RpcError;
use crate::json;
use crate::params::Params;

pub(super) fn broadcast_sync(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let (hash, result) = broadcast(api, params)?;
    Ok(json!({
        "code": result.code,
        // Hex here, unlike everywhere else.
        "data": json::upper_hex(&result.data),
        "log": result.log,
        "codespace": result.codespace,
        "hash": json::upper_hex(&hash),
    }))
}

/// CheckTx runs here too, but its outcome is not shown.
pub(super) fn broadcast_async(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let (hash, _) = broadcast(api, params)?;
    Ok(json!({ "code": 0, "data": "", "log": "", "codespace": "", "hash": json::upper_hex(&hash) }))
}

/// What CheckTx says now; nothing is kept.
pub(super) fn check(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    Ok(json::tx_result(&dispatcher.api().check(&params.bytes("tx")?)))
}

fn broadcast(api: &dyn ChainApi, params: &Params) -> Result<(Hash, TxResult), RpcError> {
    let raw = params.bytes("tx")?;
    let hash = tx_hash(&raw);
    let result = api
        .broadcast(raw)
        .map_err(|error| RpcError::Internal(error.to_string()))?;
    Ok((hash, result))
}

/// Keeps the name in the table for URI listings; the server never calls it.
pub(super) fn commit_needs_the_server(_: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    Err(RpcError::Internal(format!(
        "{BROADCAST_TX_COMMIT} is run by the server"
    )))
}

/// First half of `broadcast_tx_commit`.
pub(crate) enum CommitWait {
    /// CheckTx refused the transaction: this is the answer.
    Refused(Value),
    /// Poll [`committed_tx`] with these.
    Pending {
        /// Hash to wait for.
        hash: Hash,
        /// The CheckTx half of the answer.
        check_tx: Value,
    },
}

pub(crate) fn start_commit(dispatcher: &Dispatcher, params: &Params) -> Result<CommitWait, RpcError> {
    let (hash, result) = broadcast(dispatcher.api(), params)?;
    let check_tx = json::tx_result(&result);
    if result.code == 0 {
        return Ok(CommitWait::Pending { hash, check_tx });
    }
    let nothing = json::tx_result(&TxResult {
        code: 0,
        codespace: String::new(),
        data: Vec::new(),
        log: String::new(),
        info: String::new(),
        gas_wanted: 0,
        gas_used: 0,
        events: Vec::new(),
    });
    Ok(CommitWait::Refused(json!({
        "check_tx": check_tx,
        "tx_result": nothing,
        "hash": json::upper_hex(&hash),
        "height": "0",
    })))
}

/// Second half of `broadcast_tx_commit`: the answer once the transaction is in a block.
pub(crate) fn committed_tx(api: &dyn ChainApi, hash: &Hash, check_tx: &Value) -> Option<Value> {
    let location = api.locate_tx(hash)?;
    let record = api.block(location.height)?;
    let result = record.results.get(usize::try_from(location.index).ok()?)?;
    Some(json!({
        "check_tx": check_tx,
        "tx_result": json::tx_result(result),
        "hash": json::upper_hex(hash),
        "height": location.height.to_string(),
    }))
}

pub(super) fn tx(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let hash = params.hash("hash")?;
    let with_proof = proof(params)?;
    let found = api
        .locate_tx(&hash)
        .and_then(|location| show(api, location, with_proof));
    found.ok_or_else(|| RpcError::Internal(format!("tx ({}) not found", json::upper_hex(&hash))))
}

pub(super) fn tx_search(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let with_proof = proof(params)?;
    let found = ordered(params, Order::Ascending, api.search_txs(&parse_query(params)?)?)?;
    let page = page_of(params, found.len())?;
    let txs = found[page].iter();
    let txs = budget::collect(txs.filter_map(|location| show(api, *location, with_proof)))?;
    Ok(json!({ "txs": txs, "total_count": found.len().to_string() }))
}

fn show(api: &dyn ChainApi, location: TxLocation, with_proof: json::Proof) -> Option<Value> {
    json::tx(&*api.block(location.height)?, location.index, with_proof)
}

fn proof(params: &Params) -> Result<json::Proof, RpcError> {
    Ok(if params.flag("prove")? {
        json::Proof::Include
    } else {
        json::Proof::Omit
    })
}
