//! The contract messages for fuzz targets: what the host understands of a JSON text, written down again.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::wasm::json;

/// Messages between contracts and the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// What entry points that change state return: `ContractResult<Response>`.
    Response,
    /// What `query` returns: `ContractResult<Binary>`.
    QueryResponse,
    /// What contracts ask: `QueryRequest`.
    QueryRequest,
    /// What queries are answered with: `SystemResult<ContractResult<Binary>>`.
    SystemResult,
    /// `Env`
    Env,
    /// `MessageInfo`
    MessageInfo,
    /// `MigrateInfo`
    MigrateInfo,
    /// `Reply`
    Reply,
}

impl Message {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Response,
        Self::QueryResponse,
        Self::QueryRequest,
        Self::SystemResult,
        Self::Env,
        Self::MessageInfo,
        Self::MigrateInfo,
        Self::Reply,
    ];

    /// Reads `text` as the host does and writes what was understood. What the host runs nothing of is written as a
    /// message `unknown`.
    ///
    /// # Errors
    ///
    /// Why the host does not understand the text.
    pub fn rewrite(self, text: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Response => rewrite::<json::ContractResult<json::Response>>(text),
            Self::QueryResponse => rewrite::<json::ContractResult<json::Binary>>(text),
            Self::QueryRequest => rewrite::<json::QueryRequest>(text),
            Self::SystemResult => rewrite::<json::SystemResult>(text),
            Self::Env => rewrite::<json::Env>(text),
            Self::MessageInfo => rewrite::<json::MessageInfo>(text),
            Self::MigrateInfo => rewrite::<json::MigrateInfo>(text),
            Self::Reply => rewrite::<json::Reply>(text),
        }
    }
}

fn rewrite<T: Serialize + DeserializeOwned>(text: &[u8]) -> Result<Vec<u8>, String> {
    let value: T = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    Ok(serde_json::to_vec(&value).expect("the host's own types have only text keys"))
}
