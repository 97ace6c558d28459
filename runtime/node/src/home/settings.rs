//! `config.toml`: what the operator chooses. Nothing here changes what the chain does.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use supercloud_chain::Tracing;
use supercloud_store::{DiskConfig, Pruning, SyncPolicy};
use thiserror::Error;

use super::duration::parse_duration;
use crate::config::{DiskStorage, MempoolLimits, NodeConfig};

/// What a home's `config.toml` says. Every field that is left out has the value that [`render`] writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    moniker: String,
    rpc: RpcSettings,
    blocks: BlockSettings,
    mempool: MempoolSettings,
    state: StateSettings,
    wasm: WasmSettings,
}

/// Why a configuration is refused.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// Not TOML, an unknown field, or a value of another type.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A number out of its range.
    #[error("{field} is {got}, must be between {least} and {most}")]
    OutOfRange {
        /// Which field.
        field: &'static str,
        /// What it says.
        got: u64,
        /// Least allowed.
        least: u64,
        /// Most allowed.
        most: u64,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RpcSettings {
    address: Option<SocketAddr>,
    rest_address: Option<Listener>,
    grpc_address: Option<Listener>,
    metrics_address: Option<Listener>,
}

/// Where something listens, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected an address such as \"127.0.0.1:1317\", or \"off\"")]
enum Listener {
    At(SocketAddr),
    Off(Off),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Off {
    #[serde(rename = "off")]
    Off,
}

impl Listener {
    fn address(self) -> Option<SocketAddr> {
        match self {
            Self::At(address) => Some(address),
            Self::Off(Off::Off) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BlockSettings {
    #[serde(deserialize_with = "duration")]
    min_spacing: Duration,
    #[serde(deserialize_with = "duration")]
    interval: Duration,
    keep: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MempoolSettings {
    max_txs: usize,
    max_bytes: usize,
    max_tx_bytes: usize,
    cache_size: usize,
    #[serde(deserialize_with = "duration")]
    max_age: Duration,
    max_age_blocks: u64,
    price_bump_percent: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StateSettings {
    keep_recent: KeepRecent,
    fsync: Fsync,
    cache_mib: usize,
    write_buffer_mib: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a number of states or \"everything\"")]
enum KeepRecent {
    Last(u64),
    All(All),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum All {
    #[serde(rename = "everything")]
    Everything,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fsync {
    EveryBlock,
    Never,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WasmSettings {
    memory_cache_mib: usize,
    trace: bool,
}

impl Default for BlockSettings {
    fn default() -> Self {
        Self {
            min_spacing: Duration::from_millis(20),
            interval: Duration::from_secs(1),
            keep: 0,
        }
    }
}

impl Default for MempoolSettings {
    fn default() -> Self {
        let limits = MempoolLimits::default();
        Self {
            max_txs: limits.max_txs,
            max_bytes: limits.max_bytes,
            max_tx_bytes: limits.max_tx_bytes,
            cache_size: limits.cache_size,
            max_age: limits.max_age,
            max_age_blocks: limits.max_age_blocks,
            price_bump_percent: limits.price_bump_percent,
        }
    }
}

impl Default for StateSettings {
    fn default() -> Self {
        Self {
            keep_recent: KeepRecent::Last(1_000),
            fsync: Fsync::EveryBlock,
            cache_mib: 256,
            write_buffer_mib: DiskConfig::default().write_buffer_bytes >> 20,
        }
    }
}

impl Default for WasmSettings {
    fn default() -> Self {
        Self {
            memory_cache_mib: 512,
            trace: false,
        }
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text)
        .ok_or_else(|| de::Error::custom(format!("{text:?} is no duration such as \"400ms\" or \"1s\"")))
}

impl Settings {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// Anything that is not understood.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text)?;
        let range = |field, got: u64, least, most| match (least..=most).contains(&got) {
            true => Ok(()),
            false => Err(SettingsError::OutOfRange {
                field,
                got,
                least,
                most,
            }),
        };
        if let KeepRecent::Last(kept) = settings.state.keep_recent {
            // The state before the last one is needed to run the last block once more after a crash.
            range("state.keep_recent", kept, 2, u64::MAX)?;
        }
        range("state.cache_mib", settings.state.cache_mib as u64, 8, 1 << 20)?;
        range(
            "state.write_buffer_mib",
            settings.state.write_buffer_mib as u64,
            1,
            1 << 20,
        )?;
        range(
            "wasm.memory_cache_mib",
            settings.wasm.memory_cache_mib as u64,
            1,
            1 << 20,
        )?;
        range("mempool.max_txs", settings.mempool.max_txs as u64, 1, 10_000_000)?;
        range(
            "mempool.price_bump_percent",
            settings.mempool.price_bump_percent,
            0,
            10_000,
        )?;
        let interval = u64::try_from(settings.blocks.interval.as_millis()).unwrap_or(u64::MAX);
        range("blocks.interval (ms)", interval, 1, 3_600_000)?;
        if settings.blocks.keep != 0 {
            // After a crash the last blocks are run again.
            range("blocks.keep", settings.blocks.keep, 100, u64::MAX)?;
        }
        Ok(settings)
    }

    pub(crate) fn apply(&self, config: &mut NodeConfig, storage: &mut DiskStorage) {
        if !self.moniker.is_empty() {
            config.moniker.clone_from(&self.moniker);
        }
        if let Some(address) = self.rpc.address {
            config.rpc_address = address;
        }
        for (setting, place) in [
            (self.rpc.rest_address, &mut config.rest_address),
            (self.rpc.grpc_address, &mut config.grpc_address),
            (self.rpc.metrics_address, &mut config.metrics_address),
        ] {
            if let Some(listener) = setting {
                *place = listener.address();
            }
        }
        config.tracing = match self.wasm.trace {
            true => Tracing::On,
            false => Tracing::Off,
        };
        config.min_block_spacing = self.blocks.min_spacing;
        config.block_interval = self.blocks.interval;
        config.mempool = MempoolLimits {
            max_txs: self.mempool.max_txs,
            max_bytes: self.mempool.max_bytes,
            max_tx_bytes: self.mempool.max_tx_bytes,
            cache_size: self.mempool.cache_size,
            max_age: self.mempool.max_age,
            max_age_blocks: self.mempool.max_age_blocks,
            price_bump_percent: self.mempool.price_bump_percent,
        };
        storage.state.pruning = match self.state.keep_recent {
            KeepRecent::Last(kept) => Pruning::KeepLast(kept),
            KeepRecent::All(All::Everything) => Pruning::Archive,
        };
        storage.keep_blocks = self.blocks.keep;
        storage.state.sync = match self.state.fsync {
            Fsync::EveryBlock => SyncPolicy::EveryBlock,
            Fsync::Never => SyncPolicy::OperatingSystem,
        };
        storage.state.cache_bytes = self.state.cache_mib << 20;
        storage.state.write_buffer_bytes = self.state.write_buffer_mib << 20;
        storage.vm.memory_cache_bytes = self.wasm.memory_cache_mib << 20;
    }
}

/// The configuration of a new home.
pub(super) fn render(moniker: &str) -> String {
    let moniker = toml::Value::from(moniker);
    format!(
        r#"# Configuration of a Supercloud node. Nothing here changes what the chain does: that is in genesis.json.
# Read at start. Values shown are the defaults, but for the moniker.

# Name of this node in `status`.
moniker = {moniker}

[rpc]
# Where JSON-RPC listens. 0.0.0.0 lets other machines in; put a proxy with TLS in front of it.
address = "127.0.0.1:26657"
# The REST gateway, gRPC (without TLS), and Prometheus metrics at /metrics; "off" serves none.
rest_address = "127.0.0.1:1317"
grpc_address = "127.0.0.1:9090"
metrics_address = "off"

[blocks]
# Least time between two blocks.
min_spacing = "20ms"
# An empty block is made when none was for this long: time must pass for proposals and scheduled work.
interval = "1s"
# How many of the last blocks are kept at least, with their results: 0 for all, or 100 and more. Older ones go away in files of
# 64 MiB. A state that is lost then comes back only from a snapshot.
keep = 0

[mempool]
# Transactions and bytes that may wait for a block.
max_txs = 5000
max_bytes = 67108864
# Bytes of one transaction. An upload of a contract by governance has up to 3 MiB.
max_tx_bytes = 4194304
# Hashes that are remembered to refuse repetitions.
cache_size = 10000
# What waits longer, or for more blocks, is dropped; "0s" and 0: it waits as long as it is valid.
max_age = "600s"
max_age_blocks = 0
# A transaction takes the place of one with the same sequence when its price is higher by so many percent.
price_bump_percent = 10

[state]
# How many past states can be queried and proved, at least 2; or "everything". Blocks have a setting of their own.
keep_recent = 1000
# "every-block": a block is on the disk before anybody hears of it, and survives a power failure.
# "never": it survives the end of the process; the last blocks may be lost when the machine fails.
fsync = "every-block"
# Memory for states, in MiB.
cache_mib = 256
# Changes and parts of the state's tree that gather before they move from the log to the tables, in MiB; with what is on the
# way there and what answers proofs, up to four times as much is in memory. Less makes the node write more, and slower.
write_buffer_mib = 256

[wasm]
# Memory for compiled contracts, in MiB; pinned ones not counted.
memory_cache_mib = 512
# Whether `info` of results tells where contracts were stopped and which errors were caught. Costs time where calls fail.
trace = false
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_configuration_says_the_defaults() {
        let settings = Settings::parse(&render("a \"node\"")).unwrap();
        assert_eq!(settings.moniker, "a \"node\"");
        let defaults = Settings {
            moniker: settings.moniker.clone(),
            rpc: settings.rpc.clone(),
            ..Settings::default()
        };
        assert_eq!(settings, defaults);
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        assert_eq!(settings.rpc.address, Some(at(26657)));
        assert_eq!(settings.rpc.rest_address, Some(Listener::At(at(1317))));
        assert_eq!(settings.rpc.grpc_address, Some(Listener::At(at(9090))));
        assert_eq!(settings.rpc.metrics_address, Some(Listener::Off(Off::Off)));
        assert_eq!(Settings::parse("").unwrap(), Settings::default());
    }

    #[test]
    fn mistakes_are_named() {
        let refusal = |text: &str| Settings::parse(text).unwrap_err().to_string();
        assert!(refusal("monker = 'x'").contains("unknown field `monker`"));
        assert!(refusal("[blocks]\ninterval = 5").contains("invalid type"));
        assert!(refusal("[blocks]\ninterval = '5'").contains("no duration such as"));
        assert!(refusal("[state]\nkeep_recent = 'all'").contains("a number of states or \"everything\""));
        assert_eq!(
            refusal("[state]\nkeep_recent = 1"),
            format!("state.keep_recent is 1, must be between 2 and {}", u64::MAX)
        );
        Settings::parse("[state]\nkeep_recent = 2").unwrap();
        assert_eq!(
            refusal("[blocks]\nkeep = 99"),
            format!("blocks.keep is 99, must be between 100 and {}", u64::MAX)
        );
        for mib in [0, (1 << 20) + 1] {
            assert_eq!(
                refusal(&format!("[state]\nwrite_buffer_mib = {mib}")),
                format!("state.write_buffer_mib is {mib}, must be between 1 and 1048576")
            );
        }
        for mib in [1, 1 << 20] {
            Settings::parse(&format!("[state]\nwrite_buffer_mib = {mib}")).unwrap();
        }
        for keep in [0, 100] {
            Settings::parse(&format!("[blocks]\nkeep = {keep}")).unwrap();
        }
        Settings::parse("[state]\nkeep_recent = 'everything'\nfsync = 'never'").unwrap();
        assert!(refusal("[rpc]\naddress = 'here'").contains("invalid socket address"));
        assert!(refusal("[rpc]\nrest_address = 'no'").contains("or \"off\""));
    }
}
