//! Snapshots, impersonation, traces and forks of development chains.

use std::time::Duration;

use serde_json::json;
use supercloud_client::message::{self, Compression, Instantiate};
use supercloud_client::{Key, coin};
use supercloud_node::{DevError, DevGenesis, Fork, NodeConfig, NodeHandle, spawn};

use crate::homes::{config, init};
use crate::stage::{FUNDS, Stage};

const NEVER: Duration = Duration::from_secs(3_600);

/// Blocks only when asked for.
async fn manual() -> Stage {
    Stage::configured(
        |genesis| genesis,
        |config| NodeConfig {
            min_block_spacing: NEVER,
            block_interval: NEVER,
            ..config
        },
    )
    .await
}

async fn time(stage: &Stage) -> u64 {
    stage.client.rpc().status().await.unwrap().time_nanos
}

#[tokio::test]
async fn a_revert_takes_back_state_blocks_mempool_and_time() {
    let stage = manual().await;
    let (alice, bob) = (stage.alice.address().to_owned(), stage.bob.address().to_owned());
    let pay = |amount| vec![message::send(&alice, &bob, vec![coin(amount, "uakt")])];
    let waiting = stage.alice.submit(pay(1), &Default::default()).await.unwrap();
    let (snapshot, height, before) = (stage.node.snapshot().unwrap(), stage.node.height(), time(&stage).await);
    assert_eq!((snapshot.id, snapshot.height), (1, height));

    stage.node.advance_time(Duration::from_secs(86_400)).unwrap();
    let later = stage.node.snapshot().unwrap();
    stage.alice.submit(pay(10), &Default::default()).await.unwrap();
    stage.node.produce_block().unwrap();
    assert_eq!(stage.balance(&bob, "uakt").await, FUNDS + 11);
    assert!(time(&stage).await >= before + 86_400_000_000_000);

    assert_eq!(stage.node.revert(snapshot.id).unwrap(), snapshot);
    assert_eq!((stage.node.height(), time(&stage).await), (height, before));
    assert_eq!(stage.balance(&bob, "uakt").await, FUNDS);
    assert_eq!(stage.client.rpc().tx(&waiting).await.unwrap(), None);
    let counted = stage.client.rpc().call("num_unconfirmed_txs", json!({})).await.unwrap();
    assert_eq!(counted["n_txs"], "1", "the one that waited waits again");
    stage.node.produce_block().unwrap();
    assert_eq!(stage.node.height(), height + 1);
    assert_eq!(stage.balance(&bob, "uakt").await, FUNDS + 1);
    let sent = stage.client.rpc().tx(&waiting).await.unwrap().unwrap();
    assert_eq!((sent.height, sent.code), (height + 1, 0));
    assert!(time(&stage).await < before + 3_600_000_000_000);

    let gone = stage.node.revert(later.id).unwrap_err();
    assert!(
        matches!(&gone, DevError::NoSnapshot { id: 2, known } if known == &[1]),
        "{gone}"
    );
    stage.node.revert(snapshot.id).unwrap();
    assert_eq!(stage.node.height(), height);
    // Numbers are not used again.
    assert_eq!(stage.node.snapshot().unwrap().id, 3);
}

#[test]
fn a_hundred_snapshots_are_kept_and_no_more() {
    let node = spawn(NodeConfig::test(DevGenesis::new().build())).unwrap();
    for id in 1..=100 {
        assert_eq!(node.snapshot().unwrap().id, id);
    }
    assert!(matches!(node.snapshot(), Err(DevError::TooManySnapshots { .. })));
    node.revert(50).unwrap();
    assert_eq!(node.snapshot().unwrap().id, 101);
}

#[test]
fn nodes_that_others_rely_on_have_no_tools() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    let configured = NodeConfig::from_home(home.clone()).unwrap();
    assert!(!configured.dev, "`node start` never turns it on");
    let address = Key::from_secret(&[9; 32]).unwrap().address("akash").unwrap();
    let refusals = |node: &NodeHandle| {
        [
            node.snapshot().unwrap_err(),
            node.revert(1).unwrap_err(),
            node.impersonate(&address).unwrap_err(),
        ]
    };
    let node = spawn(config(&home)).unwrap();
    for error in refusals(&node) {
        assert!(matches!(error, DevError::NotDev), "{error}");
    }
    assert!(matches!(node.gas_report(), Err(DevError::NotDev)));
    node.shutdown();
    // A development chain in a home has blocks that a crash would run again.
    let durable = NodeConfig {
        dev: true,
        ..config(&home)
    };
    let node = spawn(durable).unwrap();
    for error in refusals(&node) {
        assert!(matches!(error, DevError::Durable { .. }), "{error}");
    }
    assert_eq!(node.gas_report().unwrap(), vec![]);
}

#[tokio::test]
async fn an_unmodified_client_sends_as_somebody_else() {
    let stage = Stage::start().await;
    let bob = stage.bob.address().to_owned();
    // Signs as anybody would, but with a key that is not bob's.
    let stranger = Key::from_secret(&[7; 32]).unwrap().address("akash").unwrap();
    let take = || vec![message::send(&bob, &stranger, vec![coin(5, "uakt")])];
    let raw = |sequence: u64| {
        use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw, mode_info};
        use supercloud_proto::prost::Message;
        let single = mode_info::Single { mode: 1 };
        let signer = SignerInfo {
            public_key: None,
            mode_info: Some(ModeInfo {
                sum: Some(mode_info::Sum::Single(single)),
            }),
            sequence,
        };
        let body = TxBody {
            messages: take(),
            ..TxBody::default()
        };
        let auth = AuthInfo {
            signer_infos: vec![signer],
            fee: Some(Fee {
                gas_limit: 200_000,
                ..Fee::default()
            }),
            ..AuthInfo::default()
        };
        TxRaw {
            body_bytes: body.encode_to_vec(),
            auth_info_bytes: auth.encode_to_vec(),
            signatures: vec![vec![]],
        }
        .encode_to_vec()
    };
    let send = |raw: Vec<u8>| async { stage.client.rpc().broadcast_tx_sync(&{ raw }).await.unwrap() };
    assert_eq!(send(raw(0)).await.code, 8);
    assert_eq!(stage.node.impersonate(&bob).unwrap(), [bob.as_str()]);
    assert_eq!(send(raw(0)).await.code, 0);
    stage.node.produce_block().unwrap();
    assert_eq!(stage.balance(&stranger, "uakt").await, 5);
    assert_eq!(stage.node.stop_impersonating(&bob).unwrap(), Vec::<String>::new());
    assert_eq!(send(raw(1)).await.code, 8);
    let error = stage.node.impersonate("bob").unwrap_err();
    assert!(matches!(error, DevError::Address { .. }), "{error}");
}

#[tokio::test]
async fn a_transaction_is_traced_and_counted() {
    let stage = Stage::start().await;
    let alice = stage.alice.address().to_owned();
    let keeper = wat::parse_str(include_str!("keeper.wat")).unwrap();
    let upload = message::store_code(&alice, &keeper, Compression::Gzip);
    let code_id = stage.alice.send(vec![upload]).await.unwrap().code_id().unwrap();
    let contract = Instantiate {
        code_id,
        label: "keeper",
        admin: None,
        message: &json!({ "first": 1 }),
        funds: &[],
    };
    let made = stage
        .alice
        .send(vec![message::instantiate(&alice, &contract).unwrap()])
        .await
        .unwrap();
    let address = made.contract_address().unwrap();
    let mut hashes = Vec::new();
    for size in [1, 500] {
        let keep = message::execute(&alice, address, &json!({ "keep": "x".repeat(size) }), vec![]).unwrap();
        hashes.push(stage.alice.send(vec![keep]).await.unwrap().hash);
    }
    let hash: [u8; 32] = hex::decode(&hashes[1]).unwrap().try_into().unwrap();
    let traced = stage.node.trace(&hash).unwrap().unwrap();
    assert_eq!((traced.tx_hash.as_str(), traced.code), (hashes[1].as_str(), 0));
    let calls = traced.trace.unwrap().calls;
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (
            calls[0].contract.as_str(),
            calls[0].entry_point.as_str(),
            calls[0].message.as_str()
        ),
        (address, "execute", "keep")
    );
    assert!(calls[0].gas_used > 0 && calls[0].gas_used < traced.gas_used);
    assert_eq!(stage.node.trace(&[0; 32]).unwrap(), None);
    let report = stage.node.gas_report().unwrap();
    let keep = report.iter().find(|line| line.message == "keep").unwrap();
    assert_eq!((keep.calls, keep.failed), (2, 0));
    assert!(keep.min < keep.avg && keep.avg < keep.max, "{keep:?}");
}

#[tokio::test]
async fn a_fork_goes_on_with_the_exported_state_and_new_rich_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    let node = spawn(config(&home)).unwrap();
    node.produce_block().unwrap();
    node.shutdown();
    let exported = supercloud_node::offline::export(&crate::homes::storage(&home), None).unwrap();
    let accounts = [8u8, 9].map(|byte| Key::from_secret(&[byte; 32]).unwrap().address("akash").unwrap());
    let fork = Fork {
        accounts: &accounts,
        funds: (77, "uakt"),
        chain_id: None,
    };
    let genesis = fork.apply(exported.clone()).unwrap();
    let node = spawn(NodeConfig::test(genesis)).unwrap();
    assert_eq!(node.chain_id(), "home-1");
    assert!(node.height() >= exported.initial_height);
    let client = supercloud_client::Client::connect(&node.rpc_url()).await.unwrap();
    let council = client.council().await.unwrap();
    assert_eq!(council.voters.len(), 1);
    assert_eq!(council.voters[0].address, accounts[0]);
    for (address, amount) in [(&accounts[0], 77), (&accounts[1], 77)] {
        assert_eq!(
            client.balance(address, "uakt").await.unwrap(),
            supercloud_client::Uint256::from(amount as u128)
        );
    }
    let old = crate::homes::keys()[0].address("akash").unwrap();
    assert_eq!(
        client.balance(&old, "uakt").await.unwrap(),
        supercloud_client::Uint256::from(crate::homes::FUNDS)
    );
}
