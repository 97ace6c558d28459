//! Committed, versioned, authenticated state: what `supercloud_chain::store::Store` asks for.
//!
//! | | |
//! |---|---|
//! | [`DiskStore`] | durable and crash-safe; history by policy; snapshots, check, repair, rollback |
//! | [`MemoryStore`] | gone with the process; forks for the price of a pointer |
//! | [`proof`] | verifies ICS-23 proofs of either; no I/O |
//! | [`snapshot`] | a version as a stream of checked chunks |
//!
//! Both stores have one root, and it depends on the entries alone: a binary sparse Merkle tree over SHA-256 as in the
//! published `jmt` crate. So export and import, snapshot and restore, disk and memory are continuous.
//!
//! **Durability.** With [`SyncPolicy::EveryBlock`], the default, a commit returns when its block is on the medium
//! (`fdatasync` of the log, then of the head). `kill -9` or power failure at any moment loses no block whose commit returned;
//! a block whose commit did not return is there as a whole or not at all. What a damaged file makes of this is found on
//! opening, or on reading: see [`DiskStore::open`] and [`DiskStore::check`].
//!
//! **Concurrency.** One thread commits. Readers are snapshots for any number of threads: commits do not wait for them, and
//! they do not wait for commits.

#![deny(clippy::float_arithmetic, clippy::disallowed_types, clippy::disallowed_methods)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod changes;
mod disk;
mod hash;
mod memory;
pub mod proof;
mod prove;
pub mod snapshot;
mod tree;

pub use disk::{
    CheckReport, Damage, DiskConfig, DiskStore, LostBlocks, OpenError, Pruning, Recovery, RestoreError, SyncPolicy,
};
pub use hash::{EMPTY, Hash, provable_value};
pub use memory::{DEFAULT_KEPT_VERSIONS, MemoryStore};
