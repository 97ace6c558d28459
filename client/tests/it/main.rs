//! The client against a scripted node.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod fake_node;
mod market;
mod queries;
mod queue;
