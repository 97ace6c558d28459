//! RPC shapes, read back by the independent `tendermint` crate where it has types.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod blocks;
mod fake;
mod feemarket;
mod golden;
mod grpc;
mod metrics;
mod rest;
mod search;
mod server;
mod stand_ins;
mod tendermint_client;
mod threads;
mod txs;
mod websocket;
