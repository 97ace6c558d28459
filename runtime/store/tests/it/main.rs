//! Behaviour of the stores, as a node sees it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod chains;
mod check;
mod crash;
mod garbage;
mod history;
mod model;
mod proofs;
mod rollback;
mod snapshots;
mod torn;
