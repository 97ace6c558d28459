//! Metrics and health, as a monitor sees them.

use serde_json::json;

use crate::fake::Served;

#[tokio::test]
async fn metrics_show_the_chain_and_the_calls() {
    let served = Served::start().await;
    served.result("health", json!({})).await;
    served.error("tx", json!({})).await;
    let url = format!("http://{}/metrics", served.metrics);
    let answer = served.http.get(&url).send().await.unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.unwrap();
    for line in [
        "supercloud_height 3",
        "supercloud_block_txs 1",
        "supercloud_block_interval_seconds 1.000000",
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
