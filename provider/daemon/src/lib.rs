//! A provider as a library: it performs what [`supercloud_provider_engine`] decides.
//!
//! ```text
//!   chain ──view──▶ poller ─┐                    ┌─▶ chain    bid, close, withdraw
//!   machines ─────▶ poller ─┼─▶ engine ─effects──┤
//!   tenant ─HTTPS─▶ gateway ┘      ▲             └─▶ cluster  start, stop
//!                                  └──outcomes───────┘
//! ```
//!
//! [`Daemon::spawn`] starts all of it inside the caller's tokio runtime; dropping the [`DaemonHandle`] ends it.
//!
//! | module | what it holds |
//! |---|---|
//! | crate root | [`Daemon`], its configuration and handle, the traits it works through |
//! | [`jwt`] | tokens: how tenants make them, how the gateway checks them |
//! | [`gateway_client`] | the tenant's side of the gateway, with the pinned key |
//! | [`file`](mod@file) | the configuration file of the binary |

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod actor;
mod chain;
mod cluster;
mod config;
mod daemon;
mod devices;
mod effects;
mod error;
pub mod file;
mod gateway;
pub mod gateway_client;
mod journal;
pub mod jwt;
mod poller;
mod private_file;
mod tls;

pub use chain::{BidTerms, BoxFuture, Chain, ChainError, Contracts, RpcChain, TxError, Withdrawal};
pub use cluster::{
    Cluster, ClusterError, FakeCluster, ForwardedPort, LogLine, LogQuery, LogStream, ProcessCluster, ProcessConfig,
    ServiceStatus, WorkloadStatus,
};
pub use config::{ClusterConfig, DaemonConfig, InventorySource, Parts, Payout, Registration, Settings};
pub use daemon::{Daemon, DaemonHandle};
pub use devices::{Devices, DevicesError, InventoryFile};
pub use error::DaemonError;
pub use tls::{TlsError, TlsIdentity};
