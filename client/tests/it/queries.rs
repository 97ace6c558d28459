//! Paged and failing queries.

use std::time::Duration;

use supercloud_client::{ClientError, DenomOwner, RpcClient, Uint256};
use supercloud_proto::cosmos::bank::v1beta1::{
    DenomOwner as ProtoOwner, QueryDenomOwnersRequest, QueryDenomOwnersResponse,
};
use supercloud_proto::cosmos::base::query::v1beta1::PageResponse;
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmwasm::wasm::v1::QuerySmartContractStateResponse;
use supercloud_proto::prost::Message;

use crate::fake_node::{Chain, FakeNode};

/// Two pages of one owner each.
fn owners(_: &str, data: &[u8]) -> Result<Vec<u8>, (u32, String)> {
    let request = QueryDenomOwnersRequest::decode(data).unwrap();
    let first = request.pagination.unwrap().key.is_empty();
    let (address, amount, next_key) = if first { ("a", "5", vec![1]) } else { ("b", "7", vec![]) };
    let balance = Some(Coin {
        denom: request.denom,
        amount: amount.into(),
    });
    let response = QueryDenomOwnersResponse {
        denom_owners: vec![ProtoOwner {
            address: address.into(),
            balance,
        }],
        pagination: Some(PageResponse { next_key, total: 0 }),
    };
    Ok(response.encode_to_vec())
}

#[tokio::test]
async fn all_pages_of_a_list_are_read() {
    let node = FakeNode::start(Chain {
        answer: Some(owners),
        ..Chain::default()
    })
    .await;
    let expected = [("a", 5u128), ("b", 7)];
    let expected = expected.map(|(address, amount)| DenomOwner {
        address: address.into(),
        amount: Uint256::from(amount),
    });
    assert_eq!(node.client.denom_owners("uakt").await.unwrap(), expected);
}

#[tokio::test]
async fn a_missing_account_is_none_and_not_an_error() {
    let node = FakeNode::start(Chain::default()).await;
    assert_eq!(node.client.account("akash1nobody").await.unwrap(), None);
}

#[tokio::test]
async fn a_contract_that_answers_something_else_is_a_typed_error() {
    fn answer(_: &str, _: &[u8]) -> Result<Vec<u8>, (u32, String)> {
        let response = QuerySmartContractStateResponse {
            data: br#"{"count":"x"}"#.to_vec(),
        };
        Ok(response.encode_to_vec())
    }
    #[derive(Debug, serde::Deserialize)]
    struct Count {
        #[expect(dead_code, reason = "only its type matters")]
        count: u32,
    }
    let node = FakeNode::start(Chain {
        answer: Some(answer),
        ..Chain::default()
    })
    .await;
    let error = node
        .client
        .query_wasm::<_, Count>("akash1c", &serde_json::json!({ "count": {} }))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Malformed { what, .. } if what == "query of akash1c"),
        "{error}"
    );
}

#[tokio::test]
async fn a_node_that_is_not_there_is_a_transport_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = tokio::time::timeout(Duration::from_secs(10), RpcClient::new(&url).unwrap().status())
        .await
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Transport { url: shown, .. } if *shown == url),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_over_the_nodes_limit_is_a_refusal() {
    // The scripted node takes 2 MB, axum's default.
    let node = FakeNode::start(Chain::default()).await;
    let error = node
        .client
        .rpc()
        .broadcast_tx_sync(&vec![0; 3 << 20])
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Rpc { code: 413, .. }), "{error}");
}
