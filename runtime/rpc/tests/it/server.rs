//! Transport: ids, batches, positions, URIs, CORS, limits, and what is absent.

use serde_json::{Value, json};
use supercloud_rpc::{Connections, MAX_BODY_BYTES};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fake::Served;

#[tokio::test]
async fn ids_come_back_as_they_were_sent() {
    let served = Served::start().await;
    for id in ["123456789012", "\"5f-uuid\"", "1.50", "null"] {
        let (status, text) = served
            .post(format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"health"}}"#))
            .await;
        assert_eq!(status, 200);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["id"], serde_json::from_str::<Value>(id).unwrap());
        assert_eq!(answer["result"], json!({}));
    }
}

#[tokio::test]
async fn errors_answer_http_200_with_text_data() {
    let served = Served::start().await;
    assert_eq!(
        served.error("frobnicate", json!({})).await,
        (-32601, "frobnicate".into())
    );
    assert_eq!(
        served.error("tx", json!({})).await,
        (
            -32602,
            "error converting json params to arguments: hash is missing".into()
        )
    );
    assert_eq!(served.error("block", json!("1")).await.0, -32602);
    // As in CometBFT: subscriptions do not exist outside the WebSocket.
    assert_eq!(
        served.error("subscribe", json!({ "query": "tm.event='Tx'" })).await,
        (-32601, "subscribe".into())
    );
}

#[tokio::test]
async fn what_is_no_call_at_all_answers_500_with_a_parse_error() {
    let served = Served::start().await;
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"health","params":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for body in ["not json", "5", "\"x\"", "{", "\u{0}", deep.as_str()] {
        let (status, text) = served.post(body).await;
        assert_eq!(status, 500);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&answer["id"], &answer["error"]["code"]),
            (&Value::Null, &json!(-32700))
        );
        assert_eq!(answer["error"]["message"], "Parse error. Invalid JSON");
    }
    for call in ["[5]", r#"[{"id":{},"method":"health"}]"#] {
        let (status, text) = served.post(call).await;
        assert_eq!(status, 200);
        let answers: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answers[0]["error"]["code"], -32700, "{call}");
    }
    // The node is still there.
    assert_eq!(served.result("health", json!({})).await, json!({}));
}

#[tokio::test]
async fn a_batch_answers_in_order_and_skips_notifications() {
    let served = Served::start().await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "health" },
        { "jsonrpc": "2.0", "method": "health" },
        { "jsonrpc": "2.0", "id": 2, "method": "nope" },
    ]);
    let (status, text) = served.post(batch.to_string()).await;
    assert_eq!(status, 200);
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(answers.len(), 2);
    assert_eq!((&answers[0]["id"], &answers[0]["result"]), (&json!(1), &json!({})));
    assert_eq!(
        (&answers[1]["id"], &answers[1]["error"]["code"]),
        (&json!(2), &json!(-32601))
    );
    let (_, text) = served.post("[]").await;
    assert!(text.contains("-32600"), "{text}");
}

#[tokio::test]
async fn parameters_may_be_positional() {
    let served = Served::start().await;
    let named = served
        .result(
            "abci_query",
            json!({ "path": "/echo", "data": "68690a", "height": "2", "prove": false }),
        )
        .await;
    assert_eq!(
        served
            .result("abci_query", json!(["/echo", "68690a", "2", false]))
            .await,
        named
    );
    assert_eq!(
        named,
        json!({ "response": { "code": 0, "log": "", "info": "", "index": "0", "key": null, "value": "aGkK",
            "proofOps": null, "height": "2", "codespace": "" } })
    );
}

#[tokio::test]
async fn an_abci_answer_never_has_height_zero() {
    let served = Served::start().await;
    let answer = served
        .result("abci_query", json!({ "path": "/echo", "data": "" }))
        .await;
    assert_eq!(answer["response"]["height"], "3");
    let refused = served
        .result("abci_query", json!({ "path": "/nope", "data": "" }))
        .await;
    assert_eq!(refused["response"]["code"], 6);
    assert_eq!(refused["response"]["log"], "unknown query path /nope: unknown request");
}

#[tokio::test]
async fn proofs_of_state_are_refused_clearly() {
    let served = Served::start().await;
    let refusal = async |path: &str| {
        let params = json!({ "path": path, "data": "", "prove": true });
        served.error("abci_query", params).await
    };
    for path in ["/store/bank", "/store/bank/sub/key"] {
        let text = format!("prove: path {path:?} has no proof, only /store/<module>/key has");
        assert_eq!(refusal(path).await, (-32602, text));
    }
    // This chain keeps no tree.
    let text = "prove: this version serves no state proofs".to_owned();
    assert_eq!(refusal("/store/bank/key").await, (-32602, text));
}

#[tokio::test]
async fn paths_outside_of_the_store_answer_without_a_proof() {
    let served = Served::start().await;
    let params = json!({ "path": "/echo", "data": "6869", "prove": true });
    let answer = served.result("abci_query", params).await;
    assert_eq!(answer["response"]["value"], "aGk=");
    assert_eq!(answer["response"]["proofOps"], Value::Null);
}

#[tokio::test]
async fn a_batch_stops_running_calls_when_its_answers_are_too_large() {
    let served = Served::start().await;
    // Its block has 35 million bytes in JSON.
    let raw = vec![7; 26_250_000];
    served
        .chain
        .push_block(vec![(raw, crate::fake::result(vec![]))], vec![]);
    let call = |id: u64, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method });
    let calls = [call(1, "block"), call(2, "block"), call(3, "block"), call(4, "health")];
    let batch = json!([calls[0], calls[1], calls[2], calls[3]]);
    let (status, text) = served.post(batch.to_string()).await;
    assert_eq!(status, 200);
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    let heights: Vec<&Value> = answers
        .iter()
        .map(|answer| &answer["result"]["block"]["header"]["height"])
        .collect();
    assert_eq!(heights, [&json!("4"), &json!("4"), &Value::Null, &Value::Null]);
    for (answer, id) in answers[2..].iter().zip([3, 4]) {
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(id), &json!(-32603)));
        assert_eq!(
            answer["error"]["data"],
            "not run: the answers of this batch already have more than 67108864 bytes; ask in smaller batches"
        );
    }
    // Whole answers of any size come, with their length.
    let url = format!("http://{}/block", served.address);
    let answer = served.http.get(url).send().await.unwrap();
    let length = answer.content_length().unwrap();
    assert_eq!(answer.bytes().await.unwrap().len() as u64, length);
    assert!(length > 35_000_000, "{length}");
}

#[tokio::test]
async fn websockets_count_as_connections_as_long_as_they_are_open() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let servers = supercloud_rpc::Servers::new(crate::fake::FakeChain::with_three_blocks());
    let limits = supercloud_rpc::ServeLimits::default();
    tokio::spawn(supercloud_rpc::serve(
        listener,
        servers.rpc(),
        Connections::new(1),
        limits,
    ));
    let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/websocket"))
        .await
        .unwrap();
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let mut asking = std::pin::pin!(ask);
    let early = tokio::time::timeout(std::time::Duration::from_millis(500), &mut asking).await;
    assert!(early.is_err(), "answered beside an open WebSocket");
    drop(socket);
    let answer = tokio::time::timeout(std::time::Duration::from_secs(30), asking)
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn abci_info_has_a_base64_hash() {
    let served = Served::start().await;
    let info = served.result("abci_info", json!({})).await;
    assert_eq!(
        info["response"],
        json!({ "data": "fake-app", "version": "0.1.0", "app_version": "0", "last_block_height": "3",
            "last_block_app_hash": "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=" })
    );
}

#[tokio::test]
async fn uri_calls_work_and_their_errors_are_http_500() {
    let served = Served::start().await;
    let (status, answer) = served.get("/block?height=2").await;
    assert_eq!(
        (status, &answer["result"]["block"]["header"]["height"]),
        (200, &json!("2"))
    );
    let (status, answer) = served.get("/abci_query?path=%22/echo%22&data=0x6869").await;
    assert_eq!((status, &answer["result"]["response"]["value"]), (200, &json!("aGk=")));
    let (status, answer) = served.get("/tx_search?query=%22tx.height=3%22&per_page=1").await;
    assert_eq!((status, &answer["result"]["total_count"]), (200, &json!("1")));
    let (status, answer) = served.get("/block?height=99").await;
    assert_eq!(
        (status, &answer["id"], &answer["error"]["code"]),
        (500, &json!(-1), &json!(-32603))
    );
}

#[tokio::test]
async fn paths_of_other_ports_are_absent_and_say_so() {
    let served = Served::start().await;
    for (path, word) in [
        ("/cosmos/bank/v1beta1/supply", "REST"),
        ("/cosmos.bank.v1beta1.Query/Balance", "gRPC"),
        ("/frobnicate", "not served"),
    ] {
        let (status, answer) = served.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(answer["message"].as_str().unwrap().contains(word), "{path}: {answer}");
    }
}

#[tokio::test]
async fn browsers_may_call_from_anywhere() {
    let served = Served::start().await;
    let http = reqwest::Client::new();
    let preflight = http
        .request(reqwest::Method::OPTIONS, format!("http://{}/", served.address))
        .header("Origin", "https://wallet.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type")
        .send()
        .await
        .unwrap();
    assert_eq!(preflight.status(), 200);
    let headers = preflight.headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(headers["access-control-allow-headers"], "*");
}

#[tokio::test]
async fn bodies_up_to_the_limit_are_taken() {
    let served = Served::start().await;
    let padded = |bytes: usize| {
        let head = r#"{"jsonrpc":"2.0","id":1,"method":"health","pad":""#;
        format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2))
    };
    assert_eq!(served.post(padded(MAX_BODY_BYTES)).await.0, 200);
    let (status, text) = served.post(padded(MAX_BODY_BYTES + 1)).await;
    assert_eq!(status, 400);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["error"]["code"], -32600);
    assert_eq!(
        answer["error"]["data"],
        "error reading request body: http: request body too large (limit 16777216 bytes)"
    );
}

#[tokio::test]
async fn counts_of_the_mempool_are_text() {
    let served = Served::start().await;
    assert_eq!(
        served.result("num_unconfirmed_txs", json!({})).await,
        json!({ "n_txs": "2", "total": "2", "total_bytes": "512", "txs": null })
    );
}

#[tokio::test]
async fn waiting_transactions_are_shown_up_to_the_limit() {
    let served = Served::start().await;
    assert_eq!(
        served.result("unconfirmed_txs", json!({ "limit": "1" })).await,
        json!({ "n_txs": "1", "total": "2", "total_bytes": "512", "txs": ["Zmlyc3Q="] })
    );
    let all = served.result("unconfirmed_txs", json!({})).await;
    assert_eq!(all["txs"], json!(["Zmlyc3Q=", "c2Vjb25k"]));
}

#[tokio::test]
async fn the_genesis_comes_in_chunks_too() {
    let served = Served::start().await;
    let chunk = served.result("genesis_chunked", json!({ "chunk": "0" })).await;
    assert_eq!((&chunk["chunk"], &chunk["total"]), (&json!("0"), &json!("1")));
    let text = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        chunk["data"].as_str().unwrap(),
    )
    .unwrap();
    let whole = served.result("genesis", json!({})).await["genesis"].clone();
    assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), whole);
    assert_eq!(
        served.error("genesis_chunked", json!({ "chunk": 1 })).await,
        (-32603, "there are 0 chunks, 1 is invalid".into())
    );
}

#[tokio::test]
async fn consensus_is_always_at_the_next_height() {
    let served = Served::start().await;
    let state = served.result("consensus_state", json!({})).await;
    assert_eq!(state["round_state"]["height/round/step"], "4/0/1");
    let dump = served.result("dump_consensus_state", json!({})).await;
    assert_eq!(
        (&dump["round_state"]["height"], &dump["peers"]),
        (&json!("4"), &json!([]))
    );
}

#[tokio::test]
async fn tendermint_reads_the_genesis() {
    let served = Served::start().await;
    let document = served.result("genesis", json!({})).await["genesis"].clone();
    let genesis: tendermint::Genesis<Value> = serde_json::from_value(document).unwrap();
    assert_eq!(genesis.chain_id.as_str(), "fake-1");
    assert_eq!((genesis.initial_height, genesis.validators.len()), (1, 1));
    assert_eq!(genesis.app_state, json!({ "balances": [] }));
}

#[tokio::test]
async fn a_client_that_stops_within_the_preface_of_http2_is_closed() {
    let limits = supercloud_rpc::ServeLimits {
        header_timeout: std::time::Duration::from_millis(300),
        ..Default::default()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let servers = supercloud_rpc::Servers::new(crate::fake::FakeChain::with_three_blocks());
    let connections = Connections::new(900);
    tokio::spawn(supercloud_rpc::serve(listener, servers.grpc(), connections, limits));
    for sent in ["", "PRI", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r", "GET / HTTP/1.1\r\n"] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(std::time::Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "open after 5 s, {sent:?} was sent");
    }
}
