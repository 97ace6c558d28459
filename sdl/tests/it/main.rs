//! One binary for all behaviour tests of the crate.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod corpus;
mod deviations;
mod golden;
mod groups;
mod received;
