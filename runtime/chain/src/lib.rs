//! The deterministic state machine: `(block, state) -> (state, results)`. Sync, no clock, no I/O of its own.
//!
//! It owns the two traits that the outside implements: [`vm::Vm`] (a contract engine) and [`store::Store`]
//! (committed key-value state). [`Chain`] is the way in.
//!
//! ```text
//! block ──> tx (decode, ante) ──> message table ──> auth | bank | wasm | gov | tokenfactory
//!                                                             │
//!                                                     Machine: state, gas, events
//! ```
//!
//! Messages, queries, errors and events are named and encoded as in the Cosmos SDK and wasmd, so their clients work.
//!
//! Invariants:
//!
//! - **The same blocks give the same bytes on every node**: ordered maps, no floats, no clock; gas is charged on failing
//!   paths too.
//! - **Money is conserved**: balances sum to the supply; see `bank`.
//! - **A failure leaves no trace** but gas, and for a transaction its fee and sequence; see `state`.
//!
//! Not here yet, and refused by name: amino JSON signing, multisig keys, fee grants, authz, unordered transactions,
//! cron, IBC (but for the entry points of contracts), staking. There is no gas limit of a block: whoever makes blocks bounds them by `gas_wanted`.

#![deny(clippy::float_arithmetic, clippy::disallowed_types, clippy::disallowed_methods)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod address;
mod auth;
mod bank;
mod block;
mod chain;
mod coin;
mod config;
mod diagnostics;
mod error;
mod event;
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
pub use block::{BlockInput, BlockOutput, ChainError, QueryResult, TxResult};
pub use chain::{Chain, Querier, QueryContext, SmartAnswer};
pub use coin::{Coin, CoinError, Coins};
pub use diagnostics::{MAX_INFO_LEN, Tracing};
pub use error::{SdkError, TxError};
pub use event::{Attribute, Event};
pub use gas::OutOfGas;
pub use genesis::{
    Genesis, GenesisAccess, GenesisBalance, GenesisCoin, GenesisDenom, GenesisError, GenesisFees, GenesisGov,
    GenesisMinter, GenesisSendRestriction, GenesisState, GenesisVoter, GenesisWasm, WasmGenesis,
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
