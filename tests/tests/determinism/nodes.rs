//! Other nodes: on disk, restarted, disturbed, begun in the middle.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use supercloud_chain::store::Store;
use supercloud_chain::{BlockInput, BlockOutput, Chain, Genesis, Querier};
use supercloud_proto::cosmos::bank::v1beta1::QueryTotalSupplyRequest;
use supercloud_proto::cosmwasm::wasm::v1::QuerySmartContractStateRequest;
use supercloud_proto::prost::Message;
use supercloud_store::snapshot::SnapshotReader;
use supercloud_store::{DiskConfig, DiskStore, Pruning};
use supercloud_vm::{VmConfig, WasmtimeVm};
use tempfile::TempDir;

/// A folder in memory where the system has one.
pub(crate) fn fast_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Checkpoints every few blocks, and hardly any cache.
pub(crate) fn small() -> DiskConfig {
    DiskConfig {
        pruning: Pruning::KeepLast(5),
        write_buffer_bytes: 64 << 10,
        cache_bytes: 1 << 20,
        ..DiskConfig::default()
    }
}

/// A chain on disk that can be stopped and started.
pub(crate) struct DiskNode {
    dir: TempDir,
    vm: VmConfig,
    pub(crate) chain: Option<Chain>,
}

impl DiskNode {
    /// A new chain, whose engine keeps compiled code beside the store.
    pub(crate) fn init(genesis: &Genesis, vm: VmConfig) -> Self {
        let mut node = Self {
            dir: fast_dir(),
            vm,
            chain: None,
        };
        node.vm.cache_dir = Some(node.modules());
        let store = DiskStore::open(&node.state(), small()).unwrap();
        node.chain = Some(Chain::init(genesis, Box::new(store), node.engine()).unwrap());
        node
    }

    /// The chain that a snapshot was taken of, without a folder for compiled code.
    pub(crate) fn restore(snapshot: &[u8], vm: VmConfig) -> Self {
        let mut node = Self {
            dir: fast_dir(),
            vm,
            chain: None,
        };
        let mut reader = SnapshotReader::open(snapshot).unwrap();
        let store = DiskStore::restore(&node.state(), DiskConfig::default(), &mut reader).unwrap();
        node.chain = Some(Chain::open(Box::new(store), node.engine()).unwrap());
        node
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn modules(&self) -> PathBuf {
        self.dir.path().join("modules")
    }

    fn engine(&self) -> Arc<WasmtimeVm> {
        Arc::new(WasmtimeVm::new(self.vm.clone()).unwrap())
    }

    /// Stops and starts; with all compiled code gone, if so wished.
    pub(crate) fn restart(&mut self, cold: bool) {
        let root = self.chain.take().map(|chain| chain.app_hash());
        if cold {
            std::fs::remove_dir_all(self.modules()).unwrap();
        }
        let store = DiskStore::open(&self.state(), small()).unwrap();
        assert_eq!(Some(store.latest().root()), root);
        self.chain = Some(Chain::open(Box::new(store), self.engine()).unwrap());
    }

    pub(crate) fn chain(&mut self) -> &mut Chain {
        self.chain.as_mut().unwrap()
    }
}

/// Runs a block that must come out as it did.
pub(crate) fn repeat(chain: &mut Chain, input: &BlockInput, expected: &BlockOutput) {
    let output = chain.execute_block(input.clone()).unwrap();
    assert_same_results(&output, expected, input.height);
    assert_eq!(output.app_hash, expected.app_hash, "app hash of block {}", input.height);
}

/// All but the root: code, data, log, gas and events.
pub(crate) fn assert_same_results(output: &BlockOutput, expected: &BlockOutput, height: u64) {
    for (index, (got, expected)) in output.tx_results.iter().zip(&expected.tx_results).enumerate() {
        assert_eq!(got, expected, "transaction {index} of block {height}");
    }
    assert_eq!(output.tx_results.len(), expected.tx_results.len(), "block {height}");
    assert_eq!(output.events, expected.events, "block {height}");
}

type Disturbance = (Querier, Querier, Vec<Vec<u8>>);

/// Those that do not loop for ever: a simulation gives each the most gas of a transaction, seconds of it.
fn short(txs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let loops = |tx: &&Vec<u8>| tx.windows(5).any(|part| part == b"_loop");
    txs.iter().filter(|tx| !loops(tx)).cloned().collect()
}

/// A thread that asks and simulates while blocks run.
pub(crate) struct Disturber {
    sender: Option<SyncSender<Disturbance>>,
    thread: Option<JoinHandle<u64>>,
}

impl Disturber {
    /// Asks `contract` among others.
    pub(crate) fn new(contract: String) -> Self {
        let (sender, receiver) = sync_channel::<Disturbance>(1);
        let thread = std::thread::Builder::new()
            .stack_size(supercloud_vm::THREAD_STACK)
            .spawn(move || {
                let smart = QuerySmartContractStateRequest {
                    address: contract,
                    query_data: br#"{"sha_loop":{"rounds":5}}"#.to_vec(),
                };
                let mut asked = 0;
                for (querier, pending, txs) in receiver {
                    querier.query("/cosmwasm.wasm.v1.Query/SmartContractState", &smart.encode_to_vec());
                    let supply = QueryTotalSupplyRequest::default().encode_to_vec();
                    assert_eq!(querier.query("/cosmos.bank.v1beta1.Query/TotalSupply", &supply).code, 0);
                    for tx in txs {
                        pending.simulate(&tx);
                    }
                    asked += 1;
                }
                asked
            })
            .unwrap();
        Self {
            sender: Some(sender),
            thread: Some(thread),
        }
    }

    /// Has the thread disturb the next block, unless it is still busy.
    pub(crate) fn disturb(&self, chain: &Chain, next: &BlockInput) {
        let (querier, pending) = (chain.querier(None).unwrap(), chain.pending_querier());
        let _ = self
            .sender
            .as_ref()
            .unwrap()
            .try_send((querier, pending, short(&next.txs)));
    }

    /// How often it could.
    pub(crate) fn finish(mut self) -> u64 {
        self.sender = None;
        self.thread.take().unwrap().join().unwrap()
    }
}
