//! A chain whose present second can be lived again.
//!
//! In a world many transactions happen in one second: each is a block of its own, a nanosecond after the last. But
//! governance needs a second at least between a proposal and its execution. So the chain goes back to where the second
//! before ended, the proposal is made there, and everything since happens again, the execution last. What happens again
//! must come out as it did before.

use std::mem;
use std::sync::{Arc, Mutex};

use supercloud_chain::store::{Changes, Reader, RootHash, Store, StoreError};
use supercloud_chain::{BlockInput, BlockOutput, Chain, Genesis, TxResult};
use supercloud_store::MemoryStore;
use supercloud_tests::Refusal;

use super::base::vm;

const SECOND: u64 = 1_000_000_000;
/// Gas that simulations add for taking a fee; transactions are free here.
const SIMULATED_FEE: u64 = 20_000;

/// A store that the chain writes and the history copies.
#[derive(Clone)]
struct Shared(Arc<Mutex<MemoryStore>>);

/// A block that ran.
struct Ran {
    time_nanos: u64,
    tx: Option<Vec<u8>>,
    /// Of the transaction.
    result: Option<TxResult>,
}

/// A chain and its present second.
pub(crate) struct History {
    chain: Chain,
    store: Shared,
    /// The present, in seconds.
    now: u64,
    /// As the second before left it.
    before: MemoryStore,
    before_nanos: u64,
    /// Since then, in order.
    blocks: Vec<Ran>,
}

impl History {
    /// A new chain. `now` is later than its genesis.
    pub(crate) fn init(genesis: &Genesis, now: u64) -> Self {
        let store = MemoryStore::with_kept_versions(1);
        let shared = Shared::new(store);
        Chain::init(genesis, Box::new(shared.clone()), vm()).unwrap();
        Self::open(shared.copy(), now)
    }

    /// Goes on with a chain whose last block is more than a second old.
    pub(crate) fn open(store: MemoryStore, now: u64) -> Self {
        let shared = Shared::new(store.clone());
        let chain = Chain::open(Box::new(shared.clone()), vm()).unwrap();
        let before_nanos = chain.time_nanos();
        Self {
            chain,
            store: shared,
            now,
            before: store,
            before_nanos,
            blocks: Vec::new(),
        }
    }

    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The present, in seconds.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// The chain's state, to go on with elsewhere.
    pub(crate) fn fork(&self) -> MemoryStore {
        self.store.copy()
    }

    /// Begins a later second.
    pub(crate) fn advance(&mut self, seconds: u64) {
        if seconds == 0 {
            return;
        }
        self.before = self.store.copy();
        self.before_nanos = self.chain.time_nanos();
        self.blocks.clear();
        self.now += seconds;
        self.run(self.next_nanos(), None);
    }

    /// Runs one transaction in the present second. A simulation before has foretold what it does and costs.
    pub(crate) fn deliver(&mut self, tx: Vec<u8>) -> Result<TxResult, Refusal> {
        let foretold = self.chain.simulate(&tx);
        let result = self.run(self.next_nanos(), Some(tx)).tx_results.swap_remove(0);
        assert_eq!(told(&foretold), told(&result), "simulation foretells");
        let dearest = result.gas_used + SIMULATED_FEE;
        assert!(
            (result.gas_used..=dearest).contains(&foretold.gas_used),
            "foretold gas {} is not between {} and {dearest}",
            foretold.gas_used,
            result.gas_used
        );
        if result.is_ok() {
            Ok(result)
        } else {
            Err(Refusal(result.log))
        }
    }

    /// Runs a transaction a second before the next block, lives all since again, and runs the next block.
    pub(crate) fn foresee(&mut self, tx: Vec<u8>) -> BlockOutput {
        let next = self.next_nanos();
        let again = mem::take(&mut self.blocks);
        self.store = Shared::new(self.before.clone());
        self.chain = Chain::open(Box::new(self.store.clone()), vm()).unwrap();
        let place = again.partition_point(|block| block.time_nanos < next - SECOND);
        let (earlier, later) = again.split_at(place);
        self.repeat(earlier);
        let foreseen = self.run(next - SECOND, Some(tx));
        assert!(foreseen.tx_results[0].is_ok(), "{}", foreseen.tx_results[0].log);
        self.repeat(later);
        self.run(next, None)
    }

    fn repeat(&mut self, blocks: &[Ran]) {
        for block in blocks {
            let output = self.run(block.time_nanos, block.tx.clone());
            let repeated = output.tx_results.first().map(told);
            assert_eq!(repeated, block.result.as_ref().map(told), "history repeats itself");
        }
    }

    fn run(&mut self, time_nanos: u64, tx: Option<Vec<u8>>) -> BlockOutput {
        let input = BlockInput {
            height: self.chain.height() + 1,
            time_nanos,
            proposer: [0; 20],
            txs: tx.iter().cloned().collect(),
        };
        let output = self.chain.execute_block(input).unwrap();
        let result = output.tx_results.first().cloned();
        self.blocks.push(Ran { time_nanos, tx, result });
        output
    }

    /// In the present second, after the last block, and such that a second earlier is after `before` too.
    fn next_nanos(&self) -> u64 {
        let last = self.chain.time_nanos();
        let begun = if last / SECOND == self.now { last % SECOND } else { 0 };
        self.now * SECOND + begun.max(self.before_nanos % SECOND) + 1
    }
}

/// All but gas: it depends on the length of heights that are stored.
fn told(result: &TxResult) -> (u32, &str, &[u8]) {
    (result.code, &result.log, &result.data)
}

impl Shared {
    fn new(store: MemoryStore) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    fn copy(&self) -> MemoryStore {
        self.0.lock().unwrap().clone()
    }
}

impl Store for Shared {
    fn latest(&self) -> Arc<dyn Reader> {
        self.0.lock().unwrap().latest()
    }

    fn at(&self, height: u64) -> Option<Arc<dyn Reader>> {
        self.0.lock().unwrap().at(height)
    }

    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        self.0.lock().unwrap().commit(height, changes)
    }
}
