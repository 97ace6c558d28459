//! The node as its users see it: over RPC, with the project's own client.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod contracts;
mod crash;
mod dev_tools;
mod durable;
mod endpoints;
mod faults;
mod governance;
mod homes;
mod lifecycle;
mod queueing;
mod restoring;
mod stage;
mod torn;
mod transfers;
