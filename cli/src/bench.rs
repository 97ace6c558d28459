//! `supercloud bench`: our own load against a node, and what it cost.
//!
//! ```text
//! args ──> node (a process of its own) ──> setup ──> engine: senders ──> JSON-RPC ──> node
//!                                                            watcher <── blocks  <───┘
//!                                             report <── tallies, /proc of both processes
//! ```
//!
//! The node is another process, so that its processor time, memory and writes can be told from the generator's.

mod accounts;
mod args;
mod board;
mod chain;
mod engine;
mod http;
mod pacer;
mod percentiles;
mod plan;
mod presigned;
mod process;
mod read;
mod report;
mod send;
mod setup;
mod soak;
mod watch;
mod workload;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use supercloud_client::{Client, GasPrice, Key, TxConfig};
use supercloud_schema::money::UAKT;

pub(crate) use args::BenchArgs;

use crate::output;
use crate::tx::least_gas_price;
use accounts::{Accounts, derive_keys};
use board::Stream;
use chain::{MIN_GAS_PRICE, Node, OwnPlan};
use engine::RunPlan;
use plan::Prepared;
use process::Usage;
use report::{Measured, Report};
use setup::Preparer;
use soak::Sampler;

/// Samples are taken this often, or a sixtieth of the run when that is longer.
const LEAST_SAMPLE: Duration = Duration::from_secs(2);

/// Runs the load; an error also when the run is no success.
pub(crate) async fn run(args: BenchArgs) -> Result<()> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("no randomness")?;
    let keys = derive_keys(&seed, args.accounts as usize & !1)?;
    let council = match &args.mnemonic {
        Some(words) if args.node.is_some() => Key::from_mnemonic(words).context("--mnemonic")?,
        _ => Key::random()?,
    };
    let node = match &args.node {
        Some(url) => Node::running(url, args.node_pid),
        None => {
            eprintln!("starting a node on disk, fsync at every block");
            let plan = OwnPlan {
                dir: args.dir.as_deref(),
                council: &council,
                accounts: &keys,
                cache_mib: args.cache_mib,
                write_buffer_mib: args.write_buffer_mib,
            };
            Node::start(&plan).await?
        }
    };
    let measured = tokio::select! {
        measured = measure(&args, &node, council, keys) => measured,
        ended = terminated() => ended.and_then(|()| bail!("ended by a signal")),
    };
    // Whatever came of it, the node is not left behind.
    let stopped = node.stop().await;
    let report = measured?;
    stopped?;
    if args.json {
        output::line(serde_json::to_string(&report)?)?;
    } else {
        output::line(report.text())?;
    }
    let problems = report.problems(args.max_failed);
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{}", problems.join("; "))
}

/// Waits for the signal that ends a program; interrupts from a terminal reach the node as well.
#[cfg(unix)]
async fn terminated() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        ended = tokio::signal::ctrl_c() => ended.context("cannot wait for ctrl-c"),
    }
}

#[cfg(not(unix))]
async fn terminated() -> Result<()> {
    tokio::signal::ctrl_c().await.context("cannot wait for ctrl-c")
}

async fn measure(args: &BenchArgs, node: &Node, council: Key, keys: Vec<Key>) -> Result<Report> {
    let client = Client::connect(&node.url).await?;
    let gas_price: GasPrice = match node.is_own() {
        true => format!("{MIN_GAS_PRICE}{UAKT}").parse()?,
        false => least_gas_price(&client).await?,
    };
    let tx = TxConfig {
        gas_price: gas_price.clone(),
        ..TxConfig::default()
    };
    let preparer = Preparer::new(client.clone(), &node.url, council, tx)?;
    if args.load.needs_market() && !preparer.has_market().await? {
        if !node.is_own() {
            bail!("the chain has no market; start it with `supercloud dev --load-suite` of this version");
        }
        eprintln!("installing the market");
        preparer.install_market().await?;
    }
    if !node.is_own() {
        eprintln!("funding {} accounts", keys.len());
        preparer.fund(&keys).await?;
    }
    let accounts = Accounts::load(&client, keys, gas_price).await?;
    eprintln!("preparing {} accounts", accounts.list.len());
    let mut plan = plan::prepare(args, node, &preparer, accounts).await?;
    warm_up(args, &mut plan).await?;
    let presigned = plan.presigned.is_some();
    let sampler = Sampler {
        interval: LEAST_SAMPLE.max(Duration::from_secs(args.duration()) / 60),
        pid: node.pid,
        home: node.home(),
        tell: args.soak.is_some(),
        samples: Vec::new(),
    };
    node.settle().await;
    eprintln!("sending for {} s", args.duration());
    let look = || Measured {
        node: node.usage(),
        generator: Usage::of(std::process::id()),
        disk: node.disk_bytes(),
    };
    let before = look();
    let presigned_txs = plan.presigned.unwrap_or_default();
    let mut run = engine::run(plan.accounts, plan.streams, plan.run, presigned_txs, Some(sampler)).await?;
    let after = look();
    run.count_results(&node.url).await?;
    Ok(Report::new(args, &run, &before, &after, presigned))
}

/// Runs the load for a while without counting. What fails then fails the whole.
async fn warm_up(args: &BenchArgs, plan: &mut Prepared) -> Result<()> {
    if args.warm_up == 0 {
        return Ok(());
    }
    eprintln!("warming up for {} s", args.warm_up);
    let short = RunPlan {
        duration: Duration::from_secs(args.warm_up),
        ..plan.run.clone()
    };
    let presigned = plan.presigned.clone().unwrap_or_default();
    let streams = std::mem::take(&mut plan.streams);
    let run = engine::run(plan.accounts.clone(), streams, short, presigned, None).await?;
    if run.lost > 0 {
        bail!("{} transactions of the warm-up are in no block", run.lost);
    }
    plan.accounts = run.accounts;
    plan.streams = run.streams.into_iter().map(Stream::again).collect();
    Ok(())
}
