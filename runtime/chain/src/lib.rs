//! The deterministic state machine: `(block, state) -> (state, results)`. Sync, no clock, no I/O of its own.
//!
//! It owns the two traits that the outside implements: [`vm::Vm`] (a contract engine) and [`store::Store`]
//! (committed key-value state). [`Chain`] is the way in.
//!
//! ```text
//! block ──> cron, gov ──> tx (decode, ante) ──> message table ──> bank | wasm | gov | authz | feegrant | tokenfactory
//!                                                             │              | cron | fees | consensus | distribution
//!                                                     Machine: state, gas, events
//! ```
//!
//! Messages, queries, errors and events are named and encoded as in the Cosmos SDK and wasmd, so their clients work.
//!
//! Invariants:
//!
//! - **The same blocks give the same bytes on every node**: ordered maps, no float arithmetic, no clock; gas is charged on failing
//!   paths too.
//! - **Money is conserved**: balances sum to the supply; see `bank`.
//! - **A failure leaves no trace** but gas, and for a transaction its fee and sequence; see `state`.
//!
//! Not here yet, and refused by name: unordered transactions, IBC (but for the entry points of contracts), staking. Whoever makes blocks keeps them to [`Chain::block_limits`],
//! by `gas_wanted`; the chain itself stops running transactions when a block's gas is used up.

#![deny(clippy::float_arithmetic, clippy::disallowed_types, clippy::disallowed_methods)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod address;
mod auth;
mod authz;
mod bank;
mod block;
mod chain;
mod clock;
mod coin;
mod config;
mod consensus;
mod cron;
mod descriptor;
mod diagnostics;
mod distribution;
mod error;
mod event;
mod feegrant;
mod fees;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gas;
mod genesis;
mod gov;
mod machine;
mod message;
mod query;
mod state;
mod state_key;
pub mod store;
mod tokenfactory;
mod tx;
pub mod vm;
mod wasm;

pub use address::{Address, AddressCodec, AddressError};
pub use authz::AuthzError;
pub use bank::BankError;
pub use block::{BlockInput, BlockLimits, BlockOutput, ChainError, QueryResult, TxResult};
pub use chain::{Chain, ChainSnapshot, Checked, Checker, PreparedTx, Querier, QueryContext, SmartAnswer, Ticket};
pub use coin::{Coin, CoinError, Coins};
pub use cron::CronError;
pub use diagnostics::{CallLog, CallText, CallTrace, ContractCall, GasLine, MAX_INFO_LEN, Tracing};
pub use error::{SdkError, TxError};
pub use event::{Attribute, Event};
pub use feegrant::FeeGrantError;
pub use gas::OutOfGas;
pub use genesis::{
    Genesis, GenesisAccess, GenesisBalance, GenesisCoin, GenesisDenom, GenesisError, GenesisFactoryDenom,
    GenesisFeeMarket, GenesisFees, GenesisGov, GenesisMinted, GenesisMinter, GenesisProposals, GenesisSendRestriction,
    GenesisState, GenesisTimelock, GenesisVoter, GenesisWasm, ProtoJson, WasmGenesis,
};
pub use gov::GovError;
pub use tokenfactory::TokenFactoryError;
pub use tx::MAX_TX_LEN;
pub use wasm::ibc::{
    Ibc2Call, Ibc2Packet, Ibc2Payload, IbcAnswer, IbcCall, IbcCallback, IbcChannel, IbcChannelCall, IbcCoin,
    IbcEndpoint, IbcOrder, IbcOutcome, IbcPacket, IbcPacketCall, IbcTimeout, IbcTimeoutBlock, IbcTransfer,
};
pub use wasm::{
    MAX_CODE_BYTES, WasmError, compute_classic_address, compute_predictable_address, compute_store_gas, unpack_wasm,
};

/// What a simulation returns: a [`TxResult`] whose `gas_used` is the estimate.
pub type SimulateResult = TxResult;
