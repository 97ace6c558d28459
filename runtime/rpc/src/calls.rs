//! JSON-RPC calls, whatever brought them: HTTP body, URI or WebSocket.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::backend::Backend;
use crate::block::Hash;
use crate::blocking::{Ended, Kind};
use crate::budget::{self, Answers};
use crate::error::RpcError;
use crate::methods::{self, BROADCAST_TX_COMMIT, CommitWait, Method};
use crate::metrics::Transport;
use crate::params::Params;

/// How long `broadcast_tx_commit` waits, CometBFT's `timeout_broadcast_tx_commit`.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// An answer as it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The id of the call.
    pub(crate) id: Value,
    /// JSON.
    pub(crate) text: String,
}

/// A request as far as it can be read without the chain.
enum Read {
    /// Answered already; `None` for a notification (no id), which JSON-RPC does not answer.
    Answered(Option<Answer>),
    /// To be run.
    Call(ReadyCall),
}

/// A call with its id.
struct ReadyCall {
    id: Value,
    method: &'static Method,
    params: Result<Params, RpcError>,
}

impl ReadyCall {
    fn kind(&self, backend: &Backend) -> Kind {
        let params = self.params.as_ref();
        params.map_or(Kind::Quick, |params| self.method.kind(&backend.dispatcher, params))
    }
}

fn read(request: &Value) -> Read {
    let Some(members) = request.as_object() else {
        let error = RpcError::Parse("error unmarshaling request: a call is a JSON object".into());
        return Read::Answered(Some(failure(&Value::Null, &error)));
    };
    let Some(id) = members.get("id") else {
        return Read::Answered(None);
    };
    if !matches!(id, Value::Null | Value::String(_) | Value::Number(_)) {
        let error = RpcError::Parse("error unmarshaling request: an id is a string or a number".into());
        return Read::Answered(Some(failure(&Value::Null, &error)));
    }
    let Some(method) = members.get("method").and_then(Value::as_str) else {
        let error = RpcError::InvalidRequest("method must be a string".into());
        return Read::Answered(Some(failure(id, &error)));
    };
    match methods::find(method) {
        Ok(method) => Read::Call(ReadyCall {
            id: id.clone(),
            method,
            params: Params::from_json(members.get("params"), method.params),
        }),
        Err(error) => Read::Answered(Some(failure(id, &error))),
    }
}

/// `None` for a notification (no id), which JSON-RPC does not answer.
pub(crate) async fn answer_one(backend: &Arc<Backend>, request: &Value) -> Option<Answer> {
    match read(request) {
        Read::Answered(answer) => answer,
        Read::Call(ReadyCall { id, method, params }) => Some(answer(&id, run(backend, method, params).await)),
    }
}

/// Answers to a batch, in order, each of them JSON. Calls of one kind that follow each other go to one blocking thread
/// together: to hand over each by itself would cost more than most of them take.
pub(crate) async fn answer_batch(backend: &Arc<Backend>, requests: &[Value]) -> Vec<String> {
    let mut answers = Answers::default();
    let mut waiting: Vec<ReadyCall> = Vec::new();
    let mut kind = Kind::Quick;
    for request in requests {
        match read(request) {
            Read::Call(call) if call.method.name != BROADCAST_TX_COMMIT => {
                let next = call.kind(backend);
                if next != kind {
                    answers = answer_together(backend, kind, std::mem::take(&mut waiting), answers).await;
                }
                kind = next;
                waiting.push(call);
            }
            Read::Call(ReadyCall { id, method, params }) => {
                answers = answer_together(backend, kind, std::mem::take(&mut waiting), answers).await;
                let result = if answers.are_enough() {
                    Err(budget::batch_is_full())
                } else {
                    run(backend, method, params).await
                };
                answers.push(answer(&id, result).text);
            }
            Read::Answered(answer) => {
                answers = answer_together(backend, kind, std::mem::take(&mut waiting), answers).await;
                answer.into_iter().for_each(|answer| answers.push(answer.text));
            }
        }
    }
    answer_together(backend, kind, waiting, answers).await.into_list()
}

/// `answers` with those to these calls.
async fn answer_together(backend: &Arc<Backend>, kind: Kind, calls: Vec<ReadyCall>, mut answers: Answers) -> Answers {
    if calls.is_empty() {
        return answers;
    }
    let ids: Vec<Value> = calls.iter().map(|call| call.id.clone()).collect();
    let shared = backend.clone();
    let mut added = answers.begin_next();
    let together = move || -> Answers {
        for ReadyCall { id, method, params } in calls {
            let started = Instant::now();
            // A panic is the failure of this call alone, as it is outside of batches.
            let called = AssertUnwindSafe(|| method.call(&shared.dispatcher, &params?));
            let result = if added.are_enough() {
                Err(budget::batch_is_full())
            } else {
                catch_unwind(called).unwrap_or_else(|_| Err(Ended.into()))
            };
            count(&shared, method, &result, started);
            added.push(answer(&id, result).text);
        }
        added
    };
    match backend.threads.run(kind, together).await {
        Ok(added) => answers.extend(added),
        Err(ended) => {
            let error = RpcError::from(ended);
            ids.iter().for_each(|id| answers.push(failure(id, &error).text));
        }
    }
    answers
}

fn answer(id: &Value, result: Result<String, RpcError>) -> Answer {
    match result {
        Ok(result) => success(id, &result),
        Err(error) => failure(id, &error.in_params("json")),
    }
}

fn count(backend: &Backend, method: &Method, result: &Result<String, RpcError>, started: Instant) {
    let took = started.elapsed();
    backend
        .metrics
        .call(Transport::JsonRpc, method.name, result.is_ok(), took);
}

/// Runs one call by its name and counts it. Its result is JSON.
pub(crate) async fn call<F>(backend: &Arc<Backend>, name: &str, params: F) -> Result<String, RpcError>
where
    F: FnOnce(&[&str]) -> Result<Params, RpcError>,
{
    let method = methods::find(name)?;
    run(backend, method, params(method.params)).await
}

async fn run(
    backend: &Arc<Backend>,
    method: &'static Method,
    params: Result<Params, RpcError>,
) -> Result<String, RpcError> {
    let started = Instant::now();
    let result = match params {
        Ok(params) if method.name == BROADCAST_TX_COMMIT => broadcast_commit(backend, params).await,
        Ok(params) => {
            let kind = method.kind(&backend.dispatcher, &params);
            let called = backend.clone();
            backend
                .threads
                .run(kind, move || method.call(&called.dispatcher, &params))
                .await
                .unwrap_or_else(|ended| Err(ended.into()))
        }
        Err(error) => Err(error),
    };
    count(backend, method, &result, started);
    result
}

async fn broadcast_commit(backend: &Arc<Backend>, params: Params) -> Result<String, RpcError> {
    let mut heights = backend.dispatcher.api().committed();
    heights.mark_unchanged();
    let starter = backend.clone();
    let start = move || methods::start_commit(&starter.dispatcher, &params);
    match backend.threads.run(Kind::Broadcast, start).await?? {
        CommitWait::Refused(answer) => Ok(answer.to_string()),
        CommitWait::Pending { hash, check_tx } => {
            tokio::time::timeout(COMMIT_TIMEOUT, wait_for_commit(backend, heights, hash, check_tx))
                .await
                .unwrap_or_else(|_| {
                    Err(RpcError::Internal(
                        "timed out waiting for tx to be included in a block".into(),
                    ))
                })
        }
    }
}

async fn wait_for_commit(
    backend: &Arc<Backend>,
    mut heights: tokio::sync::watch::Receiver<u64>,
    hash: Hash,
    check_tx: Value,
) -> Result<String, RpcError> {
    let check_tx = Arc::new(check_tx);
    loop {
        let (asked, check_tx) = (backend.clone(), check_tx.clone());
        let look = move || methods::committed_tx(asked.dispatcher.api(), &hash, &check_tx);
        if let Some(answer) = backend.threads.run(Kind::Quick, look).await? {
            return Ok(answer.to_string());
        }
        if heights.changed().await.is_err() {
            return Err(RpcError::Internal("the node stops".into()));
        }
    }
}

impl From<Ended> for RpcError {
    fn from(Ended: Ended) -> Self {
        Self::Internal("the call ended abnormally".into())
    }
}

/// The answer with this result, which is JSON.
pub(crate) fn success(id: &Value, result: &str) -> Answer {
    Answer {
        id: id.clone(),
        text: format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#),
    }
}

pub(crate) fn failure(id: &Value, error: &RpcError) -> Answer {
    Answer {
        id: id.clone(),
        text: json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() }).to_string(),
    }
}
