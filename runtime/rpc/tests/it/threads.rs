//! Calls that wait leave threads for calls of other kinds.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use supercloud_rpc::{blocking_threads, query_places};
use tokio::task::JoinHandle;

use crate::fake::{FakeChain, Served};
use crate::websocket::Socket;

/// Long enough for any machine; a call that has no thread would wait for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// Long enough for calls that are not held back to come.
const A_WHILE: Duration = Duration::from_millis(500);

/// A chain whose gate is closed until `while_closed` is over, on a runtime with as many threads as the servers say; then
/// `after` runs on what it left.
fn with_closed_gate<L, W, A>(while_closed: impl FnOnce(Arc<Served>) -> W, after: impl FnOnce(Arc<Served>, L) -> A)
where
    W: Future<Output = L>,
    A: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(blocking_threads())
        .enable_all()
        .build()
        .unwrap();
    let chain = FakeChain::with_three_blocks();
    let closed = chain.gate.write().unwrap();
    let (served, left) = runtime.block_on(async {
        let served = Arc::new(Served::over(chain.clone()).await);
        let left = tokio::time::timeout(PATIENCE, while_closed(served.clone()))
            .await
            .unwrap();
        (served, left)
    });
    drop(closed);
    runtime.block_on(async { tokio::time::timeout(PATIENCE, after(served, left)).await.unwrap() });
}

fn waiting(served: &Arc<Served>, count: usize, method: &'static str, params: Value) -> Vec<JoinHandle<Value>> {
    let call = |_| {
        let (served, params) = (served.clone(), params.clone());
        tokio::spawn(async move { served.result(method, params).await })
    };
    (0..count).map(call).collect()
}

fn queries(served: &Arc<Served>, count: usize) -> Vec<JoinHandle<Value>> {
    waiting(served, count, "abci_query", json!({ "path": "/wait", "data": "" }))
}

fn came(served: &Served) -> usize {
    served.chain.came.load(Ordering::SeqCst)
}

async fn until_came(served: &Served, count: usize) {
    while came(served) < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn rest_broadcast(served: &Served) -> Value {
    let body = json!({ "tx_bytes": STANDARD.encode(b"by rest"), "mode": "BROADCAST_MODE_SYNC" });
    let url = format!("http://{}/cosmos/tx/v1beta1/txs", served.rest);
    let answer = served.http.post(url).body(body.to_string()).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn assert_broadcasts_pass(served: &Served) {
    let sent = served
        .result("broadcast_tx_sync", json!([STANDARD.encode(b"new")]))
        .await;
    assert_eq!(sent["code"], 0);
    assert_eq!(rest_broadcast(served).await["tx_response"]["code"], 0);
}

#[test]
fn everything_else_passes_queries_that_wait() {
    let pass = async |served: Arc<Served>| {
        let queries = queries(&served, 2 * blocking_threads());
        until_came(&served, query_places()).await;
        assert_broadcasts_pass(&served).await;
        assert_eq!(served.result("health", json!({})).await, json!({}));
        assert_eq!(
            served.result("block", json!(["2"])).await["block"]["header"]["height"],
            "2"
        );
        // The broadcast of a batch passes, the query behind it waits like all queries.
        let batch = json!([
            { "jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_async", "params": [STANDARD.encode(b"batched")] },
            { "jsonrpc": "2.0", "id": 2, "method": "abci_query", "params": { "path": "/wait", "data": "" } },
        ]);
        let batching = served.clone();
        let batched = tokio::spawn(async move { batching.post(batch.to_string()).await.1 });
        while !served.metrics_text().await.contains("supercloud_height 6\n") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(came(&served), query_places());
        (queries, batched)
    };
    with_closed_gate(pass, async |served: Arc<Served>, (queries, batched)| {
        for query in queries {
            assert_eq!(query.await.unwrap()["response"]["code"], 0);
        }
        let answers: Value = serde_json::from_str(&batched.await.unwrap()).unwrap();
        assert_eq!(answers[0]["result"]["code"], 0);
        assert_eq!(answers[1]["result"]["response"]["code"], 0);
        assert_eq!(came(&served), 2 * blocking_threads() + 1);
    });
}

#[test]
fn the_place_of_a_client_that_leaves_is_free_when_its_work_is_done() {
    let leave = async |served: Arc<Served>| {
        let left = queries(&served, 2 * query_places());
        until_came(&served, query_places()).await;
        left.iter().for_each(JoinHandle::abort);
        let later = queries(&served, 2 * blocking_threads());
        tokio::time::sleep(A_WHILE).await;
        assert_eq!(came(&served), query_places());
        assert_broadcasts_pass(&served).await;
        later
    };
    with_closed_gate(leave, async |_: Arc<Served>, later: Vec<JoinHandle<Value>>| {
        for query in later {
            assert_eq!(query.await.unwrap()["response"]["code"], 0);
        }
    });
}

#[test]
fn queries_of_older_states_wait_among_themselves() {
    let pass = async |served: Arc<Served>| {
        let older = json!({ "path": "/wait", "data": "", "height": "2" });
        let older = waiting(&served, 2 * query_places() + 8, "abci_query", older);
        until_came(&served, 1).await;
        tokio::time::sleep(A_WHILE).await;
        let held = came(&served);
        assert!(held <= 4, "{held}");
        // Without a height, or with the last one, as all others.
        for height in ["0", "3"] {
            let params = json!({ "path": "/echo", "data": "6869", "height": height });
            assert_eq!(served.result("abci_query", params).await["response"]["value"], "aGk=");
        }
        assert_eq!(came(&served), held);
        older
    };
    with_closed_gate(pass, async |_: Arc<Served>, older: Vec<JoinHandle<Value>>| {
        for query in older {
            assert_eq!(query.await.unwrap()["response"]["code"], 0);
        }
    });
}

#[test]
fn events_and_queries_pass_broadcasts_that_wait() {
    let pass = async |served: Arc<Served>| {
        let mut socket = Socket::open(&served).await;
        socket.subscribe(1, "tm.event='NewBlockHeader'").await;
        let raw = json!([STANDARD.encode(b"wait")]);
        let broadcasts = waiting(&served, blocking_threads() + 20, "broadcast_tx_sync", raw);
        until_came(&served, 1).await;
        tokio::time::sleep(A_WHILE).await;
        served.chain.push_block(vec![], vec![]);
        assert_eq!(socket.next().await["id"], 1);
        let params = json!({ "path": "/echo", "data": "6869" });
        assert_eq!(served.result("abci_query", params).await["response"]["value"], "aGk=");
        broadcasts
    };
    with_closed_gate(pass, async |_: Arc<Served>, broadcasts: Vec<JoinHandle<Value>>| {
        for broadcast in broadcasts {
            assert_eq!(broadcast.await.unwrap()["code"], 0);
        }
    });
}
