//! Starting, block making, stopping.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use supercloud_client::RpcClient;
use supercloud_node::{DevGenesis, NodeConfig, NodeError, spawn};

const GENESIS_SECONDS: u64 = 1_750_000_000;

fn config() -> NodeConfig {
    NodeConfig::test(DevGenesis::new().genesis_time(GENESIS_SECONDS).build())
}

#[tokio::test]
async fn a_spawned_node_has_a_block_and_answers() {
    let node = spawn(config()).unwrap();
    let status = RpcClient::new(&node.rpc_url()).unwrap().status().await.unwrap();
    assert_eq!(status.chain_id, "supercloud-dev-1");
    assert!(status.height >= 1);
    assert!(status.time_nanos > GENESIS_SECONDS * 1_000_000_000);
    assert!(!status.catching_up);
}

#[test]
fn dropping_the_handle_frees_the_port() {
    let node = spawn(config()).unwrap();
    let address = node.rpc_address();
    assert!(TcpListener::bind(address).is_err());
    // A connection that stays open must not keep the port.
    let open = std::net::TcpStream::connect(address).unwrap();
    drop(node);
    assert!(std::net::TcpStream::connect(address).is_err());
    let mut again = config();
    again.rpc_address = address;
    let second = spawn(again).unwrap();
    assert_eq!(second.rpc_address(), address);
    second.shutdown();
    drop(open);
}

#[test]
fn a_taken_port_is_an_error_with_its_address() {
    let first = spawn(config()).unwrap();
    let mut second = config();
    second.rpc_address = first.rpc_address();
    let error = spawn(second).unwrap_err();
    assert!(
        matches!(error, NodeError::Bind { address, .. } if address == first.rpc_address()),
        "{error}"
    );
}

#[test]
fn empty_blocks_are_made_once_per_interval() {
    const INTERVAL: Duration = Duration::from_millis(50);
    let started = Instant::now();
    let node = spawn(NodeConfig {
        block_interval: INTERVAL,
        ..config()
    })
    .unwrap();
    while node.height() < 5 {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "stuck at {}",
            node.height()
        );
        std::thread::sleep(INTERVAL / 5);
    }
    // Block 1 comes at once, each later one a whole interval after the one before.
    assert!(started.elapsed() >= INTERVAL * 4, "{:?}", started.elapsed());
}

#[test]
fn time_can_be_advanced_and_never_goes_back() {
    let mut config = config();
    config.block_interval = Duration::from_secs(3_600);
    let node = spawn(config).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let rpc = RpcClient::new(&node.rpc_url()).unwrap();
    let time = |height| runtime.block_on(rpc.block(Some(height))).unwrap().time_nanos;
    let before = node.height();
    let height = node.advance_time(Duration::from_secs(86_400)).unwrap();
    assert_eq!(height, before + 1);
    assert!(time(height) - time(before) >= 86_400_000_000_000);
    let next = node.produce_block().unwrap();
    assert!(time(next) > time(height));
}

#[tokio::test]
async fn commits_are_signed_over_the_canonical_vote() {
    let node = spawn(config()).unwrap();
    node.produce_block().unwrap();
    let rpc = RpcClient::new(&node.rpc_url()).unwrap();
    let signed = rpc.call("commit", serde_json::json!({ "height": "2" })).await.unwrap()["signed_header"].take();
    let signed: tendermint::block::signed_header::SignedHeader = serde_json::from_value(signed).unwrap();
    let validators = rpc.call("validators", serde_json::json!({})).await.unwrap()["validators"].take();
    let validators: Vec<tendermint::validator::Info> = serde_json::from_value(validators).unwrap();
    let set = tendermint::validator::Set::without_proposer(validators);
    assert_eq!(signed.header().validators_hash, set.hash());
    assert_eq!(signed.header().hash(), signed.commit().block_id.hash);
    let vote = tendermint::Vote {
        vote_type: tendermint::vote::Type::Precommit,
        height: signed.commit().height,
        round: signed.commit().round,
        block_id: Some(signed.commit().block_id),
        timestamp: Some(signed.header().time),
        validator_address: set.validators()[0].address,
        validator_index: 0u32.try_into().unwrap(),
        signature: None,
        extension: vec![],
        extension_signature: None,
    };
    let sign_bytes = vote.into_signable_vec(signed.header().chain_id.clone());
    let tendermint::block::CommitSig::BlockIdFlagCommit {
        signature: Some(signature),
        ..
    } = &signed.commit().signatures[0]
    else {
        panic!("no signature");
    };
    let key = ed25519_zebra::VerificationKey::try_from(set.validators()[0].pub_key.to_bytes().as_slice()).unwrap();
    let signature = ed25519_zebra::Signature::try_from(signature.as_bytes()).unwrap();
    key.verify(&signature, &sign_bytes).unwrap();
}
