//! What an IBC module tells a contract, in the form in which contracts read it, and what comes back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Serialize, Serializer};

use crate::error::TxError;
use crate::event::Event;

/// One call of an IBC entry point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IbcCall {
    /// Of a channel's life.
    Channel(IbcChannelCall),
    /// Of a packet's life.
    Packet(IbcPacketCall),
    /// About packets of other modules.
    Callback(IbcCallback),
    /// Of an IBC v2 packet's life.
    V2(Ibc2Call),
}

/// Of a channel's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IbcChannelCall {
    /// This side begins to open a channel; its version is what was proposed.
    OpenInit {
        /// The channel to be.
        channel: IbcChannel,
    },
    /// The other side began.
    OpenTry {
        /// The channel to be.
        channel: IbcChannel,
        /// What the other side says.
        counterparty_version: String,
    },
    /// The other side agreed.
    OpenAck {
        /// The channel.
        channel: IbcChannel,
        /// What the other side says.
        counterparty_version: String,
    },
    /// The other side knows that this one agreed.
    OpenConfirm {
        /// The channel.
        channel: IbcChannel,
    },
    /// This side closes.
    CloseInit {
        /// The channel.
        channel: IbcChannel,
    },
    /// The other side closed.
    CloseConfirm {
        /// The channel.
        channel: IbcChannel,
    },
}

impl From<IbcChannelCall> for IbcCall {
    fn from(call: IbcChannelCall) -> Self {
        Self::Channel(call)
    }
}

/// Of a packet's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IbcPacketCall {
    /// A packet came.
    Receive {
        /// The packet.
        packet: IbcPacket,
        /// Bech32 address of who brought it.
        relayer: String,
    },
    /// A packet that the contract sent was acknowledged.
    Ack {
        /// The packet.
        packet: IbcPacket,
        /// What the other side wrote.
        acknowledgement: Vec<u8>,
        /// Bech32 address of who brought it.
        relayer: String,
    },
    /// A packet that the contract sent was not received in time.
    Timeout {
        /// The packet.
        packet: IbcPacket,
        /// Bech32 address of who brought the proof.
        relayer: String,
    },
}

impl From<IbcPacketCall> for IbcCall {
    fn from(call: IbcPacketCall) -> Self {
        Self::Packet(call)
    }
}

/// About packets of other modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IbcCallback {
    /// A packet that another module sent for the contract was acknowledged.
    SourceAck {
        /// Bech32 address that the packet's memo names.
        contract: String,
        /// Bech32 address of the packet's sender, which must be the contract.
        sender: String,
        /// The packet.
        packet: IbcPacket,
        /// What the other side wrote.
        acknowledgement: Vec<u8>,
        /// Bech32 address of who brought it.
        relayer: String,
    },
    /// A packet that another module sent for the contract was not received in time.
    SourceTimeout {
        /// Bech32 address that the packet's memo names.
        contract: String,
        /// Bech32 address of the packet's sender, which must be the contract.
        sender: String,
        /// The packet.
        packet: IbcPacket,
        /// Bech32 address of who brought the proof.
        relayer: String,
    },
    /// A packet to another module named the contract.
    Destination {
        /// Bech32 address that the packet's memo names.
        contract: String,
        /// The packet.
        packet: IbcPacket,
        /// What this side wrote.
        acknowledgement: Vec<u8>,
        /// What arrived, of a transfer that succeeded.
        transfer: Option<IbcTransfer>,
    },
}

impl From<IbcCallback> for IbcCall {
    fn from(call: IbcCallback) -> Self {
        Self::Callback(call)
    }
}

/// Of an IBC v2 packet's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ibc2Call {
    /// An IBC v2 packet came.
    Receive {
        /// The packet.
        packet: Ibc2Packet,
        /// Bech32 address of who brought it.
        relayer: String,
    },
    /// An IBC v2 packet was acknowledged.
    Ack {
        /// The packet.
        packet: Ibc2Packet,
        /// What the other side wrote.
        acknowledgement: Vec<u8>,
        /// Bech32 address of who brought it.
        relayer: String,
    },
    /// An IBC v2 packet was not received in time.
    Timeout {
        /// The packet.
        packet: Ibc2Packet,
        /// Bech32 address of who brought the proof.
        relayer: String,
    },
    /// Somebody sends an IBC v2 packet from the contract's port; the contract may refuse.
    Send {
        /// The packet.
        packet: Ibc2Packet,
        /// Bech32 address of who sends it, which must be the contract.
        signer: String,
    },
}

impl From<Ibc2Call> for IbcCall {
    fn from(call: Ibc2Call) -> Self {
        Self::V2(call)
    }
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IbcAnswer {
    /// Of opening: the version that holds.
    Version(String),
    /// Nothing more to say.
    Done,
    /// Of a packet: its acknowledgement, as the contract wrote it.
    Acknowledged(Vec<u8>),
    /// Of a packet: an acknowledgement that tells of a failure; all that the contract wrote is undone.
    Refused(Vec<u8>),
    /// Of a packet: it waits until the contract writes its acknowledgement.
    Deferred,
}

/// A call that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IbcOutcome {
    /// What became of it; after an error nothing is written.
    pub result: Result<IbcAnswer, TxError>,
    /// SDK gas used.
    pub gas_used: u64,
    /// What happened; nothing after an error.
    pub events: Vec<Event>,
    /// For developers, as in [`crate::TxResult::info`].
    pub info: String,
}

/// One end of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IbcEndpoint {
    /// Port, such as `wasm.<address>`.
    pub port_id: String,
    /// Channel, such as `channel-7`.
    pub channel_id: String,
}

/// Whether packets arrive in the order in which they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum IbcOrder {
    /// They may overtake each other.
    #[serde(rename = "ORDER_UNORDERED")]
    Unordered,
    /// They do.
    #[serde(rename = "ORDER_ORDERED")]
    Ordered,
}

/// A channel as this side sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IbcChannel {
    /// This end.
    pub endpoint: IbcEndpoint,
    /// The other end.
    pub counterparty_endpoint: IbcEndpoint,
    /// Order of packets.
    pub order: IbcOrder,
    /// Name of the protocol.
    pub version: String,
    /// Connection below the channel.
    pub connection_id: String,
}

/// Height of a chain that may start anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IbcTimeoutBlock {
    /// How often the chain started anew.
    pub revision: u64,
    /// Height since.
    pub height: u64,
}

/// Until when a packet can be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IbcTimeout {
    /// Height of the receiving chain.
    pub block: Option<IbcTimeoutBlock>,
    /// Nanoseconds since 1970.
    #[serde(serialize_with = "as_text", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<u64>,
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IbcPacket {
    /// What it carries.
    #[serde(serialize_with = "as_base64")]
    pub data: Vec<u8>,
    /// Where it comes from.
    pub src: IbcEndpoint,
    /// Where it goes to.
    pub dest: IbcEndpoint,
    /// Its number in the channel.
    pub sequence: u64,
    /// Until when it can be received.
    pub timeout: IbcTimeout,
}

/// What a transfer brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IbcTransfer {
    /// Who sent it, an address of the other chain.
    pub sender: String,
    /// Bech32 address of who has it now.
    pub receiver: String,
    /// Denoms and amounts, amounts in text.
    pub funds: Vec<IbcCoin>,
}

/// A coin of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IbcCoin {
    /// Denom on this chain.
    pub denom: String,
    /// Whole number in text.
    pub amount: String,
}

/// What an IBC v2 packet carries for one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ibc2Payload {
    /// Port that sends.
    pub source_port: String,
    /// Port that receives, such as `wasm2` and the address without its prefix.
    pub destination_port: String,
    /// Version of the application.
    pub version: String,
    /// How `value` is encoded.
    pub encoding: String,
    /// The data.
    #[serde(serialize_with = "as_base64")]
    pub value: Vec<u8>,
}

/// An IBC v2 packet with one payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ibc2Packet {
    /// What it carries.
    pub payload: Ibc2Payload,
    /// Client on the sending chain.
    pub source_client: String,
    /// Client on the receiving chain.
    pub destination_client: String,
    /// Its number.
    pub packet_sequence: u64,
}

pub(super) fn as_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn as_text<S: Serializer>(nanos: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&nanos.map(|nanos| nanos.to_string()))
}
