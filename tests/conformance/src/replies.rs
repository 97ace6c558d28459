//! Replies: recorded, then answered by a plan that the caller has left.

use cosmwasm_std::{Reply, Response, Storage, from_json};
use sha2::{Digest, Sha256};

use crate::error::ConformanceError;
use crate::msg::{Plan, Seen};
use crate::plan::{append, follow};

/// Where the replies are kept.
pub(crate) const REPLIES: &[u8] = b"replies";

/// The plan is in the payload, or under `reply/<id>`, or there is none.
pub(crate) fn receive(storage: &mut dyn Storage, reply: Reply) -> Result<Response, ConformanceError> {
    let plan = find_plan(storage, &reply);
    let seen = Seen {
        id: reply.id,
        payload_hash: <[u8; 32]>::from(Sha256::digest(&reply.payload)).into(),
        payload_len: reply.payload.len() as u32,
        gas_used: reply.gas_used,
        result: reply.result,
    };
    append(storage, REPLIES, seen)?;
    follow(storage, plan)
}

fn find_plan(storage: &dyn Storage, reply: &Reply) -> Plan {
    if let Ok(plan) = from_json(&reply.payload) {
        return plan;
    }
    let stored = storage.get(format!("reply/{}", reply.id).as_bytes());
    stored.and_then(|plan| from_json(plan).ok()).unwrap_or_default()
}
