//! The JSON-RPC calls of a CometBFT 0.38 node over HTTP.

mod json;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::ClientError;
use crate::event::Event;
use crate::outcome::TxOutcome;
use json::{
    RawAbci, RawBlock, RawBlockResults, RawCheck, RawExec, RawSearch, RawStatus, RawTx, Response, decode_base64,
    parse_time,
};

/// One call takes at most this long; a smart query of a busy node is the slowest.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Most transactions per page of a search, CometBFT's limit.
const MAX_PER_PAGE: usize = 100;

/// A node's JSON-RPC endpoint. Cloning is cheap only behind an `Arc`; [`crate::Client`] holds one.
#[derive(Debug)]
pub struct RpcClient {
    http: reqwest::Client,
    url: String,
    next_id: AtomicU64,
}

/// What `status` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Chain id.
    pub chain_id: String,
    /// Node software version.
    pub version: String,
    /// Name of the node.
    pub moniker: String,
    /// Last committed height.
    pub height: u64,
    /// Time of that block, nanoseconds since 1970.
    pub time_nanos: u64,
    /// Whether the node is behind.
    pub catching_up: bool,
}

/// What `abci_query` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbciAnswer {
    /// 0 is success.
    pub code: u32,
    /// Table of the code.
    pub codespace: String,
    /// The chain's words on failure.
    pub log: String,
    /// The answer.
    pub value: Vec<u8>,
    /// Height that was read.
    pub height: u64,
}

/// What CheckTx said to a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// Hash, upper-case hex.
    pub hash: String,
    /// 0 is "in the mempool".
    pub code: u32,
    /// Table of the code.
    pub codespace: String,
    /// The chain's words on failure.
    pub log: String,
}

/// A block without its results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Height.
    pub height: u64,
    /// Hash, upper-case hex.
    pub hash: String,
    /// Block time, nanoseconds since 1970.
    pub time_nanos: u64,
    /// Transactions, raw.
    pub txs: Vec<Vec<u8>>,
}

/// The results of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockResults {
    /// Height.
    pub height: u64,
    /// One per transaction.
    pub txs: Vec<ExecResult>,
    /// Events outside transactions.
    pub events: Vec<Event>,
}

/// Result of one transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecResult {
    /// 0 is success.
    pub code: u32,
    /// Table of the code.
    pub codespace: String,
    /// The chain's words; empty on success.
    pub log: String,
    /// Gas limit.
    pub gas_wanted: u64,
    /// Gas used.
    pub gas_used: u64,
    /// Events in order.
    pub events: Vec<Event>,
    /// Encoded `TxMsgData`.
    pub data: Vec<u8>,
}

/// Order of search results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOrder {
    /// Oldest first.
    Ascending,
    /// Newest first.
    Descending,
}

impl RpcClient {
    /// A client of the node at `url`, such as `http://127.0.0.1:26657`. Makes no call yet.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        // Fails only when the program has already chosen a provider, which is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = url.trim_end_matches('/').replacen("tcp://", "http://", 1);
        let http = reqwest::Client::builder()
            .timeout(CALL_TIMEOUT)
            .build()
            .map_err(|error| ClientError::Transport {
                url: url.clone(),
                reason: describe(&error),
            })?;
        Ok(Self {
            http,
            url,
            next_id: AtomicU64::new(1),
        })
    }

    /// Where the node is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Any method, with its raw result.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, ClientError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let transport = |error: &reqwest::Error| ClientError::Transport {
            url: self.url.clone(),
            reason: describe(error),
        };
        let response = self
            .http
            .post(&self.url)
            .json(&request)
            .send()
            .await
            .map_err(|error| transport(&error))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| transport(&error))?;
        if status.is_client_error() {
            // Refused for good, such as a body over the node's limit: unlike a broken connection it was not taken.
            return Err(ClientError::Rpc {
                method: method.to_owned(),
                code: status.as_u16().into(),
                data: format!("http status {status}"),
            });
        }
        if !status.is_success() {
            let reason = format!("http status {status}");
            return Err(ClientError::Transport {
                url: self.url.clone(),
                reason,
            });
        }
        let response: Response =
            serde_json::from_slice(&body).map_err(|error| ClientError::malformed(method, error))?;
        match (response.result, response.error) {
            (_, Some(error)) => Err(ClientError::Rpc {
                method: method.to_owned(),
                code: error.code,
                data: error.data.filter(|data| !data.is_empty()).unwrap_or(error.message),
            }),
            (Some(result), None) => Ok(result),
            (None, None) => Err(ClientError::malformed(method, "neither result nor error")),
        }
    }

    async fn typed<R: DeserializeOwned>(&self, method: &str, params: Value) -> Result<R, ClientError> {
        let result = self.call(method, params).await?;
        serde_json::from_value(result).map_err(|error| ClientError::malformed(method, error))
    }

    /// The node and its last block.
    pub async fn status(&self) -> Result<Status, ClientError> {
        let raw: RawStatus = self.typed("status", json!({})).await?;
        Ok(Status {
            chain_id: raw.node_info.network,
            version: raw.node_info.version,
            moniker: raw.node_info.moniker,
            height: raw.sync_info.latest_block_height.value("status")?,
            time_nanos: parse_time("status", &raw.sync_info.latest_block_time)?,
            catching_up: raw.sync_info.catching_up,
        })
    }

    /// The genesis document.
    pub async fn genesis(&self) -> Result<Value, ClientError> {
        Ok(self.call("genesis", json!({})).await?["genesis"].take())
    }

    /// A gRPC-path query; `height` `None` is the latest. A failed query is an answer with a code, not an error.
    pub async fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> Result<AbciAnswer, ClientError> {
        let height = height.unwrap_or(0).to_string();
        let params = json!({ "path": path, "data": hex::encode(data), "height": height, "prove": false });
        let raw: RawAbci = self.typed("abci_query", params).await?;
        let raw = raw.response;
        Ok(AbciAnswer {
            code: raw.code,
            codespace: raw.codespace.unwrap_or_default(),
            log: raw.log.unwrap_or_default(),
            value: decode_base64(path, raw.value.as_deref())?,
            height: raw.height.value(path)?,
        })
    }

    /// Hands a transaction to the mempool and returns what CheckTx said.
    pub async fn broadcast_tx_sync(&self, raw: &[u8]) -> Result<CheckResult, ClientError> {
        let result: RawCheck = self
            .typed("broadcast_tx_sync", json!({ "tx": STANDARD.encode(raw) }))
            .await?;
        Ok(CheckResult {
            hash: result.hash,
            code: result.code,
            codespace: result.codespace,
            log: result.log,
        })
    }

    /// A transaction by its hash in hex; `None` when it is in no block.
    pub async fn tx(&self, hash: &str) -> Result<Option<TxOutcome>, ClientError> {
        let bytes = hex::decode(hash).map_err(|error| ClientError::malformed(format!("hash {hash}"), error))?;
        match self
            .typed::<RawTx>("tx", json!({ "hash": STANDARD.encode(bytes), "prove": false }))
            .await
        {
            Ok(raw) => raw.into_outcome().map(Some),
            Err(ClientError::Rpc { data, .. }) if data.contains("not found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Page `page` (from 1, 100 per page) of the transactions that match, and the total count.
    pub async fn tx_search(
        &self,
        query: &str,
        page: usize,
        order: SearchOrder,
    ) -> Result<(Vec<TxOutcome>, usize), ClientError> {
        let order_by = match order {
            SearchOrder::Ascending => "asc",
            SearchOrder::Descending => "desc",
        };
        let params = json!({
            "query": query,
            "prove": false,
            "page": page.to_string(),
            "per_page": MAX_PER_PAGE.to_string(),
            "order_by": order_by,
        });
        let raw: RawSearch = self.typed("tx_search", params).await?;
        let txs = raw.txs.into_iter().map(RawTx::into_outcome).collect::<Result<_, _>>()?;
        let total = raw.total_count.value("tx_search")?;
        Ok((txs, usize::try_from(total).unwrap_or(usize::MAX)))
    }

    /// All transactions that match, oldest first.
    pub async fn tx_search_all(&self, query: &str) -> Result<Vec<TxOutcome>, ClientError> {
        let (mut all, total) = self.tx_search(query, 1, SearchOrder::Ascending).await?;
        while all.len() < total {
            let page = all.len() / MAX_PER_PAGE + 1;
            let (more, _) = self.tx_search(query, page, SearchOrder::Ascending).await?;
            if more.is_empty() {
                break;
            }
            all.extend(more);
        }
        Ok(all)
    }

    /// A block; `None` is the latest.
    pub async fn block(&self, height: Option<u64>) -> Result<Block, ClientError> {
        let raw: RawBlock = self.typed("block", height_param(height)).await?;
        let txs = raw.block.data.txs.unwrap_or_default();
        Ok(Block {
            height: raw.block.header.height.value("block")?,
            hash: raw.block_id.hash,
            time_nanos: parse_time("block", &raw.block.header.time)?,
            txs: txs
                .iter()
                .map(|tx| decode_base64("block", Some(tx)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The results of a block; `None` is the latest.
    pub async fn block_results(&self, height: Option<u64>) -> Result<BlockResults, ClientError> {
        let raw: RawBlockResults = self.typed("block_results", height_param(height)).await?;
        let txs = raw.txs_results.unwrap_or_default();
        Ok(BlockResults {
            height: raw.height.value("block_results")?,
            txs: txs.into_iter().map(RawExec::into_result).collect::<Result<_, _>>()?,
            events: raw.finalize_block_events.unwrap_or_default(),
        })
    }
}

fn height_param(height: Option<u64>) -> Value {
    height.map_or(json!({}), |height| json!({ "height": height.to_string() }))
}

/// The innermost cause: the outer text of reqwest repeats the address only.
fn describe(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
