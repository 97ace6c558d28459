//! The market with real registry and escrow, message by message.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod attack;
mod bids;
mod deployments;
mod exhaustion;
mod governance;
mod groups;
mod leases;
mod queries;
mod reclamation;
mod upgrade;
mod world;
