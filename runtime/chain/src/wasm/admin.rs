//! `MsgUpdateAdmin` and `MsgClearAdmin`: the admin hands the contract on, or gives it up for ever.

use supercloud_proto::cosmwasm::wasm::v1::{
    MsgClearAdmin, MsgClearAdminResponse, MsgUpdateAdmin, MsgUpdateAdminResponse,
};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::wasm::contract::{apply_info, assert_modifiable, load_modifiable};
use crate::wasm::response::CONTRACT_ADDRESS;

impl Message for MsgUpdateAdmin {
    type Response = MsgUpdateAdminResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.contract)?;
        codec.parse(&self.new_admin)?;
        if self.new_admin == self.sender {
            return Err(SdkError::InvalidRequest("new admin is the same as the old".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateAdminResponse, TxError> {
        apply_admin(machine, &self.sender, &self.contract, self.new_admin)?;
        Ok(MsgUpdateAdminResponse {})
    }
}

impl Message for MsgClearAdmin {
    type Response = MsgClearAdminResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.contract)?;
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgClearAdminResponse, TxError> {
        apply_admin(machine, &self.sender, &self.contract, String::new())?;
        Ok(MsgClearAdminResponse {})
    }
}

fn apply_admin(machine: &mut Machine<'_>, sender: &str, contract: &str, new_admin: String) -> Result<(), TxError> {
    let address = machine.address(contract)?;
    let mut info = load_modifiable(machine, &address)?.info;
    assert_modifiable(machine, &info, &machine.address(sender)?, "can not modify contract")?;
    info.admin = new_admin.clone();
    apply_info(machine, &address, &info)?;
    let event = Event::new("update_contract_admin")
        .with(CONTRACT_ADDRESS, contract)
        .with("new_admin_address", new_admin);
    machine.emit(event);
    Ok(())
}
