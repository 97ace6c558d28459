//! Step 1: a dev chain in this process, on a free loopback port, with a genesis time near the price that is replayed.

use std::net::{Ipv4Addr, SocketAddr};

use supercloud_node::{DevGenesis, NodeConfig, NodeHandle, spawn};
use supercloud_schema::money::UAKT;

use super::DemoArgs;
use super::failure::StepError;
use super::roles::RoleKeys;

/// Prefix of the chain's addresses.
pub(crate) const HRP: &str = "akash";
/// What every role owns at the start, in uakt.
pub(crate) const GENESIS_FUNDS: u128 = 1_000_000_000;
/// The price update is this many seconds old when the chain starts, less what the setup takes.
const GENESIS_LEAD_SECONDS: u64 = 5;
/// Genesis time when no price says one: the publish time of the demo's own update.
const DEFAULT_PUBLISH_TIME: u64 = 1_783_572_461;

/// The running chain.
pub(crate) struct ChainHandle {
    node: NodeHandle,
    genesis_time: u64,
}

impl ChainHandle {
    /// JSON-RPC URL.
    pub(crate) fn rpc_url(&self) -> String {
        self.node.rpc_url()
    }

    /// Unix seconds.
    pub(crate) fn genesis_time(&self) -> u64 {
        self.genesis_time
    }

    /// Stops the chain; its port is free afterwards.
    pub(crate) async fn stop(self) {
        // Stopping joins a thread, which must not block the runtime; the chain is gone either way.
        let _ = tokio::task::spawn_blocking(move || self.node.shutdown()).await;
    }
}

/// Starts the chain.
pub(crate) async fn start(
    args: &DemoArgs,
    publish_time: Option<u64>,
    keys: &RoleKeys,
) -> Result<ChainHandle, StepError> {
    let near_price = publish_time.unwrap_or(DEFAULT_PUBLISH_TIME) - GENESIS_LEAD_SECONDS;
    let genesis_time = args.genesis_time.unwrap_or(near_price);
    let mut genesis = DevGenesis::new()
        .prefix(HRP)
        .genesis_time(genesis_time)
        .voting_period(1)
        .timelock(0);
    for (role, address) in keys.addresses()? {
        genesis = genesis.fund(&address, &[(GENESIS_FUNDS, UAKT)]);
        if role == "governance" {
            genesis = genesis.council_member(&address, 1);
        }
    }
    let mut config = NodeConfig::dev(genesis.build());
    config.rpc_address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.rpc_port.unwrap_or(0)));
    // The demo speaks JSON-RPC only and must not take well-known ports from a running node.
    config.rest_address = None;
    config.grpc_address = None;
    let node = tokio::task::spawn_blocking(move || spawn(config))
        .await
        .map_err(StepError::unexpected)?
        .map_err(StepError::unexpected)?;
    Ok(ChainHandle { node, genesis_time })
}
