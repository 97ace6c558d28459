//! `supercloud node start`.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;
use supercloud_node::{Repairs, spawn};

use super::Common;
use crate::output::tell;
use crate::supervise::{Signals, until_end};

/// Arguments of `supercloud node start`.
#[derive(Args)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    common: Common,
    /// Port of JSON-RPC in place of the configured one; 0 takes any free one
    #[arg(long)]
    rpc_port: Option<u16>,
    /// How long after a block an empty one is made, such as 400ms, in place of the configured time
    #[arg(long, value_parser = parse_duration)]
    block_time: Option<Duration>,
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    supercloud_node::parse_duration(text).ok_or_else(|| format!("{text:?} is no duration such as 400ms or 1s"))
}

#[derive(Serialize)]
struct Ready {
    chain_id: String,
    rpc: String,
    height: u64,
    home: String,
}

pub(super) async fn run(args: StartArgs) -> Result<()> {
    let mut config = args.common.config()?;
    if let Some(port) = args.rpc_port {
        config.rpc_address.set_port(port);
    }
    if let Some(interval) = args.block_time {
        config.block_interval = interval;
    }
    // Before the start: a signal that comes during it must not end the process half way.
    let mut interrupted = Signals::listen()?;
    let node = tokio::task::spawn_blocking(move || spawn(config))
        .await?
        .context("the node did not start")?;
    tell_repairs(node.repairs());
    let ready = Ready {
        chain_id: node.chain_id().to_owned(),
        rpc: node.rpc_url(),
        height: node.height(),
        home: args.common.home().path().display().to_string(),
    };
    args.common.print(&ready, || {
        format!(
            "chain id  {}\njson-rpc  {}\nheight    {}",
            ready.chain_id, ready.rpc, ready.height
        )
    })?;
    let failed = until_end(&node, &mut interrupted).await;
    tell(format_args!("shutting down at height {}", node.height()));
    tokio::task::spawn_blocking(move || node.shutdown()).await?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn tell_repairs(repairs: &Repairs) {
    let Repairs {
        replayed_blocks,
        results_recomputed,
        index_rebuilt,
        tree_rebuilt,
        ..
    } = repairs;
    if *replayed_blocks > 0 {
        eprintln!("the last run was not shut down properly: {replayed_blocks} blocks were executed again");
    }
    if *results_recomputed {
        eprintln!("the last run was not shut down properly: the last block was run again for its results");
    }
    if let Some(reason) = index_rebuilt {
        eprintln!("the index of blocks was made anew: {reason}");
    }
    if *tree_rebuilt {
        eprintln!("the tree of the state was damaged and was built again");
    }
}
