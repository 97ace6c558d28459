//! A node whose answers a test scripts: one account, a mempool that checks sequences, blocks on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_client::{Client, RpcClient};
use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::cosmos::base::abci::v1beta1::GasInfo;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, SimulateRequest, SimulateResponse, TxRaw};
use supercloud_proto::prost::Message;

pub(crate) const CHAIN_ID: &str = "fake-1";
pub(crate) const ACCOUNT_NUMBER: u64 = 7;
pub(crate) const SIMULATED_GAS: u64 = 100_000;

/// What the node does with the next broadcast instead of checking it.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// A JSON-RPC error with this data.
    RpcError(&'static str),
    /// CheckTx code and log.
    Refuse(u32, &'static str),
    /// The connection breaks after the transaction was taken.
    TakeAndBreak,
    /// The connection breaks at once.
    Break,
}

/// Response to the query at a path with this data, or the code and log of its failure.
type Answer = fn(&str, &[u8]) -> Result<Vec<u8>, (u32, String)>;

#[derive(Default)]
pub(crate) struct Chain {
    /// Address of the one account; `None`: it does not exist.
    pub(crate) account: Option<String>,
    /// Sequence in committed state.
    pub(crate) committed: u64,
    /// Accepted, not yet committed.
    pub(crate) pending: Vec<Vec<u8>>,
    /// Committed, with the code of their result.
    pub(crate) blocks: Vec<(Vec<u8>, u32)>,
    /// Whether a broadcast is committed at once.
    pub(crate) instant: bool,
    /// Result code of what is committed.
    pub(crate) result_code: u32,
    pub(crate) script: VecDeque<Script>,
    pub(crate) broadcasts: usize,
    /// Answers to other abci paths.
    pub(crate) answer: Option<Answer>,
    /// Data of the queries at those paths so far.
    pub(crate) asked: Vec<Vec<u8>>,
}

impl Chain {
    pub(crate) fn commit(&mut self) {
        let code = self.result_code;
        self.committed += self.pending.len() as u64;
        self.blocks.extend(self.pending.drain(..).map(|raw| (raw, code)));
    }

    fn mismatch(&self, expected: u64, got: u64) -> String {
        format!("account sequence mismatch, expected {expected}, got {got}: incorrect account sequence")
    }

    fn call(&mut self, method: &str, params: &Value) -> Option<Result<Value, String>> {
        Some(match method {
            "abci_query" => Ok(self.abci_query(params)),
            "broadcast_tx_sync" => return self.broadcast(params),
            "tx" => self.tx(params),
            other => Err(format!("unscripted {other}")),
        })
    }

    fn abci_query(&mut self, params: &Value) -> Value {
        let path = params["path"].as_str().unwrap();
        let data = hex::decode(params["data"].as_str().unwrap()).unwrap();
        let (code, log, value) = match path {
            "/cosmos.auth.v1beta1.Query/Account" => self.account_answer(&data),
            "/cosmos.tx.v1beta1.Service/Simulate" => self.simulate(&data),
            _ => {
                self.asked.push(data.clone());
                match self.answer.map_or(Ok(vec![]), |answer| answer(path, &data)) {
                    Ok(value) => (0, String::new(), value),
                    Err((code, log)) => (code, log, vec![]),
                }
            }
        };
        json!({ "response": { "code": code, "codespace": if code == 0 { "" } else { "sdk" }, "log": log,
            "value": STANDARD.encode(value), "height": "1" } })
    }

    fn account_answer(&self, data: &[u8]) -> (u32, String, Vec<u8>) {
        let asked = QueryAccountRequest::decode(data).unwrap().address;
        if self.account.as_ref() != Some(&asked) {
            let log = format!("rpc error: code = NotFound desc = account {asked} not found: key not found");
            return (22, log, vec![]);
        }
        let account = BaseAccount {
            address: asked,
            account_number: ACCOUNT_NUMBER,
            sequence: self.committed,
            ..BaseAccount::default()
        };
        let response = QueryAccountResponse {
            account: Some(supercloud_proto::pack(&account)),
        };
        (0, String::new(), response.encode_to_vec())
    }

    /// Simulations run on committed state, as they may on a real node.
    fn simulate(&self, data: &[u8]) -> (u32, String, Vec<u8>) {
        let request = SimulateRequest::decode(data).unwrap();
        let got = sequence_of(&request.tx_bytes);
        if got != self.committed {
            let log = format!(
                "rpc error: code = Unknown desc = {}: unknown request",
                self.mismatch(self.committed, got)
            );
            return (6, log, vec![]);
        }
        let gas_info = GasInfo {
            gas_wanted: 0,
            gas_used: SIMULATED_GAS,
        };
        (
            0,
            String::new(),
            SimulateResponse {
                gas_info: Some(gas_info),
                result: None,
            }
            .encode_to_vec(),
        )
    }

    fn broadcast(&mut self, params: &Value) -> Option<Result<Value, String>> {
        self.broadcasts += 1;
        let raw = STANDARD.decode(params["tx"].as_str().unwrap()).unwrap();
        let check = |code: u32, log: &str| {
            json!({ "code": code, "data": "", "log": log, "codespace": if code == 0 { "" } else { "sdk" },
                "hash": hash(&raw) })
        };
        match self.script.pop_front() {
            Some(Script::RpcError(data)) => return Some(Err(data.into())),
            Some(Script::Refuse(code, log)) => return Some(Ok(check(code, log))),
            Some(Script::Break) => return None,
            Some(Script::TakeAndBreak) => {
                self.pending.push(raw);
                self.commit();
                return None;
            }
            None => {}
        }
        if self.pending.contains(&raw) || self.blocks.iter().any(|(seen, _)| *seen == raw) {
            return Some(Err("tx already exists in cache".into()));
        }
        let (expected, got) = (self.committed + self.pending.len() as u64, sequence_of(&raw));
        if expected != got {
            return Some(Ok(check(32, &self.mismatch(expected, got))));
        }
        let answer = check(0, "");
        self.pending.push(raw);
        if self.instant {
            self.commit();
        }
        Some(Ok(answer))
    }

    fn tx(&self, params: &Value) -> Result<Value, String> {
        let asked = hex::encode_upper(STANDARD.decode(params["hash"].as_str().unwrap()).unwrap());
        let (height, (raw, code)) = (2u64..)
            .zip(&self.blocks)
            .find(|(_, (raw, _))| hash(raw) == asked)
            .ok_or_else(|| format!("tx ({asked}) not found"))?;
        Ok(
            json!({ "hash": asked, "height": height.to_string(), "index": 0, "tx": STANDARD.encode(raw),
            "tx_result": { "code": code, "data": null, "log": if *code == 0 { "" } else { "it broke" }, "info": "",
                "gas_wanted": "140000", "gas_used": "90000", "codespace": if *code == 0 { "" } else { "wasm" },
                "events": [{ "type": "transfer", "attributes": [{ "key": "recipient", "value": "a", "index": true }] }] } }),
        )
    }
}

pub(crate) fn hash(raw: &[u8]) -> String {
    hex::encode_upper(Sha256::digest(raw))
}

pub(crate) fn auth_info(raw: &[u8]) -> AuthInfo {
    AuthInfo::decode(TxRaw::decode(raw).unwrap().auth_info_bytes.as_slice()).unwrap()
}

fn sequence_of(raw: &[u8]) -> u64 {
    auth_info(raw).signer_infos[0].sequence
}

pub(crate) struct FakeNode {
    pub(crate) chain: Arc<Mutex<Chain>>,
    pub(crate) client: Client,
}

impl FakeNode {
    pub(crate) async fn start(chain: Chain) -> Self {
        let chain = Arc::new(Mutex::new(chain));
        let shared = chain.clone();
        let handle = move |Json(request): Json<Value>| {
            let answer = shared
                .lock()
                .unwrap()
                .call(request["method"].as_str().unwrap(), &request["params"]);
            async move {
                match answer {
                    // A connection that breaks looks like a bad status to the client.
                    None => Err(axum::http::StatusCode::BAD_GATEWAY),
                    Some(Ok(result)) => Ok(Json(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }))),
                    Some(Err(data)) => Ok(Json(json!({ "jsonrpc": "2.0", "id": request["id"],
                        "error": { "code": -32603, "message": "Internal error", "data": data } }))),
                }
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(handle))).await });
        let client = Client::new(RpcClient::new(&url).unwrap(), CHAIN_ID, "akash");
        Self { chain, client }
    }
}
