//! Local processes in place of containers. **Development only: there is no isolation.** The tenant's workload runs with
//! the rights of the provider's user, without limits on processor, memory or files.
//!
//! The configuration maps an image name to a local command; an image that is not mapped is refused, and the tenant's own
//! `command` and `args` are not used. The tenant's environment is passed on, with `PORT` (the local port of the first
//! exposed port), `PORT_<n>` for each, `SUPERCLOUD_SERVICE`, and `CUDA_VISIBLE_DEVICES` for leased GPUs. Volumes are not mounted; every replica
//! has a folder of its own as its working directory. Programs that the daemon could not stop because it was killed itself
//! stay behind.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};
use supercloud_provider_engine::Placement;
use supercloud_schema::id::LeaseId;
use supercloud_sdl::{Expose, ManifestGroup, Service};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, watch};

use super::logs::{LogBuffer, LogStream};
use super::{Cluster, ClusterError, ForwardedPort, LogLine, LogQuery, ServiceStatus, WorkloadStatus};
use crate::chain::BoxFuture;

/// Time between the polite signal and the other one.
const GRACE: Duration = Duration::from_secs(2);
const HOST: &str = "127.0.0.1";
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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

#[derive(Debug)]
struct Replica {
    service: String,
    group: Pid,
    ports: Vec<ForwardedPort>,
    /// How it ended; `None` while it runs.
    ended: watch::Receiver<Option<String>>,
}

/// Everything that one replica is started with.
struct Launch<'a> {
    service: &'a Service,
    replica: u32,
    argv: &'a [String],
    gpus: String,
    dir: PathBuf,
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

fn launch(launch: &Launch<'_>, logs: &Arc<LogBuffer>) -> Result<Replica, ClusterError> {
    let service = &launch.service.name;
    let failed = |reason: String| ClusterError::Start {
        service: service.clone(),
        reason,
    };
    fs::create_dir_all(&launch.dir).map_err(|error| failed(error.to_string()))?;
    let ports = forward(&launch.service.expose).map_err(|error| failed(error.to_string()))?;
    let (program, arguments) = launch
        .argv
        .split_first()
        .expect("an empty command is refused at the start");
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    for entry in launch.service.env.iter().flatten() {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        command.env(name, value);
    }
    command
        .env("PATH", PATH)
        .env("CUDA_VISIBLE_DEVICES", &launch.gpus)
        .env("SUPERCLOUD_SERVICE", service);
    if let Some(first) = ports.first() {
        command.env("PORT", first.external_port.to_string());
    }
    for port in &ports {
        command.env(format!("PORT_{}", port.port), port.external_port.to_string());
    }
    let mut child = command
        .current_dir(&launch.dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let group = id.ok_or_else(|| failed("it ended at once".to_owned()))?;
    capture(&mut child, logs, service, launch.replica);
    let (sender, ended) = watch::channel(None);
    tokio::spawn(async move {
        let how = match child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let _ = sender.send(Some(how));
    });
    Ok(Replica {
        service: service.clone(),
        group,
        ports,
        ended,
    })
}

/// Reads both pipes into the lease's log.
fn capture(child: &mut Child, logs: &Arc<LogBuffer>, service: &str, replica: u32) {
    if let Some(pipe) = child.stdout.take() {
        let (logs, service) = (Arc::clone(logs), service.to_owned());
        tokio::spawn(async move { logs.fill(pipe, &service, replica, LogStream::Stdout).await });
    }
    if let Some(pipe) = child.stderr.take() {
        let (logs, service) = (Arc::clone(logs), service.to_owned());
        tokio::spawn(async move { logs.fill(pipe, &service, replica, LogStream::Stderr).await });
    }
}

/// A free local port for every exposed port. All are found before one is used, so they differ.
fn forward(exposes: &[Expose]) -> std::io::Result<Vec<ForwardedPort>> {
    let (mut listeners, mut sockets) = (Vec::new(), Vec::new());
    let mut ports: Vec<ForwardedPort> = Vec::new();
    for expose in exposes {
        let port = u16::try_from(expose.port).unwrap_or(0);
        if ports
            .iter()
            .any(|known| known.port == port && known.proto == expose.proto)
        {
            continue;
        }
        let address = if expose.proto == "UDP" {
            let socket = UdpSocket::bind((HOST, 0))?;
            let address = socket.local_addr()?;
            sockets.push(socket);
            address
        } else {
            let listener = TcpListener::bind((HOST, 0))?;
            let address = listener.local_addr()?;
            listeners.push(listener);
            address
        };
        let external_port = address.port();
        ports.push(ForwardedPort {
            host: HOST.to_owned(),
            port,
            external_port,
            proto: expose.proto.clone(),
        });
    }
    Ok(ports)
}

impl Replica {
    fn has_ended(&self) -> Option<String> {
        self.ended.borrow().clone()
    }

    /// Whether it ends in time.
    async fn wait(&mut self) -> bool {
        let ended = tokio::time::timeout(GRACE, self.ended.wait_for(Option::is_some)).await;
        matches!(ended, Ok(Ok(_)))
    }

    /// Asks, waits, insists. Also ends what the program left behind in its group.
    async fn stop(&mut self) -> Result<(), String> {
        // A group that is gone already is what we want.
        let _ = kill_process_group(self.group, Signal::TERM);
        let polite = self.wait().await;
        let _ = kill_process_group(self.group, Signal::KILL);
        if !polite && !self.wait().await {
            return Err(format!("service {:?} survived a kill", self.service));
        }
        Ok(())
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
            let _ = kill_process_group(replica.group, Signal::KILL);
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
