//! What happens after a contract said yes: its events, then its messages.

use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::Rights;
use crate::wasm::contract::Contract;
use crate::wasm::json::{Attribute, Response};
use crate::wasm::{WasmError, dispatch, gas_register};

/// Names the contract in each of its events; contracts cannot write keys with an underscore in front.
pub(crate) const CONTRACT_ADDRESS: &str = "_contract_address";
/// Shortest type of a custom event.
const MIN_EVENT_TYPE_LEN: usize = 3;

/// Emits events, dispatches messages; returns the data of the entry point: the contract's own, or what a reply put in
/// its place.
pub(crate) fn apply_response(
    machine: &mut Machine<'_>,
    contract: &Contract,
    response: Response,
    rights: Rights,
) -> Result<Option<Vec<u8>>, TxError> {
    machine.charge(
        gas_register::compute_events(&response.attributes, &response.events),
        "Custom contract event",
    )?;
    let address = machine.text(&contract.address);
    if !response.attributes.is_empty() {
        let event = to_event("wasm".to_owned(), &address, &response.attributes)?;
        machine.emit(event);
    }
    for event in &response.events {
        let kind = event.kind.trim();
        if kind.len() < MIN_EVENT_TYPE_LEN {
            return Err(WasmError::InvalidEvent {
                reason: format!("event type too short: {kind:?}"),
            }
            .into());
        }
        let event = to_event(format!("wasm-{kind}"), &address, &event.attributes)?;
        machine.emit(event);
    }
    let data = response.data.map(|data| data.0);
    let replied = dispatch::apply_submessages(machine, contract, response.messages, rights)
        .map_err(|error| error.wrap("submessages"))?;
    Ok(replied.or(data))
}

fn to_event(kind: String, address: &str, attributes: &[Attribute]) -> Result<Event, TxError> {
    let invalid = |reason: String| WasmError::InvalidEvent { reason };
    let mut event = Event::new(kind).with(CONTRACT_ADDRESS, address);
    for Attribute { key, value } in attributes {
        let key = key.trim();
        if key.is_empty() {
            return Err(invalid(format!("empty attribute key, value: {value:?}")).into());
        }
        if key.starts_with('_') {
            return Err(invalid(format!("attribute key starts with reserved prefix _: {key:?}")).into());
        }
        event = event.with(key, value.trim());
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(key: &str, value: &str) -> Vec<Attribute> {
        vec![Attribute {
            key: key.into(),
            value: value.into(),
        }]
    }

    #[test]
    fn attribute_keys_are_trimmed_and_must_not_be_empty_or_reserved() {
        let event = to_event("wasm".into(), "c", &attributes(" a ", " ")).unwrap();
        assert_eq!(event, Event::new("wasm").with(CONTRACT_ADDRESS, "c").with("a", ""));
        for key in ["", " ", "_a", " _a"] {
            let error = to_event("wasm".into(), "c", &attributes(key, "v")).unwrap_err();
            assert_eq!(error.code(), ("wasm", 21), "{key:?}");
        }
    }
}
