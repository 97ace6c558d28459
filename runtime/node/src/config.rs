//! How a node is set up. Parsing or building a config touches no port and no file.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use supercloud_chain::Genesis;

/// CometBFT's RPC port, which clients try first.
const DEFAULT_RPC_PORT: u16 = 26657;

/// The Cosmos SDK's REST port.
const DEFAULT_REST_PORT: u16 = 1317;

/// The Cosmos SDK's gRPC port.
const DEFAULT_GRPC_PORT: u16 = 9090;

/// Settings of one node.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// First state of the chain.
    pub genesis: Genesis,
    /// Name of the node in `status`.
    pub moniker: String,
    /// Where JSON-RPC listens; port 0 takes a free one.
    pub rpc_address: SocketAddr,
    /// Where the REST gateway listens; port 0 takes a free one, `None` serves none.
    pub rest_address: Option<SocketAddr>,
    /// Where gRPC listens; port 0 takes a free one, `None` serves none.
    pub grpc_address: Option<SocketAddr>,
    /// Where Prometheus finds `/metrics`; port 0 takes a free one, `None` serves none.
    pub metrics_address: Option<SocketAddr>,
    /// Least time between two blocks, counted from start to start.
    pub min_block_spacing: Duration,
    /// An empty block is made when none was for this long.
    pub block_interval: Duration,
    /// Limits of the mempool.
    pub mempool: MempoolLimits,
}

/// What may wait for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MempoolLimits {
    /// Transactions that wait.
    pub max_txs: usize,
    /// Bytes that wait.
    pub max_bytes: usize,
    /// Bytes of one transaction: a governance upload of 3 MiB must fit.
    pub max_tx_bytes: usize,
    /// Hashes remembered to refuse repetitions.
    pub cache_size: usize,
}

impl Default for MempoolLimits {
    fn default() -> Self {
        Self {
            max_txs: 5_000,
            max_bytes: 64 << 20,
            max_tx_bytes: 4 << 20,
            cache_size: 10_000,
        }
    }
}

impl NodeConfig {
    /// A dev chain on the usual ports, on this machine only.
    pub fn dev(genesis: Genesis) -> Self {
        Self {
            genesis,
            moniker: "supercloud-dev".to_owned(),
            rpc_address: loopback(DEFAULT_RPC_PORT),
            rest_address: Some(loopback(DEFAULT_REST_PORT)),
            grpc_address: Some(loopback(DEFAULT_GRPC_PORT)),
            metrics_address: None,
            min_block_spacing: Duration::from_millis(20),
            block_interval: Duration::from_secs(1),
            mempool: MempoolLimits::default(),
        }
    }

    /// As [`NodeConfig::dev`] but on free ports and with quicker blocks, for tests side by side.
    pub fn test(genesis: Genesis) -> Self {
        Self {
            rpc_address: loopback(0),
            rest_address: Some(loopback(0)),
            grpc_address: Some(loopback(0)),
            min_block_spacing: Duration::from_millis(5),
            block_interval: Duration::from_millis(250),
            ..Self::dev(genesis)
        }
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
