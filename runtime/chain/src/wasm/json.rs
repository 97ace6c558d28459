//! The JSON that contracts and the host exchange. Field names are facts of the ABI; numbers up to 64 bits are JSON
//! numbers, larger ones and timestamps are text, bytes are base64.
//!
//! All can be read and written, although the host does one only with most: so `fuzzing` can compare them with what the
//! contracts' library reads and writes.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::coin::{Coin as ChainCoin, CoinError, Coins};

mod msg;
mod query;

pub(crate) use msg::{
    AnyMsg, BankMsg, CosmosMsg, GovMsg, Ibc2Msg, IbcMsg, ReplyOn, SubMsg, VoteOption, WasmMsg, WeightedOption,
};
pub(crate) use query::{
    AllBalancesResponse, AllDenomMetadataResponse, AmountResponse, BankQuery, CodeInfoResponse, ContractInfoResponse,
    DenomMetadata, DenomMetadataResponse, DenomUnit, Pagination, PathQuery, QueryRequest, RawRangeResponse,
    SystemError, SystemResult, WasmQuery,
};

/// Bytes as padded standard base64.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Binary(pub(crate) Vec<u8>);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Coin {
    pub(crate) denom: String,
    pub(crate) amount: String,
}

impl From<&ChainCoin> for Coin {
    fn from(coin: &ChainCoin) -> Self {
        Self {
            denom: coin.denom.clone(),
            amount: coin.amount.to_string(),
        }
    }
}

/// A contract's coins in the chain's order; equal denoms are summed and zeros dropped.
pub(crate) fn to_coins(coins: &[Coin]) -> Result<Coins, CoinError> {
    let parsed = coins
        .iter()
        .map(|coin| ChainCoin::parse(&coin.denom, &coin.amount))
        .collect::<Result<Vec<_>, _>>()?;
    Coins::normalized(parsed)
}

pub(crate) fn from_coins(coins: &Coins) -> Vec<Coin> {
    coins.iter().map(Coin::from).collect()
}

// --- Into the contract ---

#[derive(Serialize, Deserialize)]
pub(crate) struct Env {
    pub(crate) block: BlockInfo,
    pub(crate) transaction: Option<TransactionInfo>,
    pub(crate) contract: ContractAddress,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct BlockInfo {
    pub(crate) height: u64,
    pub(crate) time: String,
    pub(crate) chain_id: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TransactionInfo {
    pub(crate) index: u32,
    pub(crate) hash: Binary,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ContractAddress {
    pub(crate) address: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MessageInfo {
    pub(crate) sender: String,
    pub(crate) funds: Vec<Coin>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MigrateInfo {
    pub(crate) sender: String,
    pub(crate) old_migrate_version: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Reply {
    pub(crate) gas_used: u64,
    pub(crate) id: u64,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub(crate) payload: Binary,
    pub(crate) result: SubMsgResult,
}

fn is_empty(binary: &Binary) -> bool {
    binary.0.is_empty()
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubMsgResult {
    Ok(SubMsgResponse),
    Error(String),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SubMsgResponse {
    pub(crate) events: Vec<ContractEvent>,
    pub(crate) data: Option<Binary>,
    pub(crate) msg_responses: Vec<MsgResponse>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MsgResponse {
    pub(crate) type_url: String,
    pub(crate) value: Binary,
}

// --- Out of the contract ---

#[derive(Serialize, Deserialize)]
pub(crate) enum ContractResult<T> {
    #[serde(rename = "ok")]
    Ok(T),
    #[serde(rename = "error")]
    Err(String),
}

/// What an entry point returns. Lists may be absent or null, as for wasmd.
#[derive(Serialize, Deserialize)]
pub(crate) struct Response {
    #[serde(default, deserialize_with = "null_as_empty")]
    pub(crate) messages: Vec<SubMsg>,
    #[serde(default, deserialize_with = "null_as_empty")]
    pub(crate) attributes: Vec<Attribute>,
    #[serde(default, deserialize_with = "null_as_empty")]
    pub(crate) events: Vec<ContractEvent>,
    #[serde(default)]
    pub(crate) data: Option<Binary>,
}

/// What the host knows nothing of, written.
fn write_unknown<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_map(Some(0))?.end()
}

pub(crate) fn null_as_empty<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attribute {
    pub(crate) key: String,
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContractEvent {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, deserialize_with = "null_as_empty")]
    pub(crate) attributes: Vec<Attribute>,
}
