//! Events over the WebSocket: one's own transaction, and the block that holds it.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures::StreamExt;
use tendermint_rpc::event::{Event, EventData};
use tendermint_rpc::query::{EventType, Query};
use tendermint_rpc::{Client, Subscription, SubscriptionClient, WebSocketClient};

use crate::contracts::transfer;
use crate::{Suite, held};

async fn next(events: &mut Subscription) -> Result<Event> {
    let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
    Ok(event.context("no event in 20 s")?.context("the stream ended")??)
}

/// Waits for the event of an own transaction, and of its block.
pub async fn run(suite: &mut Suite) -> Result<()> {
    let url = format!("{}/websocket", suite.node.url.replacen("http", "ws", 1));
    let (client, driver) = WebSocketClient::new(url.as_str()).await?;
    let driving = tokio::spawn(driver.run());
    ensure!(client.status().await?.node_info.network.as_str() == suite.node.chain_id);
    let query = Query::from(EventType::Tx).and_eq("transfer.sender", suite.sender.id.to_string());
    let mut txs = client.subscribe(query.clone()).await?;
    let mut blocks = client.subscribe(EventType::NewBlock.into()).await?;
    let message = transfer(suite, 5)?;
    let sent = suite.sender.send(&suite.node, &[message]).await?;

    let event = next(&mut txs).await?;
    let EventData::Tx { tx_result } = event.data else {
        bail!("another kind of event");
    };
    ensure!(
        tx_result.height == i64::try_from(sent.height.value())?,
        "{}",
        tx_result.height
    );
    ensure!(tx_result.tx == sent.tx, "the transaction of somebody else");
    let events = event.events.context("no events")?;
    ensure!(events["tx.hash"] == [sent.hash.to_string()], "{:?}", events["tx.hash"]);
    loop {
        let EventData::NewBlock { block, block_id, .. } = next(&mut blocks).await?.data else {
            bail!("another kind of event");
        };
        let block = block.context("no block")?;
        ensure!(
            block.header.hash() == block_id.hash,
            "hash of header {}",
            block.header.height
        );
        if block.header.height == sent.height {
            ensure!(block.data.contains(&sent.tx), "the block lacks the transaction");
            break;
        }
    }
    client.unsubscribe(query).await?;
    client.close()?;
    driving.await??;
    held("subscriptions over the WebSocket");
    Ok(())
}
