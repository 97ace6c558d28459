//! The JSON that contracts and the host exchange. Field names are facts of the ABI; numbers up to 64 bits are JSON
//! numbers, larger ones and timestamps are text, bytes are base64. All can be written and read, although the host only
//! does one of both with most: that is how `fuzzing` compares them with the contracts' library.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::{Error as _, IgnoredAny};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::coin::{Coin as ChainCoin, CoinError, Coins};

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

/// What the host does not look into. Written, it is an empty object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ignored;

impl Serialize for Ignored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Env {
    pub(crate) block: BlockInfo,
    pub(crate) transaction: Option<TransactionInfo>,
    pub(crate) contract: ContractAddress,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BlockInfo {
    pub(crate) height: u64,
    pub(crate) time: String,
    pub(crate) chain_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransactionInfo {
    pub(crate) index: u32,
    pub(crate) hash: Binary,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContractAddress {
    pub(crate) address: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MessageInfo {
    pub(crate) sender: String,
    pub(crate) funds: Vec<Coin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MigrateInfo {
    pub(crate) sender: String,
    pub(crate) old_migrate_version: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubMsgResult {
    Ok(SubMsgResponse),
    Error(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubMsgResponse {
    pub(crate) events: Vec<ContractEvent>,
    pub(crate) data: Option<Binary>,
    pub(crate) msg_responses: Vec<MsgResponse>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MsgResponse {
    pub(crate) type_url: String,
    pub(crate) value: Binary,
}

// --- Out of the contract ---

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ContractResult<T> {
    #[serde(rename = "ok")]
    Ok(T),
    #[serde(rename = "error")]
    Err(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Response {
    pub(crate) messages: Vec<SubMsg>,
    pub(crate) attributes: Vec<Attribute>,
    #[serde(default)]
    pub(crate) events: Vec<ContractEvent>,
    #[serde(default)]
    pub(crate) data: Option<Binary>,
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
    pub(crate) attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubMsg {
    pub(crate) id: u64,
    pub(crate) msg: CosmosMsg,
    #[serde(default)]
    pub(crate) payload: Binary,
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CosmosMsg {
    Bank(BankMsg),
    Wasm(WasmMsg),
    /// `stargate` is its name in CosmWasm 1.
    #[serde(alias = "stargate")]
    Any(AnyMsg),
    Custom(Ignored),
    Staking(Ignored),
    Distribution(Ignored),
    Gov(Ignored),
    Ibc(Ignored),
    Ibc2(Ignored),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnyMsg {
    pub(crate) type_url: String,
    pub(crate) value: Binary,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BankMsg {
    Send { to_address: String, amount: Vec<Coin> },
    Burn { amount: Vec<Coin> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WasmMsg {
    Execute {
        contract_addr: String,
        msg: Binary,
        funds: Vec<Coin>,
    },
    Instantiate {
        admin: Option<String>,
        code_id: u64,
        msg: Binary,
        funds: Vec<Coin>,
        label: String,
    },
    Instantiate2 {
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

// --- Queries ---

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QueryRequest {
    Bank(BankQuery),
    Wasm(WasmQuery),
    Stargate(PathQuery),
    Grpc(PathQuery),
    Custom(Ignored),
    Staking(Ignored),
    Distribution(Ignored),
    Ibc(Ignored),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PathQuery {
    pub(crate) path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BankQuery {
    Supply { denom: String },
    Balance { address: String, denom: String },
    AllBalances { address: String },
    DenomMetadata { denom: String },
    AllDenomMetadata(Ignored),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WasmQuery {
    Smart {
        contract_addr: String,
        msg: Binary,
    },
    Raw {
        contract_addr: String,
        key: Binary,
    },
    ContractInfo {
        contract_addr: String,
    },
    CodeInfo {
        code_id: u64,
    },
    RawRange {
        contract_addr: String,
        start: Option<Binary>,
        end: Option<Binary>,
        limit: u16,
        order: RangeOrder,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RangeOrder {
    Ascending,
    Descending,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SystemResult {
    #[serde(rename = "ok")]
    Ok(ContractResult<Binary>),
    #[serde(rename = "error")]
    Err(SystemError),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SystemError {
    InvalidRequest { error: String, request: Binary },
    NoSuchContract { addr: String },
    NoSuchCode { code_id: u64 },
    UnsupportedRequest { kind: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContractInfoResponse {
    pub(crate) code_id: u64,
    pub(crate) creator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) admin: Option<String>,
    pub(crate) pinned: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeInfoResponse {
    pub(crate) code_id: u64,
    pub(crate) creator: String,
    /// Lower-case hexadecimal.
    pub(crate) checksum: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RawRangeResponse {
    pub(crate) data: Vec<(Binary, Binary)>,
    pub(crate) next_key: Option<Binary>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AmountResponse {
    pub(crate) amount: Coin,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AllBalancesResponse {
    pub(crate) amount: Vec<Coin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DenomMetadataResponse {
    pub(crate) metadata: DenomMetadata,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DenomMetadata {
    pub(crate) description: String,
    pub(crate) denom_units: Vec<DenomUnit>,
    pub(crate) base: String,
    pub(crate) display: String,
    pub(crate) name: String,
    pub(crate) symbol: String,
    pub(crate) uri: String,
    pub(crate) uri_hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DenomUnit {
    pub(crate) denom: String,
    pub(crate) exponent: u32,
    pub(crate) aliases: Vec<String>,
}
