//! One binary for all behaviour tests of the crate.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod fake_chain;
mod gateway;
mod lifecycle;
mod process;
mod tokens;
mod world;
