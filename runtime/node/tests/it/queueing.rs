//! Who comes into a block first, and who not at all.

use std::time::Duration;

use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{TxQueue, coin, message};
use supercloud_node::NodeConfig;

use crate::stage::Stage;

/// A node that makes blocks only when a test asks for them.
async fn slow_stage(configure: impl FnOnce(&mut NodeConfig)) -> Stage {
    Stage::configured(
        |genesis| genesis.min_gas_price("0.01", "uakt"),
        |mut config| {
            config.min_block_spacing = Duration::from_secs(3_600);
            config.block_interval = Duration::from_secs(3_600);
            configure(&mut config);
            config
        },
    )
    .await
}

/// A transfer of one coin with 200,000 gas, whose least fee is 2,000.
async fn transfer(stage: &Stage, from: &TxQueue, sequence: u64, fee: u128) -> Vec<u8> {
    let account = stage.client.account(from.address()).await.unwrap().unwrap();
    let unsigned = UnsignedTx {
        messages: vec![message::send(
            from.address(),
            stage.bob.address(),
            vec![coin(1, "uakt")],
        )],
        gas_limit: 200_000,
        fee: vec![coin(fee, "uakt")],
        ..UnsignedTx::default()
    };
    let state = SignerState {
        chain_id: stage.client.chain_id().into(),
        account_number: account.account_number,
        sequence,
    };
    unsigned.sign(from.key(), &state)
}

async fn send(stage: &Stage, raw: &[u8]) -> u32 {
    stage.client.rpc().broadcast_tx_sync(raw).await.unwrap().code
}

async fn block(stage: &Stage) -> Vec<Vec<u8>> {
    let height = stage.node.produce_block().unwrap();
    let results = stage.client.rpc().block_results(Some(height)).await.unwrap();
    assert!(results.txs.iter().all(|result| result.code == 0));
    stage.client.rpc().block(Some(height)).await.unwrap().txs
}

#[tokio::test]
async fn the_better_price_goes_first_and_senders_keep_their_order() {
    let stage = slow_stage(|_| {}).await;
    let first = transfer(&stage, &stage.alice, 0, 2_000).await;
    let second = transfer(&stage, &stage.alice, 1, 9_000).await;
    let third = transfer(&stage, &stage.bob, 0, 3_000).await;
    for raw in [&first, &second, &third] {
        assert_eq!(send(&stage, raw).await, 0);
    }
    assert_eq!(block(&stage).await, [third, first, second]);
}

#[tokio::test]
async fn a_higher_fee_replaces_a_transaction_that_waits() {
    let stage = slow_stage(|_| {}).await;
    let raws = [(0, 2_000), (1, 2_000), (2, 2_000)];
    let mut waiting = Vec::new();
    for (sequence, fee) in raws {
        let raw = transfer(&stage, &stage.alice, sequence, fee).await;
        assert_eq!(send(&stage, &raw).await, 0);
        waiting.push(raw);
    }
    let too_little = transfer(&stage, &stage.alice, 1, 2_199).await;
    assert_eq!(send(&stage, &too_little).await, 32);
    let enough = transfer(&stage, &stage.alice, 1, 2_200).await;
    assert_eq!(send(&stage, &enough).await, 0);
    let expected = [waiting[0].clone(), enough, waiting[2].clone()];
    assert_eq!(block(&stage).await, expected);
    // The replaced one lost its sequence.
    assert_eq!(send(&stage, &waiting[1]).await, 32);
}

#[tokio::test]
async fn a_full_mempool_prefers_the_better_price() {
    let stage = slow_stage(|config| config.mempool.max_txs = 1).await;
    let cheap = transfer(&stage, &stage.alice, 0, 2_000).await;
    let same = transfer(&stage, &stage.bob, 0, 2_000).await;
    let better = transfer(&stage, &stage.bob, 0, 2_001).await;
    assert_eq!(send(&stage, &cheap).await, 0);
    let refused = stage.client.rpc().broadcast_tx_sync(&same).await.unwrap_err();
    assert!(refused.to_string().contains("mempool is full"), "{refused}");
    assert_eq!(send(&stage, &better).await, 0);
    // The sender of what was dropped waits for the next block: its sequence is still counted.
    let next = transfer(&stage, &stage.alice, 1, 9_000).await;
    let refused = stage.client.rpc().broadcast_tx_sync(&next).await.unwrap_err();
    assert!(refused.to_string().contains("mempool is full"), "{refused}");
    assert_eq!(block(&stage).await, [better]);
    assert_eq!(send(&stage, &cheap).await, 0);
    assert_eq!(block(&stage).await, [cheap]);
}

#[tokio::test]
async fn a_full_mempool_lets_senders_raise_their_own_fee() {
    let stage = slow_stage(|config| config.mempool.max_txs = 1).await;
    let cheap = transfer(&stage, &stage.alice, 0, 2_000).await;
    assert_eq!(send(&stage, &cheap).await, 0);
    let too_little = transfer(&stage, &stage.alice, 0, 2_199).await;
    let refused = stage.client.rpc().broadcast_tx_sync(&too_little).await.unwrap_err();
    assert!(refused.to_string().contains("mempool is full"), "{refused}");
    let enough = transfer(&stage, &stage.alice, 0, 2_200).await;
    assert_eq!(send(&stage, &enough).await, 0);
    assert_eq!(block(&stage).await, [enough]);
}

#[tokio::test]
async fn a_larger_replacement_drops_worse_offers_so_that_the_bytes_stay_within_the_limit() {
    let probe = slow_stage(|_| {}).await;
    let bytes = transfer(&probe, &probe.alice, 0, 9_999).await.len();
    let stage = slow_stage(|config| config.mempool.max_bytes = 2 * bytes).await;
    let first = transfer(&stage, &stage.alice, 0, 9_999).await;
    let worse = transfer(&stage, &stage.bob, 0, 2_000).await;
    assert_eq!(send(&stage, &first).await, 0);
    assert_eq!(send(&stage, &worse).await, 0);
    // One digit more.
    let larger = transfer(&stage, &stage.alice, 0, 11_000).await;
    assert!(first.len() + worse.len() == 2 * bytes && larger.len() > bytes);
    assert_eq!(send(&stage, &larger).await, 0);
    assert_eq!(block(&stage).await, [larger]);
}
