//! One program: its environment, its ports, its output, its end.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use supercloud_sdl::{Expose, Service};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::super::logs::{LogBuffer, LogStream};
use super::super::{ClusterError, ForwardedPort};

/// Time between the polite signal and the other one.
const GRACE: Duration = Duration::from_secs(2);
const HOST: &str = "127.0.0.1";
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// One running program with everything it started.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) service: String,
    group: Pid,
    pub(super) ports: Vec<ForwardedPort>,
    /// How it ended; `None` while it runs.
    ended: watch::Receiver<Option<String>>,
}

/// Everything that one replica is started with.
pub(super) struct Launch<'a> {
    pub(super) service: &'a Service,
    pub(super) replica: u32,
    pub(super) argv: &'a [String],
    /// Devices, comma-separated.
    pub(super) gpus: String,
    pub(super) dir: PathBuf,
}

/// Starts it in a process group of its own.
pub(super) fn launch(launch: &Launch<'_>, logs: &Arc<LogBuffer>) -> Result<Replica, ClusterError> {
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
    /// How it ended; `None` while it runs.
    pub(super) fn has_ended(&self) -> Option<String> {
        self.ended.borrow().clone()
    }

    /// Whether it ends in time.
    async fn wait(&mut self) -> bool {
        let ended = tokio::time::timeout(GRACE, self.ended.wait_for(Option::is_some)).await;
        matches!(ended, Ok(Ok(_)))
    }

    /// Ends it and its group without waiting.
    pub(super) fn kill(&self) {
        // A group that is gone already is what we want.
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Asks, waits, insists. Also ends what the program left behind in its group.
    pub(super) async fn stop(&mut self) -> Result<(), String> {
        let _ = kill_process_group(self.group, Signal::TERM);
        let polite = self.wait().await;
        self.kill();
        if !polite && !self.wait().await {
            return Err(format!("service {:?} survived a kill", self.service));
        }
        Ok(())
    }
}
