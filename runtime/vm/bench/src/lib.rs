//! [`supercloud_vm`] and its peer [`cosmwasm_vm`] behind one small interface, to be measured side by side.
//!
//! ```text
//! contracts ──> Script (what to call) ──> Engine (ours | peer) ──> World (storage, addresses, answers: one for both)
//! ```
//!
//! Invariant: both engines do the same work. Arguments and results are raw bytes, both call the same [`world::World`],
//! and [`script::assert_same`] holds their results and their gas against each other before anything is measured.

#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to report")]

pub mod contracts;
pub mod distinct;
pub mod engine;
pub mod entry;
pub mod memory;
pub mod ours;
pub mod peer;
pub mod script;
pub mod table;
pub mod world;
