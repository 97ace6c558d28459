//! What is done with a home while no node runs on it: [`export`], [`snapshot`], [`restore`], [`rollback`], [`check`],
//! [`inspect`]. Each takes the home for itself.

mod check;
mod export;
mod inspect;
mod rollback;
mod snapshot;

pub use check::{HomeReport, OnDamage, check};
pub use export::{assert_genesis, export};
pub use inspect::{HomeStatus, inspect};
pub use rollback::{RolledBack, rollback};
pub use snapshot::{NodeSnapshotError, Restore, SnapshotSummary, restore, snapshot};
