//! Pure marketplace arithmetic over schema types: no storage, no clock, no async, no floating point.
//!
//! Contracts, provider and clients all use it, so that an estimate equals the invoice. Time comes in as seconds, money
//! as the types of `supercloud_schema::money`; every rounding direction is stated where it happens.
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub mod attributes;
pub mod conversion;
pub mod host_uri;
pub mod matching;
pub mod pricing;
pub mod settlement;
pub mod validation;
