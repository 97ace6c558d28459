//! `MsgPinCodes` and `MsgUnpinCodes`: governance makes calls to often-used codes cheaper, or stops that.

use supercloud_proto::cosmwasm::wasm::v1::{MsgPinCodes, MsgPinCodesResponse, MsgUnpinCodes, MsgUnpinCodesResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::wasm as key;
use crate::wasm::contract::{load_code, to_checksum};
use crate::wasm::{WasmError, code, gas_register};

/// Most codes of one message.
const MAX_CODES: usize = 50;

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
            let checksum = to_checksum(&load_code(machine, code_id)?)?;
            machine.charge(gas_register::PIN, "Pin code")?;
            let code = code::load_key(machine, &checksum)?;
            if !machine.env.vm.pin(&code) {
                code::load_into_engine(machine, &code).map_err(|error| WasmError::Pin {
                    reason: error.to_string(),
                })?;
                machine.env.vm.pin(&code);
            }
            machine.write(key::pinned(code_id), Vec::new())?;
            machine.emit(Event::new("pin_code").with("code_id", code_id.to_string()));
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
            machine.charge(gas_register::PIN, "Unpin code")?;
            machine.delete(key::pinned(code_id))?;
            machine.emit(Event::new("unpin_code").with("code_id", code_id.to_string()));
        }
        Ok(MsgUnpinCodesResponse {})
    }
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
