//! `abci_info`, `abci_query`.

use serde_json::{Value, json};

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

pub(super) fn query(dispatcher: &Dispatcher, params: &Params) -> Result<Value, RpcError> {
    if params.flag("prove")? {
        return prove::query(dispatcher.api(), params);
    }
    let path = params.text("path")?.unwrap_or_default();
    let result = dispatcher.abci_query(&path, &params.hex_bytes("data")?, params.height("height")?);
    Ok(json::abci_query(&result, dispatcher.api().heights().latest))
}
