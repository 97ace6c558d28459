//! Transactions: from bytes to a result.
//!
//! Decode, check (ante), run. What the ante does stays done when a message fails: the fee and the sequence. What the
//! ante refuses leaves no trace at all.

use std::collections::BTreeSet;
use std::mem;

use sha2::{Digest, Sha256};
use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::address::Address;
use crate::block::TxResult;
use crate::error::TxError;
use crate::fees;
use crate::gas::GasMeter;
use crate::machine::{Machine, Mode, TxPosition};
use crate::message::Rights;

mod amino;
mod ante;
mod decode;
mod fee;
mod sign;
mod signature;
mod unknown_fields;
mod verified;

pub(crate) use ante::{apply_ante, assert_basics as list_signers, prepare};
pub(crate) use decode::DecodedTx;
pub use decode::MAX_TX_LEN;
pub(crate) use fee::compute_priority;
pub(crate) use verified::VerifiedSignatures;

/// Runs one transaction of a block.
pub(crate) fn deliver(machine: &mut Machine<'_>, raw: &[u8], index: u32) -> TxResult {
    machine.tx = Some(TxPosition {
        index,
        hash: Sha256::digest(raw).into(),
    });
    machine.mode = Mode::Deliver;
    let result = run(machine, raw, |tx| tx.gas_limit());
    machine.tx = None;
    machine.warm_codes = None;
    result
}

/// Runs a transaction to learn its gas; the machine's state is thrown away by the caller. What no transaction may use
/// need not be simulated.
pub(crate) fn simulate(machine: &mut Machine<'_>, raw: &[u8]) -> TxResult {
    machine.mode = Mode::Simulate;
    match fees::load(machine) {
        Ok(params) => run(machine, raw, |_| params.max_tx_gas),
        Err(error) => failure(machine, 0, &error),
    }
}

/// Decides whether a transaction may wait for a block; on success its fee and sequence are taken in this machine's
/// state, so that the sender's next one fits. Returns also who signed.
pub(crate) fn check(machine: &mut Machine<'_>, tx: &Result<DecodedTx, TxError>) -> (TxResult, Vec<Address>) {
    machine.mode = Mode::Deliver;
    begin(machine, 0);
    let tx = match tx {
        Ok(tx) => tx,
        Err(error) => return (failure(machine, 0, error), Vec::new()),
    };
    let gas_wanted = tx.gas_limit();
    begin(machine, gas_wanted);
    let outcome = machine.atomically(|machine| apply_ante(machine, tx));
    machine.state.seal();
    match outcome {
        Ok(signers) => (success(machine, gas_wanted, Vec::new()), signers),
        Err(error) => (failure(machine, gas_wanted, &error), Vec::new()),
    }
}

/// What becomes of a transaction for which its block has no gas left: nothing of it happens.
pub(crate) fn refuse(machine: &mut Machine<'_>, raw: &[u8], error: &TxError) -> TxResult {
    begin(machine, 0);
    let gas_wanted = DecodedTx::decode(raw).map_or(0, |tx| tx.gas_limit());
    failure(machine, gas_wanted, error)
}

fn begin(machine: &mut Machine<'_>, gas_limit: u64) {
    machine.gas = GasMeter::new(gas_limit);
    machine.events.clear();
    machine.warm_codes = Some(BTreeSet::new());
    machine.take_notes();
    machine.message_depth = 0;
    machine.query_depth = 0;
}

fn run(machine: &mut Machine<'_>, raw: &[u8], gas_limit: impl FnOnce(&DecodedTx) -> u64) -> TxResult {
    begin(machine, 0);
    let tx = match DecodedTx::decode(raw) {
        Ok(tx) => tx,
        Err(error) => return failure(machine, 0, &error),
    };
    let gas_wanted = tx.gas_limit();
    begin(machine, gas_limit(&tx));
    if let Err(error) = machine.atomically(|machine| apply_ante(machine, &tx)) {
        machine.state.seal();
        return failure(machine, gas_wanted, &error);
    }
    let outcome = machine.atomically(|machine| apply_messages(machine, tx));
    machine.state.seal();
    match outcome {
        Ok(responses) => {
            #[allow(deprecated, reason = "field 1 must be named to be left empty")]
            let data = TxMsgData {
                data: Vec::new(),
                msg_responses: responses,
            };
            success(machine, gas_wanted, data.encode_to_vec())
        }
        Err((index, error)) => {
            let mut result = failure(machine, gas_wanted, &error);
            if let Some(index) = index {
                result.log = format!("failed to execute message; message index: {index}: {}", result.log);
            }
            result
        }
    }
}

/// Runs all messages; each message's events get its index.
fn apply_messages(machine: &mut Machine<'_>, tx: DecodedTx) -> Result<Vec<Any>, (Option<usize>, TxError)> {
    let mut responses = Vec::with_capacity(tx.messages.len());
    for (index, message) in tx.messages.into_iter().enumerate() {
        let earlier = mem::take(&mut machine.events);
        machine.emit(message.event());
        // Out of gas is the transaction's failure, not a message's: clients match on the start of its text.
        let response = message.apply(machine, Rights::Own).map_err(|error| match error {
            TxError::OutOfGas(_) => (None, error),
            error => (Some(index), error),
        })?;
        responses.push(response);
        let own = mem::replace(&mut machine.events, earlier);
        machine
            .events
            .extend(own.into_iter().map(|event| event.with("msg_index", index.to_string())));
    }
    Ok(responses)
}

fn success(machine: &mut Machine<'_>, gas_wanted: u64, data: Vec<u8>) -> TxResult {
    TxResult {
        code: 0,
        codespace: String::new(),
        data,
        log: String::new(),
        info: machine.take_notes(),
        gas_wanted,
        gas_used: machine.gas.used(),
        events: mem::take(&mut machine.events),
    }
}

fn failure(machine: &mut Machine<'_>, gas_wanted: u64, error: &TxError) -> TxResult {
    let (codespace, code) = error.code();
    TxResult {
        code,
        codespace: codespace.to_owned(),
        data: Vec::new(),
        log: error.to_string(),
        info: machine.take_notes(),
        gas_wanted,
        gas_used: machine.gas.used(),
        events: mem::take(&mut machine.events),
    }
}
