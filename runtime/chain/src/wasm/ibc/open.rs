//! `ibc_channel_open`: the contract may refuse, and may choose the channel's version.

use serde::Deserialize;

use crate::error::TxError;
use crate::machine::Machine;
use crate::vm::EntryPoint;
use crate::wasm::WasmError;
use crate::wasm::call::{call_contract, compute_env, to_json};
use crate::wasm::ports::parse_port;

use super::arguments::Arguments;
use super::{IbcAnswer, IbcChannel, load, to_ibc_error};

#[derive(Default, Deserialize)]
struct OpenResponse {
    #[serde(default)]
    version: String,
}

/// The version that holds: the contract's, else `proposed`, which must not be empty when this side begins.
pub(super) fn open(
    machine: &mut Machine<'_>,
    arguments: &Arguments<'_>,
    channel: &IbcChannel,
    proposed: &str,
) -> Result<IbcAnswer, TxError> {
    assert_channel_id(&channel.endpoint.channel_id)?;
    let address = parse_port(&machine.env.codec, &channel.endpoint.port_id)?;
    let contract = load(machine, &address, EntryPoint::IbcChannelOpen)?;
    let (env, arguments_json) = (compute_env(machine, &address), to_json(arguments));
    let args: [&[u8]; 2] = [&env, &arguments_json];
    let answer: Option<OpenResponse> =
        call_contract(machine, &contract, EntryPoint::IbcChannelOpen, &args).map_err(to_ibc_error)?;
    let chosen = answer.unwrap_or_default().version;
    let version = if chosen.is_empty() { proposed.to_owned() } else { chosen };
    if version.is_empty() && matches!(arguments, Arguments::OpenInit { .. }) {
        return Err(WasmError::Empty { field: "version" }.into());
    }
    Ok(IbcAnswer::Version(version))
}

/// `channel-` and a number of at most 32 bits.
fn assert_channel_id(id: &str) -> Result<(), WasmError> {
    let number = id
        .strip_prefix("channel-")
        .and_then(|number| number.parse::<u64>().ok())
        .ok_or_else(|| WasmError::Invalid {
            reason: format!("channel id {id:?} is not channel- and a number"),
        })?;
    if u32::try_from(number).is_err() {
        return Err(WasmError::MaxChannels { number });
    }
    Ok(())
}
