//! Escrow: holds all ACT of the market and knows who may have it.
//!
//! Account: Open -> Exhausted | Closed. Payment: Open -> Closed. Budget: open -> closed. Rules and invariants are in the
//! README; arithmetic is in `supercloud_rules::settlement`.
#![deny(clippy::float_arithmetic)]

mod books;
mod budgets;
pub mod contract;
mod deposits;
pub mod error;
mod execute;
mod funds;
mod locks;
mod migrate;
mod notices;
mod query;
mod refunds;
mod runway;
mod session;
pub mod state;
