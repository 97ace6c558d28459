//! JSON-RPC calls, whatever brought them: HTTP body, URI or WebSocket.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::backend::Backend;
use crate::block::Hash;
use crate::blocking::{self, Ended};
use crate::error::RpcError;
use crate::methods::{self, BROADCAST_TX_COMMIT, CommitWait};
use crate::metrics::Transport;
use crate::params::Params;

/// How long `broadcast_tx_commit` waits, CometBFT's `timeout_broadcast_tx_commit`.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// `None` for a notification (no id), which JSON-RPC does not answer.
pub(crate) async fn answer_one(backend: &Arc<Backend>, request: &Value) -> Option<Value> {
    let Some(members) = request.as_object() else {
        let error = RpcError::Parse("error unmarshaling request: a call is a JSON object".into());
        return Some(failure(&Value::Null, &error));
    };
    let id = members.get("id")?;
    if !matches!(id, Value::Null | Value::String(_) | Value::Number(_)) {
        let error = RpcError::Parse("error unmarshaling request: an id is a string or a number".into());
        return Some(failure(&Value::Null, &error));
    }
    let Some(method) = members.get("method").and_then(Value::as_str) else {
        return Some(failure(id, &RpcError::InvalidRequest("method must be a string".into())));
    };
    let params = members.get("params").cloned();
    let result = call(backend, method, move |names| Params::from_json(params.as_ref(), names)).await;
    Some(match result {
        Ok(result) => success(id, result),
        Err(error) => failure(id, &error.in_params("json")),
    })
}

/// Runs one call and counts it.
pub(crate) async fn call<F>(backend: &Arc<Backend>, name: &str, params: F) -> Result<Value, RpcError>
where
    F: FnOnce(&[&str]) -> Result<Params, RpcError>,
{
    let method = methods::find(name)?;
    let started = Instant::now();
    let result = match params(method.params) {
        Ok(params) if method.name == BROADCAST_TX_COMMIT => broadcast_commit(backend, params).await,
        Ok(params) => {
            let backend = backend.clone();
            blocking::run(move || (method.call)(&backend.dispatcher, &params))
                .await
                .unwrap_or_else(|ended| Err(ended.into()))
        }
        Err(error) => Err(error),
    };
    let took = started.elapsed();
    backend
        .metrics
        .call(Transport::JsonRpc, method.name, result.is_ok(), took);
    result
}

async fn broadcast_commit(backend: &Arc<Backend>, params: Params) -> Result<Value, RpcError> {
    let mut heights = backend.dispatcher.api().committed();
    heights.mark_unchanged();
    let starter = backend.clone();
    match blocking::run(move || methods::start_commit(&starter.dispatcher, &params)).await?? {
        CommitWait::Refused(answer) => Ok(answer),
        CommitWait::Pending { hash, check_tx } => {
            tokio::time::timeout(COMMIT_TIMEOUT, wait_for_commit(backend, heights, hash, check_tx))
                .await
                .unwrap_or_else(|_| {
                    Err(RpcError::Internal(
                        "timed out waiting for tx to be included in a block".into(),
                    ))
                })
        }
    }
}

async fn wait_for_commit(
    backend: &Backend,
    mut heights: tokio::sync::watch::Receiver<u64>,
    hash: Hash,
    check_tx: Value,
) -> Result<Value, RpcError> {
    loop {
        if let Some(answer) = methods::committed_tx(backend.dispatcher.api(), &hash, &check_tx) {
            return Ok(answer);
        }
        if heights.changed().await.is_err() {
            return Err(RpcError::Internal("the node stops".into()));
        }
    }
}

impl From<Ended> for RpcError {
    fn from(Ended: Ended) -> Self {
        Self::Internal("the call ended abnormally".into())
    }
}

pub(crate) fn success(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

pub(crate) fn failure(id: &Value, error: &RpcError) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() })
}
