//! CometBFT 0.38 JSON-RPC, as the ecosystem's clients expect it, over any chain that implements [`ChainApi`].
//!
//! What is served: JSON-RPC 2.0 over HTTP `POST /` (object or positional parameters, batches) and URI `GET /<method>`,
//! with CORS. WebSocket, the Cosmos REST gateway and gRPC are not part of this version: their paths answer 404 with a
//! text that says so.
//!
//! The crate also owns the CometBFT block format ([`Header`], [`Commit`], their hashes), because whoever implements
//! [`ChainApi`] must seal blocks in the format that the servers show.
//!
//! ```text
//! server -> method table (methods/*) -> ChainApi
//!               |                          |
//!             json shapes             BlockRecord (block)
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod api;
mod block;
mod error;
mod json;
mod merkle;
mod methods;
mod params;
mod prove;
mod seal;
mod search;
mod server;
mod wire;

pub use api::{
    BroadcastError, ChainApi, GenesisInfo, HeightRange, Identity, MempoolStats, StateProof, TxLocation, Validator,
};
pub use block::{BlockId, BlockRecord, Commit, CommitSignature, Hash, Header, tx_hash};
pub use error::RpcError;
pub use seal::{PrecommitVote, SealInput, SealedBlock, seal_block, seal_first_block};
pub use search::{Condition, Operand, Operation, Query, QueryError};
pub use server::{MAX_BODY_BYTES, router};
