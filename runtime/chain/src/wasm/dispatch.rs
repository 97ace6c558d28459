//! Submessages: run in a cached state of their own, strictly in order, depth first, each answered as it asked for.
//!
//! | reply_on | success      | failure         |
//! |----------|--------------|-----------------|
//! | never    | continue     | caller fails    |
//! | success  | reply(ok)    | caller fails    |
//! | error    | continue     | reply(error)    |
//! | always   | reply(ok)    | reply(error)    |
//!
//! Out of gas passes through all of it, unless the submessage had a limit of its own below what was left.

use supercloud_proto::prost_types::Any;

use crate::error::TxError;
use crate::event::Event;
use crate::gas::OutOfGas;
use crate::machine::Machine;
use crate::message::Rights;
use crate::wasm::contract::Contract;
use crate::wasm::json::{
    Attribute, Binary, ContractEvent, CosmosMsg, MsgResponse, Reply, ReplyOn, SubMsg, SubMsgResponse, SubMsgResult,
};
use crate::wasm::{MAX_MESSAGE_DEPTH, MAX_PAYLOAD_LEN, WasmError, host_params, outgoing, reply};

/// A submessage that succeeded.
struct Done {
    /// What the reply sees: only submessages to contracts show their events.
    events: Vec<ContractEvent>,
    responses: Vec<Any>,
}

/// Runs the messages of a response; returns the last data that a reply returned.
pub(crate) fn apply_submessages(
    machine: &mut Machine<'_>,
    caller: &Contract,
    messages: Vec<SubMsg>,
    rights: Rights,
) -> Result<Option<Vec<u8>>, TxError> {
    if machine.message_depth >= MAX_MESSAGE_DEPTH {
        return Err(WasmError::MessageDepth.into());
    }
    machine.message_depth += 1;
    let result = apply_all(machine, caller, messages, rights);
    machine.message_depth -= 1;
    result
}

fn apply_all(
    machine: &mut Machine<'_>,
    caller: &Contract,
    messages: Vec<SubMsg>,
    rights: Rights,
) -> Result<Option<Vec<u8>>, TxError> {
    let mut data = None;
    let reply_gas_used = host_params::load(machine)?.reply_gas_used;
    for message in messages {
        let SubMsg {
            id,
            msg,
            payload,
            gas_limit,
            reply_on,
        } = message;
        let payload = payload.unwrap_or_default();
        if payload.0.len() > MAX_PAYLOAD_LEN {
            let (field, got, limit) = ("payload", payload.0.len(), MAX_PAYLOAD_LEN);
            return Err(WasmError::Limit { field, got, limit }.into());
        }
        let used_before = machine.gas.used();
        let outcome = apply_one(machine, caller, msg, gas_limit, rights);
        let gas_used = machine.gas.used() - used_before;
        let result = match outcome {
            Ok(done) if matches!(reply_on, ReplyOn::Always | ReplyOn::Success) => to_ok(done),
            Ok(_) => continue,
            Err(error) if error.is_out_of_gas() => return Err(error),
            Err(error) if matches!(reply_on, ReplyOn::Always | ReplyOn::Error) => {
                note_caught(machine, caller, id, &error);
                SubMsgResult::Error(error.redacted())
            }
            Err(error) => return Err(error),
        };
        let answer = Reply {
            gas_used: if reply_gas_used { gas_used } else { 0 },
            id,
            payload,
            result,
        };
        let replied = reply::apply_reply(machine, caller, &answer, rights).map_err(|error| error.wrap("reply"))?;
        data = replied.or(data);
    }
    Ok(data)
}

/// The contract sees only what all nodes agree on; its developer wants all of it.
fn note_caught(machine: &mut Machine<'_>, caller: &Contract, id: u64, error: &TxError) {
    machine.note(|machine| {
        let caller = machine.text(&caller.address);
        format!("{caller} caught the failure of submessage {id}: {error}")
    });
}

/// Runs one message with its own writes, events and perhaps gas limit.
fn apply_one(
    machine: &mut Machine<'_>,
    caller: &Contract,
    message: CosmosMsg,
    gas_limit: Option<u64>,
    rights: Rights,
) -> Result<Done, TxError> {
    let Some(limit) = gas_limit.filter(|limit| *limit < machine.gas.remaining()) else {
        return apply_cached(machine, caller, message, rights);
    };
    let (outcome, used) = machine.with_gas_limit(limit, |machine| apply_cached(machine, caller, message, rights));
    let stopped = matches!(&outcome, Err(error) if error.is_out_of_gas());
    machine.charge(if stopped { limit } else { used }, "From limited Sub-Message")?;
    if stopped {
        return Err(TxError::Wrapped {
            context: "SubMsg hit gas limit".into(),
            source: Box::new(limit_error(limit).into()),
        });
    }
    outcome
}

fn limit_error(limit: u64) -> OutOfGas {
    OutOfGas {
        location: "submessage".to_owned(),
        wanted: limit,
        used: limit,
    }
}

fn apply_cached(
    machine: &mut Machine<'_>,
    caller: &Contract,
    message: CosmosMsg,
    rights: Rights,
) -> Result<Done, TxError> {
    let to_contract = matches!(message, CosmosMsg::Wasm(_));
    machine.atomically(|machine| {
        // `atomically` starts with no events, so all there are afterwards are this message's.
        let responses = outgoing::apply_outgoing(machine, caller, message, rights)?;
        machine.events.retain(|event| event.kind != "message");
        let mut events = Vec::new();
        if to_contract {
            for event in &mut machine.events {
                // wasmd sorts in place, so that indexers see the sorted form too.
                event.attributes.sort_by(|left, right| left.key.cmp(&right.key));
                events.push(to_contract_event(event));
            }
        }
        Ok(Done { events, responses })
    })
}

fn to_contract_event(event: &Event) -> ContractEvent {
    let attribute = |attribute: &crate::event::Attribute| Attribute {
        key: attribute.key.clone(),
        value: attribute.value.clone(),
    };
    ContractEvent {
        kind: event.kind.clone(),
        attributes: event.attributes.iter().map(attribute).collect(),
    }
}

fn to_ok(done: Done) -> SubMsgResult {
    let data = done.responses.first().map(|response| Binary(response.value.clone()));
    let to_response = |any: Any| MsgResponse {
        type_url: any.type_url,
        value: Binary(any.value),
    };
    SubMsgResult::Ok(SubMsgResponse {
        events: done.events,
        data,
        msg_responses: done.responses.into_iter().map(to_response).collect(),
    })
}
