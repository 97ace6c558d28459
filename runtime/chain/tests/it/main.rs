//! The state machine through its public door: genesis, signed transactions, blocks, queries. No Wasm: contracts are
//! scripts that a fake engine plays.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod ante;
mod bank;
mod fake_vm;
mod genesis;
mod gov;
mod hostile;
mod query;
mod simulate;
mod submessages;
mod tokenfactory;
mod trees;
mod wasm;
mod world;
