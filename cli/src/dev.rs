//! `supercloud dev`: a development chain with funded accounts, until interrupted. State is kept in memory only.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use supercloud_client::{Key, WordCount, generate_mnemonic};
use supercloud_node::{DevGenesis, GenesisAccess, NodeConfig, NodeHandle, spawn};
use supercloud_schema::money::UAKT;

use crate::output;

/// Arguments of `supercloud dev`.
#[derive(Args)]
pub(crate) struct DevArgs {
    /// Chain id
    #[arg(long, default_value = supercloud_node::DEV_CHAIN_ID)]
    chain_id: String,
    /// Port of the chain's JSON-RPC on loopback; 0 takes any free one
    #[arg(long, default_value_t = 26657)]
    rpc_port: u16,
    /// Port of the REST gateway on loopback; 0 takes any free one
    #[arg(long, default_value_t = 1317)]
    rest_port: u16,
    /// Port of gRPC on loopback; 0 takes any free one
    #[arg(long, default_value_t = 9090)]
    grpc_port: u16,
    /// Port of Prometheus metrics on loopback; 0 takes any free one, none are served when absent
    #[arg(long)]
    metrics_port: Option<u16>,
    /// Words of the wallet whose first accounts are funded; fresh ones are made and shown when absent
    #[arg(long, env = "SUPERCLOUD_MNEMONIC")]
    mnemonic: Option<String>,
    /// How many accounts are funded; the first is the council
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    accounts: u32,
    /// What each account owns, in uakt
    #[arg(long, default_value_t = 1_000_000_000_000)]
    funds: u128,
    /// Least price of gas, in uakt; 0 takes transactions without a fee
    #[arg(long, default_value = "0.0025")]
    min_gas_price: String,
    /// Genesis time, Unix seconds; now when absent
    #[arg(long)]
    genesis_time: Option<u64>,
    /// Prefix of addresses
    #[arg(long, default_value = "akash")]
    prefix: String,
    /// Print one line of JSON with everything above once the chain is ready
    #[arg(long)]
    json: bool,
}

/// Runs the chain until ctrl-c.
pub(crate) async fn run(args: DevArgs) -> Result<()> {
    let mnemonic = match &args.mnemonic {
        Some(words) => words.clone(),
        None => generate_mnemonic(WordCount::Twelve)?.to_string(),
    };
    let addresses: Vec<String> = (0..args.accounts)
        .map(|index| Ok(Key::from_mnemonic_at(&mnemonic, index)?.address(&args.prefix)?))
        .collect::<Result<_>>()?;
    let config = configure(&args, &addresses);
    let node = tokio::task::spawn_blocking(move || spawn(config))
        .await?
        .context("the chain did not start")?;
    if args.json {
        output::line(ready_line(&args, &mnemonic, &addresses, &node))?;
    } else {
        print(&mnemonic, &addresses, &node)?;
    }
    tokio::signal::ctrl_c().await.context("cannot wait for ctrl-c")?;
    tokio::task::spawn_blocking(move || node.shutdown()).await?;
    Ok(())
}

fn configure(args: &DevArgs, addresses: &[String]) -> NodeConfig {
    // On a development chain anyone may upload: that is what it is for.
    let mut genesis = DevGenesis::new()
        .chain_id(&args.chain_id)
        .prefix(&args.prefix)
        .upload_access(GenesisAccess::Everybody);
    if let Some(time) = args.genesis_time {
        genesis = genesis.genesis_time(time);
    }
    if args.min_gas_price != "0" {
        genesis = genesis.min_gas_price(&args.min_gas_price, UAKT);
    }
    for (index, address) in addresses.iter().enumerate() {
        genesis = genesis.fund(address, &[(args.funds, UAKT)]);
        if index == 0 {
            genesis = genesis.council_member(address, 1);
        }
    }
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut config = NodeConfig::dev(genesis.build());
    config.rpc_address = loopback(args.rpc_port);
    config.rest_address = Some(loopback(args.rest_port));
    config.grpc_address = Some(loopback(args.grpc_port));
    config.metrics_address = args.metrics_port.map(loopback);
    config
}

fn ready_line(args: &DevArgs, mnemonic: &str, addresses: &[String], node: &NodeHandle) -> Value {
    let accounts: Vec<Value> = addresses
        .iter()
        .enumerate()
        .map(|(index, address)| {
            json!({ "index": index, "address": address, "path": format!("m/44'/118'/0'/0/{index}"),
                "balance": args.funds.to_string() })
        })
        .collect();
    json!({
        "chain_id": node.chain_id(),
        "rpc_url": node.rpc_url(),
        "rest_url": node.rest_url(),
        "grpc_url": node.grpc_url(),
        "metrics_url": node.metrics_url(),
        "prefix": args.prefix,
        "denom": UAKT,
        "min_gas_price": args.min_gas_price,
        "mnemonic": mnemonic,
        "accounts": accounts,
        "council": addresses.first(),
    })
}

fn print(mnemonic: &str, addresses: &[String], node: &NodeHandle) -> Result<()> {
    output::line(format_args!("mnemonic  {mnemonic}"))?;
    for (index, address) in addresses.iter().enumerate() {
        let role = if index == 0 { "  (council)" } else { "" };
        output::line(format_args!("account {index} {address}{role}"))?;
    }
    output::line(format_args!("chain id  {}", node.chain_id()))?;
    output::line(format_args!("json-rpc  {}", node.rpc_url()))?;
    let others = [
        ("rest      ", node.rest_url()),
        ("grpc      ", node.grpc_url()),
        ("metrics   ", node.metrics_url()),
    ];
    for (name, url) in others {
        if let Some(url) = url {
            output::line(format_args!("{name}{url}"))?;
        }
    }
    Ok(())
}
