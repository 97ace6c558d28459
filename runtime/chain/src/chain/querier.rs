//! Read access to one state.

use std::collections::BTreeSet;

use crate::block::{QueryResult, TxResult};
use crate::diagnostics::{Diagnostics, Tracing};
use crate::error::TxError;
use crate::gas::GasMeter;
use crate::genesis::{self, Genesis, GenesisError, WasmGenesis};
use crate::machine::{BlockTime, Environment, Machine, TxPosition};
use crate::state::State;
use crate::store::{Proved, StoreError};
use crate::{query, tx, wasm};

/// Read access to one state, free of the chain: it can be used from other threads while blocks run.
#[derive(Clone)]
pub struct Querier {
    pub(super) state: State,
    pub(super) env: Environment,
    /// When contracts believe to be asked.
    pub(super) now: BlockTime,
    /// Height that answers are for.
    pub(super) height: u64,
    pub(super) query_gas_limit: u64,
    pub(super) tracing: Tracing,
}

/// Where a contract is asked from: it shows in the contract's environment and in the price of a second call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryContext {
    /// From outside.
    Outside,
    /// From within a transaction.
    Transaction {
        /// Its position in the block, from 0.
        index: u32,
        /// SHA-256 of its bytes.
        hash: [u8; 32],
    },
}

/// What a contract answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmartAnswer {
    /// The contract's bytes, or why there are none.
    pub result: Result<Vec<u8>, TxError>,
    /// SDK gas used.
    pub gas_used: u64,
    /// For developers, as in [`TxResult::info`].
    pub info: String,
}

impl Querier {
    /// Height that answers are for.
    pub fn height(&self) -> u64 {
        self.height
    }

    /// The wasm module of this state in wasmd's genesis form: parameters, codes, contracts with their storage. Goes
    /// into `wasm.state` of a [`Genesis`].
    ///
    /// # Errors
    ///
    /// Only when the state contradicts itself.
    pub fn export_wasm(&self) -> Result<WasmGenesis, GenesisError> {
        genesis::export_wasm::export_wasm(&mut self.machine()).map_err(|error| GenesisError::NotAChain {
            reason: error.to_string(),
        })
    }

    /// All of this state as a genesis, module by module: a chain that begins with it has the same root and goes on at the
    /// next height. Equal states give equal bytes.
    ///
    /// # Errors
    ///
    /// Only when the state contradicts itself or cannot be read.
    pub fn export(&self) -> Result<Genesis, GenesisError> {
        let mut machine = self.machine();
        let genesis = genesis::export::export(&mut machine);
        // What a failing medium did not give looks like nothing at all.
        machine.state.check()?;
        genesis.map_err(|error| GenesisError::NotAChain {
            reason: error.to_string(),
        })
    }

    /// The entry of a module, or its absence, with a proof against the state's root. In the state its key is
    /// `<module>/<key>`.
    ///
    /// # Errors
    ///
    /// A store that keeps no tree of this height, or a medium that fails.
    pub fn prove(&self, module: &str, key: &[u8]) -> Result<Proved, StoreError> {
        self.state.prove(&[module.as_bytes(), b"/", key].concat())
    }

    /// Answers a query.
    pub fn query(&self, path: &str, data: &[u8]) -> QueryResult {
        let mut machine = self.machine();
        // Clients take height 0 for an error, so the first state answers as height 1.
        let height = self.height.max(1);
        match query::answer(&mut machine, path, data) {
            Ok(value) => QueryResult {
                code: 0,
                codespace: String::new(),
                log: String::new(),
                info: machine.take_notes(),
                value,
                height,
            },
            Err(error) => QueryResult {
                info: machine.take_notes(),
                ..error.into_result(height)
            },
        }
    }

    pub(super) fn machine(&self) -> Machine<'_> {
        let mut machine = Machine::new(&self.env, self.state.clone(), self.now);
        machine.query_gas_limit = self.query_gas_limit;
        machine.diagnostics = Diagnostics::new(self.tracing);
        machine
    }

    /// Asks a contract, as [`QueryContext`] says, with so much SDK gas, and tells the gas used. Set-up and storage are
    /// priced as for wasmd's keeper.
    ///
    /// # Errors
    ///
    /// In the answer: an address that is none, a contract that refuses, an engine that stops it, no gas left.
    pub fn query_smart(&self, contract: &str, msg: &[u8], context: QueryContext, gas_limit: u64) -> SmartAnswer {
        let mut machine = self.machine();
        machine.gas = GasMeter::new(gas_limit);
        if let QueryContext::Transaction { index, hash } = context {
            machine.tx = Some(TxPosition { index, hash });
            machine.warm_codes = Some(BTreeSet::new());
        }
        let result = machine
            .address(contract)
            .and_then(|address| wasm::query_smart(&mut machine, &address, msg));
        SmartAnswer {
            result,
            gas_used: machine.gas.used(),
            info: machine.take_notes(),
        }
    }

    /// Runs a transaction to learn its gas: signatures and fees are not looked at, sequences are.
    pub fn simulate(&self, raw: &[u8]) -> TxResult {
        tx::simulate(&mut self.machine(), raw)
    }
}
