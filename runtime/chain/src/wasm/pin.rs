//! `MsgPinCodes` and `MsgUnpinCodes`: governance makes calls to often-used codes cheaper, or stops that.
//!
//! Which codes are pinned is state and decides prices; the engine only follows it, after each block and when a chain is
//! opened, and holds a code as long as any pinned code id has its checksum.

use std::collections::{BTreeMap, BTreeSet};

use supercloud_proto::cosmwasm::wasm::v1::{MsgPinCodes, MsgPinCodesResponse, MsgUnpinCodes, MsgUnpinCodesResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::{Machine, Mode, read_u64};
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::wasm as key;
use crate::store::{Changes, Direction};
use crate::vm::{Checksum, CodeKey};
use crate::wasm::contract::{load_code, to_checksum};
use crate::wasm::{WasmError, code, gas_register};

/// Most codes of one message.
const MAX_CODES: usize = 50;
/// What is stored for a pinned code; wasmd stores the same.
pub(super) const MARK: [u8; 1] = [1];

impl Message for MsgPinCodes {
    type Response = MsgPinCodesResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        assert_code_ids(&self.code_ids)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgPinCodesResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        for code_id in self.code_ids {
            apply_pin(machine, code_id)?;
        }
        Ok(MsgPinCodesResponse {})
    }
}

impl Message for MsgUnpinCodes {
    type Response = MsgUnpinCodesResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        assert_code_ids(&self.code_ids)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUnpinCodesResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        for code_id in self.code_ids {
            load_code(machine, code_id)?;
            machine.charge(gas_register::PIN, "Loading CosmWasm module: unpin code")?;
            machine.delete(key::pinned(code_id))?;
            machine.emit(Event::new("unpin_code").with("code_id", code_id.to_string()));
        }
        Ok(MsgUnpinCodesResponse {})
    }
}

/// Marks a code as pinned, once the engine has shown that it can load it.
pub(super) fn apply_pin(machine: &mut Machine<'_>, code_id: u64) -> Result<(), TxError> {
    let checksum = to_checksum(&load_code(machine, code_id)?)?;
    machine.charge(gas_register::PIN, "Loading CosmWasm module: pin code")?;
    if machine.mode == Mode::Deliver {
        let code = code::load_key(machine, &checksum)?;
        code::load_into_engine(machine, &code).map_err(|error| WasmError::Pin {
            reason: error.to_string(),
        })?;
    }
    machine.write(key::pinned(code_id), MARK.to_vec())?;
    machine.emit(Event::new("pin_code").with("code_id", code_id.to_string()));
    Ok(())
}

fn assert_code_ids(ids: &[u64]) -> Result<(), TxError> {
    if ids.is_empty() {
        return Err(WasmError::Empty { field: "code ids" }.into());
    }
    if ids.len() > MAX_CODES {
        return Err(WasmError::Limit {
            field: "code ids",
            got: ids.len(),
            limit: MAX_CODES,
        }
        .into());
    }
    for (index, id) in ids.iter().enumerate() {
        if *id == 0 {
            return Err(WasmError::Empty { field: "code id" }.into());
        }
        if ids[..index].contains(id) {
            return Err(WasmError::Duplicate {
                what: format!("code id {id}"),
            }
            .into());
        }
    }
    Ok(())
}

/// Checksums that pinned code ids have, each with the first such id.
fn list_pinned(machine: &mut Machine<'_>) -> Result<BTreeMap<Checksum, u64>, TxError> {
    let ids: Vec<Vec<u8>> = machine
        .state
        .prefix(key::PINNED, Direction::Ascending)
        .map(|(entry, _)| entry[key::PINNED.len()..].to_vec())
        .collect();
    let mut pinned = BTreeMap::new();
    for id in ids {
        let code_id = read_u64(&id)?;
        let checksum = to_checksum(&load_code(machine, code_id)?)?;
        pinned.entry(checksum).or_insert(code_id);
    }
    Ok(pinned)
}

/// Pins in the engine all that the state says, before the first block that this process runs.
pub(crate) fn apply_pins_to_engine(machine: &mut Machine<'_>) -> Result<(), TxError> {
    for (checksum, code_id) in list_pinned(machine)? {
        pin_in_engine(machine, &checksum).map_err(|error| WasmError::Pin {
            reason: format!("code id {code_id}: {error}"),
        })?;
    }
    Ok(())
}

/// The pinned code ids that a block changed: what [`follow_changes`] wants.
pub(crate) fn list_changed(changes: &Changes) -> Vec<u64> {
    let end = crate::state::compute_prefix_end(key::PINNED);
    let range = changes.range(key::PINNED.to_vec()..end.unwrap_or_default());
    range
        .filter_map(|(entry, _)| read_u64(entry.strip_prefix(key::PINNED)?).ok())
        .collect()
}

/// Makes the engine follow what a block changed. A code that does not load is left to its next call, which reports it.
pub(crate) fn follow_changes(machine: &mut Machine<'_>, changed: &[u64]) -> Result<(), TxError> {
    if changed.is_empty() {
        return Ok(());
    }
    let pinned = list_pinned(machine)?;
    let mut seen = BTreeSet::new();
    for code_id in changed {
        let checksum = to_checksum(&load_code(machine, *code_id)?)?;
        if !seen.insert(checksum) {
            continue;
        }
        if pinned.contains_key(&checksum) {
            pin_in_engine(machine, &checksum).ok();
        } else {
            machine.env.vm.unpin(&code::load_key(machine, &checksum)?);
        }
    }
    Ok(())
}

fn pin_in_engine(machine: &Machine<'_>, checksum: &Checksum) -> Result<(), TxError> {
    let code: CodeKey = code::load_key(machine, checksum)?;
    if machine.env.vm.pin(&code) {
        return Ok(());
    }
    let _held = code::load_into_engine(machine, &code)?;
    if machine.env.vm.pin(&code) {
        return Ok(());
    }
    let reason = "the engine forgot the code at once".to_owned();
    Err(WasmError::Pin { reason }.into())
}
