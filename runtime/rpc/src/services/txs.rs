//! `cosmos.tx.v1beta1.Service`: broadcasting, finding and showing transactions. `Simulate` the chain answers.

use supercloud_chain::TxResult;
use supercloud_proto::cosmos::base::abci::v1beta1::TxResponse;
use supercloud_proto::cosmos::tx::v1beta1 as pb;
use supercloud_proto::prost::Message;
use supercloud_proto::tendermint::abci;
use supercloud_proto::{pack, prost_types::Any};

use super::{Answered, Call, blocks, page, run};
use crate::api::{BroadcastError, TxLocation};
use crate::block::{BlockRecord, Hash, tx_hash};
use crate::json::{rfc3339, upper_hex};
use crate::search::Query;
use crate::status::{Code, Status};
use crate::wire::{self, signed};

/// Found transactions per page when the request names no limit, the SDK's default.
const DEFAULT_LIMIT: u64 = 100;

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "GetTx" => run(call, data, get_tx),
        "BroadcastTx" => run(call, data, broadcast),
        "GetTxsEvent" => run(call, data, search),
        "GetBlockWithTxs" => run(call, data, block_with_txs),
        "TxDecode" => run(call, data, |_, request: pb::TxDecodeRequest| {
            if request.tx_bytes.is_empty() {
                return Err(Status::invalid("invalid empty tx bytes"));
            }
            Ok(pb::TxDecodeResponse {
                tx: Some(decode(&request.tx_bytes).map_err(|error| Status::invalid(error.to_string()))?),
            })
        }),
        "TxEncode" => run(call, data, |_, request: pb::TxEncodeRequest| {
            let tx = request.tx.ok_or_else(|| Status::invalid("invalid empty tx"))?;
            Ok(pb::TxEncodeResponse { tx_bytes: encode(tx) })
        }),
        "TxEncodeAmino" | "TxDecodeAmino" => Some(Err(Status::new(
            Code::Unimplemented,
            format!("{method} is not served: this chain has no binary amino; use TxEncode and TxDecode"),
        ))),
        _ => None,
    }
}

fn decode(raw: &[u8]) -> Result<pb::Tx, supercloud_proto::prost::DecodeError> {
    let raw = pb::TxRaw::decode(raw)?;
    Ok(pb::Tx {
        body: Some(pb::TxBody::decode(&*raw.body_bytes)?),
        auth_info: Some(pb::AuthInfo::decode(&*raw.auth_info_bytes)?),
        signatures: raw.signatures,
    })
}

fn encode(tx: pb::Tx) -> Vec<u8> {
    pb::TxRaw {
        body_bytes: tx.body.unwrap_or_default().encode_to_vec(),
        auth_info_bytes: tx.auth_info.unwrap_or_default().encode_to_vec(),
        signatures: tx.signatures,
    }
    .encode_to_vec()
}

fn get_tx(call: &Call<'_>, request: pb::GetTxRequest) -> Result<pb::GetTxResponse, Status> {
    if request.hash.is_empty() {
        return Err(Status::invalid("tx hash cannot be empty"));
    }
    let hash: Hash = hex::decode(request.hash.trim_start_matches("0x"))
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Status::invalid(format!("tx hash must be 64 hex digits, got {}", request.hash)))?;
    let api = call.dispatcher.api();
    let found = api
        .locate_tx(&hash)
        .and_then(|at| show(&*api.block(at.height)?, at.index));
    let (tx, tx_response) = found.ok_or_else(|| Status::not_found(format!("tx not found: {}", request.hash)))?;
    Ok(pb::GetTxResponse {
        tx: Some(tx),
        tx_response: Some(tx_response),
    })
}

/// A committed transaction; `None` when there is none at `index`. Bytes that are no transaction (a block may hold them,
/// with a failed result) are shown as an empty one.
fn show(record: &BlockRecord, index: u32) -> Option<(pb::Tx, TxResponse)> {
    let at = usize::try_from(index).ok()?;
    let (raw, hash, result) = (record.txs.get(at)?, record.tx_hashes.get(at)?, record.results.get(at)?);
    let tx = decode(raw).unwrap_or_default();
    let response = TxResponse {
        height: signed(record.header.height),
        timestamp: rfc3339(record.header.time_nanos),
        tx: Some(pack(&tx)),
        ..to_response(hash, result)
    };
    Some((tx, response))
}

fn to_response(hash: &Hash, result: &TxResult) -> TxResponse {
    TxResponse {
        height: 0,
        txhash: upper_hex(hash),
        codespace: result.codespace.clone(),
        code: result.code,
        data: upper_hex(&result.data),
        raw_log: result.log.clone(),
        logs: Vec::new(),
        info: result.info.clone(),
        gas_wanted: signed(result.gas_wanted),
        gas_used: signed(result.gas_used),
        tx: None::<Any>,
        timestamp: String::new(),
        events: result.events.iter().map(to_event).collect(),
    }
}

fn to_event(event: &supercloud_chain::Event) -> abci::Event {
    abci::Event {
        r#type: event.kind.clone(),
        attributes: event
            .attributes
            .iter()
            .map(|attribute| abci::EventAttribute {
                key: attribute.key.clone(),
                value: attribute.value.clone(),
                index: attribute.index,
            })
            .collect(),
    }
}

fn broadcast(call: &Call<'_>, request: pb::BroadcastTxRequest) -> Result<pb::BroadcastTxResponse, Status> {
    if request.tx_bytes.is_empty() {
        return Err(Status::invalid("invalid empty tx"));
    }
    let sync = match pb::BroadcastMode::try_from(request.mode) {
        Ok(pb::BroadcastMode::Sync) => true,
        Ok(pb::BroadcastMode::Async) => false,
        _ => {
            return Err(Status::new(
                Code::Unknown,
                "unsupported return type; supported types: sync, async",
            ));
        }
    };
    let hash = tx_hash(&request.tx_bytes);
    let response = match call.dispatcher.api().broadcast(request.tx_bytes) {
        // A node shows events and gas of the block's execution only.
        Ok(result) if sync => TxResponse {
            gas_wanted: 0,
            gas_used: 0,
            events: Vec::new(),
            info: String::new(),
            ..to_response(&hash, &result)
        },
        Ok(_) => TxResponse {
            txhash: upper_hex(&hash),
            ..TxResponse::default()
        },
        Err(error) => refused(&hash, error)?,
    };
    Ok(pb::BroadcastTxResponse {
        tx_response: Some(response),
    })
}

/// What the SDK makes of a transaction that the mempool did not take: a response with a code, not an error.
fn refused(hash: &Hash, error: BroadcastError) -> Result<TxResponse, Status> {
    let (code, raw_log) = match error {
        BroadcastError::AlreadyInCache => (19, "tx already in mempool"),
        BroadcastError::MempoolFull { .. } => (20, "mempool is full"),
        BroadcastError::TooLarge { .. } => (21, "tx too large"),
        BroadcastError::Stopped { .. } => return Err(Status::new(Code::Unavailable, error.to_string())),
    };
    Ok(TxResponse {
        txhash: upper_hex(hash),
        codespace: "sdk".into(),
        code,
        raw_log: raw_log.into(),
        ..TxResponse::default()
    })
}

#[allow(deprecated, reason = "clients of SDK 0.47 and older send events and pagination")]
fn search(call: &Call<'_>, request: pb::GetTxsEventRequest) -> Result<pb::GetTxsEventResponse, Status> {
    let text = if request.query.is_empty() {
        request.events.join(" AND ")
    } else {
        request.query
    };
    if text.is_empty() {
        return Err(Status::invalid("query cannot be empty"));
    }
    let query = Query::parse(&text).map_err(|error| Status::invalid(error.to_string()))?;
    let old = request.pagination.unwrap_or_default();
    let first = |choices: [u64; 3]| choices.into_iter().find(|choice| *choice > 0).unwrap_or(1);
    let limit = first([request.limit, old.limit, DEFAULT_LIMIT]).min(DEFAULT_LIMIT);
    let page = first([request.page, (old.offset / limit).saturating_add(1), 1]);
    let api = call.dispatcher.api();
    let mut found = api.search_txs(&query)?;
    if pb::OrderBy::try_from(request.order_by) == Ok(pb::OrderBy::Desc) {
        found.reverse();
    }
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let pages = total.div_ceil(limit).max(1);
    if page > pages {
        return Err(Status::new(
            Code::Unknown,
            format!("page should be within [1, {pages}] range, given {page}"),
        ));
    }
    let skipped = usize::try_from((page - 1) * limit).unwrap_or(usize::MAX);
    let taken = usize::try_from(limit).unwrap_or(usize::MAX);
    let shown = found.iter().skip(skipped).take(taken);
    let (txs, tx_responses) = shown
        .filter_map(|at: &TxLocation| show(&*api.block(at.height)?, at.index))
        .unzip();
    Ok(pb::GetTxsEventResponse {
        txs,
        tx_responses,
        pagination: None,
        total,
    })
}

fn block_with_txs(call: &Call<'_>, request: pb::GetBlockWithTxsRequest) -> Result<pb::GetBlockWithTxsResponse, Status> {
    let latest = call.dispatcher.api().heights().latest;
    let height = u64::try_from(request.height)
        .ok()
        .filter(|height| (1..=latest).contains(height));
    let height = height.ok_or_else(|| {
        Status::invalid("requested height must be positive and not greater than the current height".to_owned())
    })?;
    let record = blocks::load(call, Some(height))?;
    let (txs, pagination) = page(&record.txs, request.pagination.as_ref())?;
    Ok(pb::GetBlockWithTxsResponse {
        txs: txs.iter().map(|raw| decode(raw).unwrap_or_default()).collect(),
        block_id: Some(wire::block_id(Some(&record.id))),
        block: Some(blocks::to_block(&record)),
        pagination: Some(pagination),
    })
}
