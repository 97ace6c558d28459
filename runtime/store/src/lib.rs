//! Committed, versioned state: what `supercloud_chain::store::Store` asks for.
//!
//! [`MemoryStore`] is the only implementation so far, and a thin one. It keeps nothing across restarts, and its root is
//! a hash chain over the changes of each block, not a tree over the state: two nodes that executed the same blocks
//! agree on it, but it proves nothing about a single key. A durable store with membership proofs replaces it behind the
//! same trait.

#![deny(clippy::float_arithmetic, clippy::disallowed_types, clippy::disallowed_methods)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod memory;
mod root;

pub use memory::{DEFAULT_KEPT_VERSIONS, MemoryStore};
