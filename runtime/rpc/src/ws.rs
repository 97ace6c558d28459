//! `/websocket`: all RPC methods plus subscriptions to what each block brings.
//!
//! ```text
//! committed heights ──> feed ──> Hub ──(bounded queue per connection)──> writer
//!                                 ^                                         |
//!                    reader ── subscribe ── replies (awaited: back-pressure) ┘
//! ```
//!
//! Invariant: whoever receives an event can already query the state after it. A subscriber that does not keep up loses
//! its subscription and is told so; it never slows the chain or others down.

mod connection;
mod events;
mod hub;
mod queue;

pub(crate) use connection::upgrade;
pub(crate) use hub::Hub;
