//! Transactions and blocks, which are not in the state.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use serde_json::{Value, json};
use supercloud_client::rpc::SearchOrder;
use supercloud_client::{Client, Event, RpcClient, TxOutcome};
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use supercloud_proto::prost::{Message, Name};

use crate::codec;

/// What a block is named by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum BlockBy {
    /// Its height
    #[default]
    Height,
    /// Its hash
    Hash,
}

/// Order of transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// The oldest first
    #[default]
    Asc,
    /// The newest first
    Desc,
}

/// 64 hex digits, with or without 0x.
fn hash_of<'a>(hash: &'a str, what: &str) -> Result<&'a str> {
    let digits = hash.trim_start_matches("0x");
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        bail!("{hash:?} is no {what} hash: expected 64 hex digits");
    }
    Ok(digits)
}

pub(super) async fn tx(rpc: &RpcClient, hash: &str) -> Result<Value> {
    let hash = hash_of(hash, "transaction")?;
    match rpc.tx(hash).await? {
        Some(outcome) => Ok(tx_response(&outcome, true)),
        None => {
            bail!("no block of this chain has a transaction {hash}; it may still wait, or never have been accepted")
        }
    }
}

pub(super) async fn wait_tx(client: &Client, hash: &str, timeout: Duration) -> Result<Value> {
    let hash = hash_of(hash, "transaction")?;
    Ok(tx_response(&client.wait_for_tx(hash, timeout).await?, true))
}

pub(super) async fn txs(rpc: &RpcClient, query: &str, page: u32, order: Order) -> Result<Value> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let order = match order {
        Order::Asc => SearchOrder::Ascending,
        Order::Desc => SearchOrder::Descending,
    };
    let (found, total) = rpc.tx_search(query, page, order).await?;
    let txs: Vec<Value> = found.iter().map(|outcome| tx_response(outcome, true)).collect();
    Ok(
        json!({ "total_count": total.to_string(), "count": txs.len().to_string(), "page": page.to_string(), "txs": txs }),
    )
}

pub(super) async fn block(rpc: &RpcClient, place: Option<&str>, kind: BlockBy, height: Option<u64>) -> Result<Value> {
    if kind == BlockBy::Hash {
        let hash = hash_of(place.context("--type hash needs the block's hash")?, "block")?;
        let hash = STANDARD.encode(hex::decode(hash)?);
        let found = rpc.call("block_by_hash", json!({ "hash": hash })).await?;
        if found["block"].is_null() {
            bail!("this chain has no block of that hash");
        }
        return Ok(found);
    }
    let given = place.map(|place| {
        place
            .parse()
            .with_context(|| format!("{place:?} is no height; a hash needs --type hash"))
    });
    let height = given.transpose()?.or(height);
    Ok(rpc.call("block", height_param(height)).await?)
}

pub(super) async fn block_results(rpc: &RpcClient, height: Option<u64>) -> Result<Value> {
    Ok(rpc.call("block_results", height_param(height)).await?)
}

fn height_param(height: Option<u64>) -> Value {
    height.map_or(json!({}), |height| json!({ "height": height.to_string() }))
}

/// The SDK's `TxResponse`, with the transaction itself when asked for.
pub(crate) fn tx_response(outcome: &TxOutcome, with_tx: bool) -> Value {
    let event = |event: &Event| {
        let attributes: Vec<Value> = event
            .attributes
            .iter()
            .map(|attribute| json!({ "key": attribute.key, "value": attribute.value }))
            .collect();
        json!({ "type": event.kind, "attributes": attributes })
    };
    let mut response = json!({
        "height": outcome.height.to_string(),
        "txhash": outcome.hash,
        "codespace": outcome.codespace,
        "code": outcome.code,
        "data": hex::encode_upper(&outcome.data),
        "raw_log": outcome.log,
        "gas_wanted": outcome.gas_wanted.to_string(),
        "gas_used": outcome.gas_used.to_string(),
        "events": outcome.events.iter().map(event).collect::<Vec<_>>(),
    });
    if with_tx {
        response["tx"] = tx_json(&outcome.raw).unwrap_or(Value::Null);
    }
    response
}

/// A raw transaction as JSON; messages of unknown types have no form.
pub(crate) fn tx_json(raw: &[u8]) -> Result<Value> {
    let raw = TxRaw::decode(raw)?;
    let body = codec::decode(&codec::message_named(&TxBody::full_name())?, &raw.body_bytes)?;
    let auth_info = codec::decode(&codec::message_named(&AuthInfo::full_name())?, &raw.auth_info_bytes)?;
    let signatures: Vec<String> = raw
        .signatures
        .iter()
        .map(|signature| STANDARD.encode(signature))
        .collect();
    Ok(json!({ "body": body, "auth_info": auth_info, "signatures": signatures }))
}
