//! A node whose engine breaks: it must say so and stop taking transactions, not go on with half a block.

use std::sync::Arc;
use std::time::Duration;

use supercloud_chain::vm::{
    Analysis, Backend, CheckError, CodeKey, CodeRules, FunctionRef, HeldCode, MeteringVersion, Vm, VmCall, VmReport,
};
use supercloud_client::message::{self, Compression};
use supercloud_client::{Client, ClientError, Gas, Key, TxConfig, TxOptions, TxQueue, coin};
use supercloud_node::{DevGenesis, GenesisAccess, NodeConfig, NodeError, spawn_with};
use supercloud_store::MemoryStore;

/// Panics on every upload, which no engine should.
struct BrokenVm;

impl Vm for BrokenVm {
    fn check(&self, _: &[u8], _: &CodeRules) -> Result<Analysis, CheckError> {
        panic!("the engine is broken");
    }

    fn load(&self, _: &[u8], _: MeteringVersion) -> Result<HeldCode, CheckError> {
        panic!("the engine is broken");
    }

    fn pin(&self, _: &CodeKey) -> bool {
        false
    }

    fn unpin(&self, _: &CodeKey) {}

    fn call(&self, _: VmCall<'_>, _: &mut dyn Backend) -> VmReport {
        panic!("the engine is broken");
    }

    fn symbolise(&self, _: &[u8], _: &[u32]) -> Vec<FunctionRef> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_panic_in_a_block_stops_the_node_but_not_its_answers() {
    let key = Key::from_secret(&[1; 32]).unwrap();
    let address = key.address("akash").unwrap();
    let genesis = DevGenesis::new()
        .fund(&address, &[(5, "uakt")])
        .upload_access(GenesisAccess::Everybody)
        .build();
    let node = spawn_with(
        NodeConfig::test(genesis),
        Arc::new(BrokenVm),
        Box::new(MemoryStore::new()),
    )
    .unwrap();
    let client = Client::connect(&node.rpc_url()).await.unwrap();
    let config = TxConfig {
        inclusion_timeout: Duration::from_millis(500),
        ..TxConfig::default()
    };
    let queue = TxQueue::new(client.clone(), key, config).unwrap();
    let upload = vec![message::store_code(&address, b"\0asm\x01\0\0\0", Compression::None)];

    // In a simulation the panic is the fault of one call only.
    let error = queue.send(upload.clone()).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Rpc { data, .. } if data == "the call ended abnormally"),
        "{error}"
    );
    node.health().unwrap();

    let fixed = TxOptions {
        gas: Gas::Limit(5_000_000),
        ..TxOptions::default()
    };
    let error = queue.send_with(upload, &fixed).await.unwrap_err();
    assert!(matches!(error, ClientError::NotIncluded { .. }), "{error}");
    let stopped = "the sequencer ended abnormally";
    assert!(matches!(node.health(), Err(NodeError::Stopped { reason }) if reason == stopped));
    let height = node.height();
    assert!(matches!(node.produce_block(), Err(NodeError::Stopped { reason }) if reason == stopped));

    assert_eq!(client.height().await.unwrap(), height);
    assert_eq!(client.balances(&address).await.unwrap(), [coin(5, "uakt")]);
    let error = client.rpc().call("health", serde_json::json!({})).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Rpc { data, .. } if data == stopped),
        "{error}"
    );
    let send = vec![message::send(&address, &address, vec![coin(1, "uakt")])];
    let error = queue.send_with(send, &fixed).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the node has stopped: the sequencer ended abnormally"),
        "{error}"
    );
}
