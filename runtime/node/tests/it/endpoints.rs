//! The other doors of a real node: REST, metrics, WebSocket, and that they tell the same as JSON-RPC.

use futures_util::StreamExt;
use serde_json::{Value, json};
use supercloud_client::{Key, coin, message};
use supercloud_node::{DevGenesis, NodeConfig, spawn};
use tendermint_rpc::event::EventData;
use tendermint_rpc::query::EventType;
use tendermint_rpc::{SubscriptionClient, WebSocketClient};

use crate::stage::{FUNDS, Stage};

async fn get(stage: &Stage, path: &str, height: Option<u64>) -> (u16, Value) {
    let mut request = reqwest::Client::new().get(format!("{}{path}", stage.node.rest_url().unwrap()));
    if let Some(height) = height {
        request = request.header("x-cosmos-block-height", height);
    }
    let answer = request.send().await.unwrap();
    (
        answer.status().as_u16(),
        serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn rest_shows_accounts_balances_and_transactions() {
    let stage = Stage::start().await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let sent = stage
        .alice
        .send(vec![message::send(alice, bob, vec![coin(5, "uakt")])])
        .await
        .unwrap();
    let (status, account) = get(&stage, &format!("/cosmos/auth/v1beta1/accounts/{alice}"), None).await;
    assert_eq!(status, 200);
    assert_eq!(account["account"]["@type"], "/cosmos.auth.v1beta1.BaseAccount");
    assert_eq!(account["account"]["sequence"], "1");
    assert_eq!(
        account["account"]["pub_key"]["@type"],
        "/cosmos.crypto.secp256k1.PubKey"
    );
    let path = format!("/cosmos/bank/v1beta1/balances/{bob}/by_denom?denom=uakt");
    let now = (FUNDS + 5).to_string();
    assert_eq!(
        get(&stage, &path, None).await,
        (200, json!({ "balance": { "denom": "uakt", "amount": now } }))
    );
    let before = get(&stage, &path, Some(sent.height - 1)).await;
    assert_eq!(
        before,
        (
            200,
            json!({ "balance": { "denom": "uakt", "amount": FUNDS.to_string() } })
        )
    );
    let (status, tx) = get(&stage, &format!("/cosmos/tx/v1beta1/txs/{}", sent.hash), None).await;
    assert_eq!(
        (status, &tx["tx_response"]["height"]),
        (200, &json!(sent.height.to_string()))
    );
    assert_eq!(tx["tx"]["body"]["messages"][0]["to_address"], bob);
    assert_eq!(
        tx["tx"]["auth_info"]["signer_infos"][0]["mode_info"],
        json!({ "single": { "mode": "SIGN_MODE_DIRECT" } })
    );
}

#[tokio::test]
async fn what_wallets_probe_for_has_the_status_they_expect() {
    let stage = Stage::start().await;
    let nobody = Key::from_secret(&[9; 32]).unwrap().address("akash").unwrap();
    let unknown_account = format!("/cosmos/auth/v1beta1/accounts/{nobody}");
    for (path, status, code) in [
        ("/cosmos/bank/v1beta1/spendable_balances/test", 400, 3),
        ("/cosmwasm/wasm/v1/contract/test/smart/test", 400, 3),
        ("/ibc/apps/transfer/v1/params", 501, 12),
        ("/ibc/apps/transfer/v1/denoms/test", 501, 12),
        (unknown_account.as_str(), 404, 5),
    ] {
        let (got, answer) = get(&stage, path, None).await;
        assert_eq!((got, &answer["code"]), (status, &json!(code)), "{path}: {answer}");
    }
}

#[tokio::test]
async fn whoever_hears_of_a_transaction_can_query_its_state() {
    let stage = Stage::start().await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let url = format!("ws://{}/websocket", stage.node.rpc_address());
    let (client, driver) = WebSocketClient::new(url.as_str()).await.unwrap();
    let driving = tokio::spawn(driver.run());
    let mut txs = client.subscribe(EventType::Tx.into()).await.unwrap();
    for round in 1..=20 {
        stage
            .alice
            .send(vec![message::send(alice, bob, vec![coin(1, "uakt")])])
            .await
            .unwrap();
        let event = txs.next().await.unwrap().unwrap();
        assert!(matches!(event.data, EventData::Tx { .. }));
        assert_eq!(stage.balance(bob, "uakt").await, FUNDS + round);
    }
    client.close().unwrap();
    let _ = driving.await;
}

#[tokio::test]
async fn metrics_are_served_where_they_are_asked_for() {
    let mut config = NodeConfig::test(DevGenesis::new().build());
    config.metrics_address = Some(config.rpc_address);
    config.rest_address = None;
    let node = tokio::task::spawn_blocking(move || spawn(config))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(node.rest_url(), None);
    // The client of the project sets the TLS provider up; here nobody did.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let text = reqwest::get(node.metrics_url().unwrap())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(text.lines().any(|line| line == "supercloud_healthy 1"), "{text}");
    tokio::task::spawn_blocking(move || drop(node)).await.unwrap();
}
