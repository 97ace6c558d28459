//! `supercloud`: the one binary that people type. It composes the other crates and decides nothing.
//!
//! stdout is the result, stderr is talk; `--json` changes the result's form, not its channel.

mod artifacts;
mod coins;
mod demo;
mod dev;
mod module_cache;
mod output;
mod price_signers;
mod sdl;
mod suite;
mod wasm;
mod workload;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// An open market for compute.
#[derive(Parser)]
#[command(name = "supercloud", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the whole market once, on a chain of its own, and check the books
    Demo(demo::DemoArgs),
    /// The program that the demo's provider runs in place of the SDL's image
    #[command(hide = true)]
    DemoWorkload,
    /// Run a development chain with funded accounts until interrupted
    Dev(dev::DevArgs),
    /// Show what an SDL file means to the market
    Sdl(sdl::SdlArgs),
    /// Tools for compiled contracts
    #[command(subcommand)]
    Wasm(wasm::WasmCommand),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let default_filter = if matches!(cli.command, Command::DemoWorkload) {
        "info"
    } else {
        "error"
    };
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter)))
        .with_writer(std::io::stderr)
        .init();
    let result = match cli.command {
        Command::Demo(args) => return demo::main(args).await,
        Command::DemoWorkload => workload::run().await,
        Command::Dev(args) => dev::run(args).await,
        Command::Sdl(args) => sdl::run(args),
        Command::Wasm(command) => return wasm::main(command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
