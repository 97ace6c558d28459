//! IBC entry points of contracts, for an IBC module to call. None exists yet: [`crate::Chain::execute_ibc_block`] is
//! what tests and tools call them through.
//!
//! ```text
//! open      contract may choose the version         close, connect, ack, timeout, callbacks   an error fails the call
//! receive   contract error, failing submessage -> error acknowledgement, state as before
//!           engine error                       -> the call fails, no acknowledgement
//!           no acknowledgement                 -> the packet waits for one `write_acknowledgement`
//! ```

use supercloud_proto::cosmwasm::wasm::v1::MsgIbcWriteAcknowledgementResponse;
use supercloud_proto::ibc::core::channel::v1::Packet;
use supercloud_proto::pack;
use supercloud_proto::prost::Message as _;
use supercloud_proto::prost_types::Any;

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::Rights;
use crate::state_key::wasm as key;
use crate::vm::EntryPoint;
use crate::wasm::WasmError;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{Contract, load_contract};
use crate::wasm::json::{Ibc2Msg, IbcMsg, Response};
use crate::wasm::ports::{compute_port_v2, parse_port, parse_port_v2};
use crate::wasm::response::apply_response;

mod call;
mod open;
mod receive;

use call::{Acknowledgement, Arguments};
pub use call::{
    Ibc2Packet, Ibc2Payload, IbcAnswer, IbcCall, IbcChannel, IbcCoin, IbcEndpoint, IbcOrder, IbcOutcome, IbcPacket,
    IbcTimeout, IbcTimeoutBlock, IbcTransfer,
};

/// Runs one entry point. On failure the caller undoes what was written.
pub(crate) fn apply_call(machine: &mut Machine<'_>, call: &IbcCall) -> Result<IbcAnswer, TxError> {
    let codec = machine.env.codec.clone();
    let port_of = |channel: &IbcChannel| parse_port(&codec, &channel.endpoint.port_id);
    match call {
        IbcCall::ChannelOpenInit { channel } => {
            let arguments = Arguments::OpenInit { channel };
            open::open(machine, &port_of(channel)?, &arguments, channel, &channel.version)
        }
        IbcCall::ChannelOpenTry {
            channel,
            counterparty_version,
        } => {
            let arguments = Arguments::OpenTry {
                channel,
                counterparty_version,
            };
            open::open(machine, &port_of(channel)?, &arguments, channel, counterparty_version)
        }
        IbcCall::ChannelOpenAck {
            channel,
            counterparty_version,
        } => {
            let arguments = to_json(&Arguments::OpenAck {
                channel,
                counterparty_version,
            });
            run_basic(machine, &port_of(channel)?, EntryPoint::IbcChannelConnect, &arguments)
        }
        IbcCall::ChannelOpenConfirm { channel } => {
            let arguments = to_json(&Arguments::OpenConfirm { channel });
            run_basic(machine, &port_of(channel)?, EntryPoint::IbcChannelConnect, &arguments)
        }
        IbcCall::ChannelCloseInit { channel } => {
            let arguments = to_json(&Arguments::CloseInit { channel });
            run_basic(machine, &port_of(channel)?, EntryPoint::IbcChannelClose, &arguments)
        }
        IbcCall::ChannelCloseConfirm { channel } => {
            let arguments = to_json(&Arguments::CloseConfirm { channel });
            run_basic(machine, &port_of(channel)?, EntryPoint::IbcChannelClose, &arguments)
        }
        packets => apply_packet(machine, packets),
    }
}

fn apply_packet(machine: &mut Machine<'_>, call: &IbcCall) -> Result<IbcAnswer, TxError> {
    let codec = machine.env.codec.clone();
    match call {
        IbcCall::PacketReceive { packet, relayer } => receive::receive(machine, packet, relayer),
        IbcCall::PacketAck {
            packet,
            acknowledgement,
            relayer,
        } => {
            let arguments = to_json(&call::AckArguments {
                acknowledgement: Acknowledgement::of(acknowledgement),
                original_packet: packet,
                relayer,
            });
            let contract = parse_port(&codec, &packet.src.port_id)?;
            run_basic(machine, &contract, EntryPoint::IbcPacketAck, &arguments).map_err(|error| error.wrap("on ack"))
        }
        IbcCall::PacketTimeout { packet, relayer } => {
            let contract = parse_port(&codec, &packet.src.port_id)?;
            let arguments = to_json(&call::PacketArguments { packet, relayer });
            run_basic(machine, &contract, EntryPoint::IbcPacketTimeout, &arguments)
                .map_err(|error| error.wrap("on timeout"))
        }
        callbacks => apply_callback(machine, callbacks),
    }
}

fn apply_callback(machine: &mut Machine<'_>, call: &IbcCall) -> Result<IbcAnswer, TxError> {
    match call {
        IbcCall::SourceAckCallback {
            contract,
            sender,
            packet,
            acknowledgement,
            relayer,
        } => {
            let arguments = to_json(&Arguments::Acknowledgement(call::AckArguments {
                acknowledgement: Acknowledgement::of(acknowledgement),
                original_packet: packet,
                relayer,
            }));
            let contract = parse_sender(machine, contract, sender)?;
            run_basic(machine, &contract, EntryPoint::IbcSourceCallback, &arguments)
                .map_err(|error| error.wrap("on source chain callback ack"))
        }
        IbcCall::SourceTimeoutCallback {
            contract,
            sender,
            packet,
            relayer,
        } => {
            let arguments = to_json(&Arguments::Timeout(call::PacketArguments { packet, relayer }));
            let contract = parse_sender(machine, contract, sender)?;
            run_basic(machine, &contract, EntryPoint::IbcSourceCallback, &arguments)
                .map_err(|error| error.wrap("on source chain callback timeout"))
        }
        IbcCall::DestinationCallback {
            contract,
            packet,
            acknowledgement,
            transfer,
        } => {
            let arguments = to_json(&call::DestinationArguments {
                packet,
                ack: Acknowledgement::of(acknowledgement),
                transfer: transfer.as_ref(),
            });
            let contract = machine.address(contract)?;
            run_basic(machine, &contract, EntryPoint::IbcDestinationCallback, &arguments)
                .map_err(|error| error.wrap("on destination chain callback"))
        }
        packets_v2 => apply_packet_v2(machine, packets_v2),
    }
}

fn apply_packet_v2(machine: &mut Machine<'_>, call: &IbcCall) -> Result<IbcAnswer, TxError> {
    let codec = machine.env.codec.clone();
    match call {
        IbcCall::V2Receive { packet, relayer } => receive::receive_v2(machine, packet, relayer),
        IbcCall::V2Ack {
            packet,
            acknowledgement,
            relayer,
        } => {
            let contract = parse_port_v2(&codec, &packet.payload.source_port)?;
            let arguments = to_json(&call::V2AckArguments::new(packet, acknowledgement, relayer));
            run_basic(machine, &contract, EntryPoint::Ibc2PacketAck, &arguments).map_err(|error| error.wrap("on ack"))
        }
        IbcCall::V2Timeout { packet, relayer } => {
            let contract = parse_port_v2(&codec, &packet.payload.source_port)?;
            let arguments = to_json(&call::V2Arguments::by_relayer(packet, relayer));
            run_basic(machine, &contract, EntryPoint::Ibc2PacketTimeout, &arguments)
                .map_err(|error| error.wrap("on timeout"))
        }
        IbcCall::V2Send { packet, signer } => {
            let contract = parse_port_v2(&codec, &packet.payload.source_port)?;
            if machine.address(signer)? != contract {
                let contract = machine.text(&contract);
                let text = format!("signer {signer} is different from contract {contract}");
                return Err(SdkError::Unauthorized(text).into());
            }
            let arguments = to_json(&call::V2Arguments::by_signer(packet, signer));
            run_basic(machine, &contract, EntryPoint::Ibc2PacketSend, &arguments)
                .map_err(|error| error.wrap("on ibc2 send"))
        }
        _ => Err(SdkError::Logic("an IBC call that no entry point is for".to_owned()).into()),
    }
}

/// Only who sent a packet is called back about it.
fn parse_sender(machine: &Machine<'_>, contract: &str, sender: &str) -> Result<Address, TxError> {
    let (address, sender_addr) = (machine.address(contract)?, machine.address(sender)?);
    if address == sender_addr {
        return Ok(address);
    }
    let reason = format!("contract address {contract} does not match packet sender {sender}");
    Err(WasmError::Ibc { reason }.into())
}

/// A contract that is about to be called, set up and paid for.
fn load(machine: &mut Machine<'_>, address: &Address, entry_point: EntryPoint) -> Result<Contract, TxError> {
    let contract = load_contract(machine, address)?;
    let location = format!("Loading CosmWasm module: {}", entry_point.export_name());
    charge_setup(machine, &contract, &location)?;
    Ok(contract)
}

/// Entry points that answer with events and messages only.
fn run_basic(
    machine: &mut Machine<'_>,
    address: &Address,
    entry_point: EntryPoint,
    arguments: &[u8],
) -> Result<IbcAnswer, TxError> {
    let contract = load(machine, address, entry_point)?;
    let env = compute_env(machine, address);
    let response: Response =
        call_contract(machine, &contract, entry_point, &[&env, arguments]).map_err(to_ibc_error)?;
    apply_response(machine, &contract, response, Rights::Own)?;
    Ok(IbcAnswer::Done)
}

/// wasmd gives an engine's failure the code of a contract's here.
fn to_ibc_error(error: TxError) -> TxError {
    match error {
        TxError::Wasm(WasmError::Vm { reason }) => WasmError::Ibc { reason }.into(),
        error => error,
    }
}

/// Runs a contract's own IBC message.
pub(super) fn apply_message(
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
pub(super) fn apply_message_v2(
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
