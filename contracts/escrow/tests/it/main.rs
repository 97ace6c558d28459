//! Behaviour of escrow. The market is a plain address here, except where its answers matter.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod accounts;
mod authority;
mod bench;
mod bid_deposits;
mod budgets;
mod exhaustion;
mod peers;
mod random;
mod undelivered;
mod withdrawals;
