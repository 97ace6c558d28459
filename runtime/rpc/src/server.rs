//! The JSON-RPC port: JSON-RPC over `POST /`, URI calls over `GET /<method>`, `/websocket`, CORS, body limit.
//!
//! A `POST` answers HTTP 200 even for errors of a call: clients take any other status for a transport failure. A body
//! that is no JSON-RPC at all answers 500 and one over the limit 400, as CometBFT does, and a URI call with an error 500.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query as UriQuery, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::backend::Backend;
use crate::calls::{answer_batch, answer_one, call, failure, success};
use crate::error::RpcError;
use crate::methods::{self, METHODS};
use crate::params::Params;
use crate::ws;

/// Largest request body: 16 MiB. An 800 KiB module in base64 inside JSON already exceeds CometBFT's own default of
/// 1 MB; a governance upload of 3 MiB must fit with room to spare.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// A body of which nothing arrives for this long is given up.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Most calls in one batch; CosmJS sends at most 20.
const MAX_BATCH: usize = 100;

/// Id of answers to URI calls, CometBFT's `JSONRPCIntID(-1)`.
const URI_ID: i64 = -1;

pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/", get(list_methods).post(post))
        .route("/websocket", get(ws::upgrade))
        .route("/{method}", get(uri_call))
        .fallback(not_served)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(CorsLayer::permissive())
        .with_state(backend)
}

async fn list_methods() -> JsonAnswer {
    let methods: Vec<Value> = METHODS
        .iter()
        .map(|method| json!({ "method": method.name, "params": method.params }))
        .collect();
    JsonAnswer(
        StatusCode::OK,
        json!({
            "protocol": "CometBFT JSON-RPC 0.38",
            "methods": methods,
            "websocket": { "path": "/websocket", "methods": ["subscribe", "unsubscribe", "unsubscribe_all"] },
        }),
    )
}

async fn not_served(uri: Uri) -> JsonAnswer {
    let text = format!(
        "{} is not served: this port speaks CometBFT JSON-RPC (POST /, GET /<method>, /websocket); the Cosmos REST \
         gateway and gRPC have ports of their own",
        uri.path()
    );
    JsonAnswer(
        StatusCode::NOT_FOUND,
        json!({ "code": 5, "message": text, "details": [] }),
    )
}

async fn uri_call(
    State(backend): State<Arc<Backend>>,
    Path(method): Path<String>,
    UriQuery(pairs): UriQuery<Vec<(String, String)>>,
    uri: Uri,
) -> Response {
    if methods::find(&method).is_err() {
        return not_served(uri).await.into_response();
    }
    let id = Value::from(URI_ID);
    match call(&backend, &method, |_| Ok(Params::from_uri(pairs))).await {
        Ok(result) => JsonAnswer(StatusCode::OK, success(&id, result)).into_response(),
        Err(error) => {
            let error = error.in_params("http");
            JsonAnswer(StatusCode::INTERNAL_SERVER_ERROR, failure(&id, &error)).into_response()
        }
    }
}

async fn post(State(backend): State<Arc<Backend>>, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let why = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => format!("http: request body too large (limit {MAX_BODY_BYTES} bytes)"),
                _ => rejection.body_text(),
            };
            let error = RpcError::InvalidRequest(format!("error reading request body: {why}"));
            return JsonAnswer(StatusCode::BAD_REQUEST, failure(&Value::Null, &error)).into_response();
        }
    };
    if body.is_empty() {
        return list_methods().await.into_response();
    }
    let answer = match serde_json::from_slice::<Value>(&body) {
        Err(error) => return unreadable(error.to_string()),
        Ok(Value::Array(requests)) if requests.is_empty() || requests.len() > MAX_BATCH => {
            let text = format!("a batch has 1 to {MAX_BATCH} calls, got {}", requests.len());
            Some(failure(&Value::Null, &RpcError::InvalidRequest(text)))
        }
        Ok(Value::Array(requests)) => {
            let answers = answer_batch(&backend, &requests).await;
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(request @ Value::Object(_)) => answer_one(&backend, &request).await,
        Ok(_) => return unreadable("a call is a JSON object".to_owned()),
    };
    match answer {
        Some(answer) => JsonAnswer(StatusCode::OK, answer).into_response(),
        None => StatusCode::OK.into_response(),
    }
}

fn unreadable(why: String) -> Response {
    let error = RpcError::Parse(format!("error unmarshaling request: {why}"));
    JsonAnswer(StatusCode::INTERNAL_SERVER_ERROR, failure(&Value::Null, &error)).into_response()
}

/// A JSON answer with its status.
struct JsonAnswer(StatusCode, Value);

impl IntoResponse for JsonAnswer {
    fn into_response(self) -> Response {
        (self.0, [(header::CONTENT_TYPE, "application/json")], self.1.to_string()).into_response()
    }
}
