//! Metrics and health, as a monitor sees them.

use serde_json::json;
use supercloud_chain::TxResult;

use crate::fake::{Served, result};

#[tokio::test]
async fn metrics_show_the_chain_and_the_calls() {
    let served = Served::start().await;
    served.result("health", json!({})).await;
    served.error("tx", json!({})).await;
    let failed = TxResult {
        code: 5,
        codespace: "wasm".into(),
        ..result(vec![])
    };
    let tx = |bytes: &[u8]| (bytes.to_vec(), result(vec![]));
    served
        .chain
        .push_block(vec![tx(b"a"), tx(b"b"), (b"c".to_vec(), failed)], vec![]);
    served.chain.push_block(vec![], vec![]);
    let url = format!("http://{}/metrics", served.metrics);
    let answer = served.http.get(&url).send().await.unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.unwrap();
    for line in [
        "supercloud_height 5",
        "supercloud_block_txs 0",
        "supercloud_block_interval_seconds_bucket{le=\"0.500000\"} 0",
        "supercloud_block_interval_seconds_bucket{le=\"1.000000\"} 2",
        "supercloud_block_interval_seconds_bucket{le=\"+Inf\"} 2",
        "supercloud_block_interval_seconds_sum 2.000000",
        "supercloud_block_interval_seconds_count 2",
        "supercloud_block_transactions_bucket{le=\"0\"} 1",
        "supercloud_block_transactions_bucket{le=\"1\"} 1",
        "supercloud_block_transactions_bucket{le=\"5\"} 2",
        "supercloud_block_transactions_sum 3",
        "supercloud_gas_used_total 330000",
        "supercloud_tx_results_total{codespace=\"\",code=\"0\"} 2",
        "supercloud_tx_results_total{codespace=\"wasm\",code=\"5\"} 1",
        "supercloud_mempool_txs 2",
        "supercloud_mempool_bytes 512",
        "supercloud_healthy 1",
        "supercloud_ws_subscribers 0",
        "supercloud_rpc_calls_total{transport=\"jsonrpc\",method=\"health\",outcome=\"ok\"} 1",
        "supercloud_rpc_calls_total{transport=\"jsonrpc\",method=\"tx\",outcome=\"error\"} 1",
        "supercloud_rpc_call_seconds_count{transport=\"jsonrpc\",method=\"health\"} 1",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} not in\n{text}");
    }
}

#[tokio::test]
async fn health_is_a_page_of_its_own() {
    let served = Served::start().await;
    let answer = served
        .http
        .get(format!("http://{}/health", served.metrics))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.text().await.unwrap()),
        (200, "ok\n".to_owned())
    );
}
