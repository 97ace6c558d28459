//! `supercloud demo`: the whole market once, on real Wasm, with real inputs.
//!
//! Ten steps, each a signed transaction or more over JSON-RPC. A step that does not come out as stated ends the run.

mod bidding;
mod chain;
mod closing;
mod conservation;
mod credit;
mod deployment;
mod dev_chain;
mod facts;
mod failure;
mod governance;
mod leasing;
mod outcome;
mod payout;
mod prices;
mod provider;
mod roles;
mod stage;
mod upgrade;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use self::facts::Facts;
use self::failure::Failure;
use self::stage::Stage;
use crate::output;

/// Arguments of `supercloud demo`.
#[derive(Args, Clone)]
pub(crate) struct DemoArgs {
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Folder for the demo's files; a temporary one, removed at the end, when absent
    #[arg(long)]
    home: Option<PathBuf>,
    /// JSON-RPC of a running `supercloud dev --load-suite`: steps 1 to 3 are skipped, the chain's own signers publish the
    /// prices, its account 0 governs
    #[arg(long, value_name = "URL", conflicts_with_all = ["rpc_port", "genesis_time", "pyth_update"])]
    node: Option<String>,
    /// Words of that chain's accounts; found by itself when the chain runs under the same user
    #[arg(long, value_name = "WORDS", env = "SUPERCLOUD_MNEMONIC", hide_env_values = true)]
    mnemonic: Option<String>,
    /// Port of the chain's JSON-RPC on loopback; any free one when absent
    #[arg(long)]
    rpc_port: Option<u16>,
    /// Genesis time, Unix seconds; near the publish time of the price update when absent
    #[arg(long)]
    genesis_time: Option<u64>,
    /// A signed Pyth AKT/USD update, as a JSON file with `accumulator_hex` or `accumulator_base64`
    #[arg(long, value_name = "FILE")]
    pyth_update: Option<PathBuf>,
    /// Send the provider another manifest than the one whose hash is on chain
    #[arg(long)]
    tamper_manifest: bool,
}

/// Runs the demo and prints what came out.
pub(crate) async fn main(args: DemoArgs) -> ExitCode {
    let json = args.json;
    match run(args).await {
        Ok(facts) => {
            let text = if json {
                serde_json::to_string_pretty(&facts).expect("facts are plain data")
            } else {
                format!("\n{}", facts.table())
            };
            printed(&text, ExitCode::SUCCESS)
        }
        Err(failure) => {
            eprintln!(
                "step {} failed: {}: {}",
                failure.failed_step, failure.error_code, failure.message
            );
            if !json {
                return ExitCode::FAILURE;
            }
            let text = serde_json::to_string_pretty(&failure).expect("a failure is plain data");
            printed(&text, ExitCode::FAILURE)
        }
    }
}

/// Prints the result; `code` unless that fails.
fn printed(text: &str, code: ExitCode) -> ExitCode {
    match output::line(text) {
        Ok(()) => code,
        Err(error) => {
            eprintln!("error: cannot write to stdout: {error}");
            ExitCode::FAILURE
        }
    }
}

/// All ten steps.
async fn run(args: DemoArgs) -> Result<Facts, Failure> {
    let started = Instant::now();
    let at = |step: u32| move |error: failure::StepError| error.in_step(step);
    let tamper = args.tamper_manifest;

    let update = prices::load_update(args.pyth_update.as_deref()).map_err(at(3))?;
    let mut stage = Stage::open(args, &update).await.map_err(at(1))?;

    if stage.owns_chain() {
        let config = stage.signers.suite_config(&stage.gov_address);
        stage.begin(2, "governance installs the suite");
        governance::install(&mut stage, &config).await.map_err(at(2))?;
        stage.begin(3, "a real signed price reaches the oracle");
        prices::run(&mut stage, &update).await.map_err(at(3))?;
    } else {
        dev_chain::take_over(&mut stage).await.map_err(at(3))?;
    }
    stage.begin(4, "AKT becomes ACT");
    credit::run(&mut stage).await.map_err(at(4))?;
    stage.begin(5, "a deployment with two sources of money");
    let deployed = deployment::run(&mut stage).await.map_err(at(5))?;
    stage.begin(6, "two providers bid");
    let (winner, bids) = bidding::run(&mut stage, &deployed).await.map_err(at(6))?;
    stage.begin(7, "lease, manifest, workload");
    let lease = leasing::run(&mut stage, &deployed, &winner, &bids, tamper)
        .await
        .map_err(at(7))?;
    stage.begin(8, "the provider is paid in AKT");
    payout::run(&mut stage, &lease, &winner).await.map_err(at(8))?;
    stage.begin(9, "the market is upgraded under the lease");
    upgrade::run(&mut stage, &lease).await.map_err(at(9))?;
    stage.begin(10, "closing, refunds, conservation");
    closing::run(&mut stage, &deployed, &lease).await.map_err(at(10))?;
    stage.keep(winner);
    stage.stop_providers().await.map_err(at(10))?;
    conservation::run(&mut stage).await.map_err(at(10))?;

    let mut facts = stage.close().await;
    facts.ok = true;
    facts.elapsed_seconds = started.elapsed().as_millis() as f64 / 1000.0;
    Ok(facts)
}
