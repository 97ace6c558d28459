//! The query language and the pages of `tx_search`.

use serde_json::{Value, json};
use supercloud_rpc::tx_hash;

use crate::fake::Served;

async fn found(served: &Served, query: &str) -> Vec<String> {
    let result = served.result("tx_search", json!({ "query": query })).await;
    let txs = result["txs"].as_array().unwrap();
    assert_eq!(result["total_count"], txs.len().to_string());
    let name = |tx: &Value| {
        let raw = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, tx["tx"].as_str().unwrap());
        String::from_utf8(raw.unwrap()).unwrap()
    };
    txs.iter().map(name).collect()
}

#[tokio::test]
async fn conditions_select_transactions_in_order() {
    let served = Served::start().await;
    let hash = hex::encode_upper(tx_hash(b"two"));
    for (query, expected) in [
        (format!("tx.hash='{hash}'"), vec!["two"]),
        (format!("tx.hash='{}'", hash.to_lowercase()), vec!["two"]),
        ("tx.hash='nonsense'".into(), vec![]),
        ("tx.height=3".into(), vec!["four"]),
        ("tx.height='3'".into(), vec!["four"]),
        ("tx.height>=2 AND tx.height<3".into(), vec!["one", "two", "three"]),
        ("transfer.recipient='bob'".into(), vec!["one", "two"]),
        ("transfer.recipient CONTAINS 'li'".into(), vec!["one", "four"]),
        ("transfer.recipient EXISTS".into(), vec!["one", "two", "four"]),
        ("transfer.amount>7".into(), vec!["one", "four"]),
        ("transfer.amount >= 7".into(), vec!["one", "two", "four"]),
        (
            "tm.event='Tx' AND transfer.recipient = 'alice'".into(),
            vec!["one", "four"],
        ),
        ("tm.event='NewBlock'".into(), vec![]),
        ("wasm.action='bid'".into(), vec![]),
    ] {
        assert_eq!(found(&served, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn conditions_on_one_event_type_must_meet_in_one_event() {
    let served = Served::start().await;
    // Transaction "one" pays alice 5 and bob 100.
    assert_eq!(
        found(&served, "transfer.recipient='alice' AND transfer.amount='100uakt'").await,
        Vec::<String>::new()
    );
    assert_eq!(
        found(&served, "transfer.recipient='alice' AND transfer.amount='5uakt'").await,
        ["one"]
    );
}

#[tokio::test]
async fn pages_are_cut_and_bounded() {
    let served = Served::start().await;
    let page = |page: u32| {
        let served = &served;
        async move {
            let params =
                json!({ "query": "tx.height>0", "page": page.to_string(), "per_page": "3", "order_by": "desc" });
            served.call("tx_search", params).await
        }
    };
    let first = page(1).await;
    assert_eq!(first["result"]["total_count"], "4");
    assert_eq!(first["result"]["txs"].as_array().unwrap().len(), 3);
    assert_eq!(first["result"]["txs"][0]["height"], "3");
    assert_eq!(page(2).await["result"]["txs"][0]["index"], 0);
    assert_eq!(
        page(3).await["error"]["data"],
        "page should be within [1, 2] range, given 3"
    );
    assert_eq!(
        page(0).await["error"]["data"],
        "page should be within [1, 2] range, given 0"
    );
}

#[tokio::test]
async fn a_search_without_hits_has_an_empty_first_page() {
    let served = Served::start().await;
    assert_eq!(
        served
            .result("tx_search", json!({ "query": "a.b='c'", "page": "1" }))
            .await,
        json!({ "txs": [], "total_count": "0" })
    );
}

#[tokio::test]
async fn bad_queries_are_refused_with_a_place() {
    let served = Served::start().await;
    for (query, expected) in [
        (String::new(), "query cannot be empty".to_owned()),
        (
            "a.b".into(),
            "got unexpected text at character 3: expected =, <, <=, >, >=, CONTAINS or EXISTS".into(),
        ),
        (
            "a.b='c".into(),
            "got unexpected text at character 4: expected a closing quote".into(),
        ),
        (
            "a.b='c' OR d.e=1".into(),
            "got unexpected text at character 8: expected AND".into(),
        ),
        (
            "a.b=c".into(),
            "got unexpected text at character 4: expected a number or 'text'".into(),
        ),
        (
            "a".repeat(513),
            "maximum query length exceeded: 513 characters, limit 512".into(),
        ),
    ] {
        assert_eq!(
            served.error("tx_search", json!({ "query": query })).await,
            (-32603, expected),
            "{query}"
        );
    }
    assert_eq!(
        served
            .error("tx_search", json!({ "query": "a.b=1", "order_by": "up" }))
            .await
            .1,
        "expected order_by to be either `asc` or `desc` or empty"
    );
}

#[tokio::test]
async fn blocks_are_found_by_their_own_events() {
    let served = Served::start().await;
    let result = served
        .result(
            "block_search",
            json!({ "query": "cron.job='sweep' AND block.height > 1" }),
        )
        .await;
    assert_eq!(result["total_count"], "1");
    assert_eq!(result["blocks"][0]["block"]["header"]["height"], "2");
}

#[tokio::test]
async fn blocks_descend_and_transactions_ascend_when_nobody_says() {
    let served = Served::start().await;
    let heights = async |order: &str| -> Vec<String> {
        let params = json!({ "query": "block.height >= 1", "order_by": order });
        let found = served.result("block_search", params).await;
        let blocks = found["blocks"].as_array().unwrap().iter();
        blocks
            .map(|block| block["block"]["header"]["height"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(heights("").await, ["3", "2", "1"]);
    assert_eq!(heights("desc").await, ["3", "2", "1"]);
    assert_eq!(heights("asc").await, ["1", "2", "3"]);
    let found = served.result("tx_search", json!({ "query": "tx.height >= 1" })).await;
    assert_eq!(found["txs"][0]["height"], "2");
    assert_eq!(
        served
            .error(
                "block_search",
                json!({ "query": "block.height >= 1", "order_by": "up" })
            )
            .await,
        (-32603, "expected order_by to be either `asc` or `desc` or empty".into())
    );
}

#[tokio::test]
async fn searches_that_cost_too_much_are_refused_with_the_limit() {
    let served = Served::start().await;
    let params = json!({ "query": "costly.search EXISTS" });
    let text = "the search has to look into more than 7 blocks; narrow it with tx.height or block.height, or ask for \
                key='value' of attributes that are rarer";
    assert_eq!(served.error("tx_search", params.clone()).await, (-32603, text.into()));
    let url = format!(
        "http://{}/cosmos/tx/v1beta1/txs?query=costly.search%20EXISTS",
        served.rest
    );
    let answer = served.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&answer["code"], &answer["message"]), (&json!(8), &json!(text)));
    let text =
        "the search has to go through more than 8 entries of the index; narrow it with tx.height or block.height";
    assert_eq!(served.error("block_search", params).await, (-32603, text.into()));
}
