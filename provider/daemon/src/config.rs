//! What a provider is started with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use supercloud_client::{Key, TxConfig};
use supercloud_provider_engine::{EngineConfig, Inventory, Pricing};
use supercloud_schema::money::Uact;
use supercloud_schema::registry::ProviderInfo;
use supercloud_schema::resource::Attribute;
use supercloud_schema::time::Seconds;

use crate::chain::{Chain, Contracts};
use crate::cluster::{Cluster, ProcessConfig};
use crate::devices::Devices;
use crate::tls::TlsIdentity;

/// Everything that [`Daemon::spawn`](crate::Daemon::spawn) needs.
#[derive(Clone, Debug)]
pub struct DaemonConfig {
    /// JSON-RPC address of a node, such as `http://127.0.0.1:26657`.
    pub rpc_url: String,
    /// The provider's key.
    pub key: Key,
    /// Addresses of the market's contracts.
    pub contracts: Contracts,
    /// How transactions are paid.
    pub tx: TxConfig,
    /// What the machines have.
    pub inventory: InventorySource,
    /// Where workloads run.
    pub cluster: ClusterConfig,
    /// Attributes to register beside the capabilities that follow from the inventory.
    pub attributes: Vec<Attribute>,
    /// Contact to register.
    pub info: ProviderInfo,
    /// Whether to write the registry's record.
    pub registration: Registration,
    /// Deposit per bid; the market's minimum when absent.
    pub bid_deposit: Option<Uact>,
    /// Prices.
    pub pricing: Pricing,
    /// Everything that has a default.
    pub settings: Settings,
}

/// Settings with defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the gateway listens; port 0 for any free one.
    pub listen: SocketAddr,
    /// The gateway's address as tenants reach it, `https://host[:port]`; from the bound address when absent.
    pub host_uri: Option<String>,
    /// Folder for the TLS key, the journal and workloads' files; made when missing.
    pub data_dir: PathBuf,
    /// Pause between two looks at the chain.
    pub poll: Duration,
    /// See [`EngineConfig::bid_timeout`].
    pub bid_timeout: Seconds,
    /// See [`EngineConfig::manifest_timeout`].
    pub manifest_timeout: Seconds,
    /// See [`EngineConfig::withdraw_interval`].
    pub withdraw_interval: Seconds,
    /// Whether withdrawals by the timer and at the end of leases ask for AKT.
    pub payout: Payout,
    /// See [`EngineConfig::reclamation`].
    pub reclamation: Option<Seconds>,
}

impl Settings {
    /// Defaults: any free port on the loopback interface, a look every 300 ms, Akash's timeouts.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            host_uri: None,
            data_dir: data_dir.into(),
            poll: Duration::from_millis(300),
            bid_timeout: 300,
            manifest_timeout: 300,
            withdraw_interval: 86_400,
            payout: Payout::Act,
            reclamation: None,
        }
    }

    pub(crate) fn engine(&self, provider: &str, pricing: &Pricing) -> EngineConfig {
        EngineConfig {
            bid_timeout: self.bid_timeout,
            manifest_timeout: self.manifest_timeout,
            withdraw_interval: self.withdraw_interval,
            redeem: self.payout == Payout::Redeem,
            reclamation: self.reclamation,
            ..EngineConfig::new(provider, pricing.clone())
        }
    }
}

/// Where the inventory comes from. Discovery of devices is not built.
#[derive(Clone, Debug)]
pub enum InventorySource {
    /// A TOML (or, by its ending, JSON) file; read again when it changes.
    File(PathBuf),
    /// Given by the caller.
    Given(Inventory),
}

/// Where workloads run.
#[derive(Clone, Debug)]
pub enum ClusterConfig {
    /// Local processes: development only, no isolation whatsoever.
    Process(ProcessConfig),
    /// Not built; starting with it is an error that says so.
    Docker,
    /// Not built; starting with it is an error that says so.
    Kubernetes,
}

/// Whether the daemon writes the registry's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Registers at the start, or corrects the record when it differs.
    Publish,
    /// Leaves the record alone. Bids fail while it lacks capabilities, tenants cannot connect while its key pin differs.
    Keep,
}

/// What earnings are paid in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payout {
    /// ACT, now.
    #[default]
    Act,
    /// AKT, through a redeem request that is filed in the same transaction.
    Redeem,
}

/// A daemon's outside world, already made: for tests, and for callers with a chain or a cluster of their own.
#[derive(Clone)]
pub struct Parts {
    /// The provider's address.
    pub provider: String,
    /// Prefix of addresses.
    pub hrp: String,
    /// The chain.
    pub chain: Arc<dyn Chain>,
    /// Where workloads run.
    pub cluster: Arc<dyn Cluster>,
    /// The machines.
    pub devices: Arc<dyn Devices>,
    /// The gateway's key.
    pub tls: TlsIdentity,
    /// Prices.
    pub pricing: Pricing,
    /// Everything else.
    pub settings: Settings,
}
