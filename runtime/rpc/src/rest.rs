//! The Cosmos REST gateway: grpc-gateway's paths, query parameters, JSON and errors, by descriptors.
//!
//! A request is a path of [`routes`], turned into the method's request message, answered by the dispatcher, and its
//! response written as JSON. `/openapi.json` describes the same table; `/` is a page to browse it.

mod openapi;
mod quirk;
mod render;
mod request;
mod routes;

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Query as UriQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::map_request;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use prost_reflect::DynamicMessage;
use supercloud_proto::prost::Message;
use tower_http::cors::{Any, CorsLayer};
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::backend::Backend;
use crate::budget::{self, Held};
use crate::dispatch::Answer;
use crate::grpc::{HEIGHT_HEADER, parse_height};
use crate::metrics::Transport;
use crate::server::{BODY_TIMEOUT, MAX_BODY_BYTES, with_deadline};
use crate::status::{Code, Status};
use routes::{Found, Verb};

/// How the gateway names the height of an answer.
const HEIGHT_ECHO: HeaderName = HeaderName::from_static("grpc-metadata-x-cosmos-block-height");

/// The OpenAPI document; the table does not change while the node runs.
static OPENAPI: LazyLock<String> = LazyLock::new(|| openapi::document().to_string());

/// The routes of the REST port.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers([HEIGHT_ECHO]);
    Router::new()
        .route("/", get(|| async { Html(include_str!("rest/page.html")) }))
        .route("/openapi.json", get(|| async { json(StatusCode::OK, OPENAPI.clone()) }))
        .fallback(call)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(map_request(with_deadline))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(cors)
        .with_state(backend)
}

fn json(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn call(
    State(backend): State<Arc<Backend>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let started = Instant::now();
    let (name, result) = match find(&method, &uri) {
        Ok(found) => {
            let name = found.path;
            (name, answer(&backend, found, &uri, &headers, body).await)
        }
        Err(status) => ("unknown", Err(status)),
    };
    backend
        .metrics
        .call(Transport::Rest, name, result.is_ok(), started.elapsed());
    match result {
        Ok((text, height, held)) => {
            let mut response = budget::respond(StatusCode::OK, text, held);
            response.headers_mut().insert(HEIGHT_ECHO, HeaderValue::from(height));
            response
        }
        Err(status) => {
            let body = serde_json::json!({ "code": status.code as i32, "message": status.message, "details": [] });
            json(status.code.http(), body.to_string())
        }
    }
}

fn find(method: &Method, uri: &Uri) -> Result<Found, Status> {
    let verb = match *method {
        Method::GET | Method::HEAD => Some(Verb::Get),
        Method::POST => Some(Verb::Post),
        _ => None,
    };
    let found = verb.and_then(|verb| routes::find(verb, uri.path()));
    found.ok_or_else(|| {
        let elsewhere = [Verb::Get, Verb::Post]
            .into_iter()
            .any(|verb| routes::find(verb, uri.path()).is_some());
        Status::new(
            Code::Unimplemented,
            if elsewhere {
                "Method Not Allowed"
            } else {
                "Not Implemented"
            },
        )
    })
}

/// The JSON text, the height of the answer, and the room that it takes.
async fn answer(
    backend: &Arc<Backend>,
    found: Found,
    uri: &Uri,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(String, u64, Held), Status> {
    let height = match headers.get(HEIGHT_HEADER) {
        None => None,
        Some(value) => parse_height(value.to_str().unwrap_or("?"))?,
    };
    let UriQuery(pairs) = UriQuery::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Status::invalid(format!("the query string cannot be read: {error}")))?;
    let body =
        body.map_err(|rejection| Status::invalid(format!("{} (limit {MAX_BODY_BYTES} bytes)", rejection.body_text())))?;
    let kind = backend.dispatcher.kind(found.path, height);
    let asked = backend.clone();
    let read = move || {
        let request = request::build(&found, &pairs, &body)?;
        let Answer { value, height } = asked.dispatcher.query(found.path, &request.encode_to_vec(), height)?;
        let response = DynamicMessage::decode(found.method.output(), &*value)
            .map_err(|error| Status::new(Code::Internal, error.to_string()))?;
        Ok((render::to_json(&response), height))
    };
    let answer = backend.threads.run(kind, read).await;
    let ended = |_| Err(Status::new(Code::Internal, "the call ended abnormally"));
    let (text, height) = answer.unwrap_or_else(ended)?;
    match backend.room.take(text.len()) {
        Some(held) => Ok((text, height, held)),
        None => Err(Status::new(Code::Unavailable, budget::no_room(text.len()))),
    }
}
