//! Behaviour of the burn-mint contract on a chain under test, with a real oracle and one feeder.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod attack;
mod governance;
mod halts;
mod migration;
mod minting;
mod queueing;
mod redeeming;
mod refusals;
mod support;
