//! IBC entry points: the message is kept under `ibc/<entry point>` as the contract understood it.

use cosmwasm_std::{
    DepsMut, Env, Ibc3ChannelOpenResponse, IbcBasicResponse, IbcChannelCloseMsg, IbcChannelConnectMsg,
    IbcChannelOpenMsg, IbcChannelOpenResponse, IbcDestinationCallbackMsg, IbcPacketAckMsg, IbcPacketReceiveMsg,
    IbcPacketTimeoutMsg, IbcReceiveResponse, IbcSourceCallbackMsg, Storage, entry_point, from_json, to_json_vec,
};
use serde::Serialize;

use crate::error::ConformanceError;
use crate::msg::PacketPlan;
use crate::plan::follow;

/// A channel of this version is refused.
const REFUSED: &str = "refused";
/// For a channel of this version the answer is null.
const SILENT: &str = "silent";

/// Answers with the proposed version.
#[entry_point]
pub fn ibc_channel_open(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcChannelOpenMsg,
) -> Result<IbcChannelOpenResponse, ConformanceError> {
    keep(deps.storage, "ibc_channel_open", &msg)?;
    match msg.channel().version.as_str() {
        REFUSED => Err(ConformanceError::Asked("version refused".into())),
        SILENT => Ok(None),
        version => Ok(Some(Ibc3ChannelOpenResponse {
            version: version.to_owned(),
        })),
    }
}

/// Keeps the message.
#[entry_point]
pub fn ibc_channel_connect(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcChannelConnectMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc_channel_connect", &msg)
}

/// Keeps the message.
#[entry_point]
pub fn ibc_channel_close(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcChannelCloseMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc_channel_close", &msg)
}

/// Does what the packet says.
#[entry_point]
pub fn ibc_packet_receive(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcPacketReceiveMsg,
) -> Result<IbcReceiveResponse, ConformanceError> {
    keep(deps.storage, "ibc_packet_receive", &msg)?;
    receive(deps.storage, &msg.packet.data)
}

/// Keeps the message.
#[entry_point]
pub fn ibc_packet_ack(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcPacketAckMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc_packet_ack", &msg)
}

/// Keeps the message.
#[entry_point]
pub fn ibc_packet_timeout(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcPacketTimeoutMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc_packet_timeout", &msg)
}

/// Keeps the message.
#[entry_point]
pub fn ibc_source_callback(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcSourceCallbackMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc_source_callback", &msg)
}

/// Keeps the message.
#[entry_point]
pub fn ibc_destination_callback(
    deps: DepsMut<'_>,
    _env: Env,
    msg: IbcDestinationCallbackMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc_destination_callback", &msg)
}

/// Follows the plan in a packet and answers with its acknowledgement.
pub(crate) fn receive(storage: &mut dyn Storage, data: &[u8]) -> Result<IbcReceiveResponse, ConformanceError> {
    let packet: PacketPlan = from_json(data)?;
    let answer = follow(storage, packet.plan)?;
    let response = match packet.ack {
        Some(ack) => IbcReceiveResponse::new(ack),
        None => IbcReceiveResponse::without_ack(),
    };
    Ok(response
        .add_submessages(answer.messages)
        .add_attributes(answer.attributes)
        .add_events(answer.events))
}

/// Stores `msg` and answers with the name of the entry point.
pub(crate) fn keep(
    storage: &mut dyn Storage,
    entry_point: &str,
    msg: &impl Serialize,
) -> Result<IbcBasicResponse, ConformanceError> {
    storage.set(format!("ibc/{entry_point}").as_bytes(), &to_json_vec(msg)?);
    Ok(IbcBasicResponse::new().add_attribute("entry_point", entry_point))
}
