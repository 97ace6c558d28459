//! Behaviour of the stores, as a node sees it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod chains;
mod history;
mod model;
mod proofs;
