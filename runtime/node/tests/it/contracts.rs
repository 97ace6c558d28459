//! Uploading and calling a contract written by hand in WebAssembly text: it keeps the last message it was sent.

use serde_json::{Value, json};
use supercloud_client::address::predict_instantiate2;
use supercloud_client::message::{self, Compression, Instantiate};
use supercloud_client::{ClientError, TxOutcome, coin};

use crate::stage::{FUNDS, Stage};

/// `instantiate` and `execute` store their message under the key `m`; `query` returns what is there. Messages must be
/// shorter than a page.
const KEEPER: &str = include_str!("keeper.wat");

fn keeper() -> Vec<u8> {
    wat::parse_str(KEEPER).unwrap()
}

async fn upload(stage: &Stage) -> TxOutcome {
    let upload = message::store_code(stage.alice.address(), &keeper(), Compression::Gzip);
    stage.alice.send(vec![upload]).await.unwrap()
}

#[tokio::test]
async fn a_contract_lives_at_its_predicted_address() {
    let stage = Stage::start().await;
    let alice = stage.alice.address();
    let code_id = upload(&stage).await.code_id().unwrap();
    assert_eq!(code_id, 1);
    let code = stage.client.code_info(code_id).await.unwrap().unwrap();
    assert_eq!((code.code_id, code.creator.as_str()), (1, alice));
    assert_eq!(stage.client.code_infos().await.unwrap(), std::slice::from_ref(&code));
    assert_eq!(stage.client.code_info(2).await.unwrap(), None);

    let predicted = predict_instantiate2(&code.checksum, alice, b"salt").unwrap();
    assert_eq!(stage.client.contract_info(&predicted).await.unwrap(), None);
    let contract = Instantiate {
        code_id,
        label: "keeper",
        admin: Some(alice),
        message: &json!({ "first": 1 }),
        funds: &[coin(7, "uakt")],
    };
    let made = stage
        .alice
        .send(vec![message::instantiate2(alice, &contract, b"salt").unwrap()])
        .await
        .unwrap();
    assert_eq!(made.contract_address().unwrap(), predicted);
    assert_eq!(stage.balance(&predicted, "uakt").await, 7);
    assert_eq!(stage.balance(alice, "uakt").await, FUNDS - 7);

    let info = stage.client.contract_info(&predicted).await.unwrap().unwrap();
    assert_eq!(
        (info.code_id, info.label.as_str(), info.admin.as_deref()),
        (1, "keeper", Some(alice))
    );
    let kept: Value = stage.client.query_wasm(&predicted, &json!({})).await.unwrap();
    assert_eq!(kept, json!({ "first": 1 }));

    let call = message::execute(stage.bob.address(), &predicted, &json!({ "second": 2 }), vec![]).unwrap();
    stage.bob.send(vec![call]).await.unwrap();
    let kept: Value = stage.client.query_wasm(&predicted, &json!({})).await.unwrap();
    assert_eq!(kept, json!({ "second": 2 }));
    assert_eq!(
        stage.client.query_wasm_raw(&predicted, b"m").await.unwrap(),
        br#"{"second":2}"#
    );
    assert_eq!(stage.client.contracts_by_code(code_id).await.unwrap(), [predicted]);
}

#[tokio::test]
async fn only_the_listed_may_upload() {
    let stage = Stage::start().await;
    let upload = message::store_code(stage.bob.address(), &keeper(), Compression::None);
    let error = stage.bob.send(vec![upload]).await.unwrap_err();
    assert!(error.log().unwrap().contains("unauthorized"), "{error}");
    assert_eq!(stage.client.code_infos().await.unwrap(), []);
}

#[tokio::test]
async fn a_call_to_no_contract_fails_with_its_code() {
    let stage = Stage::start().await;
    let call = message::execute(stage.alice.address(), stage.bob.address(), &json!({}), vec![]).unwrap();
    let fixed = supercloud_client::TxOptions {
        gas: supercloud_client::Gas::Limit(300_000),
        ..Default::default()
    };
    let error = stage.alice.send_with(vec![call], &fixed).await.unwrap_err();
    assert!(matches!(error, ClientError::Failed(_)), "{error}");
    assert_eq!(error.code(), Some((22, "wasm")));
    let error = stage
        .client
        .query_wasm::<_, Value>(stage.bob.address(), &json!({}))
        .await
        .unwrap_err();
    assert!(error.log().unwrap().contains("no such contract"), "{error}");
}
