//! Transactions: broadcasting, looking up, proofs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use supercloud_rpc::tx_hash;
use tendermint::abci::types::ExecTxResult;

use crate::fake::Served;

#[tokio::test]
async fn tx_is_found_by_base64_and_by_hex_hash() {
    let served = Served::start().await;
    let hash = tx_hash(b"two");
    let found = served.result("tx", json!({ "hash": STANDARD.encode(hash) })).await;
    assert_eq!(found["hash"], hex::encode_upper(hash));
    assert_eq!((&found["height"], &found["index"]), (&json!("2"), &json!(1)));
    assert_eq!(found["tx"], STANDARD.encode(b"two"));
    assert_eq!(found.get("proof"), None);
    let (status, by_uri) = served.get(&format!("/tx?hash=0x{}", hex::encode(hash))).await;
    assert_eq!((status, &by_uri["result"]), (200, &found));
    assert_eq!(by_uri["id"], json!(-1));
}

#[tokio::test]
async fn an_unknown_tx_is_an_error_with_its_hash() {
    let served = Served::start().await;
    assert_eq!(
        served.error("tx", json!({ "hash": STANDARD.encode([0xAB; 32]) })).await,
        (-32603, format!("tx ({}) not found", "AB".repeat(32)))
    );
}

#[tokio::test]
async fn tendermint_reads_results_of_success_and_failure() {
    let served = Served::start().await;
    let results = served.result("block_results", json!({ "height": "2" })).await;
    let parsed: Vec<ExecTxResult> = serde_json::from_value(results["txs_results"].clone()).unwrap();
    assert_eq!(parsed[0].events.len(), 2);
    assert_eq!(parsed[0].log, "");
    assert_eq!(parsed[0].gas_used, 110_000);
    assert_eq!((parsed[2].code.value(), parsed[2].log.as_str()), (5, "broke"));
    assert_eq!(parsed[2].info, "notes for developers");
}

#[tokio::test]
async fn a_result_without_data_shows_null() {
    let served = Served::start().await;
    let refused = served
        .result("broadcast_tx_commit", json!({ "tx": STANDARD.encode(b"bad") }))
        .await;
    assert_eq!(refused["tx_result"]["data"], json!(null));
    let _: ExecTxResult = serde_json::from_value(refused["tx_result"].clone()).unwrap();
}

#[tokio::test]
async fn tendermint_accepts_the_inclusion_proof() {
    let served = Served::start().await;
    for raw in [b"one".as_slice(), b"two", b"three"] {
        let found = served
            .result("tx", json!({ "hash": STANDARD.encode(tx_hash(raw)), "prove": true }))
            .await;
        let proof: tendermint::tx::Proof = serde_json::from_value(found["proof"].clone()).unwrap();
        assert_eq!(proof.data, raw);
        let block = served.result("block", json!({ "height": "2" })).await;
        assert_eq!(found["proof"]["root_hash"], block["block"]["header"]["data_hash"]);
    }
}

#[tokio::test]
async fn broadcast_sync_shows_check_tx() {
    let served = Served::start().await;
    assert_eq!(
        served
            .result("broadcast_tx_sync", json!({ "tx": STANDARD.encode(b"new") }))
            .await,
        json!({ "code": 0, "data": "", "log": "", "codespace": "", "hash": hex::encode_upper(tx_hash(b"new")) })
    );
    let refused = served
        .result("broadcast_tx_sync", json!([STANDARD.encode(b"bad")]))
        .await;
    assert_eq!((&refused["code"], &refused["codespace"]), (&json!(4), &json!("sdk")));
}

#[tokio::test]
async fn a_tx_in_the_cache_is_an_rpc_error() {
    let served = Served::start().await;
    for method in ["broadcast_tx_sync", "broadcast_tx_async", "broadcast_tx_commit"] {
        assert_eq!(
            served.error(method, json!({ "tx": STANDARD.encode(b"seen") })).await,
            (-32603, "tx already exists in cache".into())
        );
    }
}

#[tokio::test]
async fn broadcast_async_hides_the_outcome_of_check_tx() {
    let served = Served::start().await;
    let result = served
        .result("broadcast_tx_async", json!({ "tx": STANDARD.encode(b"bad") }))
        .await;
    assert_eq!(result["code"], 0);
}

#[tokio::test]
async fn broadcast_commit_waits_for_the_block() {
    let served = Served::start().await;
    let result = served
        .result("broadcast_tx_commit", json!({ "tx": STANDARD.encode(b"new") }))
        .await;
    assert_eq!(result["height"], "4");
    assert_eq!(result["check_tx"]["gas_wanted"], "200000");
    assert_eq!(result["tx_result"]["gas_used"], "110000");
    let refused = served
        .result("broadcast_tx_commit", json!({ "tx": STANDARD.encode(b"bad") }))
        .await;
    assert_eq!(
        (&refused["height"], &refused["check_tx"]["code"]),
        (&json!("0"), &json!(4))
    );
}
