#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod aggregate;
pub mod contract;
mod error;
mod execute;
mod migrate;
mod params;
mod query;
mod state;

pub use error::OracleError;
