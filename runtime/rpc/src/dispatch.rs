//! The one way from a query path to its answer, for `abci_query`, REST and gRPC alike, so that the three cannot drift.
//!
//! What only the node knows (blocks, transactions, its own name) is answered here; all else goes to the chain.

use std::sync::{Arc, OnceLock};

use supercloud_chain::QueryResult;
use supercloud_proto::cosmos::auth::v1beta1::{Bech32PrefixRequest, Bech32PrefixResponse};
use supercloud_proto::prost::Message;

use crate::api::ChainApi;
use crate::blocking::Kind;
use crate::descriptors;
use crate::services;
use crate::status::{Code, Status};

/// A successful answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Encoded response.
    pub(crate) value: Vec<u8>,
    /// Height of the state that was read.
    pub(crate) height: u64,
}

/// Answers queries of one chain.
pub(crate) struct Dispatcher {
    api: Arc<dyn ChainApi>,
    prefix: OnceLock<String>,
}

impl Dispatcher {
    pub(crate) fn new(api: Arc<dyn ChainApi>) -> Self {
        Self {
            api,
            prefix: OnceLock::new(),
        }
    }

    pub(crate) fn api(&self) -> &dyn ChainApi {
        &*self.api
    }

    /// What answering `path` at `height` does.
    pub(crate) fn kind(&self, path: &str, height: Option<u64>) -> Kind {
        let (service, method) = path.rsplit_once('/').unwrap_or_default();
        match (service, method) {
            ("/cosmos.tx.v1beta1.Service", "BroadcastTx") => Kind::Broadcast,
            ("/cosmos.tx.v1beta1.Service", "GetTx" | "GetBlockWithTxs" | "TxDecode" | "TxEncode") => Kind::Quick,
            // The height is inside.
            ("/cosmos.base.tendermint.v1beta1.Service", "ABCIQuery") => Kind::Past,
            ("/cosmos.base.tendermint.v1beta1.Service" | "/cosmos.base.node.v1beta1.Service", _) => Kind::Quick,
            _ if height.is_some_and(|height| height != self.api.heights().latest) => Kind::Past,
            _ => Kind::Query,
        }
    }

    /// For gRPC and REST; `height` `None` is the latest.
    pub(crate) fn query(&self, path: &str, data: &[u8], height: Option<u64>) -> Result<Answer, Status> {
        if descriptors::method(path).is_none() {
            return Err(unknown_path(path));
        }
        let answered_at = |height: u64| if height == 0 { self.api.heights().latest } else { height };
        let at = height.unwrap_or(0);
        let own = |answer: Result<Vec<u8>, Status>| {
            answer.map(|value| Answer {
                value,
                height: answered_at(at),
            })
        };
        if let Some(answer) = services::answer(self, path, data) {
            return own(answer);
        }
        let result = self.api.abci_query(path, data, height);
        if result.code == 0 {
            return Ok(Answer {
                value: result.value,
                height: answered_at(result.height),
            });
        }
        match Status::of_refused(&result) {
            status if status.code == Code::Unimplemented => match services::stand_in(self, path, data) {
                Some(answer) => own(answer),
                None => Err(unknown_path(path)),
            },
            status => Err(status),
        }
    }

    /// For `abci_query`, with the codes and logs of ABCI.
    pub(crate) fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        let to_result = |answer: Result<Vec<u8>, Status>| {
            let height = height.unwrap_or_else(|| self.api.heights().latest);
            match answer {
                Ok(value) => QueryResult {
                    code: 0,
                    codespace: String::new(),
                    log: String::new(),
                    info: String::new(),
                    value,
                    height,
                },
                Err(status) => status.to_query_result(height),
            }
        };
        if let Some(answer) = services::answer(self, path, data) {
            return to_result(answer);
        }
        let result = self.api.abci_query(path, data, height);
        let unanswered = result.code != 0 && Status::of_refused(&result).code == Code::Unimplemented;
        match unanswered.then(|| services::stand_in(self, path, data)).flatten() {
            Some(answer) => to_result(answer),
            None => result,
        }
    }

    /// Prefix of consensus addresses, such as `akashvalcons`.
    pub(crate) fn consensus_prefix(&self) -> Result<String, Status> {
        if let Some(prefix) = self.prefix.get() {
            return Ok(prefix.clone());
        }
        let request = Bech32PrefixRequest {}.encode_to_vec();
        let answer = self.query("/cosmos.auth.v1beta1.Query/Bech32Prefix", &request, None)?;
        let response = Bech32PrefixResponse::decode(&*answer.value)
            .map_err(|error| Status::new(Code::Internal, error.to_string()))?;
        Ok(self
            .prefix
            .get_or_init(|| format!("{}valcons", response.bech32_prefix))
            .clone())
    }
}

/// As a gRPC server names what it does not have.
fn unknown_path(path: &str) -> Status {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    Status::new(
        Code::Unimplemented,
        if descriptors::has_service(service) {
            format!("unknown method {method} for service {service}")
        } else {
            format!("unknown service {service}")
        },
    )
}
