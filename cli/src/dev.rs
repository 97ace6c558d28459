//! `supercloud dev`: a development chain with funded accounts, until interrupted. State is kept in memory only.
//!
//! ```text
//! args ──> genesis ──> node (this process) ──> [install: the market by proposal] ──> ready document ──> control server
//! ```

mod args;
mod control;
mod genesis;
mod install;
mod ready;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::{Context, Result};
use supercloud_client::{Client, GasPrice, Key, TxConfig, TxQueue, WordCount, generate_mnemonic};
use supercloud_node::{NodeConfig, NodeHandle, spawn_with};
use supercloud_store::MemoryStore;
use supercloud_vm::WasmtimeVm;

use crate::module_cache;
use crate::output;
use crate::price_signers::PriceSigners;

pub(crate) use args::DevArgs;
pub(crate) use ready::{HRP, Ready};

/// Runs the chain until ctrl-c or SIGTERM.
pub(crate) async fn run(args: DevArgs) -> Result<()> {
    let mnemonic = match &args.mnemonic {
        Some(words) => words.clone(),
        None => generate_mnemonic(WordCount::Twelve)?.to_string(),
    };
    let keys: Vec<Key> = (0..args.accounts)
        .map(|index| Key::from_mnemonic_at(&mnemonic, index))
        .collect::<Result<_, _>>()
        .context("--mnemonic")?;
    let addresses: Vec<String> = keys
        .iter()
        .map(|key| key.address(&args.prefix))
        .collect::<Result<_, _>>()?;
    let config = genesis::configure(&args, &addresses)?;
    let cache = args
        .home
        .as_ref()
        .map_or_else(module_cache::shared_folder, |home| Some(home.join("modules")));
    let node = tokio::task::spawn_blocking(move || start(config, cache))
        .await?
        .context("the chain did not start")?;
    let node = Arc::new(node);

    let mut ready = Ready::new(&args, &mnemonic, &addresses, &node);
    let client = Client::connect(&node.rpc_url()).await?;
    let wallets = Wallets::new(&client, &args, keys)?;
    if args.load_suite {
        let signers = PriceSigners::of_dev_chain(&mnemonic)?;
        ready.suite = Some(
            install::run(&node, &wallets, &signers, &args)
                .await
                .context("the market was not installed")?,
        );
    }
    let control = control::start(node.clone(), wallets, &args, &mnemonic).await?;
    ready.control_url = Some(control.url());
    let _file = ready.write_files(args.home.as_deref());
    if args.json {
        output::line(serde_json::to_string(&ready)?)?;
    } else {
        output::line(ready.text())?;
    }
    interrupted().await?;
    control.stop().await;
    if let Ok(node) = Arc::try_unwrap(node) {
        tokio::task::spawn_blocking(move || node.shutdown()).await?;
    }
    Ok(())
}

fn start(config: NodeConfig, cache: Option<std::path::PathBuf>) -> Result<NodeHandle> {
    let vm: WasmtimeVm = module_cache::open_vm(cache)?;
    Ok(spawn_with(config, Arc::new(vm), Box::new(MemoryStore::new()))?)
}

async fn interrupted() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended.context("cannot wait for ctrl-c"),
        _ = terminate.recv() => Ok(()),
    }
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
    fn new(client: &Client, args: &DevArgs, keys: Vec<Key>) -> Result<Self> {
        let gas_price: GasPrice = args.gas_price()?;
        let config = TxConfig {
            gas_price,
            ..TxConfig::default()
        };
        let mut keys = keys.into_iter();
        let first = keys.next().context("a dev chain has an account")?;
        let council = TxQueue::new(client.clone(), first, config.clone())?;
        let faucet = match keys.last() {
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
