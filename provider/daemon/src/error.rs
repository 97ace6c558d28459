//! Why a provider could not be started or asked for something.

use std::path::PathBuf;

use supercloud_client::{ClientError, KeyError};
use supercloud_provider_engine::PricingError;
use thiserror::Error;

use crate::chain::{ChainError, TxError};
use crate::cluster::ClusterError;
use crate::devices::DevicesError;
use crate::tls::TlsError;

/// Error of the daemon as a whole.
#[derive(Debug, Error)]
pub enum DaemonError {
    /// The chain could not be asked.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A transaction did not go through.
    #[error(transparent)]
    Transaction(#[from] TxError),
    /// The client could not be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The key file does not hold a key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The workloads' home could not be set up.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The machines are not known.
    #[error(transparent)]
    Devices(#[from] DevicesError),
    /// The gateway's key could not be read or made.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Prices that cannot be meant.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// The profile would be refused by the registry.
    #[error("gateway address {uri:?} cannot be registered: {reason}")]
    HostUri {
        /// The address.
        uri: String,
        /// What is wrong.
        reason: String,
    },
    /// A backend that is named in plans but not built.
    #[error("cluster backend {0:?} is not built yet, the only one is \"process\" (development, no isolation)")]
    BackendAbsent(&'static str),
    /// A file could not be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
    /// The gateway's address could not be bound.
    #[error("gateway cannot listen on {address}: {reason}")]
    Listen {
        /// Which.
        address: String,
        /// What happened.
        reason: String,
    },
    /// The daemon has ended.
    #[error("the provider is not running any more")]
    Ended,
}
