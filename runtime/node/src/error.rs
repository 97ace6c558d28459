//! Why a node does not start.

use std::io;
use std::net::SocketAddr;

use supercloud_chain::{ChainError, GenesisError};
use supercloud_vm::OpenError;
use thiserror::Error;

use crate::archive::ArchiveError;
use crate::home::HomeError;
use crate::offline::NodeSnapshotError;
use crate::resume::ResumeError;

/// Why a node does not start, or stopped.
#[derive(Debug, Error)]
pub enum NodeError {
    /// A home that cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A home that holds no whole chain.
    #[error(transparent)]
    Resume(#[from] ResumeError),
    /// Blocks that cannot be kept or read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A state that does not open.
    #[error(transparent)]
    State(#[from] supercloud_store::OpenError),
    /// A snapshot that cannot be made or used.
    #[error(transparent)]
    Snapshot(#[from] NodeSnapshotError),
    /// The address is taken or not ours.
    #[error("cannot listen at {address}: {source}")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A bad genesis.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The wasm engine cannot run here.
    #[error(transparent)]
    Vm(OpenError),
    /// A block could not be made.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A height whose state is not kept.
    #[error("the state of height {asked} is not kept; heights {oldest} to {latest} are")]
    NotKept {
        /// Height asked for.
        asked: u64,
        /// Lowest height from which on every state is kept.
        oldest: u64,
        /// Last height.
        latest: u64,
    },
    /// No thread, no runtime or no randomness.
    #[error("{what}: {reason}")]
    System {
        /// What was needed.
        what: &'static str,
        /// What the system said.
        reason: String,
    },
    /// The node makes no blocks any more.
    #[error("the node has stopped: {reason}")]
    Stopped {
        /// What stopped it.
        reason: String,
    },
}
