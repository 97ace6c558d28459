//! The state machine through its public door: genesis, signed transactions, blocks, queries. No Wasm: contracts are
//! scripts that a fake engine plays.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod amino;
mod ante;
mod authz;
mod bank;
mod canonical;
mod checker;
mod code_rules;
mod cron;
mod deposits;
mod dev_chain;
mod diagnostics;
mod factory;
mod fake_vm;
mod fee_market;
mod feegrant;
mod floods;
mod genesis;
mod genesis_state;
mod genesis_wasm;
mod gov;
mod hostile;
mod ibc;
mod legacy_gov;
mod params;
mod parity;
mod path_query;
mod pins;
mod query;
mod replay;
mod simulate;
mod store_and;
mod submessages;
mod tokenfactory;
mod trees;
mod votes;
mod wasm;
mod world;
