//! `supercloud node`: a node that keeps its chain in a home folder, and what is done with the folder while it does not run.

mod check;
mod data;
mod init;
mod progress;
mod restore;
mod start;
mod status;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use supercloud_node::{DiskStorage, Home, NodeConfig, Storage};

use crate::output;
pub(crate) use data::ExportArgs;
pub(crate) use init::ImportArgs;

/// Subcommands of `supercloud node`.
#[derive(Subcommand)]
pub(crate) enum NodeCommand {
    /// Make a home folder: configuration, genesis, validator key
    Init(init::InitArgs),
    /// Run the node of a home until interrupted
    Start(start::StartArgs),
    /// Show the chain of a running node, or of a home whose node does not run
    Status(status::StatusArgs),
    /// Write a state as a genesis that another chain can begin with
    Export(ExportArgs),
    /// Make a home whose chain goes on with an exported state
    Import(ImportArgs),
    /// Write a state, with all that a home needs to go on from it, to a file
    Snapshot(data::SnapshotArgs),
    /// Fill a home from a snapshot
    Restore(restore::RestoreArgs),
    /// Go back to an older height; later blocks are gone for good
    Rollback(data::RollbackArgs),
    /// Read everything in a home and compute all hashes again
    Check(check::CheckArgs),
}

/// Arguments of all subcommands.
#[derive(Args)]
pub(crate) struct Common {
    /// Folder of the node; ~/.supercloud when absent
    #[arg(long, env = "SUPERCLOUD_HOME", default_value_os_t = default_home())]
    home: PathBuf,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
    /// The same as --output json
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

fn default_home() -> PathBuf {
    std::env::home_dir().unwrap_or_default().join(".supercloud")
}

impl Common {
    fn home(&self) -> Home {
        Home::new(&self.home)
    }

    /// The home as its configuration says.
    fn config(&self) -> Result<NodeConfig> {
        Ok(NodeConfig::from_home(self.home())?)
    }

    fn storage(&self) -> Result<DiskStorage> {
        match self.config()?.storage {
            Storage::Disk(storage) => Ok(storage),
            Storage::Memory => anyhow::bail!("a home keeps its chain on disk"),
        }
    }

    fn is_json(&self) -> bool {
        self.json || self.output == Form::Json
    }

    /// Prints the result: one line of JSON, or the text.
    fn print(&self, result: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.is_json() {
            output::line(serde_json::to_string(result)?)?;
        } else {
            output::line(text())?;
        }
        Ok(())
    }
}

/// Runs `supercloud node`. The exit code is 0 when all is well, and 1 when the tool failed or a check found damage.
pub(crate) async fn main(command: NodeCommand) -> ExitCode {
    let result = match command {
        NodeCommand::Start(args) => start::run(args).await.map(|()| true),
        NodeCommand::Status(args) => status::run(args).await.map(|()| true),
        // The others work for long on one thread.
        command => match tokio::task::spawn_blocking(move || run_blocking(command)).await {
            Ok(result) => result,
            Err(error) => Err(error.into()),
        },
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            output::tell(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run_blocking(command: NodeCommand) -> Result<bool> {
    match command {
        NodeCommand::Init(args) => init::run(&args).map(|()| true),
        NodeCommand::Export(args) => data::export(&args).map(|()| true),
        NodeCommand::Import(args) => init::import(&args).map(|()| true),
        NodeCommand::Snapshot(args) => data::snapshot(&args).map(|()| true),
        NodeCommand::Restore(args) => restore::run(&args).map(|()| true),
        NodeCommand::Rollback(args) => data::rollback(&args).map(|()| true),
        NodeCommand::Check(args) => check::run(&args),
        NodeCommand::Start(_) | NodeCommand::Status(_) => anyhow::bail!("runs on the async runtime"),
    }
}
