//! Reading outcomes: exact errors, events by type, response data.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;

use cosmwasm_std::{StdResult, from_json};
use cw_multi_test::AppResponse;
use serde::de::DeserializeOwned;

use crate::raised::original;

/// The contract's own error out of a failed call, wherever in the call tree it arose.
///
/// # Panics
/// When the call succeeded or failed with an error of another type; the text says which.
#[track_caller]
pub fn error_of<E: Error + 'static>(outcome: StdResult<impl Debug>) -> E {
    match outcome {
        Ok(value) => panic!("call succeeded with {value:?}"),
        Err(error) => match original(error).downcast::<E>() {
            Ok(error) => *error,
            Err(other) => panic!("expected a {}, got: {other:?}", std::any::type_name::<E>()),
        },
    }
}

/// Asserts that a call failed with exactly this error: same type, same variant, same values.
///
/// # Panics
/// When it did not.
#[track_caller]
pub fn assert_fails<E: Error + 'static>(outcome: StdResult<impl Debug>, expected: E) {
    let error: E = error_of(outcome);
    assert_eq!(format!("{error:?}"), format!("{expected:?}"));
}

/// The attributes of all events of a type, in order. Names of contracts' events are given without their `wasm-`.
pub fn events(response: &AppResponse, name: &str) -> Vec<BTreeMap<String, String>> {
    let custom = format!("wasm-{name}");
    let wanted = response
        .events
        .iter()
        .filter(|event| event.ty == custom || event.ty == name);
    wanted
        .map(|event| {
            event
                .attributes
                .iter()
                .map(|attr| (attr.key.clone(), attr.value.clone()))
                .collect()
        })
        .collect()
}

/// The response's data, read as JSON.
///
/// # Panics
/// When there is none or it is something else.
#[track_caller]
pub fn data<T: DeserializeOwned>(response: &AppResponse) -> T {
    let data = response.data.as_ref().expect("response carries data");
    from_json(data).expect("data is JSON of the expected type")
}
