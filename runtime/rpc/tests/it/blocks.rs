//! Blocks, headers, commits and the validator set, as `tendermint` 0.41 reads and hashes them.

use serde_json::json;
use tendermint::block::{Block, Header, Height, Id, signed_header::SignedHeader};
use tendermint::consensus::Params;
use tendermint::validator::{Info, Set};

use crate::fake::{CHAIN_ID, Served, validator};

#[tokio::test]
async fn tendermint_reads_every_block_and_computes_the_same_header_hash() {
    let served = Served::start().await;
    let mut last: Option<Id> = None;
    for height in 1..=3u32 {
        let result = served.result("block", json!({ "height": height.to_string() })).await;
        let id: Id = serde_json::from_value(result["block_id"].clone()).unwrap();
        let block: Block = serde_json::from_value(result["block"].clone()).unwrap();
        assert_eq!(block.header.hash(), id.hash);
        assert_eq!(block.header.height, Height::from(height));
        assert_eq!(block.header.last_block_id, last);
        last = Some(id);
    }
}

#[tokio::test]
async fn the_first_block_carries_an_empty_commit() {
    let served = Served::start().await;
    let result = served.result("block", json!({ "height": 1 })).await;
    assert_eq!(
        result["block"]["header"]["last_block_id"],
        json!({ "hash": "", "parts": { "total": 0, "hash": "" } })
    );
    assert_eq!(result["block"]["last_commit"]["height"], "0");
    assert_eq!(result["block"]["last_commit"]["signatures"], json!([]));
}

#[tokio::test]
async fn data_hash_and_commit_hash_are_cometbfts() {
    let served = Served::start().await;
    let result = served.result("block", json!({ "height": 2 })).await;
    let block: Block = serde_json::from_value(result["block"].clone()).unwrap();
    let hashes: Vec<_> = block
        .data
        .iter()
        .map(|raw| supercloud_rpc::tx_hash(raw).to_vec())
        .collect();
    let root = tendermint::merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&hashes);
    assert_eq!(block.header.data_hash.unwrap().as_bytes(), root);
    let empty = tendermint::merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(
        &Vec::<Vec<u8>>::new(),
    );
    assert_eq!(block.header.evidence_hash.unwrap().as_bytes(), empty);
    let first = served.result("block", json!({ "height": 1 })).await;
    assert_eq!(first["block"]["header"]["data_hash"], hex::encode_upper(empty));
}

#[tokio::test]
async fn the_validator_set_has_the_hash_that_headers_name() {
    let served = Served::start().await;
    let result = served.result("validators", json!({ "height": "2" })).await;
    assert_eq!((&result["count"], &result["total"]), (&json!("1"), &json!("1")));
    let infos: Vec<Info> = serde_json::from_value(result["validators"].clone()).unwrap();
    let header: Header =
        serde_json::from_value(served.result("header", json!({ "height": "2" })).await["header"].clone()).unwrap();
    assert_eq!(Set::without_proposer(infos.clone()).hash(), header.validators_hash);
    assert_eq!(infos[0].address.as_bytes(), validator().address);
    assert_eq!(header.proposer_address, infos[0].address);
}

#[tokio::test]
async fn commit_is_a_signed_header_of_its_own_height() {
    let served = Served::start().await;
    let result = served.result("commit", json!({ "height": "2" })).await;
    let signed: SignedHeader = serde_json::from_value(result["signed_header"].clone()).unwrap();
    assert_eq!(signed.header().hash(), signed.commit().block_id.hash);
    assert_eq!(signed.commit().height, Height::from(2u32));
    assert_eq!(result["canonical"], json!(true));
}

#[tokio::test]
async fn consensus_params_are_hashed_into_the_header() {
    let served = Served::start().await;
    let result = served.result("consensus_params", json!({})).await;
    let _: Params = serde_json::from_value(result["consensus_params"].clone()).unwrap();
    assert_eq!(
        result["consensus_params"]["block"],
        json!({ "max_bytes": "22020096", "max_gas": "-1" })
    );
    // What every chain with these two limits shows.
    assert_eq!(
        served.result("header", json!({})).await["header"]["consensus_hash"],
        "048091BC7DDC283F77BFBF91D73C44DA58C3DF8A9CBC867405D8B7F3DAADA22F"
    );
}

#[tokio::test]
async fn a_height_past_the_last_block_is_refused_with_cometbfts_words() {
    let served = Served::start().await;
    for method in [
        "block",
        "block_results",
        "header",
        "commit",
        "validators",
        "consensus_params",
    ] {
        assert_eq!(
            served.error(method, json!({ "height": "4" })).await,
            (
                -32603,
                "height 4 must be less than or equal to the current blockchain height 3".into()
            ),
            "{method}"
        );
        served.result(method, json!({ "height": "3" })).await;
    }
}

#[tokio::test]
async fn a_block_is_found_by_its_hash_in_base64() {
    let served = Served::start().await;
    let by_height = served.result("block", json!({ "height": "2" })).await;
    let hash = hex::decode(by_height["block_id"]["hash"].as_str().unwrap()).unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert_eq!(
        served.result("block_by_hash", json!({ "hash": base64 })).await,
        by_height
    );
    let unknown = served.result("block_by_hash", json!({ "hash": "00".repeat(32) })).await;
    assert_eq!(unknown["block"], json!(null));
}

#[tokio::test]
async fn blockchain_lists_metas_newest_first() {
    let served = Served::start().await;
    let result = served
        .result("blockchain", json!({ "minHeight": "1", "maxHeight": "2" }))
        .await;
    assert_eq!(result["last_height"], "3");
    let heights: Vec<_> = result["block_metas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["header"]["height"].clone())
        .collect();
    assert_eq!(heights, [json!("2"), json!("1")]);
    assert_eq!(result["block_metas"][0]["num_txs"], "3");
    assert_eq!(
        served
            .error("blockchain", json!({ "minHeight": "3", "maxHeight": "2" }))
            .await,
        (-32603, "min height 3 can't be greater than max height 2".into())
    );
}

#[tokio::test]
async fn block_results_hold_transactions_and_block_events() {
    let served = Served::start().await;
    let result = served.result("block_results", json!({ "height": "2" })).await;
    assert_eq!(result["txs_results"].as_array().unwrap().len(), 3);
    assert_eq!(result["finalize_block_events"][0]["type"], "cron");
    assert_eq!(result["app_hash"], "02".repeat(32));
    let empty = served.result("block_results", json!({ "height": "1" })).await;
    assert_eq!(empty["txs_results"], json!(null));
}

#[tokio::test]
async fn status_names_a_version_that_clients_take_for_0_38() {
    let served = Served::start().await;
    let status = served.result("status", json!({})).await;
    assert!(status["node_info"]["version"].as_str().unwrap().starts_with("0.38."));
    assert_eq!(status["node_info"]["network"], CHAIN_ID);
    assert_eq!(status["sync_info"]["latest_block_height"], "3");
    assert_eq!(status["sync_info"]["earliest_block_height"], "1");
    assert_eq!(status["sync_info"]["catching_up"], json!(false));
    let info: tendermint::node::Info = serde_json::from_value(status["node_info"].clone()).unwrap();
    assert_eq!(info.network.as_str(), CHAIN_ID);
    let _: Info = serde_json::from_value(json!({
        "address": status["validator_info"]["address"],
        "pub_key": status["validator_info"]["pub_key"],
        "voting_power": status["validator_info"]["voting_power"],
    }))
    .unwrap();
}
