//! Registry: who provides, what providers say of themselves, and which auditors vouch for it.
//!
//! Provider: registered, for ever. It holds no funds; limits and rules are in the README, syntax checks are in
//! `supercloud_rules::{attributes, host_uri}`.
#![deny(clippy::float_arithmetic)]

pub mod contract;
pub mod error;
mod execute;
mod migrate;
mod query;
pub mod state;
