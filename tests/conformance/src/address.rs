//! The address functions, by the standard library: what a contract gets to see of them.

use cosmwasm_std::{Api, Binary, CanonicalAddr, StdResult, to_json_binary};

use crate::msg::AddrCall;

/// The answer as JSON: `{"Ok":..}` or `{"Err":"<text>"}`.
pub(crate) fn call(api: &dyn Api, call: &AddrCall) -> StdResult<Binary> {
    match call {
        AddrCall::Validate { input } => answer(api.addr_validate(input)),
        AddrCall::Canonicalize { input } => answer(
            api.addr_canonicalize(input)
                .map(|canonical| Binary::from(canonical.as_slice())),
        ),
        AddrCall::Humanize { input } => answer(api.addr_humanize(&CanonicalAddr::from(input.as_slice()))),
    }
}

fn answer(result: StdResult<impl serde::Serialize>) -> StdResult<Binary> {
    to_json_binary(&result.map_err(|error| error.to_string()))
}
