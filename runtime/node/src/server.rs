//! The RPC server on a thread and an async runtime of its own, so that a node can be spawned from any context.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use supercloud_vm::THREAD_STACK;
use tokio::sync::oneshot;

use crate::error::NodeError;
use crate::state::NodeState;

/// How long calls in flight may take when the node stops.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(500);

/// Async threads: they only parse and print, the work runs on blocking threads.
const WORKERS: usize = 2;

pub(crate) struct RpcServer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Takes the port without serving yet: connections wait.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, NodeError> {
    let bound = TcpListener::bind(address).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(|source| NodeError::Bind { address, source })
}

impl RpcServer {
    pub(crate) fn start(listener: TcpListener, state: Arc<NodeState>) -> Result<Self, NodeError> {
        let system = |error: std::io::Error| NodeError::System {
            what: "rpc server",
            reason: error.to_string(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("supercloud-rpc")
            .thread_stack_size(THREAD_STACK)
            .enable_all()
            .build()
            .map_err(system)?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(system)?
        };
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            runtime.block_on(async move {
                let server = axum::serve(listener, supercloud_rpc::router(state));
                tokio::select! {
                    result = async { server.await } => {
                        if let Err(error) = result {
                            tracing::error!(%error, "the rpc server ended");
                        }
                    }
                    _ = stopped => {}
                }
            });
            // Open connections are kept alive by clients; they end here, not when the clients please.
            runtime.shutdown_timeout(SHUTDOWN_GRACE);
        };
        let thread = std::thread::Builder::new()
            .name("supercloud-rpc".into())
            .spawn(serve)
            .map_err(system)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns when the port is free.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
