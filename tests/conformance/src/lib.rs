//! A contract for testing hosts: its messages reach every host function, limit and JSON shape of the CosmWasm
//! interface, and its answers tell what the host did. It holds no value and guards nothing.
//!
//! ```text
//! execute: one probe a message, the finding in `data`      query: what was stored, and the probes that may read
//! messages, instantiate, migrate, sudo: a `Plan`, i.e. what to store, to answer and to send
//! reply: records what it got, then follows the plan in the payload or under the key `reply/<id>`
//! ```
//!
//! Invariant: a finding is what the host answered, never what the standard library makes of it, except in `scan` and
//! `addr`, where the standard library's own use of the host is the subject.

mod address;
mod chain;
pub mod contract;
mod crypto;
pub mod error;
mod floats;
mod host;
pub mod ibc;
pub mod ibc2;
pub mod msg;
mod plan;
mod regions;
mod replies;
mod storage;
mod stress;
