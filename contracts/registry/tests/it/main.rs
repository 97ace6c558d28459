//! Behaviour of the registry.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod audits;
mod bench;
mod governance;
mod providers;
