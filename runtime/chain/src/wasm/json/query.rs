//! Queries of contracts and the answers to them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::msg::{parse_variant, read_tagged};
use super::{Binary, Coin, ContractResult, write_unknown};

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QueryRequest {
    Bank(BankQuery),
    Wasm(WasmQuery),
    Stargate(PathQuery),
    Grpc(PathQuery),
    /// Of a kind or variant that nothing here answers; the text says of which.
    #[serde(rename = "unknown", serialize_with = "write_unknown")]
    Unsupported(&'static str),
    /// Nothing that CosmWasm has.
    Unknown {},
}

impl<'de> Deserialize<'de> for QueryRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (tag, value) = read_tagged(deserializer)?;
        let path = || serde_json::from_str(value.get()).map_err(D::Error::custom);
        Ok(match tag.as_str() {
            "bank" => parse_variant(&value, &BankQuery::TAGS)?
                .map_or(Self::Unsupported("unknown BankQuery variant"), Self::Bank),
            "wasm" => parse_variant(&value, &WasmQuery::TAGS)?
                .map_or(Self::Unsupported("unknown WasmQuery variant"), Self::Wasm),
            "stargate" => Self::Stargate(path()?),
            "grpc" => Self::Grpc(path()?),
            "custom" => Self::Unsupported("custom"),
            "staking" => Self::Unsupported("staking"),
            "distribution" => Self::Unsupported("distribution"),
            "ibc" => Self::Unsupported("ibc"),
            _ => Self::Unknown {},
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PathQuery {
    pub(crate) path: String,
    /// The encoded request message.
    pub(crate) data: Binary,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Pagination {
    pub(crate) key: Option<Binary>,
    pub(crate) limit: u32,
    pub(crate) reverse: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BankQuery {
    Supply {
        denom: String,
    },
    Balance {
        address: String,
        denom: String,
    },
    AllBalances {
        address: String,
    },
    DenomMetadata {
        denom: String,
    },
    AllDenomMetadata {
        #[serde(default)]
        pagination: Option<Pagination>,
    },
}

impl BankQuery {
    const TAGS: [&str; 5] = [
        "supply",
        "balance",
        "all_balances",
        "denom_metadata",
        "all_denom_metadata",
    ];
}

#[derive(Serialize, Deserialize)]
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
        /// `ascending` or `descending`.
        order: String,
    },
}

impl WasmQuery {
    const TAGS: [&str; 5] = ["smart", "raw", "contract_info", "code_info", "raw_range"];
}

#[derive(Serialize, Deserialize)]
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
    Unknown {},
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ContractInfoResponse {
    pub(crate) code_id: u64,
    pub(crate) creator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) admin: Option<String>,
    pub(crate) pinned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ibc_port: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ibc2_port: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct CodeInfoResponse {
    pub(crate) code_id: u64,
    pub(crate) creator: String,
    /// Lower-case hexadecimal.
    pub(crate) checksum: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RawRangeResponse {
    pub(crate) data: Vec<(Binary, Binary)>,
    pub(crate) next_key: Option<Binary>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AmountResponse {
    pub(crate) amount: Coin,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AllBalancesResponse {
    pub(crate) amount: Vec<Coin>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct DenomMetadataResponse {
    pub(crate) metadata: DenomMetadata,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AllDenomMetadataResponse {
    pub(crate) metadata: Vec<DenomMetadata>,
    pub(crate) next_key: Option<Binary>,
}

#[derive(Serialize, Deserialize)]
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

#[derive(Serialize, Deserialize)]
pub(crate) struct DenomUnit {
    pub(crate) denom: String,
    pub(crate) exponent: u32,
    pub(crate) aliases: Vec<String>,
}
