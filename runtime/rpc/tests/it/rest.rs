//! REST: golden shapes, parameters, errors, heights, documents.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use supercloud_proto::cosmos::bank::v1beta1::MsgSend;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, TxBody, TxRaw};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;

use crate::fake::{Served, result};

impl Served {
    pub(crate) async fn rest(&self, path: &str) -> (u16, Value) {
        let answer = self
            .http
            .get(format!("http://{}{path}", self.rest))
            .send()
            .await
            .unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
        )
    }

    pub(crate) async fn rest_post(&self, path: &str, body: impl Into<String>) -> (u16, Value) {
        let request = self.http.post(format!("http://{}{path}", self.rest)).body(body.into());
        let answer = request.send().await.unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
        )
    }
}

fn error(code: i64, message: &str) -> Value {
    json!({ "code": code, "message": message, "details": [] })
}

fn tx() -> Vec<u8> {
    let send = MsgSend {
        from_address: "akash1a".into(),
        to_address: "akash1b".into(),
        amount: vec![],
    };
    let body = TxBody {
        messages: vec![pack(&send)],
        memo: "hi".into(),
        ..TxBody::default()
    };
    let auth_info = AuthInfo {
        fee: Some(Fee {
            gas_limit: 7,
            ..Fee::default()
        }),
        ..AuthInfo::default()
    };
    TxRaw {
        body_bytes: body.encode_to_vec(),
        auth_info_bytes: auth_info.encode_to_vec(),
        signatures: vec![vec![1, 2, 3]],
    }
    .encode_to_vec()
}

fn tx_json() -> Value {
    json!({
        "body": {
            "messages": [{ "@type": "/cosmos.bank.v1beta1.MsgSend", "from_address": "akash1a", "to_address": "akash1b",
                "amount": [] }],
            "memo": "hi", "timeout_height": "0", "unordered": false, "timeout_timestamp": null,
            "extension_options": [], "non_critical_extension_options": [],
        },
        "auth_info": { "signer_infos": [], "fee": { "amount": [], "gas_limit": "7", "payer": "", "granter": "" },
            "tip": null },
        "signatures": ["AQID"],
    })
}

#[tokio::test]
async fn answers_have_the_gateways_shape_and_tell_their_height() {
    let served = Served::start().await;
    let url = format!(
        "http://{}/cosmos/bank/v1beta1/balances/akash1a/by_denom?denom=uakt",
        served.rest
    );
    let answer = served
        .http
        .get(&url)
        .header("x-cosmos-block-height", "2")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["grpc-metadata-x-cosmos-block-height"], "2");
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(
        answer.text().await.unwrap(),
        r#"{"balance":{"denom":"uakt","amount":"5"}}"#
    );
    let answer = served
        .http
        .get(&url)
        .header("x-cosmos-block-height", "x")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn page_parameters_are_read_in_both_spellings() {
    let served = Served::start().await;
    for query in [
        "pagination.key=%2BwA%3D&pagination.limit=7&pagination.count_total=true",
        "pagination.key=-wA&pagination.limit=7&pagination.countTotal=true&unknown=1&pagination.nope=2",
    ] {
        assert_eq!(
            served
                .rest(&format!("/cosmos/bank/v1beta1/balances/akash1a?{query}"))
                .await,
            (
                200,
                json!({ "balances": [{ "denom": "akash1a|[251, 0]|7|true", "amount": "1" }],
                    "pagination": { "next_key": null, "total": "0" } })
            )
        );
    }
    let (status, answer) = served
        .rest("/cosmos/bank/v1beta1/balances/akash1a?pagination.limit=many")
        .await;
    assert_eq!(
        (status, answer),
        (
            400,
            error(
                3,
                "type mismatch, parameter: limit, error: parsing \"many\": expected uint64"
            )
        )
    );
}

#[tokio::test]
async fn errors_have_the_gateways_status_codes() {
    let served = Served::start().await;
    for (path, status, code, message) in [
        (
            "/cosmos/auth/v1beta1/accounts/akash1a",
            404,
            5,
            "account akash1a not found",
        ),
        ("/ibc/apps/transfer/v1/params", 501, 12, "Not Implemented"),
        ("/cosmos/tx/v1beta1/simulate", 501, 12, "Method Not Allowed"),
        (
            "/cosmos/bank/v1beta1/supply",
            501,
            12,
            "unknown method TotalSupply for service cosmos.bank.v1beta1.Query",
        ),
        (
            "/cosmos/base/tendermint/v1beta1/blocks/99",
            400,
            3,
            "requested block height is bigger then the chain length",
        ),
    ] {
        assert_eq!(served.rest(path).await, (status, error(code, message)), "{path}");
    }
    assert_eq!(
        served
            .rest_post("/cosmos/tx/v1beta1/simulate", r#"{"tx_bytes":"AQ=="}"#)
            .await,
        (500, error(2, "out of gas"))
    );
    assert_eq!(served.rest_post("/cosmos/tx/v1beta1/simulate", "{").await.0, 400);
    let deep = format!(r#"{{"tx":{}"#, r#"{"body":"#.repeat(50_000));
    assert_eq!(served.rest_post("/cosmos/tx/v1beta1/encode", deep).await.0, 400);
    let large = "x".repeat(supercloud_rpc::MAX_BODY_BYTES + 1);
    assert_eq!(served.rest_post("/cosmos/tx/v1beta1/txs", large).await.0, 400);
}

#[tokio::test]
async fn smart_queries_take_base64_in_every_dialect() {
    let served = Served::start().await;
    let query = r#"{"order":{"id":"?>"}}"#;
    let standard = STANDARD.encode(query);
    let url_safe = standard.replace('+', "-").replace('/', "_");
    let escaped = standard.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    for text in [
        &standard,
        &url_safe,
        &escaped,
        &url_safe.trim_end_matches('=').to_owned(),
    ] {
        assert_eq!(
            served
                .rest(&format!("/cosmwasm/wasm/v1/contract/akash1c/smart/{text}"))
                .await,
            (200, json!({ "data": { "order": { "id": "?>" } } })),
            "{text}"
        );
    }
    assert_eq!(served.rest("/cosmwasm/wasm/v1/contract/test/smart/~").await.0, 400);
}

#[tokio::test]
async fn a_transaction_is_broadcast_and_shown_whole() {
    let served = Served::start().await;
    let raw = tx();
    let body = json!({ "tx_bytes": STANDARD.encode(&raw), "mode": "BROADCAST_MODE_SYNC" });
    let hash = hex::encode_upper(supercloud_rpc::tx_hash(&raw));
    assert_eq!(
        served.rest_post("/cosmos/tx/v1beta1/txs", body.to_string()).await,
        (
            200,
            json!({ "tx_response": { "height": "0", "txhash": hash, "codespace": "", "code": 0, "data": "", "raw_log": "",
                "logs": [], "info": "", "gas_wanted": "0", "gas_used": "0", "tx": null, "timestamp": "", "events": [] } })
        )
    );
    let (status, shown) = served.rest(&format!("/cosmos/tx/v1beta1/txs/{hash}")).await;
    assert_eq!(status, 200);
    assert_eq!(shown["tx"], tx_json());
    let response = &shown["tx_response"];
    assert_eq!(response["tx"]["@type"], "/cosmos.tx.v1beta1.Tx");
    assert_eq!(response["tx"]["body"], tx_json()["body"]);
    assert_eq!(
        (&response["height"], &response["timestamp"], &response["data"]),
        (&json!("4"), &json!("2023-11-14T22:13:23.123Z"), &json!("1200"))
    );
    let missing = "00".repeat(32);
    assert_eq!(
        served.rest(&format!("/cosmos/tx/v1beta1/txs/{missing}")).await,
        (404, error(5, &format!("tx not found: {missing}")))
    );
    let (_, found) = served.rest("/cosmos/tx/v1beta1/txs?query=tx.height%3D4&limit=5").await;
    assert_eq!((&found["total"], &found["txs"][0]), (&json!("1"), &tx_json()));
    let (_, found) = served
        .rest("/cosmos/tx/v1beta1/txs?events=tx.height%3D4&pagination.limit=5")
        .await;
    assert_eq!(found["total"], "1");
    let (_, block) = served.rest("/cosmos/tx/v1beta1/txs/block/4").await;
    assert_eq!(block["txs"], json!([tx_json()]));
}

#[tokio::test]
async fn transactions_are_encoded_and_decoded() {
    let served = Served::start().await;
    let raw = STANDARD.encode(tx());
    assert_eq!(
        served
            .rest_post("/cosmos/tx/v1beta1/decode", json!({ "tx_bytes": raw }).to_string())
            .await,
        (200, json!({ "tx": tx_json() }))
    );
    assert_eq!(
        served
            .rest_post("/cosmos/tx/v1beta1/encode", json!({ "tx": tx_json() }).to_string())
            .await,
        (200, json!({ "tx_bytes": raw }))
    );
    let execute = json!({ "tx": { "body": { "messages": [{ "@type": "/cosmwasm.wasm.v1.MsgExecuteContract",
        "sender": "a", "contract": "c", "msg": { "bid": { "price": "5" } }, "funds": [] }] } } });
    let (status, encoded) = served.rest_post("/cosmos/tx/v1beta1/encode", execute.to_string()).await;
    assert_eq!(status, 200, "{encoded}");
    let (_, decoded) = served.rest_post("/cosmos/tx/v1beta1/decode", encoded.to_string()).await;
    assert_eq!(
        decoded["tx"]["body"]["messages"][0]["msg"],
        json!({ "bid": { "price": "5" } })
    );
}

#[tokio::test]
async fn the_node_shows_itself_and_its_blocks() {
    let served = Served::start().await;
    let (_, info) = served.rest("/cosmos/base/tendermint/v1beta1/node_info").await;
    assert_eq!(info["default_node_info"]["network"], "fake-1");
    assert_eq!(info["application_version"]["cosmos_sdk_version"], "v0.53.4");
    assert_eq!(
        served.rest("/cosmos/base/tendermint/v1beta1/syncing").await,
        (200, json!({ "syncing": false }))
    );
    served.chain.push_block(vec![(tx(), result(vec![]))], vec![]);
    let (_, latest) = served.rest("/cosmos/base/tendermint/v1beta1/blocks/latest").await;
    assert_eq!(latest["block"]["header"]["height"], "4");
    assert_eq!(latest["block"]["data"]["txs"], json!([STANDARD.encode(tx())]));
    assert_eq!(
        latest["block"]["last_commit"]["signatures"][0]["block_id_flag"],
        "BLOCK_ID_FLAG_COMMIT"
    );
    let (_, set) = served
        .rest("/cosmos/base/tendermint/v1beta1/validatorsets/latest")
        .await;
    assert_eq!(
        set["validators"][0]["pub_key"]["@type"],
        "/cosmos.crypto.ed25519.PubKey"
    );
    assert_eq!(
        (&set["validators"][0]["voting_power"], &set["pagination"]["total"]),
        (&json!("10"), &json!("1"))
    );
    let (_, status) = served.rest("/cosmos/base/node/v1beta1/status").await;
    assert_eq!(status["height"], "4");
}

#[tokio::test]
async fn modules_that_every_chain_is_asked_for_answer_empty() {
    let served = Served::start().await;
    let (_, params) = served.rest("/cosmos/consensus/v1/params").await;
    assert_eq!(
        params["params"]["block"],
        json!({ "max_bytes": "22020096", "max_gas": "-1" })
    );
    assert_eq!(params["params"]["evidence"]["max_age_duration"], "172800s");
    for (path, expected) in [
        (
            "/cosmos/distribution/v1beta1/delegators/akash1a/rewards",
            json!({ "rewards": [], "total": [] }),
        ),
        (
            "/cosmos/mint/v1beta1/inflation",
            json!({ "inflation": "0.000000000000000000" }),
        ),
    ] {
        assert_eq!(served.rest(path).await, (200, expected), "{path}");
    }
}

#[tokio::test]
async fn browsers_may_ask_and_read_the_height() {
    let served = Served::start().await;
    let preflight = served
        .http
        .request(
            reqwest::Method::OPTIONS,
            format!("http://{}/cosmos/tx/v1beta1/txs", served.rest),
        )
        .header("Origin", "https://wallet.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type,x-cosmos-block-height")
        .send()
        .await
        .unwrap();
    assert_eq!(preflight.status(), 200);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
    let (status, _) = served.rest("/openapi.json").await;
    assert_eq!(status, 200);
    let page = served
        .http
        .get(format!("http://{}/", served.rest))
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("openapi.json"));
}
