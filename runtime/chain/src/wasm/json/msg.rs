//! Messages that contracts send.
//!
//! A message of a kind or variant that is not known here fails by itself and not the response that holds it, so that a
//! contract can try what newer chains have and catch the failure.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{Binary, Coin, write_unknown};

#[derive(Serialize, Deserialize)]
pub(crate) struct SubMsg {
    pub(crate) id: u64,
    pub(crate) msg: CosmosMsg,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payload: Option<Binary>,
    #[serde(default)]
    pub(crate) gas_limit: Option<u64>,
    pub(crate) reply_on: ReplyOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplyOn {
    Always,
    Error,
    Success,
    Never,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CosmosMsg {
    Bank(BankMsg),
    Wasm(WasmMsg),
    Any(AnyMsg),
    Gov(GovMsg),
    Ibc(IbcMsg),
    Ibc2(Ibc2Msg),
    /// Nothing here runs it; the text says what it is.
    #[serde(serialize_with = "write_unknown")]
    Unknown(&'static str),
}

/// Tags of kinds that this chain has no module for, with what a failure says.
const UNSUPPORTED: [(&str, &str); 3] = [
    ("custom", "custom variant not supported"),
    ("distribution", "distribution does not exist on this chain"),
    ("staking", "staking does not exist on this chain"),
];

impl<'de> Deserialize<'de> for CosmosMsg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const NO_IBC: &str = "ibc does not exist on this chain";
        let (tag, value) = read_tagged(deserializer)?;
        let unknown = || Self::Unknown("unknown variant");
        Ok(match tag.as_str() {
            "bank" => parse_variant(&value, &["send", "burn"])?.map_or_else(unknown, Self::Bank),
            "wasm" => parse_variant(&value, &WasmMsg::TAGS)?.map_or_else(unknown, Self::Wasm),
            // `stargate` is its name in CosmWasm 1.
            "any" | "stargate" => Self::Any(serde_json::from_str(value.get()).map_err(D::Error::custom)?),
            "gov" => parse_variant(&value, &["vote", "vote_weighted"])?.map_or_else(unknown, Self::Gov),
            "ibc" => parse_variant(&value, &["send_packet", "write_acknowledgement"])?
                .map_or(Self::Unknown(NO_IBC), Self::Ibc),
            "ibc2" => parse_variant(&value, &["write_acknowledgement"])?.map_or(Self::Unknown(NO_IBC), Self::Ibc2),
            other => match UNSUPPORTED.iter().find(|(tag, _)| *tag == other) {
                Some((_, text)) => Self::Unknown(text),
                None => unknown(),
            },
        })
    }
}

/// A tag and what stands under it: an object with this one field.
pub(super) fn read_tagged<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(String, Box<RawValue>), D::Error> {
    let mut fields = BTreeMap::<String, Box<RawValue>>::deserialize(deserializer)?;
    match (fields.pop_first(), fields.is_empty()) {
        (Some(field), true) => Ok(field),
        _ => Err(D::Error::custom("an object with one field was expected")),
    }
}

/// What is written there, or nothing when its variant is none of `tags`.
pub(super) fn parse_variant<T: DeserializeOwned, E: serde::de::Error>(
    value: &RawValue,
    tags: &[&str],
) -> Result<Option<T>, E> {
    let mut json = serde_json::Deserializer::from_str(value.get());
    let (tag, _) = read_tagged(&mut json).map_err(E::custom)?;
    if !tags.contains(&tag.as_str()) {
        return Ok(None);
    }
    serde_json::from_str(value.get()).map(Some).map_err(E::custom)
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AnyMsg {
    pub(crate) type_url: String,
    pub(crate) value: Binary,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BankMsg {
    Send { to_address: String, amount: Vec<Coin> },
    Burn { amount: Vec<Coin> },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WasmMsg {
    Execute {
        contract_addr: String,
        msg: Binary,
        funds: Vec<Coin>,
    },
    Instantiate {
        #[serde(default)]
        admin: Option<String>,
        code_id: u64,
        msg: Binary,
        funds: Vec<Coin>,
        label: String,
    },
    Instantiate2 {
        #[serde(default)]
        admin: Option<String>,
        code_id: u64,
        label: String,
        msg: Binary,
        funds: Vec<Coin>,
        salt: Binary,
    },
    Migrate {
        contract_addr: String,
        new_code_id: u64,
        msg: Binary,
    },
    UpdateAdmin {
        contract_addr: String,
        admin: String,
    },
    ClearAdmin {
        contract_addr: String,
    },
}

impl WasmMsg {
    const TAGS: [&str; 6] = [
        "execute",
        "instantiate",
        "instantiate2",
        "migrate",
        "update_admin",
        "clear_admin",
    ];
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GovMsg {
    Vote {
        proposal_id: u64,
        /// `vote` is its name in CosmWasm 1.
        #[serde(alias = "vote")]
        option: VoteOption,
    },
    VoteWeighted {
        proposal_id: u64,
        options: Vec<WeightedOption>,
    },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WeightedOption {
    pub(crate) option: VoteOption,
    /// Decimal such as `0.5`.
    pub(crate) weight: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VoteOption {
    Yes,
    No,
    Abstain,
    NoWithVeto,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IbcMsg {
    SendPacket {
        channel_id: String,
    },
    WriteAcknowledgement {
        channel_id: String,
        packet_sequence: u64,
        ack: Acknowledgement,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ibc2Msg {
    WriteAcknowledgement {
        destination_client: String,
        packet_sequence: u64,
        ack: Acknowledgement,
    },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Acknowledgement {
    pub(crate) data: Binary,
}
