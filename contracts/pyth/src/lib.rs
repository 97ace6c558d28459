#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod config;
pub mod contract;
mod error;
mod execute;
mod migrate;
mod observation;
mod query;
mod recover;
mod signer_set;
mod state;
mod submission;

pub use error::PythError;
