//! A cluster that only remembers: for tests and rehearsals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use supercloud_provider_engine::Placement;
use supercloud_schema::id::LeaseId;
use supercloud_sdl::ManifestGroup;

use super::{Cluster, ClusterError, LogLine, LogQuery, LogStream, ServiceStatus, WorkloadStatus};
use crate::chain::BoxFuture;

/// Remembers what was started. Images that a test names are refused, as if they did not exist.
#[derive(Debug, Default)]
pub struct FakeCluster {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: BTreeMap<LeaseId, (ManifestGroup, Placement)>,
    refused: BTreeSet<String>,
    broken: BTreeMap<LeaseId, String>,
}

impl FakeCluster {
    /// Nothing runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this image cannot be started.
    pub fn refuse_image(&self, image: &str) {
        self.state().refused.insert(image.to_owned());
    }

    /// From now on the services of this lease count as ended.
    pub fn break_lease(&self, lease: &LeaseId, how: &str) {
        self.state().broken.insert(lease.clone(), how.to_owned());
    }

    /// What runs.
    pub fn running(&self) -> Vec<(LeaseId, ManifestGroup, Placement)> {
        let entries = self.state().running.clone();
        entries
            .into_iter()
            .map(|(lease, (group, placement))| (lease, group, placement))
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cluster for FakeCluster {
    fn start<'a>(
        &'a self,
        lease: &'a LeaseId,
        group: &'a ManifestGroup,
        placement: &'a Placement,
    ) -> BoxFuture<'a, Result<(), ClusterError>> {
        Box::pin(async move {
            let mut state = self.state();
            if let Some(service) = group
                .services
                .iter()
                .find(|service| state.refused.contains(&service.image))
            {
                return Err(ClusterError::UnmappedImage {
                    service: service.name.clone(),
                    image: service.image.clone(),
                });
            }
            state.broken.remove(lease);
            state.running.insert(lease.clone(), (group.clone(), placement.clone()));
            Ok(())
        })
    }

    fn stop<'a>(&'a self, lease: &'a LeaseId) -> BoxFuture<'a, Result<(), ClusterError>> {
        Box::pin(async move {
            self.state().running.remove(lease);
            Ok(())
        })
    }

    fn status<'a>(&'a self, lease: &'a LeaseId) -> BoxFuture<'a, Option<WorkloadStatus>> {
        Box::pin(async move {
            let state = self.state();
            let failure = state.broken.get(lease).cloned();
            let (group, _) = state.running.get(lease)?;
            let services = group
                .services
                .iter()
                .map(|service| {
                    let available = if failure.is_none() { service.count } else { 0 };
                    let status = ServiceStatus {
                        available,
                        total: service.count,
                        ports: Vec::new(),
                        failure: failure.clone(),
                    };
                    (service.name.clone(), status)
                })
                .collect();
            Some(WorkloadStatus { services })
        })
    }

    fn logs<'a>(&'a self, lease: &'a LeaseId, query: &'a LogQuery) -> BoxFuture<'a, Option<Vec<LogLine>>> {
        Box::pin(async move {
            let state = self.state();
            let (group, _) = state.running.get(lease)?;
            let wanted = |name: &String| query.services.is_empty() || query.services.contains(name);
            let lines = group
                .services
                .iter()
                .filter(|service| wanted(&service.name))
                .map(|service| LogLine {
                    name: format!("{}-0", service.name),
                    service: service.name.clone(),
                    stream: LogStream::Stdout,
                    message: format!("{} is up", service.image),
                });
            Some(lines.take(query.tail.unwrap_or(usize::MAX)).collect())
        })
    }
}
