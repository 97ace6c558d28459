//! The node under test: its facts, and queries by protobuf path through `abci_query`.

use anyhow::{Context, Result, ensure};
use cosmrs::proto::cosmwasm::wasm::v1::{
    QueryRawContractStateRequest, QueryRawContractStateResponse, QuerySmartContractStateRequest,
    QuerySmartContractStateResponse,
};
use prost::Message;
use serde_json::Value;
use tendermint_rpc::{Client, HttpClient};

/// A running node.
pub struct Node {
    /// Its JSON-RPC, dialect 0.38.
    pub rpc: HttpClient,
    /// Base URL of the JSON-RPC.
    pub url: String,
    /// Chain id.
    pub chain_id: String,
    /// Fee denom.
    pub denom: String,
    /// Bech32 prefix.
    pub prefix: String,
    /// Least price of a unit of gas.
    pub gas_price: f64,
    /// Words of all accounts.
    pub mnemonic: String,
}

impl Node {
    /// Reads the line that `supercloud dev --json` printed.
    pub fn from_ready_line(path: &str) -> Result<Self> {
        let ready: Value = serde_json::from_slice(&std::fs::read(path).with_context(|| path.to_owned())?)?;
        let text = |key: &str| {
            let value = &ready[key];
            value
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("{key} in {path}: a text, not {value}"))
        };
        let url = text("rpc_url")?;
        Ok(Self {
            rpc: HttpClient::new(url.as_str())?,
            url,
            chain_id: text("chain_id")?,
            denom: text("denom")?,
            prefix: text("prefix")?,
            gas_price: text("min_gas_price")?.parse()?,
            mnemonic: text("mnemonic")?,
        })
    }

    /// The answer of a query method, which must succeed.
    pub async fn query<A: Message + Default>(&self, path: &str, request: &impl Message) -> Result<A> {
        let answer = self
            .rpc
            .abci_query(Some(path.to_owned()), request.encode_to_vec(), None, false)
            .await?;
        ensure!(answer.code.is_ok(), "{path}: code {:?}: {}", answer.code, answer.log);
        ensure!(answer.height.value() > 0, "{path}: no height");
        Ok(A::decode(answer.value.as_slice())?)
    }

    /// Code and log of a query that must fail.
    pub async fn failing_query(&self, path: &str, request: &impl Message) -> Result<(u32, String)> {
        let answer = self
            .rpc
            .abci_query(Some(path.to_owned()), request.encode_to_vec(), None, false)
            .await?;
        ensure!(answer.code.is_err(), "{path} succeeded");
        Ok((answer.code.value(), answer.log))
    }

    /// A contract's answer to a JSON query.
    pub async fn smart(&self, contract: &str, message: &Value) -> Result<Value> {
        let request = QuerySmartContractStateRequest {
            address: contract.to_owned(),
            query_data: message.to_string().into_bytes(),
        };
        let answer: QuerySmartContractStateResponse = self
            .query("/cosmwasm.wasm.v1.Query/SmartContractState", &request)
            .await?;
        Ok(serde_json::from_slice(&answer.data)?)
    }

    /// What a contract keeps under a key.
    pub async fn raw(&self, contract: &str, key: &[u8]) -> Result<Vec<u8>> {
        let request = QueryRawContractStateRequest {
            address: contract.to_owned(),
            query_data: key.to_vec(),
        };
        let answer: QueryRawContractStateResponse =
            self.query("/cosmwasm.wasm.v1.Query/RawContractState", &request).await?;
        Ok(answer.data)
    }
}
