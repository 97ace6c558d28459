#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub mod contract;
mod error;
mod events;
mod execute;
mod funds;
mod ledger;
mod migrate;
mod minting;
mod params;
mod pass;
mod price;
mod query;
mod reply;
mod settlement;
mod state;

pub use error::BmeError;
