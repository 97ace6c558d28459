//! The chain: runs blocks over a store, checks transactions that wait, answers queries.

use std::sync::Arc;

use serde::Deserialize;
use supercloud_proto::supercloud::cron::v1::Stage;

use crate::address::{Address, AddressCodec};
use crate::block::{BlockInput, BlockLimits, BlockOutput, ChainError, QueryResult, TxResult};
use crate::config::Config;
use crate::diagnostics::calls::{CallLog, CallRecorder};
use crate::diagnostics::{Diagnostics, Tracing};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::genesis::{self, Genesis, GenesisError};
use crate::machine::{BlockTime, Environment, GOV_MODULE, Machine};
use crate::query::QueryError;
use crate::state::{Layers, State};
use crate::state_key;
use crate::store::{Changes, Reader, RootHash, Store};
use crate::vm::Vm;
use crate::{authz, consensus, cron, feegrant, fees, gov, tx, wasm};

mod checker;
mod dev;
mod ibc_block;
mod querier;

pub use checker::{Checked, Checker, PreparedTx, Ticket};
pub use dev::ChainSnapshot;
pub(crate) use dev::Impersonated;
pub use querier::{Querier, QueryContext, SmartAnswer};

/// The one query that must see the transactions that wait.
const SIMULATE: &str = "/cosmos.tx.v1beta1.Service/Simulate";

/// A running chain.
pub struct Chain {
    store: Box<dyn Store>,
    env: Environment,
    last: BlockTime,
    app_hash: RootHash,
    /// For [`Chain::check_tx`].
    checker: Checker,
    query_gas_limit: u64,
    tracing: Tracing,
    /// Where the contract calls of blocks are recorded, if they are.
    call_log: Option<Arc<CallLog>>,
}

/// How `chain/last_block` is stored.
#[derive(Deserialize)]
struct StoredBlock {
    height: u64,
    time_nanos: u64,
}

impl Chain {
    /// Starts a new chain in an empty store and commits its first state, as height 0 or as the genesis says.
    ///
    /// # Errors
    ///
    /// A genesis that cannot be, or a store that holds a chain already.
    pub fn init(genesis: &Genesis, mut store: Box<dyn Store>, vm: Arc<dyn Vm>) -> Result<Self, GenesisError> {
        genesis.assert_valid()?;
        let latest = store.latest();
        if latest.get(state_key::chain::CONFIG).is_some() {
            return Err(GenesisError::NotEmpty {
                height: latest.height(),
            });
        }
        let env = new_environment(Config::new(genesis), genesis.codec()?, vm);
        let last = BlockTime {
            height: genesis.initial_height - 1,
            time_nanos: genesis.time_nanos()?,
        };
        let mut machine = Machine::new(&env, State::new(latest), last);
        genesis::apply_genesis(&mut machine, genesis)?;
        pins_to_engine(&mut machine)?;
        let app_hash = store.commit(last.height, machine.state.into_changes())?;
        Ok(Self::new(store, env, last, app_hash))
    }

    /// Goes on with the chain that the store holds.
    pub fn open(store: Box<dyn Store>, vm: Arc<dyn Vm>) -> Result<Self, GenesisError> {
        let not_a_chain = |reason: String| GenesisError::NotAChain { reason };
        let latest = store.latest();
        let stored = latest
            .get(state_key::chain::CONFIG)
            .ok_or_else(|| not_a_chain("no configuration".to_owned()))?;
        let config: Config = serde_json::from_slice(&stored).map_err(|error| not_a_chain(error.to_string()))?;
        let codec = AddressCodec::new(&config.bech32_prefix).map_err(|error| not_a_chain(error.to_string()))?;
        let last = load_last_block(&*latest).ok_or_else(|| not_a_chain("no last block".to_owned()))?;
        let app_hash = latest.root();
        let env = new_environment(config, codec, vm);
        pins_to_engine(&mut Machine::new(&env, State::new(latest), last))?;
        Ok(Self::new(store, env, last, app_hash))
    }

    fn new(store: Box<dyn Store>, env: Environment, last: BlockTime, app_hash: RootHash) -> Self {
        let (query_gas_limit, tracing) = (wasm::QUERY_GAS_LIMIT, Tracing::Off);
        Self {
            checker: new_checker(&*store, &env, last, query_gas_limit, tracing),
            store,
            env,
            last,
            app_hash,
            query_gas_limit,
            tracing,
            call_log: None,
        }
    }

    /// Height of the last block; 0 before the first.
    pub fn height(&self) -> u64 {
        self.last.height
    }

    /// Time of the last block, or of genesis, in nanoseconds since 1970.
    pub fn time_nanos(&self) -> u64 {
        self.last.time_nanos
    }

    /// Lowest height from which on every state is kept.
    pub fn oldest_height(&self) -> u64 {
        self.store.oldest()
    }

    /// Root of the state after the last block.
    pub fn app_hash(&self) -> RootHash {
        self.app_hash
    }

    /// The chain's name.
    pub fn chain_id(&self) -> &str {
        &self.env.config.chain_id
    }

    /// Prefix of all addresses.
    pub fn bech32_prefix(&self) -> &str {
        self.env.codec.prefix()
    }

    /// Bech32 address of the governance account, which also receives the fees.
    pub fn gov_address(&self) -> String {
        self.env.codec.to_text(&self.env.gov)
    }

    /// SDK gas that a smart query from outside may use; a node's own choice.
    pub fn set_query_gas_limit(&mut self, limit: u64) {
        self.query_gas_limit = limit;
        self.checker.query_gas_limit = limit;
    }

    /// Whether `info` of transactions, simulations and queries tells what developers want to know; a node's own choice.
    pub fn set_tracing(&mut self, tracing: Tracing) {
        self.tracing = tracing;
        self.checker.tracing = tracing;
    }

    /// What the next block may hold.
    ///
    /// # Errors
    ///
    /// Only when the state contradicts itself.
    pub fn block_limits(&self) -> Result<BlockLimits, ChainError> {
        let machine = Machine::new(&self.env, State::new(self.store.latest()), self.last);
        consensus::load_block_limits(&machine).map_err(|error| ChainError::Corrupt(error.to_string()))
    }

    /// When governance or a schedule has something to do next, in nanoseconds since 1970: a node that makes blocks on demand makes
    /// one then. In the past means at once.
    pub fn next_scheduled_nanos(&self) -> Option<u64> {
        let machine = Machine::new(&self.env, State::new(self.store.latest()), self.last);
        let (proposal, call) = (gov::due::compute_next_due(&machine), cron::compute_next_due(&machine));
        proposal.into_iter().chain(call).min()
    }

    /// Checks a transaction that wants to wait for a block, on top of those that wait already. The node checks what
    /// still waits again after each block.
    pub fn check_tx(&mut self, raw: &[u8]) -> TxResult {
        let tx = PreparedTx::decode(raw);
        self.checker.check(&tx).result
    }

    /// A new checker on the last state, where nothing waits.
    pub fn checker(&self) -> Checker {
        new_checker(&*self.store, &self.env, self.last, self.query_gas_limit, self.tracing)
    }

    /// Runs a transaction to learn its gas: signatures and fees are not looked at, sequences are.
    pub fn simulate(&self, raw: &[u8]) -> TxResult {
        self.pending_querier().simulate(raw)
    }

    /// Runs the next block and commits it.
    pub fn execute_block(&mut self, block: BlockInput) -> Result<BlockOutput, ChainError> {
        let now = block.now();
        self.assert_later(now)?;
        let (tx_results, events, changes) = self.run_block(self.store.latest(), block)?;
        self.commit(now, changes)?;
        Ok(BlockOutput {
            tx_results,
            events,
            app_hash: self.app_hash,
        })
    }

    /// Runs the last block once more on the state before it and commits nothing: what it did is known again when only
    /// its state was kept.
    ///
    /// # Errors
    ///
    /// The state before is not kept, or the block does not lead from there to the committed state.
    pub fn replay_last_block(&self, block: BlockInput) -> Result<BlockOutput, ChainError> {
        let now = block.now();
        let corrupt = |reason: String| ChainError::Corrupt(format!("replay of block {}: {reason}", now.height));
        if now != self.last {
            return Err(corrupt(format!(
                "the last block is {} at {}",
                self.last.height, self.last.time_nanos
            )));
        }
        let before = now.height.checked_sub(1).and_then(|height| self.store.at(height));
        let before = before.ok_or_else(|| corrupt("the state before it is not kept".to_owned()))?;
        let (tx_results, events, changes) = self.run_block(before.clone(), block)?;
        let after = self.store.latest();
        let differs = changes.iter().find(|(key, value)| after.get(key) != **value);
        before.check()?;
        after.check()?;
        if let Some((key, _)) = differs {
            return Err(corrupt(format!("key {} is not as committed", hex::encode(key))));
        }
        Ok(BlockOutput {
            tx_results,
            events,
            app_hash: self.app_hash,
        })
    }

    /// Results, events outside of transactions, and writes of a block on this state.
    fn run_block(
        &self,
        base: Arc<dyn Reader>,
        block: BlockInput,
    ) -> Result<(Vec<TxResult>, Vec<Event>, Changes), ChainError> {
        let now = block.now();
        let txs = block.txs;
        let mut machine = Machine::new(&self.env, State::new(base), now);
        machine.calls = self.call_log.clone().map(|log| CallRecorder::new(log, now.height));
        let mut events = begin_block(&mut machine)?;
        machine.diagnostics = Diagnostics::new(self.tracing);
        let limits = consensus::load_block_limits(&machine).map_err(|error| ChainError::Corrupt(error.to_string()))?;
        let mut gas_used = 0u64;
        let mut tx_results = Vec::with_capacity(txs.len());
        for (raw, index) in txs.iter().zip(0..) {
            let result = match limits.max_gas.filter(|limit| gas_used >= *limit) {
                Some(limit) => tx::refuse(&mut machine, raw, &SdkError::BlockGas { limit, used: gas_used }.into()),
                None => tx::deliver(&mut machine, raw, index),
            };
            gas_used = gas_used.saturating_add(result.gas_used);
            tx_results.push(result);
        }
        events.extend(end_block(&mut machine, gas_used)?);
        genesis::apply_last_block(&mut machine, now);
        Ok((tx_results, events, machine.state.into_changes()))
    }

    fn commit(&mut self, now: BlockTime, changes: Changes) -> Result<(), ChainError> {
        let pins = wasm::pin::list_changed(&changes);
        self.app_hash = self.store.commit(now.height, changes)?;
        self.last = now;
        self.checker = self.checker();
        let mut machine = Machine::new(&self.env, State::new(self.store.latest()), now);
        wasm::pin::follow_changes(&mut machine, &pins).map_err(|error| ChainError::Corrupt(error.to_string()))
    }

    fn assert_later(&self, now: BlockTime) -> Result<(), ChainError> {
        if now.height != self.last.height + 1 {
            return Err(ChainError::WrongHeight {
                got: now.height,
                last: self.last.height,
            });
        }
        if now.time_nanos <= self.last.time_nanos {
            return Err(ChainError::TimeNotLater {
                got: now.time_nanos,
                last: self.last.time_nanos,
            });
        }
        Ok(())
    }

    /// Answers a query at the last or at an older height. `/cosmos.tx.v1beta1.Service/Simulate` sees also what waits.
    pub fn query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        let Some(querier) = self.querier(height) else {
            let (asked, oldest) = (height.unwrap_or_default(), self.store.oldest());
            let text = format!(
                "height {asked} is not available: states of heights {oldest} to {} are kept",
                self.last.height
            );
            return QueryError::InvalidArgument(text).into_result(self.last.height);
        };
        let querier = if path == SIMULATE {
            self.pending_querier()
        } else {
            querier
        };
        querier.query(path, data)
    }

    /// Read access to the last or an older height; none when that height is not kept.
    pub fn querier(&self, height: Option<u64>) -> Option<Querier> {
        match height.filter(|height| *height != 0 && *height != self.last.height) {
            None => Some(self.latest_querier()),
            Some(height) => {
                let reader = self.store.at(height)?;
                let last = load_last_block(&*reader)?;
                Some(self.new_querier(reader, last))
            }
        }
    }

    /// Read access to the last state.
    pub fn latest_querier(&self) -> Querier {
        self.new_querier(self.store.latest(), self.last)
    }

    fn new_querier(&self, reader: Arc<dyn Reader>, last: BlockTime) -> Querier {
        Querier {
            state: State::new(reader),
            env: self.env.clone(),
            now: last,
            height: last.height,
            query_gas_limit: self.query_gas_limit,
            tracing: self.tracing,
        }
    }

    /// Read access to the last state with the fees and sequences of the transactions that wait: what simulations need.
    pub fn pending_querier(&self) -> Querier {
        self.checker.querier()
    }
}

/// Transactions that wait will run in the next block, at a time that is not known yet.
fn new_checker(
    store: &dyn Store,
    env: &Environment,
    last: BlockTime,
    query_gas_limit: u64,
    tracing: Tracing,
) -> Checker {
    Checker {
        state: Layers::new(store.latest()),
        env: env.clone(),
        next: BlockTime {
            height: last.height + 1,
            time_nanos: last.time_nanos,
        },
        query_gas_limit,
        tracing,
    }
}

fn new_environment(config: Config, codec: AddressCodec, vm: Arc<dyn Vm>) -> Environment {
    Environment {
        vm,
        config: Arc::new(config),
        codec,
        gov: Address::from_module(GOV_MODULE),
        signatures: Arc::default(),
        impersonated: Arc::default(),
    }
}

/// Codes that are pinned stay in memory from the first block on.
fn pins_to_engine(machine: &mut Machine<'_>) -> Result<(), GenesisError> {
    wasm::pin::apply_pins_to_engine(machine).map_err(|error| GenesisError::Pin {
        reason: error.to_string(),
    })
}

fn load_last_block(reader: &dyn Reader) -> Option<BlockTime> {
    let stored: StoredBlock = serde_json::from_slice(&reader.get(state_key::chain::LAST_BLOCK)?).ok()?;
    Some(BlockTime {
        height: stored.height,
        time_nanos: stored.time_nanos,
    })
}

fn begin_block(machine: &mut Machine<'_>) -> Result<Vec<Event>, ChainError> {
    let corrupt = |error: TxError| ChainError::Corrupt(error.to_string());
    gov::due::apply_due_proposals(machine).map_err(corrupt)?;
    feegrant::apply_begin_block(machine).map_err(corrupt)?;
    authz::apply_begin_block(machine).map_err(corrupt)?;
    cron::apply_stage(machine, Stage::BeginBlock).map_err(corrupt)?;
    Ok(take_events(machine, "BeginBlock"))
}

fn end_block(machine: &mut Machine<'_>, gas_used: u64) -> Result<Vec<Event>, ChainError> {
    let corrupt = |error: TxError| ChainError::Corrupt(error.to_string());
    cron::apply_stage(machine, Stage::EndBlock).map_err(corrupt)?;
    fees::market::apply_end_block(machine, gas_used).map_err(corrupt)?;
    Ok(take_events(machine, "EndBlock"))
}

fn take_events(machine: &mut Machine<'_>, mode: &str) -> Vec<Event> {
    machine.state.seal();
    let events = std::mem::take(&mut machine.events);
    events.into_iter().map(|event| event.with("mode", mode)).collect()
}
