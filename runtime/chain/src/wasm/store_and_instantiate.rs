//! `MsgStoreAndInstantiateContract`: governance uploads code, pins it and makes its first instance, all or nothing.

use supercloud_proto::cosmwasm::wasm::v1::{MsgStoreAndInstantiateContract, MsgStoreAndInstantiateContractResponse};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::wasm::WasmError;
use crate::wasm::instantiate::{Instantiation, Place, assert_request, instantiate};
use crate::wasm::pin::apply_pin;
use crate::wasm::store_code::{apply_code, assert_upload};

impl Message for MsgStoreAndInstantiateContract {
    type Response = MsgStoreAndInstantiateContractResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_request(codec, &self.admin, &self.label, &self.msg, &self.funds)?;
        assert_verification(self)?;
        assert_upload(&self.wasm_byte_code, self.instantiate_permission.as_ref(), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<Self::Response, TxError> {
        assert_authority(machine, &self.authority)?;
        let creator = machine.address(&self.authority)?;
        let stored = apply_code(machine, &creator, self.wasm_byte_code, self.instantiate_permission)?;
        if !self.code_hash.is_empty() && self.code_hash != stored.checksum {
            let (got, expected) = (hex::encode(stored.checksum), hex::encode(&self.code_hash));
            let reason = format!("code hash {expected} does not match the checksum {got}");
            return Err(WasmError::Invalid { reason }.into());
        }
        if !self.unpin_code {
            apply_pin(machine, stored.code_id)?;
        }
        let wanted = Instantiation {
            creator: self.authority,
            admin: self.admin,
            code_id: stored.code_id,
            label: self.label,
            msg: self.msg,
            funds: self.funds,
            place: Place::Classic,
        };
        let (address, data) = instantiate(machine, wanted, rights)?;
        Ok(MsgStoreAndInstantiateContractResponse { address, data })
    }
}

/// Where the source is, what built it and what came out: of use only together.
fn assert_verification(message: &MsgStoreAndInstantiateContract) -> Result<(), TxError> {
    let parts = [
        ("source", message.source.is_empty()),
        ("builder", message.builder.is_empty()),
        ("code hash", message.code_hash.is_empty()),
    ];
    if parts.iter().all(|(_, missing)| *missing) {
        return Ok(());
    }
    match parts.iter().find(|(_, missing)| *missing) {
        Some((part, _)) => {
            let text = format!("code verification info: {part} is required");
            Err(SdkError::InvalidRequest(text).into())
        }
        None => Ok(()),
    }
}
