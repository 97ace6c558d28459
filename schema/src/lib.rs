//! Every message, response, event, id and money type of the Supercloud contracts.
//!
//! One module per contract, plus what they share: [`id`], [`money`], [`resource`] and [`solvency`]. This crate is the
//! border between contracts, and between contracts and everything off chain; it holds no arithmetic (that is
//! `supercloud-rules`) and no storage.
//!
//! Conventions: ids and amounts above 2^53 are strings in JSON; message enums have no unit variants (`Ping {}`), except
//! where a foreign interface is matched byte for byte; times are whole seconds of block time since the Unix epoch.

#![cfg_attr(
    target_arch = "wasm32",
    allow(
        unused_imports,
        reason = "`QueryResponses` expands to nothing in a contract, and its answers go unnamed"
    )
)]

pub mod attestation;
pub mod bme;
pub mod escrow;
pub mod id;
pub mod market;
pub mod money;
pub mod oracle;
pub mod pyth;
pub mod registry;
pub mod resource;
pub mod solvency;
pub mod time;
