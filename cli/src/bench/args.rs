//! Arguments of `supercloud bench`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use supercloud_store::DiskConfig;

use super::pacer::Rate;
use super::soak;

/// What a new home's configuration says.
const DEFAULT_CACHE_MIB: u32 = 256;

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Load {
    /// Signed sends of one uakt
    Bank,
    /// Executions of one small contract: providers change their profile in the registry
    Execute,
    /// Deployments, bids, leases and their ends, in equal parts
    Market,
    /// Smart queries of market, escrow and registry beside 500 bank sends a second
    Read,
    /// Three bank sends to one market transaction
    Mixed,
}

impl Load {
    /// Whether the chain must have the market.
    pub(crate) fn needs_market(self) -> bool {
        self != Self::Bank
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Execute => "execute",
            Self::Market => "market",
            Self::Read => "read",
            Self::Mixed => "mixed",
        }
    }
}

/// Arguments of `supercloud bench`.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// What is sent
    #[arg(long, value_enum, default_value_t = Load::Bank)]
    pub(crate) load: Load,
    /// How long
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400), conflicts_with = "soak")]
    pub(crate) seconds: u64,
    /// Seconds of the same load before anything is counted: the node compiles anew what is called often
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub(crate) warm_up: u64,
    /// Transactions a second; `max` sends as many as the node takes. With --load read: of the writes beside the queries.
    /// 500 for read and half of the required load for soaks when absent, else max
    #[arg(long, value_name = "N|max")]
    pub(crate) rate: Option<Rate>,
    /// Smart queries a second of --load read
    #[arg(long, value_name = "N|max", default_value = "max")]
    pub(crate) query_rate: Rate,
    /// Accounts that send; half are tenants and half providers where the market is used
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(4..=100_000))]
    pub(crate) accounts: u32,
    /// Connections per kind of transaction, and of the readers
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) connections: u32,
    /// Most transactions on their way at a time; the node's mempool holds 5,000
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) in_flight: u32,
    /// Run for MINUTES at half of the required load, sample memory, latency and disk, and say whether they stay flat
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=1_440))]
    pub(crate) soak: Option<u64>,
    /// Share of transactions that may fail, in percent, before the exit code says so
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) max_failed: u8,
    /// JSON-RPC of a dev chain that runs already, in place of a node started here
    #[arg(long, value_name = "URL", requires = "mnemonic")]
    pub(crate) node: Option<String>,
    /// Words of the dev chain's accounts: the first one funds the load
    #[arg(long, value_name = "WORDS", env = "SUPERCLOUD_MNEMONIC", hide_env_values = true)]
    pub(crate) mnemonic: Option<String>,
    /// Process id of that node on this machine, for its processor time and memory
    #[arg(long, value_name = "PID", requires = "node")]
    pub(crate) node_pid: Option<u32>,
    /// Folder below which the node's temporary home is made: on the disk to be measured
    #[arg(long, value_name = "DIR", conflicts_with = "node")]
    pub(crate) dir: Option<PathBuf>,
    /// Memory of the node for states, in MiB, in place of the default
    #[arg(long, value_name = "MIB", conflicts_with = "node", value_parser = clap::value_parser!(u32).range(8..=65_536))]
    pub(crate) cache_mib: Option<u32>,
    /// Changes of the state that the node gathers before it writes them, in MiB, in place of the default
    #[arg(long, value_name = "MIB", conflicts_with = "node", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) write_buffer_mib: Option<u32>,
    /// Print one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl BenchArgs {
    /// Length of the run in seconds.
    pub(crate) fn duration(&self) -> u64 {
        self.soak.map_or(self.seconds, |minutes| minutes * 60)
    }

    /// Resident size of the node once its caches are full; 0 for a node whose configuration is not known.
    pub(crate) fn full_size(&self) -> u64 {
        match self.node {
            Some(_) => 0,
            None => {
                let buffer = self.write_buffer_mib.map(|mib| u64::from(mib) << 20);
                let buffer = buffer.unwrap_or(DiskConfig::default().write_buffer_bytes as u64);
                soak::full_size(self.cache_mib.unwrap_or(DEFAULT_CACHE_MIB), buffer)
            }
        }
    }

    /// The rate, or what it is when none is given.
    pub(crate) fn rate(&self) -> Rate {
        let absent = match (self.load, self.soak) {
            (Load::Read, _) => Rate::PerSecond(500),
            (Load::Bank | Load::Execute, Some(_)) => Rate::PerSecond(1_500),
            (Load::Market, Some(_)) => Rate::PerSecond(500),
            // Three sends to one market transaction: 2,000 a second would be half of what either must reach, all at once.
            (Load::Mixed, Some(_)) => Rate::PerSecond(1_000),
            (_, None) => Rate::Max,
        };
        self.rate.unwrap_or(absent)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        bench: BenchArgs,
    }

    #[test]
    fn a_soak_is_at_half_of_what_its_load_must_reach() {
        let rate = |load: &str| Line::parse_from(["bench", "--soak", "1", "--load", load]).bench.rate();
        for (load, per_second) in [
            ("bank", 1_500),
            ("execute", 1_500),
            ("market", 500),
            ("read", 500),
            ("mixed", 1_000),
        ] {
            assert_eq!(rate(load).per_second(), Some(per_second), "{load}");
        }
        let given = Line::parse_from(["bench", "--soak", "1", "--load", "mixed", "--rate", "7"]);
        assert_eq!(given.bench.rate().per_second(), Some(7));
    }
}
