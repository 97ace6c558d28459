//! The servers on a thread and an async runtime of their own, so that a node can be spawned from any context.

mod files;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use supercloud_rpc::{Connections, ServeLimits, Servers, blocking_threads, serve};
use supercloud_vm::THREAD_STACK;
use tokio::sync::oneshot;

use crate::config::NodeConfig;
use crate::error::NodeError;
use crate::state::NodeState;

/// How long calls in flight may take when the node stops.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(500);

/// Async threads: they only parse and print, the work runs on blocking threads.
const WORKERS: usize = 2;

/// Connections to the metrics, which are for operators and counted apart: they must be seen when all others are taken.
const METRICS_CONNECTIONS: usize = 16;

/// Where the servers listen, with the real ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) rpc: SocketAddr,
    pub(crate) rest: Option<SocketAddr>,
    pub(crate) grpc: Option<SocketAddr>,
    pub(crate) metrics: Option<SocketAddr>,
}

/// The ports, taken but not served yet: connections wait.
pub(crate) struct Listeners {
    rpc: Bound,
    rest: Option<Bound>,
    grpc: Option<Bound>,
    metrics: Option<Bound>,
    /// Most open connections, over all ports but the metrics'.
    connections: usize,
}

struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    fn to(address: SocketAddr) -> Result<Self, NodeError> {
        let bind = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        };
        bind().map_err(|source| NodeError::Bind { address, source })
    }
}

impl Listeners {
    /// Takes the ports that the config names, and as many open files for the process as the system allows.
    pub(crate) fn bind(config: &NodeConfig) -> Result<Self, NodeError> {
        let connections = files::connections(files::raise_limit());
        let optional = |address: Option<SocketAddr>| address.map(Bound::to).transpose();
        Ok(Self {
            rpc: Bound::to(config.rpc_address)?,
            rest: optional(config.rest_address)?,
            grpc: optional(config.grpc_address)?,
            metrics: optional(config.metrics_address)?,
            connections,
        })
    }

    pub(crate) fn addresses(&self) -> Addresses {
        let address = |bound: &Option<Bound>| bound.as_ref().map(|bound| bound.address);
        Addresses {
            rpc: self.rpc.address,
            rest: address(&self.rest),
            grpc: address(&self.grpc),
            metrics: address(&self.metrics),
        }
    }
}

pub(crate) struct RpcServer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RpcServer {
    pub(crate) fn start(listeners: Listeners, state: Arc<NodeState>) -> Result<Self, NodeError> {
        let system = |error: std::io::Error| NodeError::System {
            what: "rpc server",
            reason: error.to_string(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(blocking_threads())
            .thread_name("supercloud-rpc")
            .thread_stack_size(THREAD_STACK)
            .enable_all()
            .build()
            .map_err(system)?;
        let servers = Servers::new(state);
        let connections = Connections::new(listeners.connections);
        let ports = [
            (Some(listeners.rpc), servers.rpc(), connections.clone()),
            (listeners.rest, servers.rest(), connections.clone()),
            (listeners.grpc, servers.grpc(), connections),
            (
                listeners.metrics,
                servers.metrics(),
                Connections::new(METRICS_CONNECTIONS),
            ),
        ];
        for (bound, router, connections) in ports {
            if let Some(bound) = bound {
                let _context = runtime.enter();
                let listener = tokio::net::TcpListener::from_std(bound.listener).map_err(system)?;
                runtime.spawn(serve(listener, router, connections, ServeLimits::default()));
            }
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            // An error is a dropped sender: the node is gone, too.
            let _ = runtime.block_on(stopped);
            // Open connections are kept alive by clients; they end here, not when the clients please.
            runtime.shutdown_timeout(SHUTDOWN_GRACE);
        };
        let thread = std::thread::Builder::new()
            .name("supercloud-rpc".into())
            .spawn(run)
            .map_err(system)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns when the ports are free.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
