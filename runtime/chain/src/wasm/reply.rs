//! `reply`: the caller learns how its submessage went, in its own context. What it returns may contain messages again.

use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::Rights;
use crate::vm::EntryPoint;
use crate::wasm::call::{call_contract, compute_env, to_json};
use crate::wasm::contract::{Contract, load_contract};
use crate::wasm::gas_register;
use crate::wasm::json::{Reply, Response, SubMsgResult};
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};

pub(crate) fn apply_reply(
    machine: &mut Machine<'_>,
    caller: &Contract,
    reply: &Reply,
    rights: Rights,
) -> Result<Option<Vec<u8>>, TxError> {
    // A submessage may have migrated the caller.
    let contract = load_contract(machine, &caller.address)?;
    let events = match &reply.result {
        SubMsgResult::Ok(response) => gas_register::compute_reply_events(&response.events),
        SubMsgResult::Error(_) => 0,
    };
    machine.charge(
        events + gas_register::INSTANCE_DISCOUNTED,
        "Loading CosmWasm module: reply",
    )?;
    let env = compute_env(machine, &contract.address);
    let response: Response = call_contract(machine, &contract, EntryPoint::Reply, &[&env, &to_json(reply)])?;
    let address = machine.text(&contract.address);
    machine.emit(Event::new("reply").with(CONTRACT_ADDRESS, address));
    apply_response(machine, &contract, response, rights).map_err(|error| error.wrap("dispatch"))
}
