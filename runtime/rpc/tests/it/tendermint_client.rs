//! The `tendermint-rpc` crate as an unmodified client, over HTTP and WebSocket.

use futures_util::StreamExt;
use tendermint_rpc::event::EventData;
use tendermint_rpc::query::{EventType, Query};
use tendermint_rpc::{Client, HttpClient, Order, SubscriptionClient, WebSocketClient};

use crate::fake::{Served, event, result};

#[tokio::test]
async fn every_answer_is_read_over_http() {
    let served = Served::start().await;
    let client = HttpClient::new(format!("http://{}", served.address).as_str()).unwrap();
    let status = client.status().await.unwrap();
    assert_eq!(status.node_info.version.to_string(), "0.38.17");
    assert_eq!(status.sync_info.latest_block_height.value(), 3);
    let block = client.block(2u32).await.unwrap();
    assert_eq!(block.block.header.hash(), block.block_id.hash);
    assert_eq!(block.block.data.len(), 3);
    let commit = client.latest_commit().await.unwrap();
    assert_eq!(
        commit.signed_header.header.hash(),
        commit.signed_header.commit.block_id.hash
    );
    assert_eq!(client.block_results(2u32).await.unwrap().txs_results.unwrap().len(), 3);
    assert_eq!(client.blockchain(1u32, 3u32).await.unwrap().block_metas.len(), 3);
    assert_eq!(
        client
            .validators(3u32, tendermint_rpc::Paging::Default)
            .await
            .unwrap()
            .validators
            .len(),
        1
    );
    assert_eq!(
        client
            .consensus_params(3u32)
            .await
            .unwrap()
            .consensus_params
            .block
            .max_bytes,
        22_020_096
    );
    assert_eq!(
        client.genesis::<serde_json::Value>().await.unwrap().chain_id.as_str(),
        "fake-1"
    );
    assert_eq!(client.header(2u32).await.unwrap().header.height.value(), 2);
    client.health().await.unwrap();
    assert_eq!(client.abci_info().await.unwrap().data, "fake-app");
    let query = Query::eq("transfer.recipient", "bob");
    let found = client.tx_search(query, true, 1, 10, Order::Ascending).await.unwrap();
    assert_eq!(found.total_count, 2);
    let query = Query::eq("cron.job", "sweep");
    assert_eq!(
        client
            .block_search(query, 1, 10, Order::Descending)
            .await
            .unwrap()
            .total_count,
        1
    );
    let sent = client.broadcast_tx_sync(b"tx".to_vec()).await.unwrap();
    assert!(sent.code.is_ok());
    let tx = client.tx(sent.hash, true).await.unwrap();
    assert_eq!((tx.height.value(), tx.index), (4, 0));
}

#[tokio::test]
async fn blocks_and_transactions_are_read_over_the_websocket() {
    let served = Served::start().await;
    let url = format!("ws://{}/websocket", served.address);
    let (client, driver) = WebSocketClient::new(url.as_str()).await.unwrap();
    let driving = tokio::spawn(driver.run());
    assert_eq!(client.status().await.unwrap().sync_info.latest_block_height.value(), 3);
    let mut blocks = client.subscribe(EventType::NewBlock.into()).await.unwrap();
    let mut txs = client
        .subscribe(Query::from(EventType::Tx).and_eq("transfer.recipient", "bob"))
        .await
        .unwrap();
    let transfer = event("transfer", &[("recipient", "bob")]);
    served.chain.push_block(
        vec![(b"x".to_vec(), result(vec![transfer]))],
        vec![event("cron", &[("job", "x")])],
    );
    let EventData::NewBlock {
        block,
        block_id,
        result_finalize_block,
    } = blocks.next().await.unwrap().unwrap().data
    else {
        panic!("another kind of event");
    };
    assert_eq!(block.unwrap().header.hash(), block_id.hash);
    assert_eq!(result_finalize_block.unwrap().tx_results.len(), 1);
    let EventData::Tx { tx_result } = txs.next().await.unwrap().unwrap().data else {
        panic!("another kind of event");
    };
    assert_eq!((tx_result.height, tx_result.tx), (4, b"x".to_vec()));
    client.unsubscribe(EventType::NewBlock.into()).await.unwrap();
    client.close().unwrap();
    let _ = driving.await;
}
