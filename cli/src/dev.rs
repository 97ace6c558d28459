//! `supercloud dev`: a development chain with funded accounts, until interrupted. State is kept in memory only.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use clap::Args;
use supercloud_client::{Key, WordCount, generate_mnemonic};
use supercloud_node::{DevGenesis, NodeConfig, spawn};
use supercloud_schema::money::UAKT;

use crate::output;

/// Arguments of `supercloud dev`.
#[derive(Args)]
pub(crate) struct DevArgs {
    /// Port of the chain's JSON-RPC on loopback; 0 takes any free one
    #[arg(long, default_value_t = 26657)]
    rpc_port: u16,
    /// Words of the wallet whose first accounts are funded; fresh ones are made and shown when absent
    #[arg(long, env = "SUPERCLOUD_MNEMONIC")]
    mnemonic: Option<String>,
    /// How many accounts are funded; the first is the council
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    accounts: u32,
    /// What each account owns, in uakt
    #[arg(long, default_value_t = 1_000_000_000_000)]
    funds: u128,
    /// Genesis time, Unix seconds; now when absent
    #[arg(long)]
    genesis_time: Option<u64>,
    /// Prefix of addresses
    #[arg(long, default_value = "akash")]
    prefix: String,
}

/// Runs the chain until ctrl-c.
pub(crate) async fn run(args: DevArgs) -> Result<()> {
    let mnemonic = match args.mnemonic {
        Some(words) => words,
        None => generate_mnemonic(WordCount::Twelve)?.to_string(),
    };
    let mut genesis = DevGenesis::new().prefix(&args.prefix);
    if let Some(time) = args.genesis_time {
        genesis = genesis.genesis_time(time);
    }
    output::line(format_args!("mnemonic  {mnemonic}"))?;
    for index in 0..args.accounts {
        let address = Key::from_mnemonic_at(&mnemonic, index)?.address(&args.prefix)?;
        genesis = genesis.fund(&address, &[(args.funds, UAKT)]);
        if index == 0 {
            genesis = genesis.council_member(&address, 1);
        }
        output::line(format_args!(
            "account {index} {address}{}",
            if index == 0 { "  (council)" } else { "" }
        ))?;
    }
    let mut config = NodeConfig::dev(genesis.build());
    config.rpc_address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.rpc_port));
    let node = tokio::task::spawn_blocking(move || spawn(config))
        .await?
        .context("the chain did not start")?;
    output::line(format_args!("chain id  {}", node.chain_id()))?;
    output::line(format_args!("json-rpc  {}", node.rpc_url()))?;
    tokio::signal::ctrl_c().await.context("cannot wait for ctrl-c")?;
    tokio::task::spawn_blocking(move || node.shutdown()).await?;
    Ok(())
}
