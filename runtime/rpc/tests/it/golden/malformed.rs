//! What is malformed or too large, with status and whole answer.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use supercloud_rpc::MAX_BODY_BYTES;

use super::assert_golden;
use crate::fake::Served;

async fn post(served: &Served, body: String) -> Value {
    let (status, text) = served.post(body).await;
    let answer: Value = serde_json::from_str(&text).unwrap_or(text.into());
    json!({ "status": status, "answer": answer })
}

fn call(method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
}

#[tokio::test]
async fn malformed_and_oversized_calls_answer_as_their_files_say() {
    let served = Served::start().await;
    let health = json!({ "jsonrpc": "2.0", "id": 1, "method": "health" });
    let bodies = [
        ("not_json", "{\"jsonrpc\":".to_owned()),
        ("not_an_object", "5".to_owned()),
        ("an_empty_batch", "[]".to_owned()),
        ("a_batch_over_the_limit", json!(vec![&health; 101]).to_string()),
        ("a_batch_with_a_number", json!([5, health]).to_string()),
        (
            "an_id_of_a_wrong_kind",
            json!({ "id": {}, "method": "health" }).to_string(),
        ),
        ("no_method", json!({ "jsonrpc": "2.0", "id": 1 }).to_string()),
        ("an_unknown_method", call("frobnicate", json!({}))),
        (
            "a_websocket_method",
            call("subscribe", json!({ "query": "tm.event='Tx'" })),
        ),
        ("params_of_a_wrong_kind", call("block", json!("1"))),
        ("a_param_of_a_wrong_kind", call("block", json!({ "height": [] }))),
        ("a_negative_height", call("block", json!({ "height": "-1" }))),
        ("a_height_ahead", call("block", json!({ "height": "99" }))),
        ("too_many_params", call("health", json!([1]))),
        ("a_missing_param", call("broadcast_tx_sync", json!({}))),
        ("no_base64", call("broadcast_tx_sync", json!({ "tx": "%" }))),
        ("no_hex", call("abci_query", json!({ "path": "/echo", "data": "0g" }))),
        ("a_short_hash", call("tx", json!({ "hash": "abcd" }))),
        (
            "a_page_too_far",
            call("tx_search", json!({ "query": "tx.height > 0", "page": "9" })),
        ),
        ("a_broken_search", call("tx_search", json!({ "query": "tx.height >" }))),
        ("a_body_over_the_limit", "x".repeat(MAX_BODY_BYTES + 1)),
    ];
    let mut answers = BTreeMap::new();
    for (name, body) in bodies {
        answers.insert(name.to_owned(), post(&served, body).await);
    }
    for (name, path) in [
        ("uri.an_unknown_method", "/frobnicate"),
        ("uri.a_param_of_a_wrong_kind", "/block?height=x"),
        ("uri.a_missing_param", "/tx"),
    ] {
        let (status, answer) = served.get(path).await;
        answers.insert(name.to_owned(), json!({ "status": status, "answer": answer }));
    }
    assert_golden("malformed", &answers);
}

#[tokio::test]
async fn a_head_up_to_the_limit_is_taken_and_one_beyond_answers_431() {
    let served = Served::start().await;
    let status = async |bytes: usize| {
        let request = served.http.get(format!("http://{}/health", served.address));
        let answer = request.header("x-filler", "x".repeat(bytes)).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(status(900_000).await, 200);
    assert_eq!(status(3 << 20).await, 431);
}
