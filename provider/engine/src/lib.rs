//! What a provider decides: which orders to bid on and at what price, which devices a lease gets, when a workload starts
//! and stops, when earnings are withdrawn.
//!
//! Nothing here does I/O or reads a clock. [`Engine::step`] takes one [`Input`] and answers with [`Effect`]s; whoever runs
//! the engine performs them and reports back with [`Outcome`]s. The same inputs give the same effects, so a run can be
//! recorded and replayed.
//!
//! Invariants:
//! - a GPU device is in at most one reservation, in any order of inputs;
//! - nothing is closed because something could not be read: only a complete [`ChainView`] says that an order or a lease
//!   is gone;
//! - time is the chain's block time, so while the chain cannot be read no timeout runs.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod config;
mod effect;
mod engine;
mod gpu;
mod input;
mod inventory;
mod leases;
mod orders;
mod placement;
mod pricing;
mod refusal;
mod requirements;
mod status;

pub use config::EngineConfig;
pub use effect::Effect;
pub use engine::Engine;
pub use gpu::GpuRequest;
pub use input::{ChainView, Input, Outcome, ProviderRecord};
pub use inventory::{GpuDevice, GpuInterface, Inventory, Node};
pub use placement::{Needs, Placement, ReplicaPlacement};
pub use pricing::{GpuRate, Pricing, PricingError};
pub use refusal::Refusal;
pub use status::{EngineStatus, LeaseStatus, NodeStatus, OrderStatus, WorkloadPhase};
