//! Where workloads run, as a trait: real processes for development, and a fake for tests.

mod fake;
mod logs;
mod process;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use supercloud_provider_engine::Placement;
use supercloud_schema::id::LeaseId;
use supercloud_sdl::ManifestGroup;
use thiserror::Error;

use crate::chain::BoxFuture;

pub use fake::FakeCluster;
pub use logs::{LogLine, LogStream};
pub(crate) use process::folder;
pub use process::{ProcessCluster, ProcessConfig};

/// Why a workload could not be started or stopped.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ClusterError {
    /// The image has no command in the configuration.
    #[error("service {service:?}: image {image:?} is not mapped to a local command")]
    UnmappedImage {
        /// Service.
        service: String,
        /// Image.
        image: String,
    },
    /// A variable that would change how the program is loaded.
    #[error("service {service:?}: environment variable {name:?} is not allowed")]
    ForbiddenVariable {
        /// Service.
        service: String,
        /// Variable.
        name: String,
    },
    /// The program could not be started.
    #[error("service {service:?} could not be started: {reason}")]
    Start {
        /// Service.
        service: String,
        /// What happened.
        reason: String,
    },
    /// Something still runs.
    #[error("lease {lease} could not be stopped: {reason}")]
    Stop {
        /// Lease.
        lease: String,
        /// What happened.
        reason: String,
    },
    /// The configuration cannot work.
    #[error("{0}")]
    Config(String),
}

/// What runs of one lease.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadStatus {
    /// By name.
    pub services: BTreeMap<String, ServiceStatus>,
}

/// What runs of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStatus {
    /// Replicas that run.
    pub available: u32,
    /// Replicas that should run.
    pub total: u32,
    /// Ports that can be reached from outside.
    pub ports: Vec<ForwardedPort>,
    /// Why replicas are missing.
    pub failure: Option<String>,
}

/// A port as it can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForwardedPort {
    /// Host.
    pub host: String,
    /// Port inside the service.
    pub port: u16,
    /// Port at the host.
    pub external_port: u16,
    /// `TCP` or `UDP`.
    pub proto: String,
}

/// Which lines are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Only these services; all when empty.
    pub services: Vec<String>,
    /// Only this many of the last lines, over all services.
    pub tail: Option<usize>,
}

/// Runs workloads.
pub trait Cluster: Send + Sync {
    /// Starts the services of a lease, or replaces the ones that run.
    fn start<'a>(
        &'a self,
        lease: &'a LeaseId,
        group: &'a ManifestGroup,
        placement: &'a Placement,
    ) -> BoxFuture<'a, Result<(), ClusterError>>;

    /// Stops everything of a lease. No error when nothing runs.
    fn stop<'a>(&'a self, lease: &'a LeaseId) -> BoxFuture<'a, Result<(), ClusterError>>;

    /// What runs; `None` when the lease is not known.
    fn status<'a>(&'a self, lease: &'a LeaseId) -> BoxFuture<'a, Option<WorkloadStatus>>;

    /// Lines that the services wrote, oldest first; `None` when the lease is not known.
    fn logs<'a>(&'a self, lease: &'a LeaseId, query: &'a LogQuery) -> BoxFuture<'a, Option<Vec<LogLine>>>;
}
