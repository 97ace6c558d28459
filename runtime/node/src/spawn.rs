//! Starting a node.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use supercloud_chain::Chain;
use supercloud_chain::store::Store;
use supercloud_chain::vm::Vm;
use supercloud_rpc::Identity;
use supercloud_store::MemoryStore;
use supercloud_vm::{THREAD_STACK, VmConfig, WasmtimeVm};

use crate::config::NodeConfig;
use crate::error::NodeError;
use crate::handle::NodeHandle;
use crate::sequencer::{self, Pace};
use crate::server::{Listeners, RpcServer};
use crate::state::{NodeParts, NodeState};
use crate::validator::SoloValidator;

/// Starts a node with the wasmtime engine and a store in memory.
pub fn spawn(config: NodeConfig) -> Result<NodeHandle, NodeError> {
    let vm = WasmtimeVm::new(VmConfig::default()).map_err(NodeError::Vm)?;
    spawn_with(config, Arc::new(vm), Box::new(MemoryStore::new()))
}

/// Starts a node with another engine or store. The store is empty: this version does not resume a chain.
pub fn spawn_with(config: NodeConfig, vm: Arc<dyn Vm>, store: Box<dyn Store>) -> Result<NodeHandle, NodeError> {
    let genesis_nanos = config.genesis.time_nanos()?;
    let chain = Chain::init(&config.genesis, store, vm)?;
    let listeners = Listeners::bind(&config)?;
    let addresses = listeners.addresses();
    let validator = SoloValidator::random()?;
    let identity = Identity {
        chain_id: config.genesis.chain_id.clone(),
        moniker: config.moniker,
        node_id: node_id(&validator.public().public_key),
        rpc_address: format!("tcp://{}", addresses.rpc),
        app_name: "supercloud".to_owned(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let parts = NodeParts {
        genesis: config.genesis,
        genesis_nanos,
        identity,
        validator,
        chain,
        limits: config.mempool,
    };
    let state = Arc::new(NodeState::new(parts));
    // Clients take an answer of height 0 for a node that is not ready.
    state.produce_block()?;
    let server = RpcServer::start(listeners, state.clone())?;
    let mut node = NodeHandle {
        state: state.clone(),
        addresses,
        server,
        sequencer: None,
    };
    let pace = Pace {
        min_spacing: config.min_block_spacing,
        interval: config.block_interval,
    };
    let thread = std::thread::Builder::new()
        .name("supercloud-sequencer".into())
        .stack_size(THREAD_STACK)
        .spawn(move || sequencer::run(&state, pace))
        .map_err(|error| NodeError::System {
            what: "sequencer",
            reason: error.to_string(),
        })?;
    node.sequencer = Some(thread);
    tracing::info!(url = node.rpc_url(), chain_id = node.chain_id(), "node is up");
    Ok(node)
}

/// A peer id has the form of a validator address but must not be mistaken for one.
fn node_id(public_key: &[u8; 32]) -> [u8; 20] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(b"node")
        .chain_update(public_key)
        .finalize()
        .into();
    std::array::from_fn(|i| digest[i])
}
