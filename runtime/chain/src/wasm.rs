//! Contracts: code, instances, calls into the engine, and what contracts ask for in return.
//!
//! Follows wasmd: rules, order of events, gas and errors are those that contracts and clients already know. What
//! differs on purpose: Wasm bytes live in the state, and replies report the gas their submessage used.
//!
//! ```text
//! message ──> call ──> Vm (Backend: storage, queries, addresses)
//!               │
//!               └──> response ──> events, then dispatch of submessages ──> message ... reply ──> call
//! ```

use thiserror::Error;

use crate::vm::EntryPoint;

pub(crate) mod access;
pub(crate) mod address;
mod admin;
mod backend;
mod call;
mod code;
pub(crate) mod code_rules;
mod contract;
mod dispatch;
mod execute;
mod gas_register;
pub(crate) mod genesis;
mod grpc;
pub(crate) mod host_params;
pub(crate) mod ibc;
mod instantiate;
pub(crate) mod json;
mod label;
mod migrate;
mod outgoing;
mod params;
mod path_query;
pub(crate) mod pin;
mod ports;
mod querier;
mod reply;
mod response;
mod store_and_instantiate;
mod store_and_migrate;
mod store_code;
mod sudo;
mod upload;
mod upload_addresses;

pub use address::{compute_classic_address, compute_predictable_address};
pub(crate) use contract::load_contract;
pub(crate) use grpc::{QUERY_GAS_LIMIT, answer, answer_own};
pub(crate) use instantiate::assert_json;
pub(crate) use querier::query_smart;
pub use upload::{MAX_CODE_BYTES, compute_store_gas, unpack_wasm};

/// Most messages below messages.
pub(crate) const MAX_MESSAGE_DEPTH: u32 = 100;
/// Most smart queries below smart queries.
pub(crate) const MAX_QUERY_DEPTH: u32 = 10;
/// Most bytes that a submessage may hand to its reply.
pub(crate) const MAX_PAYLOAD_LEN: usize = 128 * 1024;

/// Errors of codespace `wasm`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WasmError {
    /// 2: code was refused.
    #[error("{reason}: create wasm contract failed")]
    Create {
        /// Why.
        reason: String,
    },
    /// 3: an account that is in use stands at the new address.
    #[error("{address}: contract account already exists")]
    AccountExists {
        /// The address.
        address: String,
    },
    /// 4, 5, 9, 11: the contract said no. Its text is the same on all nodes.
    #[error("{text}: {} wasm contract failed", verb(*.entry_point))]
    Contract {
        /// What the contract returned.
        text: String,
        /// Which entry point returned it.
        entry_point: EntryPoint,
    },
    /// 5: the engine stopped a contract in an IBC entry point, or it is not the one to call; wasmd gives these the code
    /// of a refusal.
    #[error("{reason}: execute wasm contract failed")]
    Ibc {
        /// Why; nodes need not agree on the text.
        reason: String,
    },
    /// 10: a message of any type that does not unpack.
    #[error("Cannot unpack proto message with type URL: {type_url}: invalid CosmosMsg from the contract")]
    InvalidMessage {
        /// Its type.
        type_url: String,
    },
    /// 11: the chain, not the contract, refuses a migration.
    #[error("{reason}: migrate wasm contract failed")]
    Migration {
        /// Why.
        reason: String,
    },
    /// 12: something that must not be empty is.
    #[error("{field}: empty")]
    Empty {
        /// What.
        field: &'static str,
    },
    /// 13: beyond a limit.
    #[error("{field} {got}, limit {limit}: exceeds limit")]
    Limit {
        /// What.
        field: &'static str,
        /// Value seen.
        got: usize,
        /// Most allowed.
        limit: usize,
    },
    /// 14: malformed.
    #[error("{reason}: invalid")]
    Invalid {
        /// What is wrong.
        reason: String,
    },
    /// 15: there already.
    #[error("{what}: duplicate")]
    Duplicate {
        /// What.
        what: String,
    },
    /// 16: a channel number beyond what escrow addresses are made for.
    #[error("channel sequence {number} is greater than {}: max transfer channels", u32::MAX)]
    MaxChannels {
        /// Number seen.
        number: u64,
    },
    /// 17: contract calls that this chain has no module for.
    #[error("{what}: unsupported for this contract")]
    Unsupported {
        /// What.
        what: String,
    },
    /// 18: pinning failed.
    #[error("{reason}: pinning contract failed")]
    Pin {
        /// Why.
        reason: String,
    },
    /// 20: a message of a kind that this chain cannot run.
    #[error("{kind}: unknown message from the contract")]
    UnknownMessage {
        /// Which kind.
        kind: String,
    },
    /// 21: an event that would confuse readers.
    #[error("{reason}: invalid event")]
    InvalidEvent {
        /// What is wrong.
        reason: String,
    },
    /// 22: no contract stands there.
    #[error("address {address}: no such contract")]
    NoSuchContract {
        /// Where.
        address: String,
    },
    /// 27: queries nest too deep.
    #[error("max query stack size exceeded")]
    QueryDepth,
    /// 28: no such code.
    #[error("code id {code_id}: no such code")]
    NoSuchCode {
        /// Which.
        code_id: u64,
    },
    /// 29: the engine stopped the contract.
    #[error("{reason}: wasmvm error")]
    Vm {
        /// Why; nodes need not agree on the text.
        reason: String,
    },
    /// 30: messages nest too deep.
    #[error("max call depth exceeded")]
    MessageDepth,
}

const fn verb(entry_point: EntryPoint) -> &'static str {
    match entry_point {
        EntryPoint::Instantiate => "instantiate",
        EntryPoint::Migrate => "migrate",
        EntryPoint::Query => "query",
        _ => "execute",
    }
}

impl WasmError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::Create { .. } => 2,
            Self::Ibc { .. } => 5,
            Self::InvalidMessage { .. } => 10,
            Self::Migration { .. } => 11,
            Self::AccountExists { .. } => 3,
            Self::Contract { entry_point, .. } => match entry_point {
                EntryPoint::Instantiate => 4,
                EntryPoint::Query => 9,
                EntryPoint::Migrate => 11,
                _ => 5,
            },
            Self::Empty { .. } => 12,
            Self::Limit { .. } => 13,
            Self::Invalid { .. } => 14,
            Self::Duplicate { .. } => 15,
            Self::MaxChannels { .. } => 16,
            Self::Unsupported { .. } => 17,
            Self::Pin { .. } => 18,
            Self::UnknownMessage { .. } => 20,
            Self::InvalidEvent { .. } => 21,
            Self::NoSuchContract { .. } => 22,
            Self::QueryDepth => 27,
            Self::NoSuchCode { .. } => 28,
            Self::Vm { .. } => 29,
            Self::MessageDepth => 30,
        }
    }

    /// Whether all nodes agree on the text, so that other contracts may see it.
    pub(crate) fn is_deterministic(&self) -> bool {
        matches!(
            self,
            Self::Contract { .. } | Self::NoSuchContract { .. } | Self::NoSuchCode { .. }
        )
    }
}
