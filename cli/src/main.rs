//! `supercloud`: the one binary that people type. It composes the other crates and decides nothing.
//!
//! stdout is the result, stderr is talk; `--json` and `--output json` change the result's form, not its channel.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod allocator;
mod artifacts;
mod bench;
mod codec;
mod coins;
mod confirm;
mod demo;
mod dev;
mod gov;
mod hint;
mod home;
mod json_arg;
mod keyring;
mod keys;
mod module_cache;
mod new_file;
mod node;
mod node_args;
mod output;
mod price_signers;
mod query;
mod sdl;
mod suite;
mod supervise;
mod tx;
mod version;
mod wasm;
mod workload;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use tracing_subscriber::EnvFilter;

use node::NodeCommand;

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
    Dev(Box<dev::DevArgs>),
    /// Load a node and measure it: transactions a second, latency, processor time, memory, disk
    Bench(Box<bench::BenchArgs>),
    /// Keys of accounts on this machine
    Keys(keys::KeysArgs),
    /// Send transactions
    Tx(Box<tx::TxCommandArgs>),
    /// Ask the chain
    #[command(visible_alias = "q")]
    Query(query::QueryArgs),
    /// Propose upgrades of the market and watch proposals
    #[command(subcommand)]
    Gov(gov::GovCommand),
    /// Show what a node says of itself
    Status(query::StatusArgs),
    /// Run a node that keeps its chain in a folder, and look after that folder
    #[command(subcommand)]
    Node(NodeCommand),
    /// Write the state of a node's home as a genesis: the same as `node export`
    Export(node::ExportArgs),
    /// Make a node's home whose chain goes on with an exported state: the same as `node import`
    Import(node::ImportArgs),
    /// Show what an SDL file means to the market
    Sdl(sdl::SdlArgs),
    /// Tools for compiled contracts
    #[command(subcommand)]
    Wasm(wasm::WasmCommand),
    /// Print the version
    Version(version::VersionArgs),
    /// Print a script that completes this program's commands in a shell
    Completions {
        /// bash, zsh, fish, elvish or powershell
        shell: Shell,
    },
}

impl Command {
    fn default_filter(&self) -> &'static str {
        match self {
            Self::DemoWorkload => "info",
            Self::Node(_) | Self::Export(_) | Self::Import(_) => "error,supercloud_node=info",
            _ => "error",
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    allocator::keep_freed_memory_for_a_while();
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(cli.command.default_filter()));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let result = match cli.command {
        Command::Demo(args) => return demo::main(args).await,
        Command::DemoWorkload => workload::run().await,
        Command::Dev(args) => dev::run(*args).await,
        Command::Bench(args) => bench::run(*args).await,
        Command::Keys(args) => keys::run(&args),
        Command::Tx(args) => tx::run(*args).await,
        Command::Query(args) => query::run(args).await,
        Command::Gov(command) => gov::run(command).await,
        Command::Status(args) => query::status(&args).await,
        Command::Node(command) => return node::main(command).await,
        Command::Export(args) => return node::main(NodeCommand::Export(args)).await,
        Command::Import(args) => return node::main(NodeCommand::Import(args)).await,
        Command::Sdl(args) => sdl::run(args),
        Command::Wasm(command) => return wasm::main(command),
        Command::Version(args) => version::run(&args),
        Command::Completions { shell } => complete(shell),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::tell(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn complete(shell: Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "supercloud", &mut script);
    output::line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_has_no_contradictions() {
        Cli::command().debug_assert();
    }
}
