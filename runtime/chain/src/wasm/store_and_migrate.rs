//! `MsgStoreAndMigrateContract`: governance uploads code and moves a contract to it, all or nothing.

use supercloud_proto::cosmwasm::wasm::v1::{MsgStoreAndMigrateContract, MsgStoreAndMigrateContractResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::wasm::instantiate::assert_json;
use crate::wasm::migrate::{Migration, migrate};
use crate::wasm::store_code::{apply_code, assert_upload};

impl Message for MsgStoreAndMigrateContract {
    type Response = MsgStoreAndMigrateContractResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.contract)?;
        assert_json(&self.msg)?;
        assert_upload(&self.wasm_byte_code, self.instantiate_permission.as_ref(), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<Self::Response, TxError> {
        assert_authority(machine, &self.authority)?;
        let creator = machine.address(&self.authority)?;
        let stored = apply_code(machine, &creator, self.wasm_byte_code, self.instantiate_permission)?;
        let wanted = Migration {
            sender: self.authority,
            contract: self.contract,
            code_id: stored.code_id,
            msg: self.msg,
        };
        let data = migrate(machine, wanted, rights)?;
        Ok(MsgStoreAndMigrateContractResponse {
            code_id: stored.code_id,
            checksum: stored.checksum.to_vec(),
            data,
        })
    }
}
