//! `MsgUpdateParams` (governance) and `MsgUpdateInstantiateConfig` (a code's creator): who may upload and instantiate.

use supercloud_proto::cosmwasm::wasm::v1::{
    AccessConfig, AccessType, MsgUpdateInstantiateConfig, MsgUpdateInstantiateConfigResponse, MsgUpdateParams,
    MsgUpdateParamsResponse, Params,
};
use supercloud_proto::prost::Message as _;

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::wasm as key;
use crate::wasm::contract::load_code;
use crate::wasm::{WasmError, access};

impl Message for MsgUpdateParams {
    type Response = MsgUpdateParamsResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        let params = required_params(self)?;
        let upload = params.code_upload_access.as_ref().ok_or(WasmError::Empty {
            field: "code upload access",
        })?;
        access::assert_rule(upload, codec)?;
        match AccessType::try_from(params.instantiate_default_permission) {
            Ok(AccessType::Nobody | AccessType::Everybody | AccessType::AnyOfAddresses) => Ok(()),
            Ok(AccessType::Unspecified) => Err(WasmError::Empty { field: "type" }.into()),
            Err(_) => {
                let reason = "unknown type of the instantiate default permission".to_owned();
                Err(WasmError::Invalid { reason }.into())
            }
        }
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        machine.write(key::PARAMS.to_vec(), required_params(&self)?.encode_to_vec())?;
        Ok(MsgUpdateParamsResponse {})
    }
}

fn required_params(message: &MsgUpdateParams) -> Result<&Params, TxError> {
    Ok(message.params.as_ref().ok_or(WasmError::Empty { field: "params" })?)
}

impl Message for MsgUpdateInstantiateConfig {
    type Response = MsgUpdateInstantiateConfigResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        access::assert_rule(required_rule(self)?, codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateInstantiateConfigResponse, TxError> {
        let sender = machine.address(&self.sender)?;
        let rule = required_rule(&self)?.clone();
        let mut code = load_code(machine, self.code_id)?;
        if sender != machine.env.gov {
            let default = access::of_type(
                access::load_params(machine)?.instantiate_default_permission(),
                &code.creator,
            );
            if code.creator != self.sender || !access::is_subset(&rule, &default) {
                return Err(SdkError::Unauthorized("can not modify code access config".to_owned()).into());
            }
        }
        let event = Event::new("update_code_access_config")
            .with("code_permission", access::to_text(&rule))
            .with("code_id", self.code_id.to_string());
        machine.emit(if rule.addresses.is_empty() {
            event
        } else {
            event.with("authorized_addresses", rule.addresses.join(","))
        });
        code.instantiate_config = Some(rule);
        machine.write(key::code(self.code_id), code.encode_to_vec())?;
        Ok(MsgUpdateInstantiateConfigResponse {})
    }
}

fn required_rule(message: &MsgUpdateInstantiateConfig) -> Result<&AccessConfig, TxError> {
    Ok(message.new_instantiate_permission.as_ref().ok_or(WasmError::Empty {
        field: "instantiate permission",
    })?)
}
