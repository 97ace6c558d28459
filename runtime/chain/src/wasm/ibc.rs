//! IBC entry points of contracts, for an IBC module to call. None exists yet: [`crate::Chain::execute_ibc_block`] is
//! what tests and tools call them through.
//!
//! ```text
//! open      contract may choose the version         close, connect, ack, timeout, callbacks   an error fails the call
//! receive   contract error, failing submessage -> error acknowledgement, state as before
//!           engine error                       -> the call fails, no acknowledgement
//!           no acknowledgement                 -> the packet waits for one `write_acknowledgement`
//! ```

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::Rights;
use crate::vm::EntryPoint;
use crate::wasm::WasmError;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{Contract, load_contract};
use crate::wasm::json::Response;
use crate::wasm::ports::{parse_port, parse_port_v2};
use crate::wasm::response::apply_response;

mod arguments;
mod call;
mod message;
mod open;
mod receive;

use arguments::{AckArguments, Arguments, DestinationArguments, PacketArguments, V2AckArguments, V2Arguments};
pub use call::{
    Ibc2Call, Ibc2Packet, Ibc2Payload, IbcAnswer, IbcCall, IbcCallback, IbcChannel, IbcChannelCall, IbcCoin,
    IbcEndpoint, IbcOrder, IbcOutcome, IbcPacket, IbcPacketCall, IbcTimeout, IbcTimeoutBlock, IbcTransfer,
};
pub(super) use message::{apply_message, apply_message_v2};

/// Runs one entry point. On failure the caller undoes what was written.
pub(crate) fn apply_call(machine: &mut Machine<'_>, call: &IbcCall) -> Result<IbcAnswer, TxError> {
    match call {
        IbcCall::Channel(call) => apply_channel_call(machine, call),
        IbcCall::Packet(call) => apply_packet_call(machine, call),
        IbcCall::Callback(call) => apply_callback(machine, call),
        IbcCall::V2(call) => apply_v2_call(machine, call),
    }
}

fn apply_channel_call(machine: &mut Machine<'_>, call: &IbcChannelCall) -> Result<IbcAnswer, TxError> {
    let (channel, arguments, entry_point) = match call {
        IbcChannelCall::OpenInit { channel } => {
            return open::open(machine, &Arguments::OpenInit { channel }, channel, &channel.version);
        }
        IbcChannelCall::OpenTry {
            channel,
            counterparty_version,
        } => {
            let arguments = Arguments::OpenTry {
                channel,
                counterparty_version,
            };
            return open::open(machine, &arguments, channel, counterparty_version);
        }
        IbcChannelCall::OpenAck {
            channel,
            counterparty_version,
        } => {
            let arguments = Arguments::OpenAck {
                channel,
                counterparty_version,
            };
            (channel, arguments, EntryPoint::IbcChannelConnect)
        }
        IbcChannelCall::OpenConfirm { channel } => (
            channel,
            Arguments::OpenConfirm { channel },
            EntryPoint::IbcChannelConnect,
        ),
        IbcChannelCall::CloseInit { channel } => {
            (channel, Arguments::CloseInit { channel }, EntryPoint::IbcChannelClose)
        }
        IbcChannelCall::CloseConfirm { channel } => (
            channel,
            Arguments::CloseConfirm { channel },
            EntryPoint::IbcChannelClose,
        ),
    };
    let contract = parse_port(&machine.env.codec, &channel.endpoint.port_id)?;
    run_basic(machine, &contract, entry_point, &to_json(&arguments))
}

fn apply_packet_call(machine: &mut Machine<'_>, call: &IbcPacketCall) -> Result<IbcAnswer, TxError> {
    let (packet, arguments, entry_point, context) = match call {
        IbcPacketCall::Receive { packet, relayer } => return receive::receive(machine, packet, relayer),
        IbcPacketCall::Ack {
            packet,
            acknowledgement,
            relayer,
        } => {
            let arguments = to_json(&AckArguments::new(packet, acknowledgement, relayer));
            (packet, arguments, EntryPoint::IbcPacketAck, "on ack")
        }
        IbcPacketCall::Timeout { packet, relayer } => {
            let arguments = to_json(&PacketArguments { packet, relayer });
            (packet, arguments, EntryPoint::IbcPacketTimeout, "on timeout")
        }
    };
    let contract = parse_port(&machine.env.codec, &packet.src.port_id)?;
    run_basic(machine, &contract, entry_point, &arguments).map_err(|error| error.wrap(context))
}

fn apply_callback(machine: &mut Machine<'_>, call: &IbcCallback) -> Result<IbcAnswer, TxError> {
    let (contract, arguments, entry_point, context) = match call {
        IbcCallback::SourceAck {
            contract,
            sender,
            packet,
            acknowledgement,
            relayer,
        } => {
            let arguments = Arguments::Acknowledgement(AckArguments::new(packet, acknowledgement, relayer));
            let contract = parse_sender(machine, contract, sender)?;
            let context = "on source chain callback ack";
            (contract, to_json(&arguments), EntryPoint::IbcSourceCallback, context)
        }
        IbcCallback::SourceTimeout {
            contract,
            sender,
            packet,
            relayer,
        } => {
            let arguments = Arguments::Timeout(PacketArguments { packet, relayer });
            let contract = parse_sender(machine, contract, sender)?;
            let context = "on source chain callback timeout";
            (contract, to_json(&arguments), EntryPoint::IbcSourceCallback, context)
        }
        IbcCallback::Destination {
            contract,
            packet,
            acknowledgement,
            transfer,
        } => {
            let arguments = DestinationArguments::new(packet, acknowledgement, transfer.as_ref());
            let contract = machine.address(contract)?;
            let context = "on destination chain callback";
            (
                contract,
                to_json(&arguments),
                EntryPoint::IbcDestinationCallback,
                context,
            )
        }
    };
    run_basic(machine, &contract, entry_point, &arguments).map_err(|error| error.wrap(context))
}

fn apply_v2_call(machine: &mut Machine<'_>, call: &Ibc2Call) -> Result<IbcAnswer, TxError> {
    let (packet, arguments, entry_point, context) = match call {
        Ibc2Call::Receive { packet, relayer } => return receive::receive_v2(machine, packet, relayer),
        Ibc2Call::Ack {
            packet,
            acknowledgement,
            relayer,
        } => {
            let arguments = to_json(&V2AckArguments::new(packet, acknowledgement, relayer));
            (packet, arguments, EntryPoint::Ibc2PacketAck, "on ack")
        }
        Ibc2Call::Timeout { packet, relayer } => {
            let arguments = to_json(&V2Arguments::by_relayer(packet, relayer));
            (packet, arguments, EntryPoint::Ibc2PacketTimeout, "on timeout")
        }
        Ibc2Call::Send { packet, signer } => {
            assert_own_port(machine, packet, signer)?;
            let arguments = to_json(&V2Arguments::by_signer(packet, signer));
            (packet, arguments, EntryPoint::Ibc2PacketSend, "on ibc2 send")
        }
    };
    let contract = parse_port_v2(&machine.env.codec, &packet.payload.source_port)?;
    run_basic(machine, &contract, entry_point, &arguments).map_err(|error| error.wrap(context))
}

/// Nobody sends from the port of another.
fn assert_own_port(machine: &Machine<'_>, packet: &Ibc2Packet, signer: &str) -> Result<(), TxError> {
    let contract = parse_port_v2(&machine.env.codec, &packet.payload.source_port)?;
    if machine.address(signer)? == contract {
        return Ok(());
    }
    let contract = machine.text(&contract);
    let text = format!("signer {signer} is different from contract {contract}");
    Err(SdkError::Unauthorized(text).into())
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
