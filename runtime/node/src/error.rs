//! Why a node does not start.

use std::io;
use std::net::SocketAddr;

use supercloud_chain::{ChainError, GenesisError};
use supercloud_vm::OpenError;
use thiserror::Error;

/// Why a node does not start, or stopped.
#[derive(Debug, Error)]
pub enum NodeError {
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
