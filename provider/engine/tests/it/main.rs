//! One binary for all behaviour tests of the crate.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bidding;
mod leases;
mod market;
mod overcommit;
mod placement;
mod pricing;
