//! Subscriptions: frames, matching, limits, slow clients, malformed requests.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::fake::{Served, event, result};

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn open(served: &Served) -> Self {
        let (stream, _) = connect_async(format!("ws://{}/websocket", served.address))
            .await
            .unwrap();
        Self(stream)
    }

    async fn send(&mut self, request: Value) {
        self.send_text(&request.to_string()).await;
    }

    async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.0.next());
            match message.await.expect("a frame in time").expect("open").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    async fn call(&mut self, id: i64, method: &str, params: Value) -> Value {
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        let answer = self.next().await;
        assert_eq!(answer["id"], id);
        answer
    }

    pub(crate) async fn subscribe(&mut self, id: i64, query: &str) {
        let answer = self.call(id, "subscribe", json!({ "query": query })).await;
        assert_eq!(answer, json!({ "jsonrpc": "2.0", "id": id, "result": {} }));
    }

    /// Text of the error that the call ends with.
    async fn error(&mut self, method: &str, params: Value) -> (i64, String) {
        let error = self.call(99, method, params).await["error"].take();
        (
            error["code"].as_i64().unwrap(),
            error["data"].as_str().unwrap().to_owned(),
        )
    }
}

fn push(served: &Served, text: &[u8], to: &str) {
    let transfer = event("transfer", &[("recipient", to), ("amount", "5uakt")]);
    served.chain.push_block(
        vec![(text.to_vec(), result(vec![transfer]))],
        vec![event("cron", &[("job", "sweep")])],
    );
}

#[tokio::test]
async fn all_methods_work_over_the_socket() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    let answer = socket.call(1, "status", json!({})).await;
    assert_eq!(answer["result"]["sync_info"]["latest_block_height"], "3");
    let answer = socket.call(2, "block", json!(["2"])).await;
    assert_eq!(answer["result"]["block"]["header"]["height"], "2");
    let answer = socket.call(3, "nope", json!({})).await;
    assert_eq!(answer["error"]["code"], -32601);
}

#[tokio::test]
async fn a_tx_subscription_gets_the_matching_transactions_with_its_own_id() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    let query = "tm.event='Tx' AND transfer.recipient='carol'";
    socket.subscribe(7, query).await;
    push(&served, b"for bob", "bob");
    push(&served, b"for carol", "carol");
    let frame = socket.next().await;
    assert_eq!((&frame["jsonrpc"], &frame["id"]), (&json!("2.0"), &json!(7)));
    assert_eq!(frame["result"]["query"], query);
    assert_eq!(frame["result"]["data"]["type"], "tendermint/event/Tx");
    let shown = &frame["result"]["data"]["value"]["TxResult"];
    assert_eq!(
        (&shown["height"], &shown["index"], &shown["tx"]),
        (&json!("5"), &json!(0), &json!("Zm9yIGNhcm9s"))
    );
    assert_eq!(shown["result"]["code"], 0);
    let hash = hex::encode_upper(supercloud_rpc::tx_hash(b"for carol"));
    assert_eq!(
        frame["result"]["events"],
        json!({ "tm.event": ["Tx"], "tx.hash": [hash], "tx.height": ["5"],
            "transfer.recipient": ["carol"], "transfer.amount": ["5uakt"] })
    );
}

#[tokio::test]
async fn positional_parameters_subscribe_too() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    let answer = socket.call(1, "subscribe", json!(["tm.event='NewBlock'"])).await;
    assert_eq!(answer["result"], json!({}));
    push(&served, b"x", "bob");
    let frame = socket.next().await;
    let value = &frame["result"]["data"]["value"];
    assert_eq!(frame["result"]["data"]["type"], "tendermint/event/NewBlock");
    assert_eq!(value["block"]["header"]["height"], "4");
    assert_eq!(value["block_id"]["parts"]["total"], 1);
    assert_eq!(value["result_finalize_block"]["tx_results"][0]["code"], 0);
    assert_eq!(value["result_finalize_block"]["events"][0]["type"], "cron");
}

#[tokio::test]
async fn a_block_brings_its_events_in_cometbfts_order() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    socket.subscribe(1, "tm.event EXISTS").await;
    push(&served, b"x", "bob");
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(
            socket.next().await["result"]["data"]["type"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let expected =
        ["NewBlock", "NewBlockHeader", "NewBlockEvents", "Tx"].map(|kind| format!("tendermint/event/{kind}"));
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn block_events_are_found_by_their_attributes() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    socket
        .subscribe(1, "tm.event='NewBlockEvents' AND cron.job='sweep' AND block.height > 4")
        .await;
    push(&served, b"x", "bob");
    push(&served, b"y", "bob");
    let value = socket.next().await["result"]["data"]["value"].take();
    assert_eq!((&value["height"], &value["num_txs"]), (&json!("5"), &json!("1")));
}

#[tokio::test]
async fn unsubscribing_ends_the_frames() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    socket.subscribe(1, "tm.event='NewBlock'").await;
    socket.subscribe(2, "tm.event='Tx'").await;
    let spaced = json!({ "query": "tm.event = 'NewBlock'" });
    assert_eq!(socket.call(3, "unsubscribe", spaced.clone()).await["result"], json!({}));
    assert_eq!(
        socket.error("unsubscribe", spaced).await,
        (-32603, "subscription not found".into())
    );
    push(&served, b"x", "bob");
    assert_eq!(socket.next().await["id"], 2);
    assert_eq!(socket.call(4, "unsubscribe_all", json!({})).await["result"], json!({}));
    assert_eq!(
        socket.error("unsubscribe_all", json!({})).await,
        (-32603, "subscription not found".into())
    );
    push(&served, b"y", "bob");
    assert_eq!(socket.call(5, "health", json!({})).await["result"], json!({}));
}

#[tokio::test]
async fn a_connection_has_five_subscriptions_and_none_twice() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    for id in 1..=5 {
        socket.subscribe(id, &format!("tm.event='Tx' AND tx.height={id}")).await;
        if id == 1 {
            let again = json!({ "query": "tm.event='Tx' AND tx.height=1" });
            assert_eq!(
                socket.error("subscribe", again).await,
                (-32603, "already subscribed".into())
            );
        }
    }
    assert_eq!(
        socket
            .error("subscribe", json!({ "query": "tm.event='NewBlock'" }))
            .await,
        (-32603, "max_subscriptions_per_client 5 reached".into())
    );
    let mut other = Socket::open(&served).await;
    other.subscribe(1, "tm.event='NewBlock'").await;
}

#[tokio::test]
async fn one_hundred_connections_may_subscribe() {
    let served = Served::start().await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        let mut socket = Socket::open(&served).await;
        socket.subscribe(1, "tm.event='NewBlock'").await;
        sockets.push(socket);
    }
    let mut late = Socket::open(&served).await;
    assert_eq!(
        late.error("subscribe", json!({ "query": "tm.event='NewBlock'" })).await,
        (-32603, "max_subscription_clients 100 reached".into())
    );
}

#[tokio::test]
async fn malformed_requests_are_answered_and_the_connection_lives() {
    let served = Served::start().await;
    let mut socket = Socket::open(&served).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in ["not json", "[]", "5", deep.as_str()] {
        socket.send_text(text).await;
        assert_eq!(socket.next().await["error"]["code"], -32700);
    }
    let (code, text) = socket.error("subscribe", json!({ "query": "tm.event='" })).await;
    assert_eq!(code, -32603);
    assert!(text.starts_with("failed to parse query: "), "{text}");
    assert_eq!(socket.error("subscribe", json!({ "query": [1] })).await.0, -32602);
    // A notification is not answered.
    socket
        .send(json!({ "jsonrpc": "2.0", "method": "subscribe", "params": ["tm.event='Tx'"] }))
        .await;
    assert_eq!(socket.call(1, "health", json!({})).await["result"], json!({}));
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_subscription_and_is_told() {
    let served = Served::start().await;
    let mut slow = Socket::open(&served).await;
    slow.subscribe(1, "tm.event='Tx'").await;
    let mut quick = Socket::open(&served).await;
    quick.subscribe(2, "tm.event='NewBlockHeader'").await;
    // Until the queue and all buffers between are full.
    let raw = vec![7u8; 8 << 20];
    let mut pushed = 0;
    while !served.metrics_text().await.contains("supercloud_ws_slow_total 1") {
        assert!(pushed < 50, "is never dropped");
        served.chain.push_block(vec![(raw.clone(), result(vec![]))], vec![]);
        assert_eq!(quick.next().await["id"], 2);
        pushed += 1;
    }
    let mut frames = 0;
    loop {
        let frame = slow.next().await;
        if frame.get("error").is_some() {
            assert_eq!(
                frame["error"],
                json!({ "code": -32000, "message": "Server error",
                    "data": "subscription was canceled (reason: client is not pulling messages fast enough)" })
            );
            break;
        }
        frames += 1;
        assert!(frames < pushed, "was dropped and not told");
    }
    // The connection itself goes on.
    loop {
        slow.send(json!({ "jsonrpc": "2.0", "id": 5, "method": "health" }))
            .await;
        if slow.next().await["id"] == 5 {
            break;
        }
    }
}
