//! Transactions and blocks, which are not in the state.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use supercloud_client::rpc::SearchOrder;
use supercloud_client::{Event, RpcClient, TxOutcome};
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use supercloud_proto::prost::{Message, Name};

use crate::codec;

pub(super) async fn tx(rpc: &RpcClient, hash: &str) -> Result<Value> {
    let hash = hash.trim_start_matches("0x");
    if hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        bail!("{hash:?} is no transaction hash: expected 64 hex digits");
    }
    match rpc.tx(hash).await? {
        Some(outcome) => Ok(tx_response(&outcome, true)),
        None => {
            bail!("no block of this chain has a transaction {hash}; it may still wait, or never have been accepted")
        }
    }
}

pub(super) async fn txs(rpc: &RpcClient, query: &str, page: u32) -> Result<Value> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let (found, total) = rpc.tx_search(query, page, SearchOrder::Ascending).await?;
    let txs: Vec<Value> = found.iter().map(|outcome| tx_response(outcome, true)).collect();
    Ok(
        json!({ "total_count": total.to_string(), "count": txs.len().to_string(), "page": page.to_string(), "txs": txs }),
    )
}

pub(super) async fn block(rpc: &RpcClient, height: Option<u64>) -> Result<Value> {
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
    use base64::Engine;
    let raw = TxRaw::decode(raw)?;
    let body = codec::decode(&codec::message_named(&TxBody::full_name())?, &raw.body_bytes)?;
    let auth_info = codec::decode(&codec::message_named(&AuthInfo::full_name())?, &raw.auth_info_bytes)?;
    let signatures: Vec<String> = raw
        .signatures
        .iter()
        .map(|signature| base64::engine::general_purpose::STANDARD.encode(signature))
        .collect();
    Ok(json!({ "body": body, "auth_info": auth_info, "signatures": signatures }))
}
