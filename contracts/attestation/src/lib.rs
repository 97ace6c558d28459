#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub mod contract;
mod error;
mod execute;
mod limits;
mod migrate;
mod query;
mod state;

pub use error::AttestationError;
