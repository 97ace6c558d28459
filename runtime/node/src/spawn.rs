//! Starting a node.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use supercloud_chain::Chain;
use supercloud_chain::store::Store;
use supercloud_chain::vm::Vm;
use supercloud_rpc::Identity;
use supercloud_store::MemoryStore;
use supercloud_vm::{THREAD_STACK, VmConfig, WasmtimeVm};

use crate::archive::{Archive, MemoryArchive};
use crate::clock::BlockClock;
use crate::config::{NodeConfig, Storage};
use crate::dev::DevTools;
use crate::error::NodeError;
use crate::handle::NodeHandle;
use crate::home::HomeLock;
use crate::resume::{Repairs, Resumed, resume};
use crate::sequencer::{self, Pace};
use crate::server::{Listeners, RpcServer};
use crate::state::{NodeParts, NodeState};
use crate::validator::SoloValidator;

/// What differs between a chain in memory and one in a home.
struct Started {
    chain: Chain,
    archive: Box<dyn Archive>,
    validator: SoloValidator,
    clock: BlockClock,
    repairs: Repairs,
    lock: Option<HomeLock>,
}

/// Starts a node with the wasmtime engine. In memory a chain begins; in a home the chain goes on where it was.
///
/// # Errors
///
/// A genesis that cannot be, a port that is taken, a home that is in use or damaged beyond repair.
pub fn spawn(config: NodeConfig) -> Result<NodeHandle, NodeError> {
    match &config.storage {
        Storage::Memory => {
            let vm = WasmtimeVm::new(VmConfig::default()).map_err(NodeError::Vm)?;
            spawn_with(config, Arc::new(vm), Box::new(MemoryStore::new()))
        }
        Storage::Disk(storage) => {
            // Before anything long: a port that is taken is told at once.
            let listeners = Listeners::bind(&config)?;
            let Resumed {
                chain,
                archive,
                validator,
                repairs,
                lock,
            } = resume(&config.genesis, storage)?;
            let started = Started {
                archive: Box::new(archive),
                validator,
                clock: if config.dev {
                    BlockClock::starting_at(chain.time_nanos())
                } else {
                    BlockClock::time_of_day()
                },
                chain,
                repairs,
                lock: Some(lock),
            };
            start(config, started, listeners)
        }
    }
}

/// Starts a node with another engine or store, which is empty. Blocks are kept in memory.
///
/// # Errors
///
/// A genesis that cannot be, a port that is taken.
pub fn spawn_with(config: NodeConfig, vm: Arc<dyn Vm>, store: Box<dyn Store>) -> Result<NodeHandle, NodeError> {
    let chain = Chain::init(&config.genesis, store, vm)?;
    let listeners = Listeners::bind(&config)?;
    let started = Started {
        clock: BlockClock::starting_at(chain.time_nanos()),
        chain,
        archive: Box::new(MemoryArchive::default()),
        validator: SoloValidator::random()?,
        repairs: Repairs::default(),
        lock: None,
    };
    start(config, started, listeners)
}

fn start(config: NodeConfig, mut started: Started, listeners: Listeners) -> Result<NodeHandle, NodeError> {
    started.chain.set_tracing(config.tracing);
    let dev = config
        .dev
        .then(|| DevTools::attach(&mut started.chain, started.lock.is_some()));
    let addresses = listeners.addresses();
    let identity = Identity {
        chain_id: config.genesis.chain_id.clone(),
        moniker: config.moniker,
        node_id: node_id(&started.validator.public().public_key),
        rpc_address: format!("tcp://{}", addresses.rpc),
        app_name: "supercloud".to_owned(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let parts = NodeParts {
        genesis_nanos: config.genesis.time_nanos()?,
        genesis: config.genesis,
        identity,
        validator: started.validator,
        clock: started.clock,
        chain: started.chain,
        archive: started.archive,
        limits: config.mempool,
    };
    let state = Arc::new(NodeState::new(parts));
    // Clients take an answer of height 0 for a node that is not ready.
    if state.archive.latest().is_none() {
        state.produce_block()?;
    }
    let server = RpcServer::start(listeners, state.clone())?;
    let mut node = NodeHandle {
        state: state.clone(),
        addresses,
        server,
        sequencer: None,
        repairs: started.repairs,
        lock: started.lock,
        dev,
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
    tracing::info!(
        url = node.rpc_url(),
        chain_id = node.chain_id(),
        height = node.height(),
        "node is up"
    );
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
