//! What contracts read: the JSON arguments of IBC entry points.

use serde::Serialize;

use super::call::as_base64;
use super::{Ibc2Packet, Ibc2Payload, IbcChannel, IbcPacket, IbcTransfer};

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Arguments<'a> {
    OpenInit {
        channel: &'a IbcChannel,
    },
    OpenTry {
        channel: &'a IbcChannel,
        counterparty_version: &'a str,
    },
    OpenAck {
        channel: &'a IbcChannel,
        counterparty_version: &'a str,
    },
    OpenConfirm {
        channel: &'a IbcChannel,
    },
    CloseInit {
        channel: &'a IbcChannel,
    },
    CloseConfirm {
        channel: &'a IbcChannel,
    },
    Acknowledgement(AckArguments<'a>),
    Timeout(PacketArguments<'a>),
}

#[derive(Serialize)]
struct Acknowledgement<'a> {
    #[serde(serialize_with = "as_base64")]
    data: &'a [u8],
}

#[derive(Serialize)]
pub(super) struct AckArguments<'a> {
    acknowledgement: Acknowledgement<'a>,
    original_packet: &'a IbcPacket,
    relayer: &'a str,
}

impl<'a> AckArguments<'a> {
    pub(super) fn new(packet: &'a IbcPacket, data: &'a [u8], relayer: &'a str) -> Self {
        Self {
            acknowledgement: Acknowledgement { data },
            original_packet: packet,
            relayer,
        }
    }
}

#[derive(Serialize)]
pub(super) struct PacketArguments<'a> {
    pub(super) packet: &'a IbcPacket,
    pub(super) relayer: &'a str,
}

#[derive(Serialize)]
pub(super) struct DestinationArguments<'a> {
    packet: &'a IbcPacket,
    ack: Acknowledgement<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<&'a IbcTransfer>,
}

impl<'a> DestinationArguments<'a> {
    pub(super) fn new(packet: &'a IbcPacket, data: &'a [u8], transfer: Option<&'a IbcTransfer>) -> Self {
        Self {
            packet,
            ack: Acknowledgement { data },
            transfer,
        }
    }
}

#[derive(Serialize)]
pub(super) struct V2Arguments<'a> {
    payload: &'a Ibc2Payload,
    source_client: &'a str,
    destination_client: &'a str,
    packet_sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    relayer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<&'a str>,
}

impl<'a> V2Arguments<'a> {
    pub(super) fn by_relayer(packet: &'a Ibc2Packet, relayer: &'a str) -> Self {
        Self::new(packet, Some(relayer), None)
    }

    pub(super) fn by_signer(packet: &'a Ibc2Packet, signer: &'a str) -> Self {
        Self::new(packet, None, Some(signer))
    }

    fn new(packet: &'a Ibc2Packet, relayer: Option<&'a str>, signer: Option<&'a str>) -> Self {
        Self {
            payload: &packet.payload,
            source_client: &packet.source_client,
            destination_client: &packet.destination_client,
            packet_sequence: packet.packet_sequence,
            relayer,
            signer,
        }
    }
}

#[derive(Serialize)]
pub(super) struct V2AckArguments<'a> {
    source_client: &'a str,
    destination_client: &'a str,
    data: &'a Ibc2Payload,
    #[serde(serialize_with = "as_base64")]
    acknowledgement: &'a [u8],
    relayer: &'a str,
}

impl<'a> V2AckArguments<'a> {
    pub(super) fn new(packet: &'a Ibc2Packet, acknowledgement: &'a [u8], relayer: &'a str) -> Self {
        Self {
            source_client: &packet.source_client,
            destination_client: &packet.destination_client,
            data: &packet.payload,
            acknowledgement,
            relayer,
        }
    }
}
