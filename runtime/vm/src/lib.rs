//! A CosmWasm host on wasmtime. It knows contracts, gas and a [`Backend`](supercloud_chain::vm::Backend); it knows
//! nothing of chains, accounts or markets.
//!
//! ```text
//! uploaded wasm ── check ──> CheckedModule ── inject ──> metered wasm ── wasmtime ──> Code ── call ──> VmReport
//!                 (static rules)             (gas, stack height)        (native)             (fresh instance)
//! ```
//!
//! Invariants:
//!
//! - **Acceptance is ours.** Module `check` validates with its own feature set; what it accepts, the engine compiles.
//! - **Gas is ours.** Module `inject` writes the counter into the bytecode by wasmd's rule, so gas does not depend on
//!   wasmtime, its version or the processor. The checksum is always that of the original bytes.
//! - **A guest can fail, the host cannot.** Whatever a module does ends as a [`VmError`](supercloud_chain::vm::VmError);
//!   a panic on the way becomes `VmError::Bug`.
//! - **Calls share nothing.** Every call gets a fresh instance; only compiled code is kept.
//! - **Trap texts are a closed set** and never reach state.
//!
//! The binary interface (24 host functions) is the table in `imports`; `Region` is described in `region`, lists of
//! byte strings in `sections`, fees in `gas`.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub(crate) mod artifacts;
pub(crate) mod cache;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod code;
pub(crate) mod config;
pub(crate) mod engine;
pub(crate) mod entry;
pub(crate) mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub(crate) mod gas;
pub(crate) mod guest;
pub(crate) mod held;
pub(crate) mod imports;
pub(crate) mod inject;
#[cfg(feature = "internals")]
pub mod internals;
pub(crate) mod loan;
pub(crate) mod memory_tier;
pub(crate) mod region;
pub(crate) mod sections;
pub(crate) mod slots;
pub(crate) mod trap;
pub(crate) mod upgrade;
mod vm;

pub use artifacts::CacheError;
pub use config::{Tiers, VmConfig};
pub use engine::THREAD_STACK;
pub use error::OpenError;
pub use vm::WasmtimeVm;
