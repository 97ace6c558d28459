//! The HTTP side: JSON-RPC over `POST /`, URI calls over `GET /<method>`, CORS, body limit.
//!
//! A `POST` answers HTTP 200 even for RPC errors: clients take any other status for a transport failure. A URI call
//! with an error answers 500, as CometBFT does.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query as UriQuery, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

use crate::api::ChainApi;
use crate::block::Hash;
use crate::error::RpcError;
use crate::methods::{self, BROADCAST_TX_COMMIT, CommitWait, METHODS};
use crate::params::Params;

/// Largest request body: 16 MiB. An 800 KiB module in base64 inside JSON already exceeds CometBFT's own default of
/// 1 MB; a governance upload of 3 MiB must fit with room to spare.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// Most calls in one batch; CosmJS sends at most 20.
const MAX_BATCH: usize = 100;

/// How long `broadcast_tx_commit` waits, CometBFT's `timeout_broadcast_tx_commit`.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause between two looks for a committed transaction.
const COMMIT_POLL: Duration = Duration::from_millis(10);

/// Id of answers to URI calls, CometBFT's `JSONRPCIntID(-1)`.
const URI_ID: i64 = -1;

type Api = Arc<dyn ChainApi>;

/// The routes of one chain.
pub fn router<A: ChainApi>(api: Arc<A>) -> Router {
    let api: Api = api;
    Router::new()
        .route("/", get(list_methods).post(post))
        .route("/websocket", get(no_websocket))
        .route("/{method}", get(uri_call))
        .fallback(not_served)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CorsLayer::permissive())
        .with_state(api)
}

async fn list_methods() -> JsonAnswer {
    let methods: Vec<Value> = METHODS
        .iter()
        .map(|method| json!({ "method": method.name, "params": method.params }))
        .collect();
    JsonAnswer(
        StatusCode::OK,
        json!({ "protocol": "CometBFT JSON-RPC 0.38", "methods": methods }),
    )
}

async fn no_websocket() -> JsonAnswer {
    absent("the WebSocket endpoint is not part of this version; poll tx_search or block_results over HTTP")
}

async fn not_served(uri: Uri) -> JsonAnswer {
    absent(&format!(
        "{} is not served: this port speaks CometBFT JSON-RPC (POST /, GET /<method>); the Cosmos REST gateway and gRPC \
         are not part of this version, use abci_query",
        uri.path()
    ))
}

fn absent(text: &str) -> JsonAnswer {
    JsonAnswer(
        StatusCode::NOT_FOUND,
        json!({ "code": 5, "message": text, "details": [] }),
    )
}

async fn uri_call(
    State(api): State<Api>,
    Path(method): Path<String>,
    UriQuery(pairs): UriQuery<Vec<(String, String)>>,
    uri: Uri,
) -> Response {
    if methods::find(&method).is_err() {
        return not_served(uri).await.into_response();
    }
    let id = Value::from(URI_ID);
    match call(api, &method, |_| Ok(Params::from_uri(pairs))).await {
        Ok(result) => JsonAnswer(StatusCode::OK, success(&id, result)).into_response(),
        Err(error) => JsonAnswer(StatusCode::INTERNAL_SERVER_ERROR, failure(&id, &error)).into_response(),
    }
}

async fn post(State(api): State<Api>, body: Bytes) -> Response {
    let answer = match serde_json::from_slice::<Value>(&body) {
        Err(error) => Some(failure(&Value::Null, &RpcError::Parse(error.to_string()))),
        Ok(Value::Array(requests)) if requests.is_empty() || requests.len() > MAX_BATCH => {
            let text = format!("a batch has 1 to {MAX_BATCH} calls, got {}", requests.len());
            Some(failure(&Value::Null, &RpcError::InvalidRequest(text)))
        }
        Ok(Value::Array(requests)) => {
            let mut answers = Vec::with_capacity(requests.len());
            for request in &requests {
                answers.extend(answer_one(&api, request).await);
            }
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(request) => answer_one(&api, &request).await,
    };
    match answer {
        Some(answer) => JsonAnswer(StatusCode::OK, answer).into_response(),
        None => StatusCode::OK.into_response(),
    }
}

/// `None` for a notification (no id), which JSON-RPC does not answer.
async fn answer_one(api: &Api, request: &Value) -> Option<Value> {
    let Some(members) = request.as_object() else {
        return Some(failure(
            &Value::Null,
            &RpcError::InvalidRequest("a call is a JSON object".into()),
        ));
    };
    let id = members.get("id")?;
    let Some(method) = members.get("method").and_then(Value::as_str) else {
        return Some(failure(id, &RpcError::InvalidRequest("method must be a string".into())));
    };
    let params = members.get("params").cloned();
    Some(
        match call(api.clone(), method, move |names| {
            Params::from_json(params.as_ref(), names)
        })
        .await
        {
            Ok(result) => success(id, result),
            Err(error) => failure(id, &error),
        },
    )
}

async fn call<F>(api: Api, name: &str, params: F) -> Result<Value, RpcError>
where
    F: FnOnce(&[&str]) -> Result<Params, RpcError>,
{
    let method = methods::find(name)?;
    let params = params(method.params)?;
    if method.name == BROADCAST_TX_COMMIT {
        return broadcast_commit(api, params).await;
    }
    blocking(move || (method.call)(&*api, &params)).await?
}

async fn broadcast_commit(api: Api, params: Params) -> Result<Value, RpcError> {
    let starter = api.clone();
    match blocking(move || methods::start_commit(&*starter, &params)).await?? {
        CommitWait::Refused(answer) => Ok(answer),
        CommitWait::Pending { hash, check_tx } => {
            tokio::time::timeout(COMMIT_TIMEOUT, wait_for_commit(api, hash, check_tx))
                .await
                .map_err(|_| RpcError::Internal("timed out waiting for tx to be included in a block".into()))
        }
    }
}

async fn wait_for_commit(api: Api, hash: Hash, check_tx: Value) -> Value {
    loop {
        if let Some(answer) = methods::committed_tx(&*api, &hash, &check_tx) {
            return answer;
        }
        tokio::time::sleep(COMMIT_POLL).await;
    }
}

/// Runs a call that may wait for the chain off the async threads; a panic in it becomes an error of this call alone.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RpcError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "an rpc call ended abnormally");
        RpcError::Internal("the call ended abnormally".into())
    })
}

fn success(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn failure(id: &Value, error: &RpcError) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() })
}

/// A JSON answer with its status.
struct JsonAnswer(StatusCode, Value);

impl IntoResponse for JsonAnswer {
    fn into_response(self) -> Response {
        (self.0, [(header::CONTENT_TYPE, "application/json")], self.1.to_string()).into_response()
    }
}
