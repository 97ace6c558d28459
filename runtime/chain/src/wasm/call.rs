//! One call of an entry point: set-up gas, engine, gas settlement, decoding.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::Address;
use crate::diagnostics::calls;
use crate::error::TxError;
use crate::machine::Machine;
use crate::vm::{CW_GAS_PER_SDK_GAS, Checksum, CodeKey, EntryPoint, VmCall, VmError, VmReport};
use crate::wasm::backend::{Access, ContractBackend};
use crate::wasm::contract::Contract;
use crate::wasm::json::{Binary, BlockInfo, ContractAddress, ContractResult, Env, TransactionInfo};
use crate::wasm::{WasmError, code, gas_register};

/// Charges the set-up of a call: less for code that is pinned or was called before in this transaction. Queries from
/// outside and proposals are no transactions.
pub(crate) fn charge_setup(machine: &mut Machine<'_>, contract: &Contract, location: &str) -> Result<(), TxError> {
    let pinned = super::contract::is_pinned(machine, contract.info.code_id)?;
    // A call to pinned code does not warm the same code under another id.
    let called_before = |codes: &mut BTreeSet<Checksum>| !codes.insert(contract.checksum);
    let setup = if pinned || machine.warm_codes.as_mut().is_some_and(called_before) {
        gas_register::INSTANCE_DISCOUNTED
    } else {
        gas_register::INSTANCE
    };
    Ok(machine.charge(setup, location)?)
}

/// Calls an entry point and returns what the contract answered.
///
/// A refusal by the contract is [`WasmError::Contract`], anything else that stops it [`WasmError::Vm`]. Out of gas is
/// the transaction's error.
pub(crate) fn call_contract<T: DeserializeOwned>(
    machine: &mut Machine<'_>,
    contract: &Contract,
    entry_point: EntryPoint,
    args: &[&[u8]],
) -> Result<T, TxError> {
    let (recorded, used_before) = (
        calls::begin(machine, &contract.address, entry_point, args),
        machine.gas.used(),
    );
    let outcome = run(machine, contract, entry_point, args);
    let gas_used = machine.gas.used().saturating_sub(used_before);
    calls::end(machine, recorded, gas_used, outcome.as_deref());
    match serde_json::from_slice::<ContractResult<T>>(&outcome?) {
        Ok(ContractResult::Ok(value)) => Ok(value),
        Ok(ContractResult::Err(text)) => Err(WasmError::Contract { text, entry_point }.into()),
        Err(error) => Err(WasmError::Vm {
            reason: format!("the contract's answer does not parse: {error}"),
        }
        .into()),
    }
}

/// The contract's answer as it is.
fn run(
    machine: &mut Machine<'_>,
    contract: &Contract,
    entry_point: EntryPoint,
    args: &[&[u8]],
) -> Result<Vec<u8>, TxError> {
    let code = code::load_key(machine, &contract.checksum)?;
    let gas_limit = machine.gas.remaining().saturating_mul(CW_GAS_PER_SDK_GAS);
    let mut report = call_engine(machine, &contract.address, code, entry_point, args, gas_limit);
    if report.result == Err(VmError::NotLoaded) {
        let _held = code::load_for_call(machine, &code)?;
        report = call_engine(machine, &contract.address, code, entry_point, args, gas_limit);
    }
    note_trap(machine, contract, entry_point, &report);
    settle(machine, report, entry_point, gas_limit)
}

/// Tells developers where guest code was stopped; consensus keeps nothing of it.
fn note_trap(machine: &mut Machine<'_>, contract: &Contract, entry_point: EntryPoint, report: &VmReport) {
    let Err(error) = &report.result else { return };
    let (name, trace) = (entry_point.export_name(), &report.trace);
    machine.note(|machine| {
        let mut text = format!("{} {name}: {error}", machine.text(&contract.address));
        let wasm = if trace.is_empty() {
            Vec::new()
        } else {
            code::load_blob(machine, &contract.checksum).unwrap_or_default()
        };
        for function in machine.env.vm.symbolise(&wasm, trace) {
            text.push_str(&format!("\n  at {function}"));
        }
        text
    });
}

fn call_engine(
    machine: &mut Machine<'_>,
    address: &Address,
    code: CodeKey,
    entry_point: EntryPoint,
    args: &[&[u8]],
    gas_limit: u64,
) -> VmReport {
    let access = if entry_point == EntryPoint::Query {
        Access::ReadOnly
    } else {
        Access::ReadWrite
    };
    let vm = Arc::clone(&machine.env.vm);
    let mut backend = ContractBackend::new(machine, address.clone(), access);
    vm.call(
        VmCall {
            code,
            entry_point,
            args,
            gas_limit,
        },
        &mut backend,
    )
}

/// Charges what the engine itself used; the backend's part is charged already. Decoding the answer is charged before
/// the division, so that only one fraction is dropped per call. An answer whose decoding the call's limit does not
/// cover is a failure of the engine, as in wasmd, and not out of gas.
fn settle(
    machine: &mut Machine<'_>,
    report: VmReport,
    entry_point: EntryPoint,
    gas_limit: u64,
) -> Result<Vec<u8>, TxError> {
    let location = "wasm contract";
    if report.result == Err(VmError::OutOfGas) {
        return Err(machine.gas.exhaust(location).into());
    }
    let json_len = report.result.as_ref().map_or(0, Vec::len) as u64;
    let decoding = json_len.saturating_mul(gas_register::RESULT_PER_BYTE * CW_GAS_PER_SDK_GAS);
    let with_decoding = report.gas_internal.saturating_add(decoding);
    let covered = with_decoding <= gas_limit;
    let internal = if covered { with_decoding } else { report.gas_internal };
    machine.charge(internal / CW_GAS_PER_SDK_GAS, location)?;
    if machine.gas.remaining() == 0 {
        // wasmd counts exactly exhausted gas as out of gas here.
        return Err(machine.gas.out_of_gas(location).into());
    }
    let name = entry_point.export_name();
    let stopped = |reason: String| TxError::from(WasmError::Vm { reason });
    if !covered {
        let reason = format!("{name}: insufficient gas left to decode the contract's answer ({json_len} bytes)");
        return Err(stopped(reason));
    }
    report.result.map_err(|error| stopped(format!("{name}: {error}")))
}

/// `Env` of a call in this block.
pub(crate) fn compute_env(machine: &Machine<'_>, contract: &Address) -> Vec<u8> {
    to_json(&Env {
        block: BlockInfo {
            height: machine.block.height,
            time: machine.block.time_nanos.to_string(),
            chain_id: machine.env.config.chain_id.clone(),
        },
        transaction: transaction_info(machine),
        contract: ContractAddress {
            address: machine.text(contract),
        },
    })
}

/// Queries from outside, proposals and simulations are not part of a transaction; queries that one makes are.
fn transaction_info(machine: &Machine<'_>) -> Option<TransactionInfo> {
    let tx = machine.tx?;
    Some(TransactionInfo {
        index: tx.index,
        hash: Binary(tx.hash.to_vec()),
    })
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("the host's own types have only text keys")
}
