//! Blocks of IBC calls.

use std::collections::BTreeSet;

use crate::block::ChainError;
use crate::diagnostics::Diagnostics;
use crate::gas::GasMeter;
use crate::genesis;
use crate::machine::{BlockTime, Machine};
use crate::state::State;
use crate::wasm::ibc::{self, IbcCall, IbcOutcome};

use super::Chain;

impl Chain {
    /// Runs the next block with calls of IBC entry points in the place of transactions, each with so much SDK gas, and
    /// commits it. For tests and tools: a node has no IBC module that would say which calls are due.
    ///
    /// # Errors
    ///
    /// As [`Self::execute_block`]. What a call failed with is in its outcome.
    pub fn execute_ibc_block(
        &mut self,
        time_nanos: u64,
        calls: &[IbcCall],
        gas_limit: u64,
    ) -> Result<Vec<IbcOutcome>, ChainError> {
        let now = BlockTime {
            height: self.last.height + 1,
            time_nanos,
        };
        self.assert_later(now)?;
        let mut machine = Machine::new(&self.env, State::new(self.store.latest()), now);
        machine.diagnostics = Diagnostics::new(self.tracing);
        let outcomes = calls
            .iter()
            .map(|call| run_ibc(&mut machine, call, gas_limit))
            .collect();
        genesis::apply_last_block(&mut machine, now);
        let changes = machine.state.into_changes();
        self.commit(now, changes)?;
        Ok(outcomes)
    }
}

fn run_ibc(machine: &mut Machine<'_>, call: &IbcCall, gas_limit: u64) -> IbcOutcome {
    machine.gas = GasMeter::new(gas_limit);
    machine.warm_codes = Some(BTreeSet::new());
    let result = machine.atomically(|machine| ibc::apply_call(machine, call));
    machine.state.seal();
    IbcOutcome {
        result,
        gas_used: machine.gas.used(),
        events: std::mem::take(&mut machine.events),
        info: machine.take_notes(),
    }
}
