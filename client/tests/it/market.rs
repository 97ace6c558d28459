//! Lists of the market contract are read to their end.

use serde_json::json;
use supercloud_client::market::Market;
use supercloud_proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
use supercloud_proto::prost::Message;
use supercloud_schema::market::QueryMsg;

use crate::fake_node::{Chain, FakeNode};

/// 150 deployments of whoever is asked for.
fn deployments(_: &str, data: &[u8]) -> Vec<u8> {
    let request = QuerySmartContractStateRequest::decode(data).unwrap();
    assert_eq!(request.address, "akash1market");
    let QueryMsg::Deployments {
        owner: Some(owner),
        start_after,
        limit: Some(limit),
    } = serde_json::from_slice(&request.query_data).unwrap()
    else {
        panic!("unexpected query");
    };
    let first = start_after.map_or(1, |last| last.u64() + 1);
    let last = (first + u64::from(limit) - 1).min(150);
    let list: Vec<_> = (first..=last)
        .map(|dseq| {
            json!({ "id": { "owner": owner, "dseq": dseq.to_string() }, "state": { "active": {} },
                "hash": "00", "created_at": 1, "groups": 1, "reclamation_seconds": null })
        })
        .collect();
    QuerySmartContractStateResponse {
        data: json!({ "deployments": list }).to_string().into_bytes(),
    }
    .encode_to_vec()
}

#[tokio::test]
async fn all_deployments_of_an_owner_are_listed() {
    let node = FakeNode::start(Chain {
        answer: Some(deployments),
        ..Chain::default()
    })
    .await;
    let market = Market::new(node.client.clone(), "akash1market");
    let all = market.deployments("akash1tenant").await.unwrap();
    let numbers: Vec<u64> = all.iter().map(|deployment| deployment.id.dseq.u64()).collect();
    assert_eq!(numbers, (1..=150).collect::<Vec<_>>());
    assert!(all.iter().all(|deployment| deployment.id.owner == "akash1tenant"));
}
