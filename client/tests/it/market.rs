//! Lists of the market contract are read to their end, also where a node's query gas does not reach for a full page.

use serde_json::json;
use supercloud_client::ClientError;
use supercloud_client::market::Market;
use supercloud_proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
use supercloud_proto::prost::Message;
use supercloud_schema::market::{Order, QueryMsg};

use crate::fake_node::{Chain, FakeNode};

/// 150 deployments of whoever is asked for.
fn deployments(_: &str, data: &[u8]) -> Result<Vec<u8>, (u32, String)> {
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
    let response = QuerySmartContractStateResponse {
        data: json!({ "deployments": list }).to_string().into_bytes(),
    };
    Ok(response.encode_to_vec())
}

/// What a node gives a query; one that uses all of it is out of gas.
const QUERY_GAS: u64 = 3_000_000;

/// A node's words, as `runtime/chain` writes them.
const OUT_OF_GAS: &str = "rpc error: code = Unknown desc = out of gas in location: wasm contract; \
    gasWanted: 3000000, gasUsed: 3000000: out of gas: unknown request";

/// 150 open orders, of which each costs the query gas by its number.
fn open_orders(cost: fn(u64) -> u64, data: &[u8]) -> Result<Vec<u8>, (u32, String)> {
    let request = QuerySmartContractStateRequest::decode(data).unwrap();
    let QueryMsg::OpenOrders {
        start_after,
        limit: Some(limit),
    } = serde_json::from_slice(&request.query_data).unwrap()
    else {
        panic!("unexpected query");
    };
    let first = start_after.map_or(1, |last| last.dseq.u64() + 1);
    let last = (first + u64::from(limit) - 1).min(150);
    if (first..=last).map(cost).sum::<u64>() >= QUERY_GAS {
        return Err((6, OUT_OF_GAS.into()));
    }
    let list: Vec<_> = (first..=last)
        .map(|dseq| {
            json!({ "id": { "owner": "akash1tenant", "dseq": dseq.to_string(), "gseq": 1, "oseq": 1 },
                "state": { "open": {} }, "max_price": "1", "reclamation_seconds": null, "created_at": 1,
                "spec": { "name": "west", "requirements": { "signed_by": { "all_of": [], "any_of": [] },
                    "attributes": [] }, "resources": [] } })
        })
        .collect();
    let response = QuerySmartContractStateResponse {
        data: json!({ "orders": list }).to_string().into_bytes(),
    };
    Ok(response.encode_to_vec())
}

/// Limits of the pages asked for so far.
fn limits(node: &FakeNode) -> Vec<u32> {
    let limit = |data: &Vec<u8>| {
        let request = QuerySmartContractStateRequest::decode(data.as_slice()).unwrap();
        match serde_json::from_slice(&request.query_data).unwrap() {
            QueryMsg::OpenOrders { limit, .. } => limit.unwrap(),
            other => panic!("unexpected {other:?}"),
        }
    };
    node.chain.lock().unwrap().asked.iter().map(limit).collect()
}

fn numbers(orders: &[Order]) -> Vec<u64> {
    orders.iter().map(|order| order.id.dseq.u64()).collect()
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

#[tokio::test]
async fn pages_shrink_before_large_orders_and_grow_behind_them() {
    let node = FakeNode::start(Chain {
        answer: Some(|_, data| {
            let cost = |dseq| if (120..=127).contains(&dseq) { 600_000 } else { 20_000 };
            open_orders(cost, data)
        }),
        ..Chain::default()
    })
    .await;
    let market = Market::new(node.client.clone(), "akash1market");
    let all = market.open_orders().await.unwrap();
    assert_eq!(numbers(&all), (1..=150).collect::<Vec<_>>());
    let expected = [100, 100, 50, 25, 12, 24, 12, 6, 12, 6, 3, 6, 3, 6, 12, 24];
    assert_eq!(limits(&node), expected);
}

#[tokio::test]
async fn an_order_just_within_the_query_gas_is_listed() {
    let node = FakeNode::start(Chain {
        answer: Some(|_, data| open_orders(|dseq| if dseq == 7 { QUERY_GAS - 1 } else { 1 }, data)),
        ..Chain::default()
    })
    .await;
    let market = Market::new(node.client.clone(), "akash1market");
    let all = market.open_orders().await.unwrap();
    assert_eq!(numbers(&all), (1..=150).collect::<Vec<_>>());
    assert!(limits(&node).contains(&1));
}

#[tokio::test]
async fn an_order_beyond_the_query_gas_is_an_error_that_names_the_place() {
    let node = FakeNode::start(Chain {
        answer: Some(|_, data| open_orders(|dseq| if dseq == 7 { QUERY_GAS } else { 1 }, data)),
        ..Chain::default()
    })
    .await;
    let market = Market::new(node.client.clone(), "akash1market");
    let error = market.open_orders().await.unwrap_err();
    assert_eq!(error.code(), Some((6, "sdk")));
    assert_eq!(error.log(), Some(OUT_OF_GAS));
    let ClientError::Unlistable { list, after, source } = error else {
        panic!("unexpected {error}");
    };
    assert_eq!(list, "open_orders");
    assert_eq!(after, r#"{"dseq":"6","gseq":1,"oseq":1}"#);
    assert!(source.is_out_of_query_gas());
    assert_eq!(limits(&node).last(), Some(&1));
}

#[tokio::test]
async fn other_failures_of_a_page_are_not_tried_again() {
    let node = FakeNode::start(Chain {
        answer: Some(|_, _| Err((6, "rpc error: code = Unknown desc = paused: unknown request".into()))),
        ..Chain::default()
    })
    .await;
    let market = Market::new(node.client.clone(), "akash1market");
    let error = market.open_orders().await.unwrap_err();
    assert!(matches!(error, ClientError::Query { code: 6, .. }), "{error}");
    assert_eq!(limits(&node), [100]);
}
