//! Committed, versioned state: what `supercloud_chain::store::Store` asks for.

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
