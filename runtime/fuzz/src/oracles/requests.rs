//! What must hold for any request: an answer in the form of its protocol.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Uri, header};
use serde_json::Value;
use supercloud_proto::prost::bytes::Bytes;
use supercloud_rpc::{Query, QueryError};

use crate::servers::{API, PORTS};

/// `POST /` of the JSON-RPC port.
pub fn assert_json_rpc_answers(body: &[u8]) {
    let request = Request::post("/")
        .body(Body::from(body.to_vec()))
        .expect("the request is good");
    let (response, answer) = PORTS.ask(&PORTS.rpc, request);
    let status = response.status();
    if body.is_empty() {
        assert_eq!(status, StatusCode::OK);
        return;
    }
    let asked = serde_json::from_slice::<Value>(body);
    match asked {
        Err(_) => assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR),
        Ok(Value::Object(call)) => {
            assert_eq!(status, StatusCode::OK);
            assert_eq!(answer.is_empty(), !call.contains_key("id"), "{answer:?}");
            if !answer.is_empty() {
                assert_call_is_answered(&Value::Object(call), &parse(&answer));
            }
        }
        Ok(Value::Array(calls)) => {
            assert_eq!(status, StatusCode::OK);
            assert_batch_is_answered(&calls, &answer);
        }
        Ok(_) => assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR),
    }
    if status != StatusCode::OK {
        assert_eq!(parse(&answer)["error"]["code"], -32700);
    }
}

fn assert_batch_is_answered(calls: &[Value], answer: &Bytes) {
    // What is no object cannot be a notification.
    let expecting: Vec<_> = calls
        .iter()
        .filter(|call| !call.is_object() || call.get("id").is_some())
        .collect();
    if calls.is_empty() || calls.len() > 100 {
        assert_eq!(parse(answer)["error"]["code"], -32600);
        return;
    }
    if expecting.is_empty() {
        assert!(answer.is_empty());
        return;
    }
    let Value::Array(answers) = parse(answer) else {
        panic!("a batch is answered by a list, not {answer:?}");
    };
    assert_eq!(answers.len(), expecting.len());
    for (call, answer) in expecting.into_iter().zip(&answers) {
        assert_call_is_answered(call, answer);
    }
}

fn assert_call_is_answered(call: &Value, answer: &Value) {
    assert_eq!(answer["jsonrpc"], "2.0");
    let has = |name: &str| answer.get(name).is_some();
    assert!(has("result") != has("error"), "{answer}");
    match &call["id"] {
        // Decimals are read and written again on the way.
        Value::Number(id) if id.is_f64() => assert!(answer["id"].is_number()),
        id @ (Value::String(_) | Value::Number(_)) => assert_eq!(answer["id"], *id),
        _ => assert_eq!(answer["id"], Value::Null),
    }
    if has("error") {
        assert!(
            answer["error"]["code"].is_i64() && answer["error"]["message"].is_string(),
            "{answer}"
        );
        assert!(!answer.to_string().contains("ended abnormally"), "{answer}");
    }
}

fn parse(answer: &Bytes) -> Value {
    serde_json::from_slice(answer).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// `GET <uri>` of the JSON-RPC port.
pub fn assert_uri_call_answers(target: &str) {
    let Some(request) = get(target) else { return };
    let upgrades = request.uri().path() == "/websocket";
    let (response, answer) = PORTS.ask(&PORTS.rpc, request);
    match response.status() {
        StatusCode::OK | StatusCode::INTERNAL_SERVER_ERROR | StatusCode::NOT_FOUND => {
            parse(&answer);
        }
        // A query string or path that is no text.
        StatusCode::BAD_REQUEST => {}
        status => assert!(upgrades, "{status}"),
    }
}

fn get(target: &str) -> Option<Request<Body>> {
    let uri: Uri = target.parse().ok()?;
    uri.path().starts_with('/').then_some(())?;
    Request::get(uri).body(Body::empty()).ok()
}

/// A request to the REST port.
pub fn assert_rest_answers(method: Method, target: &str, height: Option<&[u8]>, body: &[u8]) {
    let Some(mut request) = get(target) else { return };
    *request.method_mut() = method;
    *request.body_mut() = Body::from(body.to_vec());
    if let Some(Ok(height)) = height.map(header::HeaderValue::from_bytes) {
        request.headers_mut().insert("x-cosmos-block-height", height);
    }
    let page = request.uri().path() == "/";
    let is_head = request.method() == Method::HEAD || request.method() == Method::OPTIONS;
    let (response, answer) = PORTS.ask(&PORTS.rest, request);
    let status = response.status();
    assert!(
        status == StatusCode::OK || status.is_client_error() || status.is_server_error(),
        "{status}"
    );
    if is_head || page || answer.is_empty() {
        return;
    }
    let answer = parse(&answer);
    if status != StatusCode::OK {
        assert!(answer["code"].is_i64() && answer["message"].is_string(), "{answer}");
        assert!(!answer.to_string().contains("ended abnormally"), "{answer}");
    }
}

/// A request to the gRPC port: frames as they are.
pub fn assert_grpc_answers(target: &str, content_type: &str, body: &[u8]) {
    let Some(mut request) = get(target) else { return };
    *request.method_mut() = Method::POST;
    *request.body_mut() = Body::from(body.to_vec());
    if let Ok(value) = content_type.parse() {
        request.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    let (response, answer) = PORTS.ask(&PORTS.grpc, request);
    let status = response.status();
    assert!(
        status == StatusCode::OK || status.is_client_error(),
        "{status} {answer:?}"
    );
    if status == StatusCode::OK && content_type == "application/grpc" {
        let code = response
            .headers()
            .get("grpc-status")
            .expect("a unary call ends with a status");
        let text = response
            .headers()
            .get("grpc-message")
            .map(|text| String::from_utf8_lossy(text.as_bytes()));
        assert!(
            code.to_str()
                .is_ok_and(|code| code.parse::<u32>().is_ok_and(|code| code <= 16))
        );
        assert!(!text.is_some_and(|text| text.contains("ended%20abnormally")));
    }
}

/// A query of `tx_search`: parses or is refused at a place within it, and matches without falling over.
pub fn assert_query_parses(text: &str) {
    match Query::parse(text) {
        Ok(query) => {
            assert!(!query.conditions().is_empty());
            for block in API.blocks() {
                query.matches_block(block);
                for index in 0..=block.txs.len() {
                    query.matches_tx(block, index);
                }
            }
            // Spaces around mean nothing.
            if text.chars().count() < 500 {
                assert_eq!(Query::parse(&format!(" {text}  ")), Ok(query));
            }
        }
        Err(QueryError::Syntax { at, .. }) => assert!(at <= text.chars().count()),
        Err(QueryError::TooLong { got }) => assert_eq!(got, text.chars().count()),
        Err(QueryError::Empty) => assert_eq!(text.trim(), ""),
    }
}
