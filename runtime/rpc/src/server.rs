//! The JSON-RPC port: JSON-RPC over `POST /`, URI calls over `GET /<method>`, `/websocket`, CORS, body limit.
//!
//! A `POST` answers HTTP 200 even for errors of a call: clients take any other status for a transport failure. A body
//! that is no JSON-RPC at all answers 500 and one over the limit 400, as CometBFT does, and a URI call with an error 500.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query as UriQuery, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::map_request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use tower_http::cors::CorsLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::backend::Backend;
use crate::budget;
use crate::calls::{Answer, answer_batch, answer_one, call, failure, success};
use crate::error::RpcError;
use crate::methods::{self, METHODS};
use crate::params::Params;
use crate::ws;

/// Largest request body: 16 MiB. An 800 KiB module in base64 inside JSON already exceeds CometBFT's own default of
/// 1 MB; a governance upload of 3 MiB must fit with room to spare.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// A body of which nothing arrives for this long is given up.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A body that is not whole after this long is given up, even while pieces arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(120);

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
        .layer(map_request(with_deadline))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(CorsLayer::permissive())
        .with_state(backend)
}

/// The request with a body that ends with an error at its deadline.
pub(crate) async fn with_deadline(request: Request) -> Request {
    request.map(|body| whole_within(BODY_DEADLINE, body))
}

fn whole_within(limit: Duration, body: Body) -> Body {
    let deadline = Instant::now() + limit;
    let pieces = stream::try_unfold(body.into_data_stream(), move |mut pieces| async move {
        match timeout_at(deadline, pieces.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(piece)) => Ok(Some((piece?, pieces))),
            Err(_) => {
                let text = format!("the body is not whole after {limit:?}");
                Err(axum::Error::new(io::Error::new(io::ErrorKind::TimedOut, text)))
            }
        }
    });
    Body::from_stream(pieces)
}

async fn list_methods() -> JsonText {
    let methods: Vec<Value> = METHODS
        .iter()
        .map(|method| json!({ "method": method.name, "params": method.params }))
        .collect();
    JsonText(
        StatusCode::OK,
        json!({
            "protocol": "CometBFT JSON-RPC 0.38",
            "methods": methods,
            "websocket": { "path": "/websocket", "methods": ["subscribe", "unsubscribe", "unsubscribe_all"] },
        })
        .to_string(),
    )
}

async fn not_served(uri: Uri) -> JsonText {
    let text = format!(
        "{} is not served: this port speaks CometBFT JSON-RPC (POST /, GET /<method>, /websocket); the Cosmos REST \
         gateway and gRPC have ports of their own",
        uri.path()
    );
    JsonText(
        StatusCode::NOT_FOUND,
        json!({ "code": 5, "message": text, "details": [] }).to_string(),
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
        Ok(result) => reply(&backend, success(&id, &result)),
        Err(error) => {
            let error = error.in_params("http");
            JsonText(StatusCode::INTERNAL_SERVER_ERROR, failure(&id, &error).text).into_response()
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
            return JsonText(StatusCode::BAD_REQUEST, failure(&Value::Null, &error).text).into_response();
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
            (!answers.is_empty()).then(|| Answer {
                id: Value::Null,
                text: format!("[{}]", answers.join(",")),
            })
        }
        Ok(request @ Value::Object(_)) => answer_one(&backend, &request).await,
        Ok(_) => return unreadable("a call is a JSON object".to_owned()),
    };
    match answer {
        Some(answer) => reply(&backend, answer),
        None => StatusCode::OK.into_response(),
    }
}

/// An answer, or an error in its place when there is no room for it.
fn reply(backend: &Backend, Answer { id, text }: Answer) -> Response {
    match backend.room.take(text.len()) {
        Some(held) => budget::respond(StatusCode::OK, text, held),
        None => {
            let error = RpcError::Internal(budget::no_room(text.len()));
            JsonText(StatusCode::OK, failure(&id, &error).text).into_response()
        }
    }
}

fn unreadable(why: String) -> Response {
    let error = RpcError::Parse(format!("error unmarshaling request: {why}"));
    JsonText(StatusCode::INTERNAL_SERVER_ERROR, failure(&Value::Null, &error).text).into_response()
}

/// JSON with its status.
struct JsonText(StatusCode, String);

impl IntoResponse for JsonText {
    fn into_response(self) -> Response {
        (self.0, [(header::CONTENT_TYPE, "application/json")], self.1).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    /// A body of so many pieces, one every 50 ms.
    fn dripping(pieces: u32) -> Body {
        Body::from_stream(stream::unfold(pieces, |left| async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let piece: Result<_, io::Error> = Ok(Bytes::from_static(b"x"));
            left.checked_sub(1).map(|left| (piece, left))
        }))
    }

    #[tokio::test]
    async fn a_body_that_drips_is_given_up_at_its_deadline() {
        let whole = to_bytes(whole_within(Duration::from_secs(30), dripping(4)), 100).await;
        assert_eq!(whole.unwrap(), "xxxx");
        let started = Instant::now();
        let error = to_bytes(whole_within(Duration::from_millis(300), dripping(u32::MAX)), 10_000)
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("the body is not whole after 300ms"),
            "{error}"
        );
        assert!(started.elapsed() >= Duration::from_millis(300));
    }
}
