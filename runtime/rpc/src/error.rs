//! JSON-RPC errors with CometBFT's codes and texts.

use serde_json::{Value, json};
use thiserror::Error;

use crate::api::SearchError;

/// Why a call has no result. `message` is fixed by the kind; `data` carries the facts.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RpcError {
    /// The body is not JSON.
    #[error("parse error: {0}")]
    Parse(String),
    /// The body is JSON but not a request.
    #[error("invalid request: {0}")]
    InvalidRequest(String),
    /// No such method.
    #[error("method not found: {0}")]
    MethodNotFound(String),
    /// A parameter is missing or of the wrong kind.
    #[error("invalid params: {0}")]
    InvalidParams(String),
    /// A proof that cannot be had.
    #[error("{0}")]
    Unprovable(String),
    /// A subscription ended.
    #[error("{0}")]
    Server(String),
    /// The call itself failed.
    #[error("{0}")]
    Internal(String),
}

impl From<SearchError> for RpcError {
    fn from(error: SearchError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl RpcError {
    /// JSON-RPC error code.
    pub const fn code(&self) -> i32 {
        match self {
            Self::Parse(_) => -32700,
            Self::InvalidRequest(_) => -32600,
            Self::MethodNotFound(_) => -32601,
            Self::InvalidParams(_) | Self::Unprovable(_) => -32602,
            Self::Internal(_) => -32603,
            Self::Server(_) => -32000,
        }
    }

    /// The same with CometBFT's words before what is wrong with parameters; `kind` is what they were written in.
    pub(crate) fn in_params(self, kind: &str) -> Self {
        match self {
            Self::InvalidParams(why) => {
                Self::InvalidParams(format!("error converting {kind} params to arguments: {why}"))
            }
            other => other,
        }
    }

    /// The `error` member of a response. `data` is always a string: Rust clients refuse anything else.
    pub fn to_json(&self) -> Value {
        let (message, data) = match self {
            Self::Parse(data) => ("Parse error. Invalid JSON", data),
            Self::InvalidRequest(data) => ("Invalid Request", data),
            Self::MethodNotFound(data) => ("Method not found", data),
            Self::InvalidParams(data) | Self::Unprovable(data) => ("Invalid params", data),
            Self::Internal(data) => ("Internal error", data),
            Self::Server(data) => ("Server error", data),
        };
        json!({ "code": self.code(), "message": message, "data": data })
    }
}
