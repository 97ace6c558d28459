//! What the first state needs of this module, beside what messages need of it.

use supercloud_proto::cosmwasm::wasm::v1::{CodeInfo, ContractCodeHistoryEntry, ContractInfo};

use crate::address::Address;
use crate::error::TxError;
use crate::machine::Machine;
use crate::state_key::wasm as key;
use crate::vm::{Checksum, CodeKey, CodeRules, MeteringVersion};
use crate::wasm::contract::{self, FIRST_ENTRY, apply_history_entry, compute_code_index, compute_creator_index};
use crate::wasm::host_params::HIGHEST_CODE_BYTES;
use crate::wasm::label::assert_label;
use crate::wasm::ports::{compute_port, compute_port_v2};
use crate::wasm::{WasmError, code, pin, store_code};

/// How the engine knows a code, and its bytes.
pub(crate) fn load_code_bytes(machine: &Machine<'_>, info: &CodeInfo) -> Result<(CodeKey, Vec<u8>), TxError> {
    let checksum = contract::to_checksum(info)?;
    Ok((
        code::load_key(machine, &checksum)?,
        code::load_blob(machine, &checksum)?,
    ))
}

/// Checks code, packed or not, and stores it under its checksum.
pub(crate) fn import_blob(
    machine: &mut Machine<'_>,
    bytes: &[u8],
    rules: &CodeRules,
    metering: MeteringVersion,
) -> Result<Checksum, TxError> {
    let limit = usize::try_from(HIGHEST_CODE_BYTES).unwrap_or(usize::MAX);
    let (field, got) = ("code bytes", bytes.len());
    if got == 0 {
        return Err(WasmError::Empty { field }.into());
    }
    if got > limit {
        return Err(WasmError::Limit { field, got, limit }.into());
    }
    let wasm = if code::is_gzip(bytes) {
        code::uncompress(bytes, limit)?
    } else {
        bytes.to_vec()
    };
    let analysis = store_code::assert_sound(machine, &wasm, rules)?;
    store_code::apply_blob(machine, wasm, &analysis, metering);
    Ok(analysis.checksum)
}

pub(crate) fn import_pin(machine: &mut Machine<'_>, code_id: u64) -> Result<(), TxError> {
    Ok(machine.write(key::pinned(code_id), pin::MARK.to_vec())?)
}

/// Refuses what no message could have written.
pub(crate) fn assert_info(machine: &Machine<'_>, address: &Address, info: &ContractInfo) -> Result<(), TxError> {
    machine.address(&info.creator)?;
    if !info.admin.is_empty() {
        machine.address(&info.admin)?;
    }
    assert_label(&info.label)?;
    let codec = &machine.env.codec;
    for (seen, expected) in [
        (&info.ibc_port_id, compute_port(codec, address)),
        (&info.ibc2_port_id, compute_port_v2(codec, address)),
    ] {
        if !seen.is_empty() && *seen != expected {
            let reason = format!("port is {seen}, must be {expected}");
            return Err(WasmError::Invalid { reason }.into());
        }
    }
    Ok(())
}

/// Writes a contract without its storage. The history is not empty.
pub(crate) fn import_contract(
    machine: &mut Machine<'_>,
    address: &Address,
    info: &ContractInfo,
    history: &[ContractCodeHistoryEntry],
) -> Result<(), TxError> {
    for (entry, number) in history.iter().zip(FIRST_ENTRY..) {
        apply_history_entry(machine, address, number, entry)?;
    }
    contract::apply_info(machine, address, info)?;
    let position = |entry: Option<&ContractCodeHistoryEntry>| entry.and_then(|entry| entry.updated).unwrap_or_default();
    let by_code = compute_code_index(info.code_id, position(history.last()), address);
    machine.write(by_code, Vec::new())?;
    let creator = machine.address(&info.creator)?;
    let by_creator = compute_creator_index(&creator, position(history.first()), address);
    Ok(machine.write(by_creator, Vec::new())?)
}
