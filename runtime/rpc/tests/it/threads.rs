//! Reads that wait leave threads for everything else.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use supercloud_rpc::MAX_READS;

use crate::fake::{FakeChain, Served};

/// Long enough for any machine; a broadcast that has no thread would wait for ever.
const PATIENCE: Duration = Duration::from_secs(120);

async fn rest_broadcast(served: &Served) -> Value {
    let body = json!({ "tx_bytes": STANDARD.encode(b"by rest"), "mode": "BROADCAST_MODE_SYNC" });
    let url = format!("http://{}/cosmos/tx/v1beta1/txs", served.rest);
    let answer = served.http.post(url).body(body.to_string()).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// The runtime has one thread more than reads may take, and twice as many reads as places wait for the chain.
#[test]
fn broadcasts_and_metrics_pass_reads_that_wait() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(MAX_READS + 1)
        .enable_all()
        .build()
        .unwrap();
    let chain = FakeChain::with_three_blocks();
    let closed = chain.gate.write().unwrap();
    let (reads, batched) = runtime.block_on(async {
        let served = Arc::new(Served::over(chain.clone()).await);
        let mut reads = Vec::new();
        for _ in 0..2 * MAX_READS {
            let served = served.clone();
            let params = json!({ "path": "/wait", "data": "" });
            reads.push(tokio::spawn(async move { served.result("abci_query", params).await }));
        }
        while chain.came.load(Ordering::SeqCst) < MAX_READS {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let passing = async {
            let sent = served.result("broadcast_tx_sync", json!([STANDARD.encode(b"new")])).await;
            assert_eq!(sent["code"], 0);
            assert_eq!(rest_broadcast(&served).await["tx_response"]["code"], 0);
            // The broadcast of a batch passes, the read behind it waits like all reads.
            let batch = json!([
                { "jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_async", "params": [STANDARD.encode(b"batched")] },
                { "jsonrpc": "2.0", "id": 2, "method": "abci_query", "params": { "path": "/wait", "data": "" } },
            ]);
            let batching = served.clone();
            let batched = tokio::spawn(async move { batching.post(batch.to_string()).await.1 });
            while !served.metrics_text().await.contains("supercloud_height 6\n") {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            batched
        };
        let batched = tokio::time::timeout(PATIENCE, passing).await.unwrap();
        assert_eq!(chain.came.load(Ordering::SeqCst), MAX_READS);
        (reads, batched)
    });
    drop(closed);
    runtime.block_on(async {
        for read in reads {
            assert_eq!(read.await.unwrap()["response"]["code"], 0);
        }
        let answers: Value = serde_json::from_str(&batched.await.unwrap()).unwrap();
        assert_eq!(answers[0]["result"]["code"], 0);
        assert_eq!(answers[1]["result"]["response"]["code"], 0);
    });
    assert_eq!(chain.came.load(Ordering::SeqCst), 2 * MAX_READS + 1);
}
