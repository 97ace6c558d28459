//! A node in a home: it goes on where it was, and what is done with the home while it does not run.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use supercloud_client::{Client, TxOutcome, coin, message};
use supercloud_node::HomeError;
use supercloud_node::offline::{self, OnDamage, Restore};
use supercloud_node::{Home, NodeError, NodeHandle, NodeSnapshotError, ResumeError, spawn};

use crate::homes::{FUNDS, config, init, keys, queue, storage};

pub(crate) fn start(home: &Home) -> NodeHandle {
    spawn(config(home)).unwrap()
}

async fn send(node: &NodeHandle, amount: u128) -> TxOutcome {
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let alice = queue(&client, 0).await;
    let bob = keys()[1].address("akash").unwrap();
    alice
        .send(vec![message::send(alice.address(), &bob, vec![coin(amount, "uakt")])])
        .await
        .unwrap()
}

async fn balance_of_bob(node: &NodeHandle) -> u128 {
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let bob = keys()[1].address("akash").unwrap();
    let balance = client.balance(&bob, "uakt").await.unwrap();
    supercloud_client::Uint128::try_from(balance).unwrap().u128()
}

/// A home with a few transfers in it.
pub(crate) async fn populated(root: &std::path::Path) -> Home {
    let home = init(root);
    let node = start(&home);
    for amount in 1..=5 {
        send(&node, amount).await;
    }
    node.shutdown();
    home
}

#[tokio::test]
async fn a_restarted_node_goes_on_with_its_chain() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    let node = start(&home);
    let sent = send(&node, 5).await;
    let first_block = Client::connect(&node.rpc_url()).await.unwrap();
    let first_block = first_block.rpc().block(Some(1)).await.unwrap();
    let height = node.height();
    node.shutdown();

    let node = start(&home);
    assert!(node.height() >= height);
    assert_eq!(node.repairs(), &supercloud_node::Repairs::default());
    assert_eq!(balance_of_bob(&node).await, FUNDS + 5);
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    assert_eq!(client.rpc().block(Some(1)).await.unwrap(), first_block);
    assert_eq!(client.rpc().tx(&sent.hash).await.unwrap(), Some(sent.clone()));
    for query in [
        format!("tx.hash='{}'", sent.hash),
        "transfer.amount='5uakt'".to_owned(),
        format!("transfer.amount='5uakt' AND tx.height={}", sent.height),
        format!("tx.height={}", sent.height),
    ] {
        let found = client
            .rpc()
            .tx_search(&query, 1, supercloud_client::rpc::SearchOrder::Ascending)
            .await
            .unwrap();
        assert_eq!(found, (vec![sent.clone()], 1), "{query}");
    }
    let other = format!("transfer.amount='5uakt' AND tx.height>{}", sent.height);
    let none = client
        .rpc()
        .tx_search(&other, 1, supercloud_client::rpc::SearchOrder::Ascending)
        .await
        .unwrap();
    assert_eq!(none, (vec![], 0));
    send(&node, 7).await;
    assert_eq!(balance_of_bob(&node).await, FUNDS + 12);
}

#[tokio::test]
async fn older_states_are_asked_for_as_long_as_they_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    let mut config = config(&home);
    let supercloud_node::Storage::Disk(disk) = &mut config.storage else {
        panic!()
    };
    disk.state.pruning = supercloud_store::Pruning::KeepLast(20);
    // Only transactions make blocks, however slow the machine is.
    config.block_interval = std::time::Duration::from_secs(3_600);
    let node = spawn(config).unwrap();
    let sent = send(&node, 5).await;
    send(&node, 6).await;
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let path = "/store/bank/key";
    let bob = keys()[1].account_id();
    let key = [&[2u8, 20][..], bob.as_slice(), b"uakt"].concat();
    let ask = |height: u64| {
        let params = json!({ "path": path, "data": hex::encode(&key), "height": height.to_string() });
        let client = client.clone();
        async move { client.rpc().call("abci_query", params).await.unwrap()["response"].take() }
    };
    let answer = ask(sent.height).await;
    assert_eq!(answer["code"], 0, "{answer}");
    use base64::Engine;
    let value = base64::prelude::BASE64_STANDARD
        .decode(answer["value"].as_str().unwrap())
        .unwrap();
    assert_eq!(String::from_utf8(value).unwrap(), (FUNDS + 5).to_string());
    while node.height() < sent.height + 20 {
        node.produce_block().unwrap();
    }
    let answer = ask(sent.height).await;
    assert_eq!(answer["code"], 18, "{answer}");
    let log = answer["log"].as_str().unwrap();
    let expected = format!("height {} is not available: states of heights ", sent.height);
    assert!(log.contains(&expected), "{log}");
}

#[tokio::test]
async fn pruned_blocks_are_not_available_and_the_lowest_height_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    let mut config = config(&home);
    let supercloud_node::Storage::Disk(disk) = &mut config.storage else {
        panic!()
    };
    (disk.keep_blocks, disk.log_segment_bytes) = (100, 4 << 10);
    let node = spawn(config).unwrap();
    let sent = send(&node, 5).await;
    while node.height() < 300 {
        node.produce_block().unwrap();
    }
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let status = client.rpc().call("status", json!({})).await.unwrap();
    let lowest = status["sync_info"]["earliest_block_height"]
        .as_str()
        .unwrap()
        .to_owned();
    let number: u64 = lowest.parse().unwrap();
    assert!((150..=node.height() - 99).contains(&number), "{lowest}");
    client.rpc().block(Some(number)).await.unwrap();
    for method in ["block", "block_results", "commit", "header"] {
        let height = (number - 1).to_string();
        let error = client
            .rpc()
            .call(method, json!({ "height": height }))
            .await
            .unwrap_err();
        let expected = format!("height {height} is not available, lowest height is ");
        assert!(error.to_string().contains(&expected), "{method}: {error}");
    }
    assert_eq!(client.rpc().tx(&sent.hash).await.unwrap(), None);
    node.shutdown();
    let mut pruned = storage(&home);
    (pruned.keep_blocks, pruned.log_segment_bytes) = (100, 4 << 10);
    let report = offline::check(&pruned, OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
    let error = offline::rollback(&pruned, number - 10).unwrap_err();
    assert!(matches!(error, NodeError::NotKept { .. }), "{error}");
}

#[tokio::test]
async fn balances_are_proved_against_the_next_header() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(&init(dir.path()));
    send(&node, 5).await;
    node.produce_block().unwrap();
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let bob = keys()[1].account_id();
    for (denom, value) in [("uakt", (FUNDS + 5).to_string()), ("uact", String::new())] {
        let key = [&[2u8, 20][..], bob.as_slice(), denom.as_bytes()].concat();
        let params = json!({ "path": "/store/bank/key", "data": hex::encode(&key), "prove": true });
        let answer = client.rpc().call("abci_query", params).await.unwrap()["response"].take();
        let bytes = |value: &serde_json::Value| BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap();
        assert_eq!(bytes(&answer["value"]), value.as_bytes(), "{denom}");
        let operator = &answer["proofOps"]["ops"][0];
        assert_eq!(operator["type"], supercloud_store::proof::PROOF_OP_TYPE);
        let (state_key, proof) = (bytes(&operator["key"]), bytes(&operator["data"]));
        assert_eq!(state_key, [b"bank/", key.as_slice()].concat());
        let height: u64 = answer["height"].as_str().unwrap().parse().unwrap();
        let header = client
            .rpc()
            .call("header", json!({ "height": (height + 1).to_string() }))
            .await
            .unwrap();
        let root = hex::decode(header["header"]["app_hash"].as_str().unwrap())
            .unwrap()
            .try_into()
            .unwrap();
        match value.as_str() {
            "" => supercloud_store::proof::verify_absence(&root, &state_key, &proof).unwrap(),
            value => {
                supercloud_store::proof::verify_membership(&root, &state_key, value.as_bytes(), &proof).unwrap();
                let other = supercloud_store::proof::verify_membership(&root, &state_key, b"1", &proof);
                assert!(other.is_err());
            }
        }
    }
    let error = client
        .rpc()
        .call(
            "abci_query",
            json!({ "path": "/store/bank", "data": "00", "prove": true }),
        )
        .await;
    assert!(error.unwrap_err().to_string().contains("only /store/<module>/key has"));
}

#[tokio::test]
async fn export_begins_a_chain_that_exports_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("a")).await;
    let exported = offline::export(&storage(&home), None).unwrap();
    let second = Home::new(dir.path().join("b"));
    offline::assert_genesis(&exported).unwrap();
    second
        .init(&supercloud_node::HomeInit {
            moniker: "second".to_owned(),
            genesis_json: exported.to_json(),
            validator_key: None,
        })
        .unwrap();
    assert_eq!(
        offline::export(&storage(&second), None).unwrap().to_json(),
        exported.to_json()
    );
    let node = start(&second);
    assert_eq!(balance_of_bob(&node).await, FUNDS + 15);
    send(&node, 1).await;
    let first = offline::inspect(&storage(&home)).unwrap();
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let block = client
        .rpc()
        .call("block", json!({ "height": (first.height + 1).to_string() }))
        .await
        .unwrap();
    assert_eq!(block["block"]["header"]["app_hash"], first.app_hash.as_str());
    let shown = client.rpc().call("genesis", json!({})).await.unwrap();
    assert_eq!(shown["genesis"]["initial_height"], (first.height + 1).to_string());
    let status = client.rpc().call("status", json!({})).await.unwrap();
    assert_eq!(
        status["sync_info"]["earliest_block_height"],
        (first.height + 1).to_string()
    );
    node.shutdown();
    let back = offline::export(&storage(&second), Some(first.height)).unwrap();
    assert_eq!(back.to_json(), exported.to_json());
    let report = offline::check(&storage(&second), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
}

#[tokio::test]
async fn restored_snapshot_goes_on_with_the_next_block() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("a")).await;
    let mut bytes = Vec::new();
    let made = offline::snapshot(&storage(&home), None, &mut bytes).unwrap();
    assert_eq!(made.bytes, bytes.len() as u64);

    let second = Home::new(dir.path().join("b"));
    let without_key = offline::restore(&storage(&second), &Restore::default(), &mut bytes.as_slice());
    assert!(
        matches!(
            without_key,
            Err(NodeError::Snapshot(NodeSnapshotError::OtherValidator { .. }))
        ),
        "{without_key:?}"
    );
    let third = Home::new(dir.path().join("c"));
    let how = Restore {
        validator_key: Some(home.validator_key_file()),
        ..Restore::default()
    };
    let restored = offline::restore(&storage(&third), &how, &mut bytes.as_slice()).unwrap();
    assert_eq!(
        (restored.height, &restored.app_hash, restored.entries),
        (made.height, &made.app_hash, made.entries)
    );
    let again = offline::restore(&storage(&third), &how, &mut bytes.as_slice());
    assert!(
        matches!(again, Err(NodeError::Home(HomeError::Exists { .. }))),
        "{again:?}"
    );

    let node = start(&third);
    assert!(node.height() >= made.height);
    assert_eq!(balance_of_bob(&node).await, FUNDS + 15);
    send(&node, 1).await;
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let status = client.rpc().call("status", json!({})).await.unwrap();
    assert_eq!(status["sync_info"]["earliest_block_height"], made.height.to_string());
    node.shutdown();
    let report = offline::check(&storage(&third), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
    assert_eq!(report.blocks.unwrap().0, made.height);

    // The refused home kept nothing, so the other choice is still open.
    let new = Restore {
        new_validator: true,
        ..Restore::default()
    };
    offline::restore(&storage(&second), &new, &mut bytes.as_slice()).unwrap();
    let node = start(&second);
    send(&node, 1).await;
}

#[tokio::test]
async fn damaged_snapshots_are_refused_and_leave_no_data() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("a")).await;
    let mut bytes = Vec::new();
    offline::snapshot(&storage(&home), None, &mut bytes).unwrap();
    let how = Restore {
        validator_key: Some(home.validator_key_file()),
        ..Restore::default()
    };
    let step = bytes.len() / 20;
    for (case, at) in (0..bytes.len()).step_by(step).enumerate() {
        let target = Home::new(dir.path().join(format!("damaged-{case}")));
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let error = offline::restore(&storage(&target), &how, &mut flipped.as_slice()).err();
        assert!(matches!(error, Some(NodeError::Snapshot(_))), "byte {at}: {error:?}");
        let error = offline::restore(&storage(&target), &how, &mut &bytes[..at]).err();
        assert!(matches!(error, Some(NodeError::Snapshot(_))), "cut at {at}: {error:?}");
        assert!(!target.data_dir().join("state").exists(), "byte {at}");
    }
}

#[tokio::test]
async fn rollback_drops_later_blocks_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    let node = start(&home);
    let kept = send(&node, 1).await;
    let dropped = send(&node, 10).await;
    node.shutdown();
    let before = offline::inspect(&storage(&home)).unwrap().height;
    let done = offline::rollback(&storage(&home), kept.height).unwrap();
    assert_eq!((done.from, done.to), (before, kept.height));
    let error = offline::rollback(&storage(&home), kept.height + 1).unwrap_err();
    assert!(
        matches!(error, NodeError::NotKept { asked, .. } if asked == kept.height + 1),
        "{error}"
    );

    let node = start(&home);
    assert_eq!(balance_of_bob(&node).await, FUNDS + 1);
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    assert_eq!(client.rpc().tx(&kept.hash).await.unwrap(), Some(kept));
    assert_eq!(client.rpc().tx(&dropped.hash).await.unwrap(), None);
    send(&node, 100).await;
    assert_eq!(balance_of_bob(&node).await, FUNDS + 101);
    node.shutdown();
    let report = offline::check(&storage(&home), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_state_comes_back_from_the_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(dir.path()).await;
    let before = offline::inspect(&storage(&home)).unwrap();
    std::fs::remove_dir_all(home.data_dir().join("state")).unwrap();
    let node = start(&home);
    assert_eq!(node.repairs().replayed_blocks, before.height);
    assert_eq!(balance_of_bob(&node).await, FUNDS + 15);
    node.shutdown();
    let report = offline::check(&storage(&home), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
}

#[tokio::test]
async fn lost_blocks_and_foreign_files_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("a")).await;
    let height = offline::inspect(&storage(&home)).unwrap().height;
    let other = populated(&dir.path().join("b")).await;

    let running = start(&home);
    let error = spawn(config(&home)).unwrap_err();
    assert!(matches!(error, NodeError::Home(HomeError::InUse { .. })), "{error}");
    running.shutdown();

    let key = std::fs::read(home.validator_key_file()).unwrap();
    std::fs::copy(other.validator_key_file(), home.validator_key_file()).unwrap();
    let error = spawn(config(&home)).unwrap_err();
    assert!(
        matches!(error, NodeError::Resume(ResumeError::OtherValidator { .. })),
        "{error}"
    );
    std::fs::write(home.validator_key_file(), key).unwrap();

    let genesis = std::fs::read_to_string(home.genesis_file()).unwrap();
    std::fs::write(home.genesis_file(), genesis.replace("home-1", "home-2")).unwrap();
    let error = spawn(config(&home)).unwrap_err();
    assert!(
        matches!(error, NodeError::Resume(ResumeError::OtherChain { .. })),
        "{error}"
    );
    std::fs::write(home.genesis_file(), genesis).unwrap();

    std::fs::remove_dir_all(home.data_dir().join("blocks")).unwrap();
    let error = spawn(config(&home)).unwrap_err();
    assert!(
        matches!(error, NodeError::Resume(ResumeError::BlocksLost { state, blocks: None }) if state >= height),
        "{error}"
    );
}
