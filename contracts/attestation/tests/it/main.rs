//! The attestation contract, message by message.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod governance;
mod records;
mod world;
