//! The servers of a chain as the ecosystem's clients expect them, over any chain that implements [`ChainApi`]:
//! CometBFT 0.38 JSON-RPC with WebSocket subscriptions, the Cosmos REST gateway, gRPC with reflection and gRPC-web,
//! and metrics. [`Servers`] makes a router for each port; [`serve()`] serves one.
//!
//! The crate also owns the CometBFT block format ([`Header`], [`Commit`], their hashes), because whoever implements
//! [`ChainApi`] must seal blocks in the format that the servers show.
//!
//! ```text
//! server, ws ──> method table (methods/*) ──┐
//! rest (routes, JSON by descriptors) ───────┼──> dispatch ──> services (txs, blocks, …) ──> ChainApi
//! grpc (bytes) ─────────────────────────────┘        └──────> ChainApi::abci_query
//! ```
//!
//! A new query service needs nothing here for gRPC and `abci_query`, and one line per path in `rest/routes/table.rs`;
//! without a line its methods are found at `/<package>/<method>` with the request in the query string.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod api;
mod backend;
mod block;
mod blocking;
mod budget;
mod calls;
mod descriptors;
mod dispatch;
mod error;
mod grpc;
mod json;
mod merkle;
mod methods;
mod metrics;
mod params;
mod prove;
mod rest;
mod seal;
mod search;
mod serve;
mod server;
mod services;
mod status;
mod wire;
mod ws;

pub use api::{
    BroadcastError, ChainApi, GenesisInfo, HeightRange, Identity, MempoolStats, SearchError, StateProof, TxLocation,
    Validator,
};
pub use backend::Servers;
pub use block::{BlockId, BlockRecord, Commit, CommitSignature, Hash, Header, tx_hash};
pub use blocking::{blocking_threads, query_places};
pub use error::RpcError;
pub use seal::{PrecommitVote, SealInput, SealedBlock, seal_block, seal_first_block};
pub use search::{Condition, Operand, Operation, Query, QueryError};
pub use serve::{Connections, ServeLimits, serve};
pub use server::MAX_BODY_BYTES;
pub use status::{Code, Status};
