//! Test support shared by the contracts: a cw-multi-test chain with time control, restricted denoms, minting through
//! the token factory, and contract errors that can be compared variant by variant.
//!
//! The kit depends on no contract and on no message type of theirs. [`TestApp`] is the door; [`TypedContract`] wraps a
//! contract's entry functions; [`assert_fails`] compares an error with the contract's own error value.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod app;
mod bank;
mod contract;
mod outcome;
mod raised;
mod tokenfactory;

pub use app::{Chain, DEFAULT_GENESIS_SECONDS, HRP, TestApp};
pub use bank::{BankRefusal, RestrictedBank};
pub use contract::TypedContract;
pub use outcome::{assert_fails, data, error_of, events};
pub use tokenfactory::{MINT_TYPE_URL, MintRefusal, MsgMint, TokenFactory, WireCoin};
