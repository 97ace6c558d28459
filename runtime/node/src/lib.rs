//! A node as a library: the state machine, a wasm engine and a store behind a solo sequencer, a mempool and a
//! CometBFT JSON-RPC server.
//!
//! ```no_run
//! use supercloud_node::{DevGenesis, NodeConfig, spawn};
//!
//! # fn main() -> Result<(), supercloud_node::NodeError> {
//! let genesis = DevGenesis::new().fund("akash1…", &[(1_000_000_000_000, "uakt")]).council_member("akash1…", 1).build();
//! let node = spawn(NodeConfig::dev(genesis))?;
//! println!("listening at {}", node.rpc_url());
//! # Ok(())
//! # }
//! ```
//!
//! [`spawn`] returns after block 1 is committed and the port answers. The node stops, and the port is free, when the
//! [`NodeHandle`] is dropped.
//!
//! **Solo sequencing.** One process makes all blocks: at once when a transaction waits (at least
//! [`NodeConfig::min_block_spacing`] apart), otherwise an empty one every [`NodeConfig::block_interval`], so that time
//! passes for proposals and scheduled work. The validator key is made at start and signs real commits; with a single
//! validator they prove who made the block and nothing more.
//!
//! **Storage.** By default state, blocks, results and the index of transactions live in memory and end with the process.
//! With [`Storage::Disk`] they are in a [`Home`]: a block that anybody heard of is there after `kill -9` or a power failure
//! at any moment, and the chain goes on where it was. [`offline`] has what is done with a home while no node runs.
//!
//! ```text
//! rpc calls ──> NodeState ──> Mempool ──> sequencer thread ──> Archive (block) ──> Chain ──> Archive (results)
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod api;
mod archive;
mod bell;
mod clock;
mod config;
mod dev;
mod error;
mod handle;
mod home;
mod mempool;
pub mod offline;
mod pool;
mod resume;
mod sequencer;
mod server;
mod spawn;
mod state;
mod validator;

pub use archive::ArchiveError;
pub use config::{DiskStorage, MempoolLimits, NodeConfig, Storage};
pub use dev::{DEV_CHAIN_ID, DevError, DevGenesis, Fork, SnapshotInfo, TxTrace};
pub use error::NodeError;
pub use handle::NodeHandle;
pub use home::{Home, HomeError, HomeInit, Settings, SettingsError, parse_duration};
pub use offline::NodeSnapshotError;
pub use resume::{Repairs, ResumeError};
pub use spawn::{spawn, spawn_with};
pub use supercloud_chain::{Genesis, GenesisAccess, Tracing};
