//! The configuration file of the binary, in TOML.
//!
//! ```toml
//! rpc = "http://127.0.0.1:26657"
//! key_file = "provider.mnemonic"      # a BIP-39 phrase
//! data_dir = "/var/lib/supercloud"
//! inventory = "inventory.toml"
//! registration = "publish"            # or "keep"
//!
//! [contracts]
//! registry = "akash1…"
//! market = "akash1…"
//! escrow = "akash1…"
//!
//! [gateway]
//! listen = "0.0.0.0:8443"
//! host_uri = "https://provider.example.com:8443"
//!
//! [cluster]
//! backend = "process"                 # development only, no isolation
//! images = { "nginx:1.27" = ["python3", "-m", "http.server"] }
//!
//! [pricing]                           # uact per second
//! cpu_core = "1.2"
//! memory_gib = "0.4"
//! gpus = [{ kind = "h100.80Gi", rate = "700" }]
//! ```

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use supercloud_client::{GasPrice, Key, TxConfig};
use supercloud_provider_engine::Pricing;
use supercloud_schema::money::Uact;
use supercloud_schema::registry::ProviderInfo;
use supercloud_schema::resource::Attribute;

use crate::chain::Contracts;
use crate::cluster::ProcessConfig;
use crate::config::{ClusterConfig, DaemonConfig, InventorySource, Payout, Registration, Settings};
use crate::error::DaemonError;

/// The file as written; paths are relative to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    rpc: String,
    key_file: PathBuf,
    data_dir: PathBuf,
    inventory: PathBuf,
    #[serde(default)]
    registration: RegistrationField,
    contracts: Contracts,
    gateway: GatewayTable,
    cluster: ClusterTable,
    pricing: Pricing,
    #[serde(default)]
    attributes: Vec<Attribute>,
    #[serde(default)]
    info: InfoTable,
    #[serde(default)]
    timing: TimingTable,
    #[serde(default)]
    money: MoneyTable,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RegistrationField {
    #[default]
    Publish,
    Keep,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayTable {
    listen: SocketAddr,
    host_uri: Option<String>,
}

/// The backend must be named: none is the default.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "backend", rename_all = "lowercase")]
enum ClusterTable {
    Process(ProcessConfig),
    Docker {},
    Kubernetes {},
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct InfoTable {
    email: String,
    website: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TimingTable {
    poll_millis: Option<u64>,
    bid_timeout: Option<u64>,
    manifest_timeout: Option<u64>,
    withdraw_interval: Option<u64>,
    reclamation: Option<u64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MoneyTable {
    /// Such as `0.025uakt`.
    gas_price: Option<String>,
    bid_deposit: Option<Uact>,
    redeem: bool,
}

impl ConfigFile {
    /// Reads a file and the key that it names.
    pub fn load(path: &Path) -> Result<DaemonConfig, DaemonError> {
        let wrong = |path: &Path, reason: String| DaemonError::File {
            path: path.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(path, error.to_string()))?;
        let file: Self = toml::from_str(&text).map_err(|error| wrong(path, error.to_string()))?;
        let dir = path.parent().unwrap_or(Path::new("."));
        let key_file = dir.join(&file.key_file);
        let phrase = std::fs::read_to_string(&key_file).map_err(|error| wrong(&key_file, error.to_string()))?;
        let key = Key::from_mnemonic(phrase.trim())?;
        file.into_config(dir, key).map_err(|reason| wrong(path, reason))
    }

    fn into_config(self, dir: &Path, key: Key) -> Result<DaemonConfig, String> {
        let defaults = Settings::new(dir.join(&self.data_dir));
        let timing = self.timing;
        let settings = Settings {
            listen: self.gateway.listen,
            host_uri: self.gateway.host_uri,
            poll: timing
                .poll_millis
                .map_or(defaults.poll, std::time::Duration::from_millis),
            bid_timeout: timing.bid_timeout.unwrap_or(defaults.bid_timeout),
            manifest_timeout: timing.manifest_timeout.unwrap_or(defaults.manifest_timeout),
            withdraw_interval: timing.withdraw_interval.unwrap_or(defaults.withdraw_interval),
            payout: if self.money.redeem { Payout::Redeem } else { Payout::Act },
            reclamation: timing.reclamation,
            ..defaults
        };
        let gas_price = match self.money.gas_price {
            Some(text) => text.parse::<GasPrice>().map_err(|error| error.to_string())?,
            None => GasPrice::free(),
        };
        Ok(DaemonConfig {
            rpc_url: self.rpc,
            key,
            contracts: self.contracts,
            tx: TxConfig {
                gas_price,
                ..TxConfig::default()
            },
            inventory: InventorySource::File(dir.join(self.inventory)),
            cluster: match self.cluster {
                ClusterTable::Process(process) => ClusterConfig::Process(process),
                ClusterTable::Docker {} => ClusterConfig::Docker,
                ClusterTable::Kubernetes {} => ClusterConfig::Kubernetes,
            },
            attributes: self.attributes,
            info: ProviderInfo {
                email: self.info.email,
                website: self.info.website,
            },
            registration: match self.registration {
                RegistrationField::Publish => Registration::Publish,
                RegistrationField::Keep => Registration::Keep,
            },
            bid_deposit: self.money.bid_deposit,
            pricing: self.pricing,
            settings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        rpc = "http://127.0.0.1:26657"
        key_file = "key"
        data_dir = "data"
        inventory = "inventory.toml"
        registration = "keep"
        attributes = [{ key = "region", value = "eu" }]

        [contracts]
        registry = "akash1r"
        market = "akash1m"
        escrow = "akash1e"

        [gateway]
        listen = "0.0.0.0:8443"
        host_uri = "https://provider.example.com:8443"

        [cluster]
        backend = "process"
        images = { "nginx:1.27" = ["python3", "-m", "http.server"] }

        [pricing]
        cpu_core = "1.2"
        memory_gib = "0.4"
        gpus = [{ kind = "h100.80Gi", rate = "700" }]

        [timing]
        poll_millis = 500

        [money]
        gas_price = "0.025uakt"
        redeem = true
    "#;

    fn read(text: &str) -> Result<DaemonConfig, String> {
        let file: ConfigFile = toml::from_str(text).map_err(|error| error.to_string())?;
        file.into_config(Path::new("/etc/provider"), Key::from_secret(&[1; 32]).unwrap())
    }

    #[test]
    fn a_whole_file_is_read_with_paths_beside_it() {
        let config = read(WHOLE).unwrap();
        assert_eq!(config.settings.data_dir, Path::new("/etc/provider/data"));
        assert!(
            matches!(config.inventory, InventorySource::File(path) if path == Path::new("/etc/provider/inventory.toml"))
        );
        assert!(matches!(config.cluster, ClusterConfig::Process(process) if process.images["nginx:1.27"].len() == 3));
        assert_eq!(
            (config.registration, config.settings.payout),
            (Registration::Keep, Payout::Redeem)
        );
        assert_eq!(config.settings.poll.as_millis(), 500);
        assert_eq!(config.pricing.gpus[0].rate.to_string(), "700");
    }

    #[test]
    fn a_backend_must_be_named_and_unknown_keys_are_refused() {
        let without = WHOLE.replace("backend = \"process\"", "");
        assert!(read(&without).unwrap_err().contains("backend"));
        assert!(read(&WHOLE.replace("\"process\"", "\"docker\"").replace("images =", "#")).is_ok());
        assert!(read(&WHOLE.replace("\"process\"", "\"podman\"")).is_err());
        assert!(read(&WHOLE.replace("redeem", "reddem")).is_err());
        assert!(read(&WHOLE.replace("0.025uakt", "much")).is_err());
    }
}
