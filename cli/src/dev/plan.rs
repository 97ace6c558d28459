//! Which chain `supercloud dev` runs: a new one, a fork of an exported one, or the one that its home holds already.
//!
//! Invariant: a home with a chain has a `dev.json` with the words of its accounts, written before the chain begins.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use supercloud_client::{GasPrice, Key, WordCount, generate_mnemonic};
use supercloud_node::{DiskStorage, Fork, Genesis, Home, HomeInit, NodeConfig, Storage};
use supercloud_schema::money::UAKT;

use super::args::DevArgs;
use super::genesis;
use super::ready::Ready;

/// Words, keys and prices of a dev chain.
#[derive(Clone)]
pub(super) struct Wallet {
    pub(super) mnemonic: String,
    pub(super) keys: Vec<Key>,
    pub(super) addresses: Vec<String>,
    pub(super) prefix: String,
    /// What each account got at the beginning, in uakt.
    pub(super) funds: String,
    /// Least price of gas, in uakt.
    pub(super) min_gas_price: String,
}

/// What will run.
pub(super) struct Plan {
    pub(super) wallet: Wallet,
    pub(super) config: NodeConfig,
    /// Block time that a vote and the wait after it take.
    pub(super) governance_takes: Duration,
    /// Whether the chain may hold the market already.
    pub(super) is_old: bool,
}

impl Wallet {
    fn new(mnemonic: String, count: u32, prefix: String, funds: String, min_gas_price: String) -> Result<Self> {
        let keys: Vec<Key> = (0..count)
            .map(|index| Key::from_mnemonic_at(&mnemonic, index))
            .collect::<Result<_, _>>()
            .context("--mnemonic")?;
        let addresses = keys.iter().map(|key| key.address(&prefix));
        Ok(Self {
            addresses: addresses.collect::<Result<_, _>>()?,
            mnemonic,
            keys,
            prefix,
            funds,
            min_gas_price,
        })
    }

    /// The accounts that a home's chain began with.
    fn of_home(known: &Ready) -> Result<Self> {
        let count = u32::try_from(known.accounts.len()).context("dev.json has too many accounts")?;
        let funds = known.accounts.first().map(|account| account.balance.clone());
        Self::new(
            known.mnemonic.clone(),
            count,
            known.prefix.clone(),
            funds.unwrap_or_default(),
            known.min_gas_price.clone(),
        )
    }

    /// What the chain's own transactions pay.
    pub(super) fn gas_price(&self) -> Result<GasPrice> {
        format!("{}{UAKT}", self.min_gas_price)
            .parse()
            .context("--min-gas-price")
    }
}

/// Reads what is there and makes what is not: after this a home is initialised.
pub(super) fn make(args: &DevArgs) -> Result<Plan> {
    let Some(folder) = &args.home else {
        let (wallet, first) = begin(args, None)?;
        return Ok(plan(args, wallet, first, args.fork.is_some()));
    };
    let home = Home::new(folder);
    let known = Ready::read(&folder.join("dev.json"));
    if home.config_file().exists() {
        return go_on(args, home, known);
    }
    let words = known.map(|known| known.mnemonic);
    let (wallet, first) = begin(args, words)?;
    Ready::of_home(&wallet, &first.chain_id)
        .write_into(folder)
        .with_context(|| format!("cannot write dev.json into {}", folder.display()))?;
    home.init(&HomeInit {
        moniker: "supercloud-dev".to_owned(),
        genesis_json: first.to_json(),
        validator_key: None,
    })?;
    Ok(on_disk(plan(args, wallet, first, args.fork.is_some()), home))
}

/// Words that an interrupted start left behind are used again.
fn begin(args: &DevArgs, words: Option<String>) -> Result<(Wallet, Genesis)> {
    let mnemonic = match args.mnemonic.clone().or(words) {
        Some(words) => words,
        None => generate_mnemonic(WordCount::Twelve)?.to_string(),
    };
    let funds = args.funds().to_string();
    let Some(file) = &args.fork else {
        let (prefix, price) = (args.prefix().to_owned(), args.min_gas_price().to_owned());
        let wallet = Wallet::new(mnemonic, args.accounts(), prefix, funds, price)?;
        wallet.gas_price()?;
        let first = genesis::first_state(args, &wallet.addresses)?;
        return Ok((wallet, first));
    };
    let exported = read_export(file)?;
    let price = exported.fees.min_gas_prices.iter().find(|price| price.denom == UAKT);
    let price = price.map_or_else(|| "0".to_owned(), |price| price.amount.clone());
    let wallet = Wallet::new(mnemonic, args.accounts(), exported.bech32_prefix.clone(), funds, price)?;
    let fork = Fork {
        accounts: &wallet.addresses,
        funds: (args.funds(), UAKT),
        chain_id: args.chain_id.as_deref(),
    };
    let mut first = fork.apply(exported)?;
    if let Some(time) = args.genesis_time {
        first.genesis_time = time.rfc3339()?;
    }
    Ok((wallet, first))
}

fn read_export(file: &Path) -> Result<Genesis> {
    let json = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&json).with_context(|| format!("{} is no export of a chain", file.display()))
}

/// The home's own chain; flags about a first state cannot change it, so that they must not say otherwise.
fn go_on(args: &DevArgs, home: Home, known: Option<Ready>) -> Result<Plan> {
    let folder = home.path().display().to_string();
    let Some(known) = known else {
        bail!(
            "{folder} holds a chain whose accounts are not known: it has no dev.json. A node's home is started with `supercloud node start --home {folder}`"
        );
    };
    if args.fork.is_some() {
        bail!("{folder} holds a chain already; name another --home for the fork");
    }
    let first = home.load_genesis()?;
    for (flag, is_kept) in kept(args, &known, &first) {
        if !is_kept {
            bail!("{folder} holds a chain with another {flag}; leave it out, or name another --home");
        }
    }
    let wallet = Wallet::of_home(&known)?;
    Ok(on_disk(plan(args, wallet, first, true), home))
}

/// Of each flag about a first state whether it was left out or says what the chain began with.
fn kept(args: &DevArgs, known: &Ready, first: &Genesis) -> [(&'static str, bool); 7] {
    fn same<T: PartialEq + ?Sized>(given: Option<&T>, kept: &T) -> bool {
        given.is_none_or(|given| given == kept)
    }
    let price = |text: &str| format!("{text}{UAKT}").parse::<GasPrice>().ok();
    let funds = known.accounts.first().and_then(|account| account.balance.parse().ok());
    [
        ("--chain-id", same(args.chain_id.as_ref(), &known.chain_id)),
        ("--mnemonic", same(args.mnemonic.as_ref(), &known.mnemonic)),
        ("--prefix", same(args.prefix.as_ref(), &known.prefix)),
        (
            "--accounts",
            args.accounts.is_none_or(|count| count as usize == known.accounts.len()),
        ),
        ("--funds", args.funds.is_none() || args.funds == funds),
        (
            "--min-gas-price",
            args.min_gas_price
                .as_ref()
                .is_none_or(|given| price(given).is_some_and(|given| Some(given) == price(&known.min_gas_price))),
        ),
        (
            "--genesis-time",
            args.genesis_time.is_none() || args.genesis_time == first.genesis_time.parse().ok(),
        ),
    ]
}

fn plan(args: &DevArgs, wallet: Wallet, first: Genesis, is_old: bool) -> Plan {
    let seconds = first
        .gov
        .voting_period_seconds
        .saturating_add(first.gov.timelock_seconds);
    Plan {
        wallet,
        // A second more, since blocks have fractions of one.
        governance_takes: Duration::from_secs(seconds.saturating_add(1)),
        config: genesis::node_config(args, first),
        is_old,
    }
}

fn on_disk(mut plan: Plan, home: Home) -> Plan {
    plan.config.storage = Storage::Disk(DiskStorage::new(home));
    plan
}
