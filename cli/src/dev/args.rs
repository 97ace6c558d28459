//! Arguments of `supercloud dev`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::tool::DevTool;

/// Arguments of `supercloud dev`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DevArgs {
    #[command(subcommand)]
    pub(crate) tool: Option<DevTool>,
    /// Folder that keeps the chain, and in `dev.json` the words of its accounts: a later start goes on there. In memory
    /// when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Begin with the state of another chain, as `supercloud node export` wrote it: the accounts are funded on top, and
    /// account 0 becomes the council
    #[arg(long, value_name = "FILE")]
    pub(crate) fork: Option<PathBuf>,
    /// Chain id; supercloud-dev-1 when absent, that of the export for a fork
    #[arg(long, value_name = "ID")]
    pub(crate) chain_id: Option<String>,
    /// Port of the chain's JSON-RPC on loopback; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 26657)]
    pub(crate) rpc_port: u16,
    /// Port of the REST gateway on loopback; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 1317)]
    pub(crate) rest_port: u16,
    /// Port of gRPC on loopback; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 9090)]
    pub(crate) grpc_port: u16,
    /// Port of Prometheus metrics on loopback; 0 takes any free one, none are served when absent
    #[arg(long, value_name = "N")]
    pub(crate) metrics_port: Option<u16>,
    /// Port on loopback for blocks, time, faucet, prices, snapshots, impersonation and traces; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) control_port: u16,
    /// When blocks are made: `instant` (when a transaction waits, else once a second), an interval such as `400ms`, or
    /// `manual` (only through the control port)
    #[arg(long, value_name = "400ms|instant|manual", default_value = "instant")]
    pub(crate) block_time: BlockTime,
    /// Words of the wallet whose first accounts are funded; fresh ones are made and shown when absent
    #[arg(long, value_name = "WORDS", env = "SUPERCLOUD_MNEMONIC", hide_env_values = true)]
    pub(crate) mnemonic: Option<String>,
    /// How many accounts are funded, 10 when absent; the first is the council
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) accounts: Option<u32>,
    /// What each account owns at genesis, in uakt; 10000000000000 when absent
    #[arg(long, value_name = "UAKT")]
    pub(crate) funds: Option<u128>,
    /// Least price of gas, in uakt, 0.0025 when absent; 0 takes transactions without a fee
    #[arg(long, value_name = "PRICE", conflicts_with = "fork")]
    pub(crate) min_gas_price: Option<String>,
    /// Genesis time in RFC 3339, such as 2026-07-09T00:00:00Z, or in Unix seconds; now when absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) genesis_time: Option<GenesisTime>,
    /// Prefix of addresses, akash when absent
    #[arg(long, conflicts_with = "fork")]
    pub(crate) prefix: Option<String>,
    /// Install the market's contracts and publish a first AKT price
    #[arg(long)]
    pub(crate) load_suite: bool,
    /// The first AKT price in USD, with at most 8 decimals
    #[arg(long, value_name = "USD", default_value = "0.6", value_parser = price_mantissa)]
    pub(crate) akt_price: i64,
    /// Print one line of JSON with all of it once the chain is ready
    #[arg(long)]
    pub(crate) json: bool,
}

impl DevArgs {
    /// How many accounts a new chain funds.
    pub(super) fn accounts(&self) -> u32 {
        self.accounts.unwrap_or(10)
    }

    /// What each of them owns, in uakt.
    pub(super) fn funds(&self) -> u128 {
        self.funds.unwrap_or(10_000_000_000_000)
    }

    /// Least gas price of a new chain, in uakt.
    pub(super) fn min_gas_price(&self) -> &str {
        self.min_gas_price.as_deref().unwrap_or("0.0025")
    }

    /// Prefix of a new chain's addresses.
    pub(super) fn prefix(&self) -> &str {
        self.prefix.as_deref().unwrap_or(super::HRP)
    }
}

/// When a chain begins, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GenesisTime(OffsetDateTime);

impl FromStr for GenesisTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let time = match text.parse::<i64>() {
            Ok(seconds) => OffsetDateTime::from_unix_timestamp(seconds)
                .map_err(|_| format!("{text} seconds are out of the calendar"))?,
            Err(_) => OffsetDateTime::parse(text, &Rfc3339)
                .map_err(|error| format!("{error}; expected a time such as 2026-07-09T00:00:00Z"))?,
        };
        if time < OffsetDateTime::UNIX_EPOCH {
            return Err("a chain cannot begin before 1970".to_owned());
        }
        Ok(Self(time.to_offset(UtcOffset::UTC)))
    }
}

impl GenesisTime {
    /// In the form of a genesis.
    pub(super) fn rfc3339(self) -> Result<String> {
        self.0.format(&Rfc3339).context("--genesis-time")
    }
}

/// Longest interval between blocks.
const MAX_INTERVAL: Duration = Duration::from_secs(3_600);

/// When blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockTime {
    /// At once when a transaction waits.
    Instant,
    /// Only when asked for.
    Manual,
    /// One each interval.
    Every(Duration),
}

impl FromStr for BlockTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse =
            || format!("expected instant, manual, or an interval from 1ms to 1h such as 400ms or 2s, got {text:?}");
        match text {
            "instant" => return Ok(Self::Instant),
            "manual" => return Ok(Self::Manual),
            _ => {}
        }
        supercloud_node::parse_duration(text)
            .filter(|interval| !interval.is_zero() && *interval <= MAX_INTERVAL)
            .map(Self::Every)
            .ok_or_else(refuse)
    }
}

/// USD in units of 10^-8.
pub(crate) fn price_mantissa(text: &str) -> Result<i64, String> {
    let refuse = || format!("expected a price above 0 with at most 8 decimals, such as 0.58646744, got {text:?}");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<8}");
    if whole.is_empty() || fraction.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refuse());
    }
    digits.parse().ok().filter(|mantissa| *mantissa > 0).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_times_are_words_or_intervals() {
        for (text, time) in [
            ("instant", BlockTime::Instant),
            ("manual", BlockTime::Manual),
            ("400ms", BlockTime::Every(Duration::from_millis(400))),
            ("2s", BlockTime::Every(Duration::from_secs(2))),
            ("1ms", BlockTime::Every(Duration::from_millis(1))),
            ("60m", BlockTime::Every(Duration::from_secs(3_600))),
            ("1h", BlockTime::Every(Duration::from_secs(3_600))),
        ] {
            assert_eq!(text.parse(), Ok(time), "{text}");
        }
        for text in [
            "",
            "400",
            "0ms",
            "ms",
            "61m",
            "3600001ms",
            "2h",
            "1.5s",
            "99999999999999999999s",
        ] {
            let error = text.parse::<BlockTime>().unwrap_err();
            assert!(error.contains("such as 400ms") && error.contains(text), "{error}");
        }
    }

    #[test]
    fn genesis_times_are_rfc3339_to_the_nanosecond_or_unix_seconds() {
        for (text, expected) in [
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"),
            ("2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20Z"),
            ("2023-11-14T22:13:20.5Z", "2023-11-14T22:13:20.5Z"),
            ("2023-11-14T22:13:20.000000001Z", "2023-11-14T22:13:20.000000001Z"),
            ("0", "1970-01-01T00:00:00Z"),
        ] {
            let time: GenesisTime = text.parse().unwrap();
            assert_eq!(time.rfc3339().unwrap(), expected, "{text}");
        }
        for text in ["yesterday", "1969-12-31T23:59:59.999Z", "-5", "99999999999999"] {
            assert!(text.parse::<GenesisTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn prices_have_eight_decimals_at_most() {
        assert_eq!(price_mantissa("0.58646744"), Ok(58_646_744));
        assert_eq!(price_mantissa("2"), Ok(200_000_000));
        for text in ["0", "", ".5", "-1", "0.123456789", "1.2.3", "1e3"] {
            assert!(price_mantissa(text).is_err(), "{text}");
        }
    }
}
