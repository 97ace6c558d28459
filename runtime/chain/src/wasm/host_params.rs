//! `MsgUpdateHostParams`: what this host lets governance decide and wasmd has in its binary.

use supercloud_proto::prost::Message as _;
use supercloud_proto::supercloud::wasm::v1::{HostParams, MsgUpdateHostParams, MsgUpdateHostParamsResponse};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::wasm as key;
use crate::wasm::{WasmError, path_query};

/// Most bytes of Wasm from anybody, packed and unpacked, unless the chain says otherwise; wasmd's default.
pub(crate) const DEFAULT_MAX_CODE_BYTES: u64 = 800 * 1024;
/// The same for governance.
pub(crate) const DEFAULT_MAX_GOV_CODE_BYTES: u64 = 3 * 1024 * 1024;
/// What the chain may say at most: twice what fits a transaction, for packed code.
pub(crate) const HIGHEST_CODE_BYTES: u64 = 8 * 1024 * 1024;

pub(crate) fn default() -> HostParams {
    HostParams {
        max_code_bytes: DEFAULT_MAX_CODE_BYTES,
        max_gov_code_bytes: DEFAULT_MAX_GOV_CODE_BYTES,
        query_allow_list: Vec::new(),
        reply_gas_used: true,
    }
}

/// Free of gas: wasmd has these in its binary.
pub(crate) fn load(machine: &Machine<'_>) -> Result<HostParams, TxError> {
    match machine.state.get(key::HOST_PARAMS) {
        Some(bytes) => Ok(HostParams::decode(&*bytes).map_err(|error| SdkError::corrupt("host parameters", &error))?),
        None => Ok(default()),
    }
}

pub(crate) fn apply(machine: &mut Machine<'_>, params: &HostParams) -> Result<(), TxError> {
    Ok(machine.write(key::HOST_PARAMS.to_vec(), params.encode_to_vec())?)
}

pub(crate) fn assert_valid(params: &HostParams) -> Result<(), WasmError> {
    let invalid = |reason: String| WasmError::Invalid { reason };
    for (name, bytes) in [
        ("max_code_bytes", params.max_code_bytes),
        ("max_gov_code_bytes", params.max_gov_code_bytes),
    ] {
        if !(1..=HIGHEST_CODE_BYTES).contains(&bytes) {
            return Err(invalid(format!(
                "{name} is {bytes}, must be between 1 and {HIGHEST_CODE_BYTES}"
            )));
        }
    }
    for (index, path) in params.query_allow_list.iter().enumerate() {
        if !path_query::ANSWERED.contains(&path.as_str()) {
            return Err(invalid(format!(
                "query_allow_list: contracts cannot be answered at {path:?}"
            )));
        }
        if params.query_allow_list[..index].contains(path) {
            return Err(WasmError::Duplicate {
                what: format!("query_allow_list: {path}"),
            });
        }
    }
    Ok(())
}

impl Message for MsgUpdateHostParams {
    type Response = MsgUpdateHostParamsResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        Ok(assert_valid(required(self)?)?)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateHostParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        apply(machine, required(&self)?)?;
        machine.emit(Event::new("update_host_params"));
        Ok(MsgUpdateHostParamsResponse {})
    }
}

fn required(message: &MsgUpdateHostParams) -> Result<&HostParams, WasmError> {
    message.params.as_ref().ok_or(WasmError::Empty { field: "params" })
}
