//! `supercloud node status`.

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;
use supercloud_client::RpcClient;
use supercloud_node::offline;

use super::Common;

/// Arguments of `supercloud node status`.
#[derive(Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    common: Common,
    /// Address of a node's JSON-RPC, such as http://127.0.0.1:26657; without it the home's node is asked, or the home read
    #[arg(long)]
    node: Option<String>,
}

#[derive(Serialize)]
struct Status {
    running: bool,
    chain_id: String,
    height: u64,
    app_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rpc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_state: Option<u64>,
    earliest_block: Option<u64>,
    validator: String,
}

pub(super) async fn run(args: StatusArgs) -> Result<()> {
    let status = match &args.node {
        Some(url) => ask(url).await?,
        None => ask_or_read(&args.common).await?,
    };
    args.common.print(&status, || {
        let running = if status.running { "yes" } else { "no" };
        let earliest = status.earliest_block.map_or_else(|| "none".to_owned(), |height| height.to_string());
        format!(
            "running         {running}\nchain id        {}\nheight          {}\napp hash        {}\nearliest block  {earliest}\nvalidator       {}",
            status.chain_id, status.height, status.app_hash, status.validator
        )
    })
}

async fn ask_or_read(common: &Common) -> Result<Status> {
    let config = common.config()?;
    let mut address = config.rpc_address;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{address}");
    if let Ok(status) = ask(&url).await
        && status.chain_id == config.genesis.chain_id
    {
        return Ok(status);
    }
    let storage = common.storage()?;
    let found = tokio::task::spawn_blocking(move || offline::inspect(&storage))
        .await?
        .with_context(|| format!("no node answers at {url}, and its home cannot be read"))?;
    Ok(Status {
        running: false,
        chain_id: found.chain_id,
        height: found.height,
        app_hash: found.app_hash,
        rpc: None,
        earliest_state: Some(found.earliest_state),
        earliest_block: found.earliest_block,
        validator: found.validator,
    })
}

async fn ask(url: &str) -> Result<Status> {
    let rpc = RpcClient::new(url)?;
    let answer = rpc
        .call("status", serde_json::json!({}))
        .await
        .with_context(|| format!("no node answers at {url}"))?;
    let text = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let number = |pointer: &str| text(pointer).parse::<u64>();
    Ok(Status {
        running: true,
        chain_id: text("/node_info/network"),
        height: number("/sync_info/latest_block_height").context("the answer has no height")?,
        app_hash: text("/sync_info/latest_app_hash"),
        rpc: Some(url.to_owned()),
        earliest_state: None,
        earliest_block: number("/sync_info/earliest_block_height").ok(),
        validator: text("/validator_info/address"),
    })
}
