//! What the sequencer and the RPC server share.
//!
//! Lock order: chain, then pool, then the last state's querier, then showing, then archive. The chain's lock is held while
//! a block is executed; queries of older states and proofs wait for it. Broadcasts, simulations, queries and searches do
//! not: they read what was committed last.
//!
//! Invariant: pool and querier are renewed before the block is shown, so whoever sees a block sees its state. Blocks are shown
//! while the next one is made.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use supercloud_chain::{Chain, Genesis, Querier, QueryResult, TxResult};
use supercloud_rpc::{
    BlockRecord, BroadcastError, Identity, SealInput, StateProof, seal_block, seal_first_block, tx_hash,
};
use tokio::sync::watch;

use crate::archive::{Archive, ProposedBlock};
use crate::bell::Bell;
use crate::clock::BlockClock;
use crate::config::MempoolLimits;
use crate::error::NodeError;
use crate::pool::Pool;
use crate::validator::SoloValidator;

/// Bytes of a block that are not transactions: header, commit of one validator and framing, with room to spare.
const BLOCK_OVERHEAD: u64 = 4_096;

/// The one query that sees transactions that wait.
const SIMULATE: &str = "/cosmos.tx.v1beta1.Service/Simulate";

/// Most blocks that are made and not shown yet: then the next one waits.
const MOST_UNSHOWN: u64 = 2;

/// Nothing is scheduled.
const NEVER: u64 = u64::MAX;

pub(crate) struct NodeState {
    pub(crate) genesis: Genesis,
    pub(crate) genesis_nanos: u64,
    pub(crate) identity: Identity,
    pub(crate) validator: SoloValidator,
    pub(crate) clock: BlockClock,
    pub(crate) bell: Bell,
    pub(crate) archive: Box<dyn Archive>,
    /// Height of the last block that can be read; tells the servers of each new one.
    pub(crate) committed: watch::Sender<u64>,
    /// Held while blocks are shown and told of.
    showing: Mutex<()>,
    chain: Mutex<Chain>,
    pub(crate) pool: Pool,
    /// Reads the last committed state.
    querier: RwLock<Querier>,
    /// Block time at which governance has something to do.
    scheduled_nanos: AtomicU64,
    stopped: OnceLock<String>,
}

pub(crate) struct NodeParts {
    pub(crate) genesis: Genesis,
    pub(crate) genesis_nanos: u64,
    pub(crate) identity: Identity,
    pub(crate) validator: SoloValidator,
    pub(crate) clock: BlockClock,
    pub(crate) chain: Chain,
    pub(crate) archive: Box<dyn Archive>,
    pub(crate) limits: MempoolLimits,
}

impl NodeState {
    pub(crate) fn new(parts: NodeParts) -> Self {
        let scheduled = parts.chain.next_scheduled_nanos().unwrap_or(NEVER);
        Self {
            clock: parts.clock,
            genesis: parts.genesis,
            genesis_nanos: parts.genesis_nanos,
            identity: parts.identity,
            validator: parts.validator,
            bell: Bell::default(),
            committed: watch::Sender::new(parts.archive.latest().map_or(0, |record| record.header.height)),
            archive: parts.archive,
            showing: Mutex::new(()),
            querier: RwLock::new(parts.chain.latest_querier()),
            pool: Pool::new(parts.chain.checker(), parts.limits, parts.chain.height()),
            chain: Mutex::new(parts.chain),
            scheduled_nanos: AtomicU64::new(scheduled),
            stopped: OnceLock::new(),
        }
    }

    /// A panic elsewhere leaves committed state intact, so a poisoned lock may still be read.
    pub(crate) fn chain(&self) -> MutexGuard<'_, Chain> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what was committed last.
    fn committed_querier(&self) -> Querier {
        self.querier.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why no more blocks are made, if so.
    pub(crate) fn stop_reason(&self) -> Option<&str> {
        self.stopped.get().map(String::as_str)
    }

    pub(crate) fn stop(&self, reason: String) {
        // The first reason is the cause; later ones follow from it.
        let _ = self.stopped.set(reason);
        self.bell.stop();
    }

    /// CheckTx, and into the mempool when it passes.
    pub(crate) fn accept(&self, raw: Vec<u8>) -> Result<TxResult, BroadcastError> {
        if let Some(reason) = self.stop_reason() {
            return Err(BroadcastError::Stopped {
                reason: reason.to_owned(),
            });
        }
        let result = self.pool.accept(&self.committed_querier(), tx_hash(&raw), &raw)?;
        if result.code == 0 {
            self.bell.ring();
        }
        Ok(result)
    }

    /// CheckTx without a place in the mempool.
    pub(crate) fn try_tx(&self, raw: &[u8]) -> TxResult {
        self.pool.try_tx(&self.committed_querier(), raw)
    }

    /// Makes the next block out of what waits, and shows it. An error is final: nothing more will be committed.
    pub(crate) fn produce_block(&self) -> Result<u64, NodeError> {
        let (_chain, height) = self.make_block()?;
        self.show()?;
        Ok(height)
    }

    /// As [`Self::produce_block`], but leaves it to another thread to show the block, unless too many wait for that.
    pub(crate) fn produce_unshown(&self) -> Result<u64, NodeError> {
        let (chain, height) = self.make_block()?;
        drop(chain);
        let shown = *self.committed.borrow();
        if height.saturating_sub(shown) > MOST_UNSHOWN {
            self.show()?;
        }
        Ok(height)
    }

    /// The chain stays locked: until the block is shown, nothing may be taken back.
    fn make_block(&self) -> Result<(MutexGuard<'_, Chain>, u64), NodeError> {
        if let Some(reason) = self.stop_reason() {
            return Err(NodeError::Stopped {
                reason: reason.to_owned(),
            });
        }
        let mut chain = self.chain();
        let record = self
            .execute(&mut chain)
            .inspect_err(|error| self.stop(error.to_string()))?;
        let height = record.header.height;
        self.settle_pool(&chain, &record);
        self.scheduled_nanos
            .store(chain.next_scheduled_nanos().unwrap_or(NEVER), Ordering::SeqCst);
        *self.querier.write().unwrap_or_else(PoisonError::into_inner) = chain.latest_querier();
        self.archive
            .finish(record)
            .inspect_err(|error| self.stop(error.to_string()))?;
        Ok((chain, height))
    }

    /// Shows all blocks that are made. An error is final.
    pub(crate) fn show(&self) -> Result<(), NodeError> {
        let _turn = self.showing.lock().unwrap_or_else(PoisonError::into_inner);
        self.archive.show().inspect_err(|error| self.stop(error.to_string()))?;
        let shown = self.shown_height();
        self.committed.send_if_modified(|height| {
            let is_new = *height != shown;
            *height = shown;
            is_new
        });
        Ok(())
    }

    /// Height of the last block that can be read; 0 before the first.
    pub(crate) fn shown_height(&self) -> u64 {
        self.archive.latest().map_or(0, |record| record.header.height)
    }

    /// Everything that waits.
    pub(crate) fn all_waiting(&self) -> Vec<Vec<u8>> {
        self.pool.select(usize::MAX, None)
    }

    /// Shows a chain that was taken back, with these transactions waiting for its next block.
    pub(crate) fn take_back(&self, chain: &Chain, waiting: Vec<Vec<u8>>) {
        let querier = chain.latest_querier();
        if self.pool.restart(&querier, chain.checker(), chain.height(), waiting) {
            self.bell.ring();
        }
        self.scheduled_nanos
            .store(chain.next_scheduled_nanos().unwrap_or(NEVER), Ordering::SeqCst);
        *self.querier.write().unwrap_or_else(PoisonError::into_inner) = querier;
        let _turn = self.showing.lock().unwrap_or_else(PoisonError::into_inner);
        self.committed.send_replace(chain.height());
    }

    /// How long the next block may wait for the sake of what is scheduled.
    pub(crate) fn until_scheduled(&self) -> Option<Duration> {
        let scheduled = self.scheduled_nanos.load(Ordering::SeqCst);
        (scheduled != NEVER).then(|| self.clock.until(scheduled))
    }

    pub(crate) fn query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        let committed = self.committed_querier();
        let older = height.filter(|height| ![0, committed.height()].contains(height));
        let Some(older) = older else {
            let querier = if path == SIMULATE {
                self.pool.querier()
            } else {
                committed
            };
            return querier.query(path, data);
        };
        let chain = self.chain();
        match chain.querier(Some(older)) {
            Some(querier) => {
                drop(chain);
                querier.query(path, data)
            }
            None => chain.query(path, data, height),
        }
    }

    pub(crate) fn prove(&self, module: &str, key: &[u8], height: Option<u64>) -> Result<StateProof, String> {
        let chain = self.chain();
        // The root of a state is in the header after it, which whoever asks wants to read.
        let height = height.unwrap_or_else(|| self.shown_height().saturating_sub(1).max(chain.oldest_height()));
        let (oldest, latest) = (chain.oldest_height(), chain.height());
        let querier = chain.querier(Some(height));
        drop(chain);
        let querier = querier.ok_or_else(|| {
            format!("height {height} is not available: states of heights {oldest} to {latest} are kept")
        })?;
        let proved = querier.prove(module, key).map_err(|error| error.to_string())?;
        Ok(StateProof {
            height: querier.height(),
            key: [module.as_bytes(), b"/", key].concat(),
            value: proved.value,
            proof: proved.proof,
        })
    }

    fn execute(&self, chain: &mut Chain) -> Result<BlockRecord, NodeError> {
        let limits = chain.block_limits()?;
        let max_bytes = usize::try_from(limits.max_bytes.saturating_sub(BLOCK_OVERHEAD)).unwrap_or(usize::MAX);
        let txs = self.pool.select(max_bytes, limits.max_gas);
        let previous = self.archive.tip();
        let time_nanos = self.clock.next_after(chain.time_nanos());
        let validator = self.validator.public();
        let input = SealInput {
            chain_id: &self.identity.chain_id,
            previous: previous.as_deref(),
            time_nanos,
            app_hash: chain.app_hash(),
            validators: std::slice::from_ref(validator),
            proposer: validator.address,
            txs: &txs,
        };
        let sealed = match previous {
            Some(_) => seal_block(&input),
            None => seal_first_block(&input, chain.height() + 1),
        };
        let block = ProposedBlock {
            commit: self.validator.commit(&sealed),
            sealed,
            txs,
        };
        // Kept before its state is: a state whose block is lost could not be explained to anybody.
        self.archive.propose(&block)?;
        let output = chain.execute_block(block.input())?;
        Ok(block.executed(output))
    }

    fn settle_pool(&self, chain: &Chain, record: &BlockRecord) {
        let outcomes = record.results.iter().map(|result| result.code == 0);
        let included = record.tx_hashes.iter().zip(outcomes);
        if self.pool.settle(chain.checker(), chain.height(), included) {
            self.bell.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::{DevGenesis, NodeConfig, spawn};

    #[test]
    fn queries_of_the_last_state_do_not_wait_for_the_block_that_is_executed() {
        let config = NodeConfig {
            block_interval: Duration::from_secs(3_600),
            ..NodeConfig::test(DevGenesis::new().build())
        };
        let node = spawn(config).unwrap();
        let (state, last) = (node.state.clone(), node.height());
        let executed = node.state.chain();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for height in [None, Some(0), Some(last)] {
                let answer = state.query("/cosmos.auth.v1beta1.Query/Bech32Prefix", &[], height);
                let simulated = state.query(SIMULATE, &[], height);
                // Nobody listens any more when the test has failed.
                let _ = tell.send((height, answer.code, simulated.code));
            }
        });
        for height in [None, Some(0), Some(last)] {
            let (asked, code, simulated) = told.recv_timeout(Duration::from_secs(60)).unwrap();
            assert_eq!((asked, code), (height, 0));
            assert_ne!(simulated, 0, "an empty simulation has no transaction");
        }
        drop(executed);
    }

    #[test]
    fn blocks_are_told_of_when_they_are_shown_and_few_wait_for_that() {
        let config = NodeConfig {
            block_interval: Duration::from_secs(3_600),
            ..NodeConfig::test(DevGenesis::new().build())
        };
        let node = spawn(config).unwrap();
        let (state, first) = (&node.state, node.height());
        let told = || *state.committed.borrow();
        assert_eq!(told(), first);
        for made in 1..=MOST_UNSHOWN {
            assert_eq!((state.produce_unshown().unwrap(), told()), (first + made, first));
        }
        let next = first + MOST_UNSHOWN + 1;
        assert_eq!((state.produce_unshown().unwrap(), told()), (next, next));
        assert_eq!((state.produce_unshown().unwrap(), told()), (next + 1, next));
        state.show().unwrap();
        assert_eq!(told(), next + 1);
        assert_eq!((state.produce_block().unwrap(), told()), (next + 2, next + 2));
    }
}
