//! `supercloud gov`: upgrades of the market by proposal, and watching proposals.

mod schema_diff;
mod schema_source;
mod upgrade;
mod watch;

use anyhow::Result;
use clap::Subcommand;

use crate::hint;

/// Subcommands of `supercloud gov`.
#[derive(Subcommand)]
pub(crate) enum GovCommand {
    /// Propose a newer code for a contract of the suite: shows what changes, tries the migration, submits
    Upgrade(Box<upgrade::UpgradeArgs>),
    /// Follow a proposal, or all that are open, until they are decided
    Watch(watch::WatchArgs),
}

/// Runs `supercloud gov`.
pub(crate) async fn run(command: GovCommand) -> Result<()> {
    let done = match command {
        GovCommand::Upgrade(args) => upgrade::run(&args).await,
        GovCommand::Watch(args) => watch::run(&args).await,
    };
    done.map_err(hint::explain)
}
