//! `abci_query` with `prove`: an entry of the state with its ICS-23 proof.
//!
//! The state is one tree, so there is one proof operator: type `ics23:smt`, its key `<module>/<key>`, its data a
//! `CommitmentProof` against the `app_hash` of the header at the answer's height plus one.

use serde_json::{Value, json};

use crate::api::ChainApi;
use crate::error::RpcError;
use crate::json;
use crate::params::Params;

/// Type of the operator, as the Cosmos SDK names proofs of sparse Merkle trees.
const OPERATOR: &str = "ics23:smt";

/// Answers with the proof; only `/store/<module>/key` has one.
pub(crate) fn query(api: &dyn ChainApi, params: &Params) -> Result<Value, RpcError> {
    let path = params.text("path")?.unwrap_or_default();
    let key = params.hex_bytes("data")?;
    let module = path.strip_prefix("/store/").and_then(|rest| rest.strip_suffix("/key"));
    let Some(module) = module.filter(|module| !module.contains('/')) else {
        let text = format!("prove: path {path:?} has no proof, only /store/<module>/key has");
        return Err(RpcError::Unprovable(text));
    };
    let proved = api.prove(module, &key, params.height("height")?);
    let proved = proved.map_err(|reason| RpcError::Unprovable(format!("prove: {reason}")))?;
    let operator = json!({
        "type": OPERATOR,
        "key": json::base64(&proved.key),
        "data": json::base64(&proved.proof),
    });
    Ok(json!({
        "response": {
            "code": 0,
            "log": "",
            "info": "",
            "index": "0",
            "key": json::base64(&key),
            "value": json::base64(&proved.value.unwrap_or_default()),
            "proofOps": { "ops": [operator] },
            "height": proved.height.to_string(),
            "codespace": "",
        },
    }))
}
