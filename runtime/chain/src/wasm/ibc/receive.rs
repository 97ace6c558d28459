//! `ibc_packet_receive` and its v2 form: a packet is acknowledged now, refused, or waits for its acknowledgement.

use serde::{Deserialize, Serialize};
use supercloud_proto::ibc::core::channel::v1::Packet;
use supercloud_proto::ibc::core::client::v1::Height;
use supercloud_proto::prost::Message as _;

use crate::address::Address;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::Rights;
use crate::state_key::wasm as key;
use crate::vm::EntryPoint;
use crate::wasm::WasmError;
use crate::wasm::call::{call_contract, compute_env, to_json};
use crate::wasm::json::{Attribute, Binary, ContractEvent, Response, SubMsg, null_as_empty};
use crate::wasm::ports::{parse_port, parse_port_v2};
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};

use super::arguments::{PacketArguments, V2Arguments};
use super::{Ibc2Packet, IbcAnswer, IbcPacket, load};

#[derive(Deserialize)]
struct ReceiveResponse {
    #[serde(default)]
    acknowledgement: Option<Binary>,
    #[serde(default, deserialize_with = "null_as_empty")]
    messages: Vec<SubMsg>,
    #[serde(default, deserialize_with = "null_as_empty")]
    attributes: Vec<Attribute>,
    #[serde(default, deserialize_with = "null_as_empty")]
    events: Vec<ContractEvent>,
}

/// The JSON of an acknowledgement that tells of a failure.
#[derive(Serialize)]
struct ErrorAcknowledgement<'a> {
    error: &'a str,
}

pub(super) fn receive(machine: &mut Machine<'_>, packet: &IbcPacket, relayer: &str) -> Result<IbcAnswer, TxError> {
    let contract = parse_port(&machine.env.codec, &packet.dest.port_id)?;
    let arguments = to_json(&PacketArguments { packet, relayer });
    let outcome = machine.atomically(|machine| {
        let data = run(machine, &contract, EntryPoint::IbcPacketReceive, &arguments)?;
        if data.is_none() {
            apply_waiting(machine, packet)?;
        }
        Ok(data)
    });
    let answer = judge(machine, &contract, outcome)?;
    Ok(match answer {
        Judged::Answer(answer) => answer,
        Judged::Refusal(text) => IbcAnswer::Refused(to_json(&ErrorAcknowledgement { error: &text })),
    })
}

pub(super) fn receive_v2(machine: &mut Machine<'_>, packet: &Ibc2Packet, relayer: &str) -> Result<IbcAnswer, TxError> {
    let port = &packet.payload.destination_port;
    let contract = parse_port_v2(&machine.env.codec, port)?;
    let arguments = to_json(&V2Arguments::by_relayer(packet, relayer));
    let outcome = machine.atomically(|machine| {
        let data = run(machine, &contract, EntryPoint::Ibc2PacketReceive, &arguments)?;
        if data.is_none() {
            let key = key::async_packet_v2(&packet.destination_client, packet.packet_sequence);
            machine.write(key, port.clone().into_bytes())?;
        }
        Ok(data)
    });
    Ok(match judge(machine, &contract, outcome)? {
        Judged::Answer(answer) => answer,
        Judged::Refusal(text) => IbcAnswer::Refused(text.into_bytes()),
    })
}

/// Acknowledgement of the contract, or of the last reply that returned one.
fn run(
    machine: &mut Machine<'_>,
    address: &Address,
    entry_point: EntryPoint,
    arguments: &[u8],
) -> Result<Option<Vec<u8>>, TxError> {
    let contract = load(machine, address, entry_point)?;
    let env = compute_env(machine, address);
    let received: ReceiveResponse = call_contract(machine, &contract, entry_point, &[&env, arguments])?;
    let response = Response {
        messages: received.messages,
        attributes: received.attributes,
        events: received.events,
        data: received.acknowledgement,
    };
    apply_response(machine, &contract, response, Rights::Own)
}

enum Judged {
    Answer(IbcAnswer),
    /// Text of the error acknowledgement.
    Refusal(String),
}

/// A refusal by the contract itself is shown to the other chain, that of others only by its class. What the engine
/// stopped is nobody's answer: the relayer's call fails.
fn judge(
    machine: &mut Machine<'_>,
    contract: &Address,
    outcome: Result<Option<Vec<u8>>, TxError>,
) -> Result<Judged, TxError> {
    let (judged, failure) = match outcome {
        Ok(Some(acknowledgement)) => (Judged::Answer(IbcAnswer::Acknowledged(acknowledgement)), None),
        Ok(None) => (Judged::Answer(IbcAnswer::Deferred), None),
        Err(error) if error.is_out_of_gas() => return Err(error),
        Err(error @ TxError::Wasm(WasmError::Vm { .. })) => return Err(error),
        Err(TxError::Wasm(WasmError::Contract { text, .. })) => (Judged::Refusal(text), Some(None)),
        Err(error) => {
            let (codespace, code) = error.code();
            let text = format!("ABCI error: {codespace}/{code}: error handling packet: see events for details");
            (Judged::Refusal(text), Some(Some(error.stored_text())))
        }
    };
    let event = Event::new("ibc_packet_received")
        .with("module", "wasm")
        .with(CONTRACT_ADDRESS, machine.text(contract))
        .with("success", failure.is_none().to_string());
    machine.emit(match failure.flatten() {
        Some(text) => event.with("error", text),
        None => event,
    });
    Ok(judged)
}

/// Keeps a packet until its contract acknowledges it.
fn apply_waiting(machine: &mut Machine<'_>, packet: &IbcPacket) -> Result<(), TxError> {
    let timeout_height = packet.timeout.block.as_ref().map(|block| Height {
        revision_number: block.revision,
        revision_height: block.height,
    });
    let stored = Packet {
        sequence: packet.sequence,
        source_port: packet.src.port_id.clone(),
        source_channel: packet.src.channel_id.clone(),
        destination_port: packet.dest.port_id.clone(),
        destination_channel: packet.dest.channel_id.clone(),
        data: packet.data.clone(),
        timeout_height: Some(timeout_height.unwrap_or_default()),
        timeout_timestamp: packet.timeout.timestamp.unwrap_or_default(),
    };
    let key = key::async_packet(&packet.dest.port_id, &packet.dest.channel_id, packet.sequence);
    Ok(machine.write(key, stored.encode_to_vec())?)
}
