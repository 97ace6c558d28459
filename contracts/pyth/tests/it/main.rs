//! Behaviour of the receiver on a chain under test, with an oracle behind it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod conformance;
mod fees;
mod governance;
mod migration;
mod order_of_checks;
mod recorded;
mod signer_sets;
mod support;
mod updating;
