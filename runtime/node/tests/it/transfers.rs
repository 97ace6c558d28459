//! Sending coins: the whole way from a key to a balance.

use supercloud_client::WordCount;
use supercloud_client::rpc::SearchOrder;
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{
    ClientError, Gas, Key, TxConfig, TxOptions, TxQueue, Uint256, coin, generate_mnemonic, message,
};

use crate::stage::{FUNDS, Stage};

#[tokio::test]
async fn a_transfer_moves_the_balance() {
    let stage = Stage::start().await;
    assert_eq!(
        (stage.client.chain_id(), stage.client.hrp()),
        ("supercloud-dev-1", "akash")
    );
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let outcome = stage
        .alice
        .send(vec![message::send(alice, bob, vec![coin(5, "uakt")])])
        .await
        .unwrap();
    assert_eq!((outcome.code, outcome.log.as_str()), (0, ""));
    assert_eq!(outcome.attribute("transfer", "recipient"), Some(bob));
    assert_eq!(
        outcome.attribute("message", "action"),
        Some("/cosmos.bank.v1beta1.MsgSend")
    );
    assert_eq!(stage.balance(alice, "uakt").await, FUNDS - 5);
    assert_eq!(stage.balance(bob, "uakt").await, FUNDS + 5);
    assert_eq!(stage.client.supply("uakt").await.unwrap(), Uint256::from(2 * FUNDS));
    let owners = stage.client.denom_owners("uakt").await.unwrap();
    assert_eq!(
        owners.iter().map(|owner| owner.amount).sum::<Uint256>(),
        Uint256::from(2 * FUNDS)
    );
    assert_eq!(stage.client.balances(bob).await.unwrap(), [coin(FUNDS + 5, "uakt")]);
}

#[tokio::test]
async fn a_transfer_is_found_by_hash_and_by_its_events() {
    let stage = Stage::start().await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let sent = stage
        .alice
        .send(vec![message::send(alice, bob, vec![coin(5, "uakt")])])
        .await
        .unwrap();
    let rpc = stage.client.rpc();
    assert_eq!(rpc.tx(&sent.hash).await.unwrap(), Some(sent.clone()));
    for query in [
        format!("tx.hash='{}'", sent.hash),
        format!("transfer.recipient='{bob}' AND transfer.amount='5uakt'"),
        format!("message.sender='{alice}' AND tx.height={}", sent.height),
    ] {
        let found = rpc.tx_search(&query, 1, SearchOrder::Ascending).await.unwrap();
        assert_eq!(found, (vec![sent.clone()], 1), "{query}");
    }
    let block = rpc.block(Some(sent.height)).await.unwrap();
    assert_eq!(block.txs, std::slice::from_ref(&sent.raw));
    let results = rpc.block_results(Some(sent.height)).await.unwrap();
    assert_eq!(results.txs[0].events, sent.events);
    assert_eq!(rpc.tx(&"AB".repeat(32)).await.unwrap(), None);
}

#[tokio::test]
async fn many_transfers_of_one_account_keep_their_order() {
    let stage = Stage::start().await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let mut hashes = Vec::new();
    for amount in 1..=20u128 {
        let send = message::send(alice, bob, vec![coin(amount, "uakt")]);
        hashes.push(stage.alice.submit(vec![send], &TxOptions::default()).await.unwrap());
    }
    let mut places = Vec::new();
    for hash in &hashes {
        let outcome = stage.alice.wait(hash).await.unwrap();
        places.push((outcome.height, outcome.index));
    }
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(stage.balance(bob, "uakt").await, FUNDS + 210);
}

#[tokio::test]
async fn a_queue_recovers_when_another_program_uses_the_account() {
    let stage = Stage::start().await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let send = || vec![message::send(alice, bob, vec![coin(1, "uakt")])];
    let other = TxQueue::new(stage.client.clone(), stage.alice.key().clone(), TxConfig::default()).unwrap();
    stage.alice.send(send()).await.unwrap();
    other.send(send()).await.unwrap();
    other.send(send()).await.unwrap();
    stage.alice.send(send()).await.unwrap();
    let fixed = TxOptions {
        gas: Gas::Limit(200_000),
        ..TxOptions::default()
    };
    other.send_with(send(), &fixed).await.unwrap();
    assert_eq!(stage.balance(bob, "uakt").await, FUNDS + 5);
    assert_eq!(stage.client.account(alice).await.unwrap().unwrap().sequence, 5);
}

#[tokio::test]
async fn a_wrong_sequence_is_code_32_with_both_numbers() {
    let stage = Stage::start().await;
    let account = stage.client.account(stage.alice.address()).await.unwrap().unwrap();
    let unsigned = UnsignedTx {
        messages: vec![message::send(
            stage.alice.address(),
            stage.bob.address(),
            vec![coin(1, "uakt")],
        )],
        gas_limit: 200_000,
        ..UnsignedTx::default()
    };
    let state = SignerState {
        chain_id: stage.client.chain_id().into(),
        account_number: account.account_number,
        sequence: 3,
    };
    let check = stage
        .client
        .rpc()
        .broadcast_tx_sync(&unsigned.sign(stage.alice.key(), &state))
        .await
        .unwrap();
    assert_eq!((check.code, check.codespace.as_str()), (32, "sdk"));
    assert_eq!(
        check.log,
        "account sequence mismatch, expected 0, got 3: incorrect account sequence"
    );
}

#[tokio::test]
async fn the_same_bytes_are_refused_by_the_cache() {
    let stage = Stage::start().await;
    let send = vec![message::send(
        stage.alice.address(),
        stage.bob.address(),
        vec![coin(1, "uakt")],
    )];
    let sent = stage.alice.send(send).await.unwrap();
    let error = stage.client.rpc().broadcast_tx_sync(&sent.raw).await.unwrap_err();
    assert!(matches!(&error, ClientError::Rpc { code: -32603, data, .. } if data == "tx already exists in cache"));
}

#[tokio::test]
async fn spending_more_than_there_is_fails_before_anything_is_paid() {
    let stage = Stage::start().await;
    let send = message::send(
        stage.alice.address(),
        stage.bob.address(),
        vec![coin(FUNDS + 1, "uakt")],
    );
    // The simulation already refuses.
    let error = stage.alice.send(vec![send.clone()]).await.unwrap_err();
    assert!(error.log().unwrap().contains("insufficient funds"), "{error}");
    // With a given gas limit it is refused in the block.
    let fixed = TxOptions {
        gas: Gas::Limit(200_000),
        ..TxOptions::default()
    };
    let error = stage.alice.send_with(vec![send], &fixed).await.unwrap_err();
    let ClientError::Failed(outcome) = &error else {
        panic!("{error}")
    };
    assert_eq!((outcome.code, outcome.codespace.as_str()), (5, "sdk"));
    assert!(
        outcome.log.starts_with("failed to execute message; message index: 0: "),
        "{}",
        outcome.log
    );
    assert_eq!(stage.balance(stage.alice.address(), "uakt").await, FUNDS);
    assert_eq!(
        stage
            .client
            .account(stage.alice.address())
            .await
            .unwrap()
            .unwrap()
            .sequence,
        1
    );
}

#[tokio::test]
async fn an_unknown_account_is_code_22_not_found() {
    let stage = Stage::start().await;
    let nobody = Key::from_mnemonic(&generate_mnemonic(WordCount::TwentyFour).unwrap()).unwrap();
    let address = nobody.address("akash").unwrap();
    assert_eq!(stage.client.account(&address).await.unwrap(), None);
    let path = "/cosmos.auth.v1beta1.Query/Account";
    let request = supercloud_proto::cosmos::auth::v1beta1::QueryAccountRequest {
        address: address.clone(),
    };
    let data = supercloud_proto::prost::Message::encode_to_vec(&request);
    let answer = stage.client.rpc().abci_query(path, &data, None).await.unwrap();
    assert_eq!(answer.code, 22);
    assert!(answer.log.contains("rpc error: code = NotFound"), "{}", answer.log);
    let queue = TxQueue::new(stage.client.clone(), nobody, TxConfig::default()).unwrap();
    let send = message::send(&address, stage.bob.address(), vec![coin(1, "uakt")]);
    let error = queue.send(vec![send]).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::UnknownAccount { address: shown } if *shown == address),
        "{error}"
    );
}

#[tokio::test]
async fn fees_are_asked_for_and_paid() {
    let stage = Stage::with(|genesis| genesis.min_gas_price("0.025", "uakt")).await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let send = || vec![message::send(alice, bob, vec![coin(1, "uakt")])];
    let error = stage.alice.send(send()).await.unwrap_err();
    assert_eq!(error.code(), Some((13, "sdk")));
    assert!(error.log().unwrap().contains("required:"), "{error}");
    let config = TxConfig {
        gas_price: "0.025uakt".parse().unwrap(),
        ..TxConfig::default()
    };
    let paying = TxQueue::new(stage.client.clone(), stage.alice.key().clone(), config).unwrap();
    let outcome = paying.send(send()).await.unwrap();
    let fee = (u128::from(outcome.gas_wanted) * 25).div_ceil(1_000);
    assert_eq!(stage.balance(alice, "uakt").await, FUNDS - 1 - fee);
}

#[tokio::test]
async fn an_estimate_covers_a_transaction_that_pays_a_fee() {
    let stage = Stage::start().await;
    let config = TxConfig {
        gas_price: "0.025uakt".parse().unwrap(),
        ..TxConfig::default()
    };
    let paying = TxQueue::new(stage.client.clone(), stage.alice.key().clone(), config).unwrap();
    let send = || {
        vec![message::send(
            stage.alice.address(),
            stage.bob.address(),
            vec![coin(1, "uakt")],
        )]
    };
    paying.send(send()).await.unwrap();
    let simulated = paying.simulate(send()).await.unwrap();
    let used = paying.send(send()).await.unwrap().gas_used;
    assert!(
        (used..used + used / 2).contains(&simulated),
        "simulated {simulated}, used {used}"
    );
}

#[tokio::test]
async fn old_heights_are_answered_from_old_state() {
    let stage = Stage::start().await;
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let sent = stage
        .alice
        .send(vec![message::send(alice, bob, vec![coin(5, "uakt")])])
        .await
        .unwrap();
    let request = supercloud_proto::cosmos::bank::v1beta1::QueryBalanceRequest {
        address: bob.into(),
        denom: "uakt".into(),
    };
    let data = supercloud_proto::prost::Message::encode_to_vec(&request);
    let rpc = stage.client.rpc();
    let at = |height| rpc.abci_query("/cosmos.bank.v1beta1.Query/Balance", &data, Some(height));
    let (before, after) = (at(sent.height - 1).await.unwrap(), at(sent.height).await.unwrap());
    assert_eq!((before.height, after.height), (sent.height - 1, sent.height));
    assert_ne!(before.value, after.value);
}
