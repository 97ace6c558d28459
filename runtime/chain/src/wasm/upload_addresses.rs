//! `MsgAddCodeUploadParamsAddresses` and `MsgRemoveCodeUploadParamsAddresses`: governance changes the list of those who
//! may upload, where there is one.

use supercloud_proto::cosmwasm::wasm::v1::{
    AccessType, MsgAddCodeUploadParamsAddresses, MsgAddCodeUploadParamsAddressesResponse,
    MsgRemoveCodeUploadParamsAddresses, MsgRemoveCodeUploadParamsAddressesResponse,
};
use supercloud_proto::prost::Message as _;

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::wasm as key;
use crate::wasm::WasmError;
use crate::wasm::access::{MAX_ADDRESSES, assert_addresses, load_params};

impl Message for MsgAddCodeUploadParamsAddresses {
    type Response = MsgAddCodeUploadParamsAddressesResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_addresses(&self.addresses, codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<Self::Response, TxError> {
        assert_authority(machine, &self.authority)?;
        apply_list(machine, |list| {
            for address in self.addresses {
                if !list.contains(&address) {
                    list.push(address);
                }
            }
        })?;
        Ok(MsgAddCodeUploadParamsAddressesResponse {})
    }
}

impl Message for MsgRemoveCodeUploadParamsAddresses {
    type Response = MsgRemoveCodeUploadParamsAddressesResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_addresses(&self.addresses, codec)
    }

    /// A list may become empty: then only governance uploads.
    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<Self::Response, TxError> {
        assert_authority(machine, &self.authority)?;
        apply_list(machine, |list| list.retain(|address| !self.addresses.contains(address)))?;
        Ok(MsgRemoveCodeUploadParamsAddressesResponse {})
    }
}

fn apply_list(machine: &mut Machine<'_>, change: impl FnOnce(&mut Vec<String>)) -> Result<(), TxError> {
    let mut params = load_params(machine)?;
    let access = params
        .code_upload_access
        .as_mut()
        .filter(|access| access.permission() == AccessType::AnyOfAddresses)
        .ok_or_else(|| WasmError::Invalid {
            reason: "permission".to_owned(),
        })?;
    change(&mut access.addresses);
    let got = access.addresses.len();
    if got > MAX_ADDRESSES {
        let (field, limit) = ("addresses", MAX_ADDRESSES);
        return Err(WasmError::Limit { field, got, limit }.into());
    }
    Ok(machine.write(key::PARAMS.to_vec(), params.encode_to_vec())?)
}
