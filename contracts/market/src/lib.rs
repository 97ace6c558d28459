#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub mod contract;
mod ending;
mod error;
mod events;
mod execute;
mod funds;
mod load;
mod migrate;
mod params;
mod peers;
mod query;
mod state;

pub use error::{MarketError, Role};
pub use migrate::migrate_to;
