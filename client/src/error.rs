//! What can go wrong between this program and the chain.

use std::time::Duration;

use thiserror::Error;

use crate::address::AddressError;
use crate::key::KeyError;
use crate::outcome::TxOutcome;

/// Error of a call to the chain.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The node could not be reached or did not answer in time.
    #[error("node at {url}: {reason}")]
    Transport {
        /// Where.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The node answered with a JSON-RPC error, or refused the call with an HTTP status of 400 to 499.
    #[error("node refused {method}: {data} ({code})")]
    Rpc {
        /// The method.
        method: String,
        /// JSON-RPC code, or the HTTP status.
        code: i64,
        /// Details.
        data: String,
    },
    /// The node's answer is not what its protocol promises.
    #[error("unexpected answer to {what}: {reason}")]
    Malformed {
        /// What was asked.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// A query failed on the chain.
    #[error("query {path} failed: {log} (code {code} of {codespace})")]
    Query {
        /// gRPC path.
        path: String,
        /// ABCI code.
        code: u32,
        /// Its table.
        codespace: String,
        /// The chain's words.
        log: String,
    },
    /// One entry of a contract's list takes more gas than the node gives a query, so the list cannot be read past it.
    #[error("{list} cannot be read past {after}: its next entry alone is beyond the node's query gas: {source}")]
    Unlistable {
        /// The list, by the name of its query.
        list: &'static str,
        /// Cursor right before the entry, as JSON; `null` at the start of the list.
        after: String,
        /// The chain's answer to a page of one.
        source: Box<ClientError>,
    },
    /// A transaction was refused before it reached a block; it cost nothing.
    #[error("transaction refused: {log} (code {code} of {codespace})")]
    Refused {
        /// Hash, upper-case hex.
        hash: String,
        /// ABCI code.
        code: u32,
        /// Its table.
        codespace: String,
        /// The chain's words.
        log: String,
    },
    /// A transaction is in a block and failed: the fee is spent, nothing else changed.
    #[error("transaction {} failed in block {}: {} (code {} of {})", .0.hash, .0.height, .0.log, .0.code, .0.codespace)]
    Failed(Box<TxOutcome>),
    /// Accepted but not seen in a block in time. It may still be included.
    #[error("transaction {hash} is in no block after {} s", waited.as_secs())]
    NotIncluded {
        /// Hash, upper-case hex.
        hash: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The connection broke while the transaction was handed over. It may or may not be included.
    #[error("transaction {hash} may or may not have reached the node: {reason}")]
    Uncertain {
        /// Hash, upper-case hex.
        hash: String,
        /// What happened.
        reason: String,
    },
    /// The account has never received anything, so it cannot send.
    #[error("account {address} does not exist on the chain")]
    UnknownAccount {
        /// Its address.
        address: String,
    },
    /// A message could not be written as JSON.
    #[error("message cannot be written as json: {reason}")]
    Encode {
        /// What serde said.
        reason: String,
    },
    /// Waiting for something on the chain took too long.
    #[error("{what} did not happen within {} s", waited.as_secs())]
    Timeout {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
    },
    /// A bad address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A bad key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl ClientError {
    /// ABCI code and codespace, where the chain itself answered.
    pub fn code(&self) -> Option<(u32, &str)> {
        match self {
            Self::Query { code, codespace, .. } | Self::Refused { code, codespace, .. } => Some((*code, codespace)),
            Self::Failed(outcome) => Some((outcome.code, &outcome.codespace)),
            Self::Unlistable { source, .. } => source.code(),
            _ => None,
        }
    }

    /// The chain's own words, where it answered.
    pub fn log(&self) -> Option<&str> {
        match self {
            Self::Query { log, .. } | Self::Refused { log, .. } => Some(log),
            Self::Failed(outcome) => Some(&outcome.log),
            Self::Unlistable { source, .. } => source.log(),
            _ => None,
        }
    }

    /// Whether the queried thing does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Query { code: 22 | 38, codespace, .. } if codespace == "sdk")
            || matches!(self, Self::Query { log, .. } if log.contains("code = NotFound") || log.contains("not found"))
    }

    /// Whether a query took more gas than the node gives it. Nodes answer with code 6 (unknown request) and the gas
    /// meter's words, or with the meter's own code, 11.
    pub fn is_out_of_query_gas(&self) -> bool {
        matches!(self, Self::Query { code, codespace, log, .. }
            if codespace == "sdk" && (*code == 11 || log.contains("out of gas in location: ")))
    }

    pub(crate) fn malformed(what: impl Into<String>, reason: impl ToString) -> Self {
        Self::Malformed {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}
