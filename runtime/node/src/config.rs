//! How a node is set up. Building a config touches no port and no file.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use supercloud_chain::{Genesis, Tracing};
use supercloud_store::DiskConfig;
use supercloud_vm::VmConfig;

use crate::home::{Home, HomeError};

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
    /// Where state and blocks are kept.
    pub storage: Storage,
    /// Whether `info` of results tells where contracts were stopped. It is not consensus.
    pub tracing: Tracing,
    /// Whether this is a chain for development: calls are recorded, and whoever holds the handle can take blocks back and
    /// let senders pass without signatures. Block time then goes on where it stopped.
    pub dev: bool,
}

/// Where state and blocks are kept.
#[derive(Clone, Debug, Default)]
pub enum Storage {
    /// In memory; they end with the process.
    #[default]
    Memory,
    /// In a home folder; the chain goes on after a restart or a crash.
    Disk(DiskStorage),
}

/// State and blocks in a home folder.
#[derive(Clone, Debug)]
pub struct DiskStorage {
    /// The folder.
    pub home: Home,
    /// How the state is kept; its `sync` is also that of the blocks.
    pub state: DiskConfig,
    /// Settings of the engine, without a folder for compiled code: that is in the home.
    pub vm: VmConfig,
    /// Bytes at which a file of the block log ends.
    pub log_segment_bytes: u64,
    /// Least number of last blocks that are kept; 0: all are. Whole files of the block log go away.
    pub keep_blocks: u64,
}

impl DiskStorage {
    /// The default settings.
    pub fn new(home: Home) -> Self {
        Self {
            home,
            state: DiskConfig {
                cache_bytes: 256 << 20,
                ..DiskConfig::default()
            },
            vm: VmConfig::default(),
            log_segment_bytes: 64 << 20,
            keep_blocks: 0,
        }
    }
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
    /// What waits longer is dropped; zero: it waits as long as it is valid.
    pub max_age: Duration,
    /// What waits for more blocks is dropped; 0: it waits as long as it is valid.
    pub max_age_blocks: u64,
    /// By how much more, in percent of its price, a transaction must offer that takes the place of one with the same sequence.
    pub price_bump_percent: u64,
}

impl Default for MempoolLimits {
    fn default() -> Self {
        Self {
            max_txs: 5_000,
            max_bytes: 64 << 20,
            max_tx_bytes: 4 << 20,
            cache_size: 10_000,
            max_age: Duration::from_secs(600),
            max_age_blocks: 0,
            price_bump_percent: 10,
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
            storage: Storage::Memory,
            tracing: Tracing::On,
            dev: true,
        }
    }

    /// A node in a home, as its `config.toml` and `genesis.json` say.
    ///
    /// # Errors
    ///
    /// A home that is not initialised, or a file in it that does not say what it should.
    pub fn from_home(home: Home) -> Result<Self, HomeError> {
        let settings = home.load_settings()?;
        let mut config = Self {
            moniker: "supercloud".to_owned(),
            dev: false,
            ..Self::dev(home.load_genesis()?)
        };
        let mut storage = DiskStorage::new(home);
        settings.apply(&mut config, &mut storage);
        config.storage = Storage::Disk(storage);
        Ok(config)
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
