//! Snapshots, impersonation, traces and the gas report.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use supercloud_node::{DevError, SnapshotInfo};

use super::{Refusal, Shared, bad_request};

/// Asked for is what this chain, or this moment, does not have.
fn refuse(error: DevError) -> Refusal {
    let status = match &error {
        DevError::NotDev | DevError::Durable { .. } | DevError::TooManySnapshots { .. } => StatusCode::CONFLICT,
        DevError::NoSnapshot { .. } => StatusCode::NOT_FOUND,
        DevError::Address { .. } => StatusCode::BAD_REQUEST,
        DevError::Genesis(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Refusal(status, error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn snapshot(
    State(shared): State<Shared>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Json<SnapshotInfo>, Refusal> {
    let node = shared.node()?;
    let made = tokio::task::spawn_blocking(move || node.snapshot()).await?;
    made.map(Json).map_err(refuse)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revert {
    id: u64,
}

pub(super) async fn revert(
    State(shared): State<Shared>,
    Json(body): Json<Revert>,
) -> Result<Json<SnapshotInfo>, Refusal> {
    let node = shared.node()?;
    let done = tokio::task::spawn_blocking(move || node.revert(body.id)).await?;
    let info = done.map_err(refuse)?;
    // Prices that were published since are not there any more.
    shared.wallets.last_price.store(0, Ordering::SeqCst);
    Ok(Json(info))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Impersonate {
    address: String,
    #[serde(default)]
    stop: bool,
}

pub(super) async fn impersonate(
    State(shared): State<Shared>,
    Json(body): Json<Impersonate>,
) -> Result<Json<Value>, Refusal> {
    let node = shared.node()?;
    let change = move || match body.stop {
        true => node.stop_impersonating(&body.address),
        false => node.impersonate(&body.address),
    };
    let impersonated = tokio::task::spawn_blocking(change).await?.map_err(refuse)?;
    Ok(Json(json!({ "impersonated": impersonated })))
}

pub(super) async fn trace(State(shared): State<Shared>, Path(hash): Path<String>) -> Result<Json<Value>, Refusal> {
    let text = hash.trim_start_matches("0x");
    let bytes = hex::decode(text)
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let Some(bytes) = bytes else {
        return Err(bad_request(format!(
            "{hash:?} is no transaction hash: expected 64 hex digits"
        )));
    };
    let node = shared.node()?;
    let traced = tokio::task::spawn_blocking(move || node.trace(&bytes)).await?;
    match traced.map_err(refuse)? {
        Some(trace) => Ok(Json(serde_json::to_value(trace)?)),
        None => Err(Refusal(
            StatusCode::NOT_FOUND,
            format!("no block of this chain has a transaction {hash}"),
        )),
    }
}

/// With the names of the market's contracts.
pub(super) async fn gas_report(State(shared): State<Shared>) -> Result<Json<Value>, Refusal> {
    let mut lines = Vec::new();
    for line in shared.node()?.gas_report().map_err(refuse)? {
        let name = shared.addresses.iter().find(|(_, address)| *address == line.contract);
        let name = name.map(|(name, _)| name.to_owned());
        let mut line = serde_json::to_value(line)?;
        if let Some(name) = name {
            line["name"] = name.into();
        }
        lines.push(line);
    }
    Ok(Json(json!({ "lines": lines })))
}
