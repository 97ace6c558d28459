//! Following a [`Plan`]: first what is stored, then how it ends.

use cosmwasm_std::{Response, StdResult, Storage, SubMsg, from_json, to_json_vec};

use crate::error::ConformanceError;
use crate::msg::{Plan, Step};

/// Where the log is kept.
pub(crate) const LOG: &[u8] = b"log";

/// Stores, then fails or answers.
pub(crate) fn follow(storage: &mut dyn Storage, plan: Plan) -> Result<Response, ConformanceError> {
    for (key, value) in &plan.set {
        storage.set(key, value);
    }
    if let Some(line) = plan.log {
        append(storage, LOG, line)?;
    }
    if let Some(text) = plan.panic {
        panic!("{text}");
    }
    if let Some(text) = plan.fail {
        return Err(ConformanceError::Asked(text));
    }
    let mut response = Response::new()
        .add_submessages(plan.messages.into_iter().map(submessage))
        .add_attributes(plan.attributes)
        .add_events(plan.events);
    response.data = plan.data;
    Ok(response)
}

/// Adds an item to the JSON list under `key`.
pub(crate) fn append<T>(storage: &mut dyn Storage, key: &[u8], item: T) -> StdResult<()>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let mut list: Vec<T> = load_list(storage, key)?;
    list.push(item);
    storage.set(key, &to_json_vec(&list)?);
    Ok(())
}

/// The JSON list under `key`; empty when there is none.
pub(crate) fn load_list<T: serde::de::DeserializeOwned>(storage: &dyn Storage, key: &[u8]) -> StdResult<Vec<T>> {
    storage.get(key).map_or_else(|| Ok(Vec::new()), from_json)
}

fn submessage(step: Step) -> SubMsg {
    SubMsg {
        id: step.id,
        payload: step.payload,
        msg: step.msg,
        gas_limit: step.gas_limit,
        reply_on: step.reply_on,
    }
}
