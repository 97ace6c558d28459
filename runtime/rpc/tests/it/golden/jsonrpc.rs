//! JSON-RPC: every method that the root page lists.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::assert_golden;
use super::chain::Golden;

/// Parameters of a method; `bad` is a transaction that CheckTx refuses.
fn params(golden: &Golden, method: &str, hash: &Value) -> Value {
    let bad = STANDARD.encode("bad");
    match method {
        "abci_query" => json!({ "path": "/cosmos.bank.v1beta1.Query/Params", "data": "", "prove": false }),
        "block_by_hash" | "header_by_hash" => json!({ "hash": hash }),
        "block_search" => json!({ "query": "block.height <= 2" }),
        "blockchain" => json!({ "minHeight": "1", "maxHeight": "2" }),
        "broadcast_tx_async" | "broadcast_tx_commit" | "broadcast_tx_sync" | "check_tx" => json!({ "tx": bad }),
        "genesis_chunked" => json!({ "chunk": "0" }),
        "tx" => json!({ "hash": golden.tx, "prove": true }),
        "tx_search" => json!({ "query": "tx.height > 0", "per_page": "1" }),
        "block" | "block_results" | "commit" | "consensus_params" | "header" | "validators" => {
            json!({ "height": "3" })
        }
        _ => json!({}),
    }
}

#[tokio::test]
async fn every_json_rpc_method_answers_as_its_file_says() {
    let golden = Golden::start().await;
    let (status, page) = golden.served.get("/").await;
    assert_eq!(status, 200);
    let block = golden.served.result("block", json!({ "height": "3" })).await;
    let hash = &block["block_id"]["hash"];
    let mut answers = BTreeMap::new();
    for method in page["methods"].as_array().unwrap() {
        let name = method["method"].as_str().unwrap();
        let params = params(&golden, name, hash);
        let answer = golden.served.call(name, params.clone()).await;
        answers.insert(name.to_owned(), json!({ "params": params, "answer": answer }));
    }
    assert_golden("jsonrpc", &answers);
}
