//! `supercloud-provider`: runs a provider from a configuration file until it is told to stop.

use std::path::PathBuf;

use clap::Parser;
use supercloud_provider::Daemon;
use supercloud_provider::file::ConfigFile;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Offers this machine's compute on a Supercloud market.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Configuration file (TOML).
    #[arg(long, short)]
    config: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let handle = Daemon::spawn(ConfigFile::load(&arguments.config)?).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    tracing::info!("stopping; leases stay open on chain");
    handle.shutdown().await;
    Ok(())
}
