//! `supercloud dev`: a development chain with funded accounts, until interrupted; in memory, or in a home where it goes on.
//!
//! ```text
//! args ──> plan ──> node (this process) ──> [install: the market by proposal] ──> ready document ──> control server <── tool
//! ```

mod args;
mod control;
mod genesis;
mod install;
mod plan;
mod ready;
mod tool;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::{Context, Result};
use supercloud_client::{Client, TxConfig, TxQueue};
use supercloud_node::{NodeConfig, NodeHandle, Storage, spawn, spawn_with};
use supercloud_store::MemoryStore;
use supercloud_vm::WasmtimeVm;

use crate::module_cache;
use crate::output;
use crate::price_signers::PriceSigners;
use crate::supervise::{Signals, exit_at_next_signal, until_end};
use plan::{Plan, Wallet};

pub(crate) use args::DevArgs;
pub(crate) use ready::{HRP, Ready};

/// Runs the chain until ctrl-c, SIGTERM or an error that stops it, or asks one that runs.
pub(crate) async fn run(args: DevArgs) -> Result<()> {
    match &args.tool {
        Some(tool) => tool::run(tool).await,
        None => serve(args).await,
    }
}

async fn serve(args: DevArgs) -> Result<()> {
    let args = Arc::new(args);
    let planned = args.clone();
    let Plan {
        wallet,
        config,
        governance_takes,
        is_old,
    } = tokio::task::spawn_blocking(move || plan::make(&planned)).await??;
    let node = tokio::task::spawn_blocking(move || start(config))
        .await?
        .context("the chain did not start")?;
    let node = Arc::new(node);

    let mut ready = Ready::new(&wallet, &node);
    let client = Client::connect(&node.rpc_url()).await?;
    let wallets = Wallets::new(&client, &wallet)?;
    if is_old {
        let wait = if args.load_suite {
            governance_takes
        } else {
            Duration::ZERO
        };
        ready.suite = install::find_in_old(&node, &client, wait).await?;
    }
    if args.load_suite && ready.suite.is_none() {
        let signers = PriceSigners::of_dev_chain(&wallet.mnemonic)?;
        let installed = install::run(&node, &wallets, &signers, args.akt_price, governance_takes).await;
        ready.suite = Some(installed.context("the market was not installed")?);
    }
    let control = control::start(&node, wallets, args.control_port, &wallet.mnemonic).await?;
    ready.control_url = Some(control.url());
    let _file = ready.write_files(args.home.as_deref());
    // Before anybody is told: whoever reads the line may send a signal.
    let mut signals = Signals::listen().context("cannot wait for signals")?;
    if args.json {
        output::line(serde_json::to_string(&ready)?)?;
    } else {
        output::line(ready.text())?;
    }
    let failed = until_end(&node, &mut signals).await;
    exit_at_next_signal();
    control.stop().await;
    if let Ok(node) = Arc::try_unwrap(node) {
        tokio::task::spawn_blocking(move || node.shutdown()).await?;
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn start(config: NodeConfig) -> Result<NodeHandle> {
    if let Storage::Disk(_) = config.storage {
        return Ok(spawn(config)?);
    }
    let vm: WasmtimeVm = module_cache::open_vm(module_cache::shared_folder())?;
    Ok(spawn_with(config, Arc::new(vm), Box::new(MemoryStore::new()))?)
}

/// The accounts that the dev chain itself signs with.
#[derive(Clone)]
pub(crate) struct Wallets {
    /// Account 0: the council.
    council: TxQueue,
    /// The last account: the faucet, which also publishes prices.
    faucet: TxQueue,
    /// Publish time of the newest price in Unix seconds: the next one must be later, or it is passed over.
    last_price: Arc<AtomicU64>,
}

impl Wallets {
    fn new(client: &Client, wallet: &Wallet) -> Result<Self> {
        let config = TxConfig {
            gas_price: wallet.gas_price()?,
            ..TxConfig::default()
        };
        let mut keys = wallet.keys.iter().cloned();
        let first = keys.next().context("a dev chain has an account")?;
        let council = TxQueue::new(client.clone(), first, config.clone())?;
        let faucet = match keys.next_back() {
            Some(last) => TxQueue::new(client.clone(), last, config)?,
            None => council.clone(),
        };
        Ok(Self {
            council,
            faucet,
            last_price: Arc::default(),
        })
    }
}
