//! First state and settings of a dev chain.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use supercloud_chain::GenesisDenom;
use supercloud_node::{DEV_CHAIN_ID, DevGenesis, Genesis, GenesisAccess, NodeConfig};
use supercloud_schema::money::{UACT, UAKT};

use super::args::{BlockTime, DevArgs};

/// Seconds that block time is moved ahead while the market is installed on a new chain: the proposal's vote.
const INSTALL_SECONDS: u64 = 2;

/// Longer than any process runs.
const NEVER: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The first state of a new chain.
pub(super) fn first_state(args: &DevArgs, addresses: &[String]) -> Result<Genesis> {
    // On a development chain anyone may upload: that is what it is for.
    let mut genesis = DevGenesis::new()
        .chain_id(args.chain_id.as_deref().unwrap_or(DEV_CHAIN_ID))
        .prefix(args.prefix())
        .upload_access(GenesisAccess::Everybody);
    if args.load_suite {
        // So that block time is the time of day once the market is there.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the clock is before 1970")?;
        genesis = genesis.genesis_time(now.as_secs() - INSTALL_SECONDS);
    }
    let price = args.min_gas_price();
    if price.bytes().any(|digit| digit.is_ascii_digit() && digit != b'0') {
        genesis = genesis.min_gas_price(price, UAKT);
    }
    for (index, address) in addresses.iter().enumerate() {
        genesis = genesis.fund(address, &[(args.funds(), UAKT)]);
        if index == 0 {
            genesis = genesis.council_member(address, 1);
        }
    }
    let mut genesis = genesis.build();
    if let Some(time) = args.genesis_time {
        genesis.genesis_time = time.rfc3339()?;
    }
    genesis.denoms = vec![
        denom(UAKT, "akt", "Akash Token"),
        denom(UACT, "act", "Akash Compute Token"),
    ];
    Ok(genesis)
}

/// How the node runs.
pub(super) fn node_config(args: &DevArgs, genesis: Genesis) -> NodeConfig {
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut config = NodeConfig::dev(genesis);
    config.rpc_address = loopback(args.rpc_port);
    config.rest_address = Some(loopback(args.rest_port));
    config.grpc_address = Some(loopback(args.grpc_port));
    config.metrics_address = args.metrics_port.map(loopback);
    match args.block_time {
        BlockTime::Instant => {}
        BlockTime::Every(interval) => (config.min_block_spacing, config.block_interval) = (interval, interval),
        BlockTime::Manual => (config.min_block_spacing, config.block_interval) = (NEVER, NEVER),
    }
    config
}

fn denom(base: &str, display: &str, name: &str) -> GenesisDenom {
    GenesisDenom {
        base: base.to_owned(),
        display: display.to_owned(),
        exponent: 6,
        symbol: display.to_uppercase(),
        name: name.to_owned(),
        description: String::new(),
    }
}
