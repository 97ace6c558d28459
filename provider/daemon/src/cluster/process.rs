//! Local processes in place of containers. **Development only: there is no isolation.** The tenant's workload runs with
//! the rights of the provider's user, without limits on processor, memory or files.
//!
//! The configuration maps an image name to a local command; an image that is not mapped is refused, and the tenant's own
//! `command` and `args` are not used. The tenant's environment is passed on, with `PORT` (the local port of the first
//! exposed port), `PORT_<n>` for each, `SUPERCLOUD_SERVICE`, and `CUDA_VISIBLE_DEVICES` for leased GPUs. Volumes are not
//! mounted; every replica has a folder of its own as its working directory. Programs that the daemon could not stop
//! because it was killed itself stay behind.

mod replica;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use supercloud_provider_engine::Placement;
use supercloud_schema::id::LeaseId;
use supercloud_sdl::{ManifestGroup, Service};
use tokio::sync::Mutex;

use super::logs::LogBuffer;
use super::{Cluster, ClusterError, LogLine, LogQuery, ServiceStatus, WorkloadStatus};
use crate::chain::BoxFuture;
use replica::{Launch, Replica, launch};

/// What may be run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessConfig {
    /// Image name, exactly as in the manifest, to a program with its arguments.
    pub images: BTreeMap<String, Vec<String>>,
}

/// Runs workloads as local processes.
#[derive(Debug)]
pub struct ProcessCluster {
    config: ProcessConfig,
    dir: PathBuf,
    leases: Mutex<BTreeMap<LeaseId, Workload>>,
}

#[derive(Debug)]
struct Workload {
    replicas: Vec<Replica>,
    totals: BTreeMap<String, u32>,
    logs: Arc<LogBuffer>,
}

impl ProcessCluster {
    /// Workloads keep their files under `dir`.
    pub fn new(config: ProcessConfig, dir: impl Into<PathBuf>) -> Result<Self, ClusterError> {
        if let Some((image, _)) = config.images.iter().find(|(_, argv)| argv.is_empty()) {
            return Err(ClusterError::Config(format!(
                "image {image:?} is mapped to an empty command"
            )));
        }
        Ok(Self {
            config,
            dir: dir.into(),
            leases: Mutex::new(BTreeMap::new()),
        })
    }

    /// Checks everything before anything is started.
    fn plan<'a>(
        &'a self,
        lease: &LeaseId,
        group: &'a ManifestGroup,
        placement: &Placement,
    ) -> Result<Vec<Launch<'a>>, ClusterError> {
        let mut launches = Vec::new();
        let mut gpus: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for place in &placement.replicas {
            let devices: Vec<&str> = place.gpus.iter().map(|device| device.uuid.as_str()).collect();
            gpus.entry(place.unit).or_default().push(devices.join(","));
        }
        for service in &group.services {
            let argv = self
                .config
                .images
                .get(&service.image)
                .ok_or_else(|| ClusterError::UnmappedImage {
                    service: service.name.clone(),
                    image: service.image.clone(),
                })?;
            assert_variables(service)?;
            for replica in 0..service.count {
                let devices = gpus
                    .get_mut(&service.resources.id)
                    .and_then(Vec::pop)
                    .unwrap_or_default();
                let dir = self.dir.join(folder(lease)).join(format!("{}-{replica}", service.name));
                launches.push(Launch {
                    service,
                    replica,
                    argv,
                    gpus: devices,
                    dir,
                });
            }
        }
        Ok(launches)
    }
}

/// A lease as one file name.
pub(crate) fn folder(lease: &LeaseId) -> String {
    lease.to_string().replace('/', "_")
}

/// The dynamic loader's variables would let a tenant choose the program after all.
fn assert_variables(service: &Service) -> Result<(), ClusterError> {
    let names = service.env.iter().flatten().filter_map(|entry| entry.split('=').next());
    match names
        .into_iter()
        .find(|name| name.starts_with("LD_") || *name == "PATH")
    {
        Some(name) => Err(ClusterError::ForbiddenVariable {
            service: service.name.clone(),
            name: name.to_owned(),
        }),
        None => Ok(()),
    }
}

impl Workload {
    async fn stop(&mut self) -> Result<(), String> {
        for replica in &mut self.replicas {
            replica.stop().await?;
        }
        // Their numbers may be given to other programs from now on.
        self.replicas.clear();
        Ok(())
    }

    fn status(&self) -> WorkloadStatus {
        let mut services: BTreeMap<String, ServiceStatus> = self
            .totals
            .iter()
            .map(|(name, total)| {
                (
                    name.clone(),
                    ServiceStatus {
                        total: *total,
                        ..ServiceStatus::default()
                    },
                )
            })
            .collect();
        for replica in &self.replicas {
            let service = services.entry(replica.service.clone()).or_default();
            match replica.has_ended() {
                None => {
                    service.available += 1;
                    service.ports.extend(replica.ports.iter().cloned());
                }
                Some(how) => service.failure = Some(how),
            }
        }
        WorkloadStatus { services }
    }
}

/// Nothing may outlive the cluster.
impl Drop for Workload {
    fn drop(&mut self) {
        for replica in &self.replicas {
            replica.kill();
        }
    }
}

impl Cluster for ProcessCluster {
    fn start<'a>(
        &'a self,
        lease: &'a LeaseId,
        group: &'a ManifestGroup,
        placement: &'a Placement,
    ) -> BoxFuture<'a, Result<(), ClusterError>> {
        Box::pin(async move {
            let launches = self.plan(lease, group, placement)?;
            let mut leases = self.leases.lock().await;
            if let Some(old) = leases.get_mut(lease) {
                let lease = lease.to_string();
                old.stop()
                    .await
                    .map_err(|reason| ClusterError::Stop { lease, reason })?;
            }
            let logs = leases
                .remove(lease)
                .map(|old| Arc::clone(&old.logs))
                .unwrap_or_default();
            let totals = group
                .services
                .iter()
                .map(|service| (service.name.clone(), service.count))
                .collect();
            // Dropped with what it has started when a later launch fails.
            let mut workload = Workload {
                replicas: Vec::new(),
                totals,
                logs,
            };
            for one in &launches {
                let replica = launch(one, &workload.logs)?;
                workload.replicas.push(replica);
            }
            leases.insert(lease.clone(), workload);
            Ok(())
        })
    }

    fn stop<'a>(&'a self, lease: &'a LeaseId) -> BoxFuture<'a, Result<(), ClusterError>> {
        Box::pin(async move {
            let mut leases = self.leases.lock().await;
            if let Some(workload) = leases.get_mut(lease) {
                let name = lease.to_string();
                workload
                    .stop()
                    .await
                    .map_err(|reason| ClusterError::Stop { lease: name, reason })?;
                leases.remove(lease);
            }
            remove_files(&self.dir.join(folder(lease)));
            Ok(())
        })
    }

    fn status<'a>(&'a self, lease: &'a LeaseId) -> BoxFuture<'a, Option<WorkloadStatus>> {
        Box::pin(async move { self.leases.lock().await.get(lease).map(Workload::status) })
    }

    fn logs<'a>(&'a self, lease: &'a LeaseId, query: &'a LogQuery) -> BoxFuture<'a, Option<Vec<LogLine>>> {
        Box::pin(async move {
            self.leases
                .lock()
                .await
                .get(lease)
                .map(|workload| workload.logs.tail(&query.services, query.tail))
        })
    }
}

/// Files of a lease that is over; what cannot be removed is left for the operator.
fn remove_files(dir: &Path) {
    if dir.exists()
        && let Err(error) = fs::remove_dir_all(dir)
    {
        tracing::warn!(dir = %dir.display(), %error, "files of an ended lease stay behind");
    }
}
