//! What contracts with IBC entry points send: so far only the acknowledgement of a packet that waits for it.

use supercloud_proto::cosmwasm::wasm::v1::MsgIbcWriteAcknowledgementResponse;
use supercloud_proto::ibc::core::channel::v1::Packet;
use supercloud_proto::pack;
use supercloud_proto::prost::Message as _;
use supercloud_proto::prost_types::Any;

use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::state_key::wasm as key;
use crate::wasm::WasmError;
use crate::wasm::contract::Contract;
use crate::wasm::json::{Ibc2Msg, IbcMsg};
use crate::wasm::ports::compute_port_v2;

/// Runs a contract's own IBC message.
pub(in crate::wasm) fn apply_message(
    machine: &mut Machine<'_>,
    caller: &Contract,
    message: IbcMsg,
) -> Result<Vec<Any>, TxError> {
    let port = caller.info.ibc_port_id.as_str();
    let (IbcMsg::SendPacket { channel_id } | IbcMsg::WriteAcknowledgement { channel_id, .. }) = &message;
    if port.is_empty() {
        let what = "ibc not supported".to_owned();
        return Err(WasmError::Unsupported { what }.into());
    }
    if channel_id.is_empty() {
        return Err(WasmError::Empty { field: "ibc channel" }.into());
    }
    let IbcMsg::WriteAcknowledgement {
        channel_id,
        packet_sequence,
        ack,
    } = message
    else {
        let kind = "ibc does not exist on this chain".to_owned();
        return Err(WasmError::UnknownMessage { kind }.into());
    };
    let key = key::async_packet(port, &channel_id, packet_sequence);
    let stored = machine.read(&key)?.ok_or_else(|| WasmError::Invalid {
        reason: format!("no packet {packet_sequence} of channel {channel_id} waits for an acknowledgement: packet"),
    })?;
    let packet = Packet::decode(&*stored).map_err(|error| SdkError::corrupt("packet", &error))?;
    // Gone before the message ends: there is one acknowledgement only.
    machine.delete(key)?;
    machine.emit(
        Event::new("write_acknowledgement")
            .with("packet_sequence", packet.sequence.to_string())
            .with("packet_src_port", packet.source_port)
            .with("packet_src_channel", packet.source_channel)
            .with("packet_dst_port", packet.destination_port)
            .with("packet_dst_channel", packet.destination_channel)
            .with("packet_data_hex", hex::encode(packet.data))
            .with("packet_ack_hex", hex::encode(ack.data.0)),
    );
    Ok(vec![pack(&MsgIbcWriteAcknowledgementResponse {})])
}

/// Runs a contract's own IBC v2 message.
pub(in crate::wasm) fn apply_message_v2(
    machine: &mut Machine<'_>,
    caller: &Contract,
    message: Ibc2Msg,
) -> Result<Vec<Any>, TxError> {
    let Ibc2Msg::WriteAcknowledgement {
        destination_client,
        packet_sequence,
        ack,
    } = message;
    if destination_client.is_empty() {
        let field = "ibc2 destination client";
        return Err(WasmError::Empty { field }.into());
    }
    let key = key::async_packet_v2(&destination_client, packet_sequence);
    let stored = machine.read(&key)?.ok_or_else(|| WasmError::Invalid {
        reason: format!("no pending async packet for client {destination_client} sequence {packet_sequence}"),
    })?;
    let (port, waits_at) = (
        compute_port_v2(&machine.env.codec, &caller.address),
        String::from_utf8_lossy(&stored),
    );
    if waits_at != port {
        let text = format!("contract port {port} is not authorized to acknowledge packet addressed to port {waits_at}");
        return Err(SdkError::Unauthorized(text).into());
    }
    machine.delete(key)?;
    machine.emit(
        Event::new("write_acknowledgement")
            .with("packet_dest_client", destination_client)
            .with("packet_sequence", packet_sequence.to_string())
            .with("encoded_acknowledgement_hex", hex::encode(ack.data.0)),
    );
    Ok(vec![pack(&MsgIbcWriteAcknowledgementResponse {})])
}
