//! `abci_info`, `abci_query`.

use serde_json::{Value, json};

use crate::blocking::Kind;
use crate::dispatch::Dispatcher;
use crate::error::RpcError;
use crate::json;
use crate::params::Params;
use crate::prove;

pub(super) fn info(dispatcher: &Dispatcher, _: &Params) -> Result<Value, RpcError> {
    let api = dispatcher.api();
    let identity = api.identity();
    let latest = super::blocks::load_block(api, None)?;
    Ok(json!({
        "response": {
            "data": identity.app_name,
            "version": identity.app_version,
            "app_version": "0",
            "last_block_height": latest.header.height.to_string(),
            "last_block_app_hash": json::base64(&latest.app_hash),
        },
    }))
}

/// Whether a proof is asked for. As in the Cosmos SDK only the store gives any; other paths answer without.
fn wants_proof(path: &str, params: &Params) -> Result<bool, RpcError> {
    Ok(params.flag("prove")? && path.starts_with("/store/"))
}

/// What the query does; parameters that cannot be read are told when it is run.
pub(super) fn kind(dispatcher: &Dispatcher, params: &Params) -> Kind {
    let path = params.text("path").ok().flatten().unwrap_or_default();
    if wants_proof(&path, params).unwrap_or_default() {
        return Kind::Past;
    }
    dispatcher.kind(&path, params.height("height").ok().flatten())
}

pub(super) fn query(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    let path = params.text("path")?.unwrap_or_default();
    if wants_proof(&path, params)? {
        return prove::query(dispatcher.api(), params);
    }
    let result = dispatcher.abci_query(&path, &params.hex_bytes("data")?, params.height("height")?);
    Ok(json::abci_query(&result, dispatcher.api().heights().latest))
}
