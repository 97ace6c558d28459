//! Which node a command talks to.

use anyhow::{Context, Result, bail};
use clap::Args;
use supercloud_client::{Client, RpcClient};

/// Arguments of all commands that talk to a node.
#[derive(Args, Clone)]
pub(crate) struct NodeArgs {
    /// JSON-RPC of the node
    #[arg(
        long,
        value_name = "URL",
        env = "SUPERCLOUD_NODE",
        default_value = "http://127.0.0.1:26657",
        global = true
    )]
    node: String,
    /// Chain id that the node must have; any when absent
    #[arg(long, value_name = "ID", env = "SUPERCLOUD_CHAIN_ID", global = true)]
    chain_id: Option<String>,
}

impl NodeArgs {
    /// The chain id that was asked for.
    pub(crate) fn chain_id(&self) -> Option<&str> {
        self.chain_id.as_deref()
    }

    /// The calls underneath, without asking the node anything.
    pub(crate) fn rpc(&self) -> Result<RpcClient> {
        Ok(RpcClient::new(&self.node)?)
    }

    /// Connects.
    pub(crate) async fn connect(&self) -> Result<Client> {
        let client = Client::connect(&self.node)
            .await
            .with_context(|| format!("no chain answers at {}; is it running, and is --node right?", self.node))?;
        match &self.chain_id {
            Some(expected) if expected != client.chain_id() => bail!(
                "the node at {} is of chain {}, not {expected}; change --node or --chain-id",
                self.node,
                client.chain_id()
            ),
            _ => Ok(client),
        }
    }
}
