//! `supercloud query`: what the chain knows.
//!
//! Nearly every command is one line of a table ([`table::GROUPS`]): a gRPC method and the fields that the arguments fill.

mod chain;
mod request;
mod table;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::Value;
use supercloud_client::{ClientError, RpcClient};

use crate::codec;
use crate::hint;
use crate::node_args::NodeArgs;
use crate::output::{self, Form};

pub(crate) use chain::{tx_json, tx_response};

/// Arguments of `supercloud query`.
#[derive(Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t, global = true)]
    output: Form,
    /// Ask the state after this block; the newest when absent
    #[arg(long, value_name = "N", global = true)]
    height: Option<u64>,
    #[command(subcommand)]
    command: QueryCommand,
}

#[derive(Subcommand)]
enum QueryCommand {
    /// A transaction by its hash
    Tx {
        /// Hash in hex
        hash: String,
    },
    /// Transactions by events
    Txs {
        /// Such as "message.sender='akash1…' AND tx.height>5"
        #[arg(long)]
        query: String,
        /// Page, from 1
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        page: u32,
        /// The oldest or the newest first
        #[arg(long, visible_alias = "order_by", value_enum, default_value_t)]
        order_by: chain::Order,
    },
    /// Wait until a transaction is in a block
    WaitTx {
        /// Hash in hex
        hash: String,
        /// How long, such as 15s
        #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = duration)]
        timeout: Duration,
    },
    /// A block; the newest when no height is given
    Block {
        /// Height, or the hash in hex with --type hash
        place: Option<String>,
        /// What the block is named by
        #[arg(long = "type", value_enum, default_value_t)]
        kind: chain::BlockBy,
    },
    /// What the transactions of a block did
    BlockResults {
        /// Height
        height: Option<u64>,
    },
    /// Any gRPC method, with its request as JSON
    Grpc {
        /// Such as /cosmos.bank.v1beta1.Query/Balance
        method: String,
        /// The request
        #[arg(default_value = "{}")]
        request: String,
    },
    #[command(flatten)]
    Table(table::TableCommand),
}

fn duration(text: &str) -> Result<Duration, String> {
    supercloud_node::parse_duration(text).ok_or_else(|| format!("{text:?} is no duration such as 15s or 1m"))
}

/// Runs `supercloud query`.
pub(crate) async fn run(args: QueryArgs) -> Result<()> {
    let rpc = args.node.rpc()?;
    let document = match &args.command {
        QueryCommand::Tx { hash } => chain::tx(&rpc, hash).await,
        QueryCommand::Txs { query, page, order_by } => chain::txs(&rpc, query, *page, *order_by).await,
        QueryCommand::WaitTx { hash, timeout } => match args.node.connect().await {
            Ok(client) => chain::wait_tx(&client, hash, *timeout).await,
            Err(error) => Err(error),
        },
        QueryCommand::Block { place, kind } => chain::block(&rpc, place.as_deref(), *kind, args.height).await,
        QueryCommand::BlockResults { height } => chain::block_results(&rpc, height.or(args.height)).await,
        QueryCommand::Grpc { method, request } => {
            let request = serde_json::from_str(request).context("the request is no JSON")?;
            ask(&rpc, method, &request, args.height).await
        }
        QueryCommand::Table(command) => ask(&rpc, command.method, &command.request()?, args.height).await,
    };
    Ok(output::document(&document.map_err(hint::explain)?, args.output)?)
}

/// A gRPC query with JSON on both sides.
pub(crate) async fn ask(rpc: &RpcClient, method: &str, request: &Value, height: Option<u64>) -> Result<Value> {
    let described = codec::method_at(method)?;
    let path = format!("/{}/{}", described.parent_service().full_name(), described.name());
    let data = codec::encode(&described.input(), request)?;
    let answer = rpc.abci_query(&path, &data, height).await?;
    if answer.code != 0 {
        return Err(ClientError::Query {
            path,
            code: answer.code,
            codespace: answer.codespace,
            log: answer.log,
        }
        .into());
    }
    codec::decode(&described.output(), &answer.value)
}

/// Arguments of `supercloud status`.
#[derive(Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t)]
    output: Form,
}

/// Runs `supercloud status`.
pub(crate) async fn status(args: &StatusArgs) -> Result<()> {
    let rpc = args.node.rpc()?;
    let asked = rpc.call("status", serde_json::json!({})).await;
    let status = asked.map_err(|error| hint::explain(error.into()))?;
    Ok(output::document(&status, args.output)?)
}
