#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "the whole crate is test code")]

mod multi_test;
pub mod scenario;
mod setup;
mod suite;
mod world;

pub use multi_test::MultiTest;
pub use suite::{
    Addresses, BID_DEPOSIT, HOUR, LEASE_GRACE, Lease, MANIFEST_GRACE, ONE, PURSE, Suite, act, assert_refused,
    attribute, data, events, group, rate,
};
pub use world::{Contract, Happening, Outcome, Refusal, World};
