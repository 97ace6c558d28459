//! The running node in the hands of whoever spawned it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use supercloud_rpc::ChainApi;

use crate::dev::DevTools;
use crate::error::NodeError;
use crate::home::HomeLock;
use crate::resume::Repairs;
use crate::server::{Addresses, RpcServer};
use crate::state::NodeState;

/// How long calls in flight may hold files when the node stops.
const CALLS_GRACE: Duration = Duration::from_secs(5);

/// A running node. Dropping it stops the node and frees the ports.
pub struct NodeHandle {
    pub(crate) state: Arc<NodeState>,
    pub(crate) addresses: Addresses,
    pub(crate) server: RpcServer,
    pub(crate) sequencer: Option<JoinHandle<()>>,
    pub(crate) repairs: Repairs,
    /// Given up after the state is closed.
    pub(crate) lock: Option<HomeLock>,
    /// Only on development chains.
    pub(crate) dev: Option<DevTools>,
}

impl NodeHandle {
    /// Where JSON-RPC listens, with the real port.
    pub fn rpc_address(&self) -> SocketAddr {
        self.addresses.rpc
    }

    /// The same as a URL for clients.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.addresses.rpc)
    }

    /// URL of the REST gateway, if it is served.
    pub fn rest_url(&self) -> Option<String> {
        self.addresses.rest.map(|address| format!("http://{address}"))
    }

    /// URL of the gRPC server (without TLS), if it is served.
    pub fn grpc_url(&self) -> Option<String> {
        self.addresses.grpc.map(|address| format!("http://{address}"))
    }

    /// URL under which Prometheus finds the metrics, if they are served.
    pub fn metrics_url(&self) -> Option<String> {
        self.addresses
            .metrics
            .map(|address| format!("http://{address}/metrics"))
    }

    /// Chain id.
    pub fn chain_id(&self) -> &str {
        &self.state.identity.chain_id
    }

    /// Last committed height.
    pub fn height(&self) -> u64 {
        self.state.heights().latest
    }

    /// What was done at start to bring state and blocks together; nothing in memory.
    pub fn repairs(&self) -> &Repairs {
        &self.repairs
    }

    /// `Err` with the reason when the node makes no blocks any more.
    pub fn health(&self) -> Result<(), NodeError> {
        self.state.health().map_err(|reason| NodeError::Stopped { reason })
    }

    /// Makes a block now, whether or not anything waits, and returns its height.
    pub fn produce_block(&self) -> Result<u64, NodeError> {
        self.state.produce_block()
    }

    /// Moves block time into the future by `by` and makes a block there. Returns its height.
    pub fn advance_time(&self, by: Duration) -> Result<u64, NodeError> {
        self.state.clock.advance(by);
        self.state.produce_block()
    }

    /// Stops the node; the port is free when this returns. Dropping does the same.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for NodeHandle {
    fn drop(&mut self) {
        self.state.stop("shut down".to_owned());
        self.server.stop();
        if let Some(sequencer) = self.sequencer.take() {
            let _ = sequencer.join();
        }
        if self.lock.is_some() {
            self.wait_for_calls();
        }
    }
}

impl NodeHandle {
    /// Calls in flight hold the files open; the next process to open the home must not find them so.
    fn wait_for_calls(&self) {
        let deadline = Instant::now() + CALLS_GRACE;
        while Arc::strong_count(&self.state) > 1 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl std::fmt::Debug for NodeHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeHandle")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}
