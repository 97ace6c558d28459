//! Behaviour of the oracle on a chain under test.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod governance;
mod migration;
mod observing;
mod pricing;
mod support;
