//! The deterministic state machine: `(block, state) -> (state, results)`. Sync, no clock, no I/O of its own.
//!
//! It owns the two traits that the outside implements: [`vm::Vm`] (a contract engine) and [`store::Store`]
//! (committed key-value state).

pub mod store;
pub mod vm;
