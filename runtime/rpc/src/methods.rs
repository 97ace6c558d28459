//! The table of RPC methods: name, names of the parameters by position, function.
//!
//! `subscribe` and its relatives exist on the WebSocket only; they are not in the table.

mod abci;
mod blocks;
mod info;
mod txs;

use serde_json::Value;

use crate::blocking::Kind;
use crate::dispatch::Dispatcher;
use crate::error::RpcError;
use crate::params::Params;

pub(crate) use txs::{CommitWait, committed_tx, start_commit};

/// How a method answers.
#[derive(Clone, Copy)]
enum Call {
    /// With a tree.
    Tree(fn(&Dispatcher, &Params) -> Result<Value, RpcError>),
    /// With JSON that is written at once, because there may be much of it.
    Text(fn(&Dispatcher, &Params) -> Result<String, RpcError>),
}

/// One method.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [&'static str],
    call: Call,
}

impl Method {
    /// Runs the method and writes its result.
    pub(crate) fn call(&self, dispatcher: &Dispatcher, params: &Params) -> Result<String, RpcError> {
        match self.call {
            Call::Tree(call) => call(dispatcher, params).map(|tree| tree.to_string()),
            Call::Text(call) => call(dispatcher, params),
        }
    }

    /// What the call does. A check is a query: it is as long as a broadcast, but nobody waits for it to be in a block.
    pub(crate) fn kind(&self, dispatcher: &Dispatcher, params: &Params) -> Kind {
        match self.name {
            "abci_query" => abci::kind(dispatcher, params),
            "check_tx" | "block_search" | "tx_search" => Kind::Query,
            name if name.starts_with("broadcast_tx_") => Kind::Broadcast,
            _ => Kind::Quick,
        }
    }
}

/// The one method that has to wait for a block; the server runs it itself, see [`start_commit`].
pub(crate) const BROADCAST_TX_COMMIT: &str = "broadcast_tx_commit";

const fn method(
    name: &'static str,
    params: &'static [&'static str],
    call: fn(&Dispatcher, &Params) -> Result<Value, RpcError>,
) -> Method {
    let call = Call::Tree(call);
    Method { name, params, call }
}

pub(crate) const METHODS: &[Method] = &[
    method("abci_info", &[], abci::info),
    method("abci_query", &["path", "data", "height", "prove"], abci::query),
    method("akash", &[], info::akash),
    method("block", &["height"], blocks::block),
    method("block_by_hash", &["hash"], blocks::block_by_hash),
    Method {
        name: "block_results",
        params: &["height"],
        call: Call::Text(blocks::block_results),
    },
    method(
        "block_search",
        &["query", "page", "per_page", "order_by"],
        blocks::block_search,
    ),
    method("blockchain", &["minHeight", "maxHeight"], blocks::blockchain),
    method("broadcast_tx_async", &["tx"], txs::broadcast_async),
    method(BROADCAST_TX_COMMIT, &["tx"], txs::commit_needs_the_server),
    method("broadcast_tx_sync", &["tx"], txs::broadcast_sync),
    method("check_tx", &["tx"], txs::check),
    method("commit", &["height"], blocks::commit),
    method("consensus_params", &["height"], info::consensus_params),
    method("consensus_state", &[], info::consensus_state),
    method("dump_consensus_state", &[], info::dump_consensus_state),
    method("genesis", &[], info::genesis),
    method("genesis_chunked", &["chunk"], info::genesis_chunked),
    method("header", &["height"], blocks::header),
    method("header_by_hash", &["hash"], blocks::header_by_hash),
    method("health", &[], info::health),
    method("net_info", &[], info::net_info),
    method("num_unconfirmed_txs", &[], info::num_unconfirmed_txs),
    method("status", &[], info::status),
    method("tx", &["hash", "prove"], txs::tx),
    method(
        "tx_search",
        &["query", "prove", "page", "per_page", "order_by"],
        txs::tx_search,
    ),
    method("unconfirmed_txs", &["limit"], info::unconfirmed_txs),
    method("validators", &["height", "page", "per_page"], info::validators),
];

/// Finds a method by name.
pub(crate) fn find(name: &str) -> Result<&'static Method, RpcError> {
    METHODS
        .iter()
        .find(|method| method.name == name)
        .ok_or_else(|| RpcError::MethodNotFound(name.to_owned()))
}

/// Entries of one page: 30 by default, at most 100.
fn per_page(asked: Option<u64>) -> usize {
    const DEFAULT: u64 = 30;
    const MAX: u64 = 100;
    let entries = match asked {
        None | Some(0) => DEFAULT,
        Some(asked) => asked.min(MAX),
    };
    usize::try_from(entries).expect("at most 100")
}

/// Page `page` (from 1) of `total` entries as a range of indices, with CometBFT's rules: 30 entries by default, at most
/// 100; a page past the end is an error.
fn page_of(params: &Params, total: usize) -> Result<std::ops::Range<usize>, RpcError> {
    let per_page = per_page(params.number("per_page")?);
    let pages = total.div_ceil(per_page).max(1);
    let page = params.number("page")?.unwrap_or(1);
    match usize::try_from(page) {
        Ok(page) if (1..=pages).contains(&page) => {
            let start = (page - 1) * per_page;
            Ok(start..(start + per_page).min(total))
        }
        _ => Err(RpcError::Internal(format!(
            "page should be within [1, {pages}] range, given {page}"
        ))),
    }
}

/// How search results are ordered when the caller does not say: transactions ascend, blocks descend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Ascending,
    Descending,
}

/// Search results as they were found (ascending) or reversed.
fn ordered<T>(params: &Params, default: Order, mut found: Vec<T>) -> Result<Vec<T>, RpcError> {
    let order = match params.text("order_by")?.as_deref() {
        None => Ok(default),
        Some("asc") => Ok(Order::Ascending),
        Some("desc") => Ok(Order::Descending),
        Some(_) => Err(RpcError::Internal(
            "expected order_by to be either `asc` or `desc` or empty".into(),
        )),
    };
    if order? == Order::Descending {
        found.reverse();
    }
    Ok(found)
}

fn parse_query(params: &Params) -> Result<crate::search::Query, RpcError> {
    let text = params.text("query")?.unwrap_or_default();
    crate::search::Query::parse(&text).map_err(|error| RpcError::Internal(error.to_string()))
}
