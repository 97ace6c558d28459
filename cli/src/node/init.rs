//! `supercloud node init|import`.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use supercloud_node::{DevGenesis, Genesis, HomeInit, offline};

use super::Common;

/// Arguments of `supercloud node init`.
#[derive(Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    home: NewHome,
    /// Name of the chain; with --genesis it replaces the one there
    #[arg(long)]
    chain_id: Option<String>,
    /// Genesis to begin with, such as one from `supercloud export`; copied to the byte unless --chain-id differs
    #[arg(long, conflicts_with_all = ["account", "voter", "genesis_time", "min_gas_price", "prefix", "voting_period", "timelock"])]
    genesis: Option<PathBuf>,
    /// An account and what it owns, as ADDRESS=AMOUNTdenom[,AMOUNTdenom...]; may be repeated
    #[arg(long)]
    account: Vec<Funded>,
    /// A member of the council, as ADDRESS or ADDRESS=WEIGHT; may be repeated
    #[arg(long)]
    voter: Vec<Voter>,
    /// Genesis time, RFC 3339; now when absent
    #[arg(long)]
    genesis_time: Option<String>,
    /// Least gas price, such as 0.0025uakt; 0uakt makes transactions free
    #[arg(long, default_value = "0.0025uakt")]
    min_gas_price: Price,
    /// Prefix of addresses
    #[arg(long, default_value = "akash")]
    prefix: String,
    /// How long proposals are voted on, in seconds
    #[arg(long, default_value_t = 172_800)]
    voting_period: u64,
    /// How long passed proposals wait before they run, in seconds
    #[arg(long, default_value_t = 86_400)]
    timelock: u64,
}

/// Arguments of `supercloud node import`.
#[derive(Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    home: NewHome,
    /// Genesis that `supercloud export` wrote; copied to the byte unless --chain-id differs
    file: PathBuf,
    /// Name of the chain, when it is to be one of its own
    #[arg(long)]
    chain_id: Option<String>,
}

/// What every new home is asked for.
#[derive(Args)]
struct NewHome {
    #[command(flatten)]
    common: Common,
    /// Name of this node
    #[arg(long, default_value = "supercloud")]
    moniker: String,
    /// Validator key to copy (priv_validator_key.json); a new one is made when absent
    #[arg(long)]
    validator_key: Option<PathBuf>,
}

#[derive(Clone)]
struct Funded {
    address: String,
    coins: Vec<(u128, String)>,
}

#[derive(Clone)]
struct Voter {
    address: String,
    weight: u64,
}

#[derive(Clone)]
struct Price {
    amount: String,
    denom: String,
}

/// Splits `12.5uakt` before the denom.
fn split_coin(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    match end.map(|end| text.split_at(end)) {
        Some((amount, denom)) if !amount.is_empty() => Ok((amount, denom)),
        _ => Err(format!("{text:?} is no amount with a denom, such as 5uakt")),
    }
}

impl FromStr for Funded {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, coins) = text.split_once('=').ok_or("expected ADDRESS=AMOUNTdenom")?;
        let coin = |text: &str| {
            let (amount, denom) = split_coin(text)?;
            let amount = amount.parse().map_err(|_| format!("{amount:?} is no whole number"))?;
            Ok((amount, denom.to_owned()))
        };
        Ok(Self {
            address: address.to_owned(),
            coins: coins.split(',').map(coin).collect::<Result<_, String>>()?,
        })
    }
}

impl FromStr for Voter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, weight) = text.split_once('=').unwrap_or((text, "1"));
        Ok(Self {
            address: address.to_owned(),
            weight: weight
                .parse()
                .map_err(|_| format!("weight {weight:?} is no whole number"))?,
        })
    }
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (amount, denom) = split_coin(text)?;
        Ok(Self {
            amount: amount.to_owned(),
            denom: denom.to_owned(),
        })
    }
}

#[derive(Serialize)]
struct Initialized {
    home: String,
    chain_id: String,
    validator: String,
}

pub(super) fn run(args: &InitArgs) -> Result<()> {
    let (genesis, json) = match &args.genesis {
        Some(path) => read_genesis(path, args.chain_id.as_deref())?,
        None => {
            let genesis = make_genesis(args)?;
            let json = genesis.to_json();
            (genesis, json)
        }
    };
    make_home(&args.home, genesis, json)
}

pub(super) fn import(args: &ImportArgs) -> Result<()> {
    let (genesis, json) = read_genesis(&args.file, args.chain_id.as_deref())?;
    make_home(&args.home, genesis, json)
}

fn make_home(args: &NewHome, genesis: Genesis, genesis_json: String) -> Result<()> {
    eprintln!("checking the genesis");
    offline::assert_genesis(&genesis).context("the genesis is refused")?;
    let home = args.common.home();
    let validator = home.init(&HomeInit {
        moniker: args.moniker.clone(),
        genesis_json,
        validator_key: args.validator_key.clone(),
    })?;
    let result = Initialized {
        home: home.path().display().to_string(),
        chain_id: genesis.chain_id,
        validator,
    };
    args.common.print(&result, || {
        format!(
            "home       {}\nchain id   {}\nvalidator  {}\nstart it with: supercloud node start --home {}",
            result.home, result.chain_id, result.validator, result.home
        )
    })
}

/// The genesis of a file and its text, both under another name where one is given.
fn read_genesis(path: &Path, chain_id: Option<&str>) -> Result<(Genesis, String)> {
    let json = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut genesis: Genesis =
        serde_json::from_str(&json).with_context(|| format!("{} is no genesis", path.display()))?;
    match chain_id {
        Some(chain_id) if chain_id != genesis.chain_id => {
            chain_id.clone_into(&mut genesis.chain_id);
            let json = genesis.to_json();
            Ok((genesis, json))
        }
        _ => Ok((genesis, json)),
    }
}

fn make_genesis(args: &InitArgs) -> Result<Genesis> {
    let Some(chain_id) = &args.chain_id else {
        bail!("name the chain with --chain-id, or give a genesis with --genesis");
    };
    let mut genesis = DevGenesis::new()
        .chain_id(chain_id)
        .prefix(&args.prefix)
        .voting_period(args.voting_period)
        .timelock(args.timelock);
    for Funded { address, coins } in &args.account {
        let coins: Vec<(u128, &str)> = coins.iter().map(|(amount, denom)| (*amount, denom.as_str())).collect();
        genesis = genesis.fund(address, &coins);
    }
    for Voter { address, weight } in &args.voter {
        genesis = genesis.council_member(address, *weight);
    }
    let Price { amount, denom } = &args.min_gas_price;
    if amount.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        genesis = genesis.min_gas_price(amount, denom);
    }
    let mut genesis = genesis.build();
    if let Some(time) = &args.genesis_time {
        genesis.genesis_time.clone_from(time);
    }
    if args.voter.is_empty() {
        eprintln!("note: there is no --voter, so nobody can govern this chain");
    }
    Ok(genesis)
}
