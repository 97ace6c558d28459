//! IBC v2 entry points, as in [`crate::ibc`].

use cosmwasm_std::{
    DepsMut, Env, Ibc2PacketAckMsg, Ibc2PacketReceiveMsg, Ibc2PacketSendMsg, Ibc2PacketTimeoutMsg, IbcBasicResponse,
    IbcReceiveResponse, entry_point,
};

use crate::error::ConformanceError;
use crate::ibc::{keep, receive};

/// Does what the packet says.
#[entry_point]
pub fn ibc2_packet_receive(
    deps: DepsMut<'_>,
    _env: Env,
    msg: Ibc2PacketReceiveMsg,
) -> Result<IbcReceiveResponse, ConformanceError> {
    keep(deps.storage, "ibc2_packet_receive", &msg)?;
    receive(deps.storage, &msg.payload.value)
}

/// Keeps the message.
#[entry_point]
pub fn ibc2_packet_ack(
    deps: DepsMut<'_>,
    _env: Env,
    msg: Ibc2PacketAckMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc2_packet_ack", &msg)
}

/// Keeps the message.
#[entry_point]
pub fn ibc2_packet_timeout(
    deps: DepsMut<'_>,
    _env: Env,
    msg: Ibc2PacketTimeoutMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc2_packet_timeout", &msg)
}

/// Keeps the message.
#[entry_point]
pub fn ibc2_packet_send(
    deps: DepsMut<'_>,
    _env: Env,
    msg: Ibc2PacketSendMsg,
) -> Result<IbcBasicResponse, ConformanceError> {
    keep(deps.storage, "ibc2_packet_send", &msg)
}
