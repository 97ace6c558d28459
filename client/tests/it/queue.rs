//! The transaction queue: sequences, gas, waiting, and every way in which a broadcast can go wrong.

use std::time::Duration;

use supercloud_client::{Any, Client, ClientError, Gas, Key, TxConfig, TxOptions, TxQueue, coin, message};
use supercloud_proto::cosmos::tx::v1beta1::{SignDoc, TxRaw};
use supercloud_proto::prost::Message;

use crate::fake_node::{ACCOUNT_NUMBER, CHAIN_ID, Chain, FakeNode, SIMULATED_GAS, Script, auth_info};

fn key() -> Key {
    Key::from_secret(&[7; 32]).unwrap()
}

fn chain(sequence: u64) -> Chain {
    Chain {
        account: Some(key().address("akash").unwrap()),
        committed: sequence,
        instant: true,
        ..Chain::default()
    }
}

fn config() -> TxConfig {
    TxConfig {
        inclusion_timeout: Duration::from_millis(300),
        ..TxConfig::default()
    }
}

fn queue(client: &Client, config: TxConfig) -> TxQueue {
    TxQueue::new(client.clone(), key(), config).unwrap()
}

fn send(queue: &TxQueue) -> Vec<Any> {
    vec![message::send(queue.address(), "akash1other", vec![coin(5, "uakt")])]
}

#[tokio::test]
async fn a_sent_transaction_is_signed_and_paid_as_configured() {
    let node = FakeNode::start(chain(3)).await;
    let queue = queue(
        &node.client,
        TxConfig {
            gas_price: "0.025uakt".parse().unwrap(),
            ..config()
        },
    );
    let outcome = queue.send(send(&queue)).await.unwrap();
    assert_eq!((outcome.height, outcome.gas_used, outcome.code), (2, 90_000, 0));
    assert_eq!(outcome.attribute("transfer", "recipient"), Some("a"));
    let info = auth_info(&outcome.raw);
    let fee = info.fee.unwrap();
    assert_eq!(fee.gas_limit, SIMULATED_GAS * 140 / 100);
    assert_eq!(
        (fee.amount[0].amount.as_str(), fee.amount[0].denom.as_str()),
        ("3500", "uakt")
    );
    assert_eq!(info.signer_infos[0].sequence, 3);
    assert_signed(&outcome.raw);
}

fn assert_signed(raw: &[u8]) {
    use k256::ecdsa::signature::Verifier;
    let TxRaw {
        body_bytes,
        auth_info_bytes,
        signatures,
    } = TxRaw::decode(raw).unwrap();
    let document = SignDoc {
        body_bytes,
        auth_info_bytes,
        chain_id: CHAIN_ID.into(),
        account_number: ACCOUNT_NUMBER,
    };
    let key = k256::ecdsa::VerifyingKey::from_sec1_bytes(&key().public_key()).unwrap();
    let signature = k256::ecdsa::Signature::from_slice(&signatures[0]).unwrap();
    key.verify(&document.encode_to_vec(), &signature).unwrap();
}

#[tokio::test]
async fn transactions_follow_each_other_without_asking_for_the_sequence() {
    let node = FakeNode::start(Chain {
        instant: false,
        ..chain(0)
    })
    .await;
    let queue = queue(&node.client, config());
    let options = TxOptions {
        gas: Gas::Limit(50_000),
        ..TxOptions::default()
    };
    for _ in 0..3 {
        queue.submit(send(&queue), &options).await.unwrap();
    }
    let chain = node.chain.lock().unwrap();
    let sequences: Vec<_> = chain
        .pending
        .iter()
        .map(|raw| auth_info(raw).signer_infos[0].sequence)
        .collect();
    assert_eq!(sequences, [0, 1, 2]);
    assert_eq!(chain.broadcasts, 3);
}

#[tokio::test]
async fn a_wrong_sequence_is_taken_from_the_log_and_sent_once_more() {
    let node = FakeNode::start(chain(0)).await;
    let queue = queue(&node.client, config());
    queue.send(send(&queue)).await.unwrap();
    // Another program used the account meanwhile.
    node.chain.lock().unwrap().committed = 9;
    let options = TxOptions {
        gas: Gas::Limit(50_000),
        ..TxOptions::default()
    };
    let outcome = queue.send_with(send(&queue), &options).await.unwrap();
    assert_eq!(auth_info(&outcome.raw).signer_infos[0].sequence, 9);
    assert_eq!(node.chain.lock().unwrap().broadcasts, 3);
}

#[tokio::test]
async fn a_simulation_that_expects_another_sequence_is_repeated() {
    let node = FakeNode::start(chain(0)).await;
    let queue = queue(&node.client, config());
    queue.send(send(&queue)).await.unwrap();
    node.chain.lock().unwrap().committed = 9;
    queue.send(send(&queue)).await.unwrap();
    assert_eq!(node.chain.lock().unwrap().broadcasts, 2);
}

#[tokio::test]
async fn a_simulation_behind_our_own_transactions_waits_for_them() {
    let node = FakeNode::start(Chain {
        instant: false,
        ..chain(0)
    })
    .await;
    let queue = queue(
        &node.client,
        TxConfig {
            inclusion_timeout: Duration::from_secs(5),
            ..config()
        },
    );
    queue.submit(send(&queue), &TxOptions::default()).await.unwrap();
    let chain = node.chain.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        chain.lock().unwrap().commit();
    });
    queue.submit(send(&queue), &TxOptions::default()).await.unwrap();
    let chain = node.chain.lock().unwrap();
    assert_eq!((chain.blocks.len(), chain.pending.len()), (1, 1));
}

#[tokio::test]
async fn a_second_wrong_sequence_is_given_up() {
    let mut scripted = chain(0);
    let log = "account sequence mismatch, expected 4, got 0: incorrect account sequence";
    scripted.script = [Script::Refuse(32, log), Script::Refuse(32, log)].into();
    let node = FakeNode::start(scripted).await;
    let queue = queue(&node.client, config());
    let options = TxOptions {
        gas: Gas::Limit(50_000),
        ..TxOptions::default()
    };
    let error = queue.submit(send(&queue), &options).await.unwrap_err();
    assert_eq!((error.code(), error.log()), (Some((32, "sdk")), Some(log)));
    assert_eq!(node.chain.lock().unwrap().broadcasts, 2);
}

#[tokio::test]
async fn a_refusal_keeps_the_sequence() {
    let mut scripted = chain(2);
    scripted.script = [Script::Refuse(
        13,
        "insufficient fees; got: 1u required: 5u: insufficient fee",
    )]
    .into();
    let node = FakeNode::start(scripted).await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Refused { code: 13, codespace, .. } if codespace == "sdk"),
        "{error}"
    );
    let outcome = queue.send(send(&queue)).await.unwrap();
    assert_eq!(auth_info(&outcome.raw).signer_infos[0].sequence, 2);
}

#[tokio::test]
async fn a_transaction_that_fails_in_its_block_is_an_error_with_its_outcome() {
    let node = FakeNode::start(Chain {
        result_code: 5,
        ..chain(0)
    })
    .await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert_eq!((error.code(), error.log()), (Some((5, "wasm")), Some("it broke")));
    let ClientError::Failed(outcome) = error else {
        panic!("{error}")
    };
    assert_eq!((outcome.height, outcome.gas_used), (2, 90_000));
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_with_the_same_bytes() {
    let mut scripted = chain(0);
    scripted.script = [Script::TakeAndBreak].into();
    let node = FakeNode::start(scripted).await;
    let queue = queue(&node.client, config());
    queue.send(send(&queue)).await.unwrap();
    let chain = node.chain.lock().unwrap();
    assert_eq!((chain.blocks.len(), chain.broadcasts), (1, 2));
}

#[tokio::test]
async fn a_node_that_stays_away_leaves_the_outcome_open() {
    let mut scripted = chain(0);
    scripted.script = [Script::Break, Script::Break].into();
    let node = FakeNode::start(scripted).await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert!(matches!(error, ClientError::Uncertain { .. }), "{error}");
    // The queue asks for the sequence again and goes on.
    queue.send(send(&queue)).await.unwrap();
}

#[tokio::test]
async fn rpc_errors_are_shown_with_their_text() {
    let mut scripted = chain(0);
    scripted.script = [Script::RpcError("mempool is full")].into();
    let node = FakeNode::start(scripted).await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Rpc { code: -32603, data, .. } if data == "mempool is full"),
        "{error}"
    );
}

#[tokio::test]
async fn a_transaction_that_no_block_takes_times_out() {
    let node = FakeNode::start(Chain {
        instant: false,
        ..chain(0)
    })
    .await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert!(
        matches!(error, ClientError::NotIncluded { waited, .. } if waited == config().inclusion_timeout),
        "{error}"
    );
}

#[tokio::test]
async fn a_dropped_transaction_does_not_block_the_next() {
    let node = FakeNode::start(Chain {
        instant: false,
        ..chain(0)
    })
    .await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert!(matches!(error, ClientError::NotIncluded { .. }), "{error}");
    {
        let mut chain = node.chain.lock().unwrap();
        chain.pending.clear();
        chain.instant = true;
    }
    let outcome = queue.send(send(&queue)).await.unwrap();
    assert_eq!(auth_info(&outcome.raw).signer_infos[0].sequence, 0);
}

#[tokio::test]
async fn an_unknown_account_cannot_send() {
    let node = FakeNode::start(Chain::default()).await;
    let queue = queue(&node.client, config());
    let error = queue.send(send(&queue)).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::UnknownAccount { address } if address == queue.address()),
        "{error}"
    );
}

#[tokio::test]
async fn uploads_take_the_smaller_margin() {
    let node = FakeNode::start(chain(0)).await;
    let queue = queue(&node.client, config());
    let upload = message::store_code(queue.address(), b"\0asm", message::Compression::None);
    let outcome = queue.send(vec![upload]).await.unwrap();
    assert_eq!(
        auth_info(&outcome.raw).fee.unwrap().gas_limit,
        SIMULATED_GAS * 115 / 100
    );
}
