//! Questions to the chain, and to itself.

use cosmwasm_std::{
    Binary, Deps, Empty, Env, QueryRequest, StdResult, WasmQuery, from_json, to_json_binary, to_json_vec,
};

use crate::error::ConformanceError;
use crate::msg::QueryMsg;

/// The chain's whole answer, errors of all kinds included.
pub(crate) fn ask(deps: Deps<'_>, request: &QueryRequest<Empty>) -> StdResult<Binary> {
    ask_raw(deps, &to_json_vec(request)?)
}

/// The same for any bytes.
pub(crate) fn ask_raw(deps: Deps<'_>, request: &[u8]) -> StdResult<Binary> {
    to_json_binary(&deps.querier.raw_query(request))
}

/// How deep the contract could ask itself.
pub(crate) fn recurse(deps: Deps<'_>, env: &Env, depth: u32) -> Result<u32, ConformanceError> {
    if depth == 0 {
        return Ok(0);
    }
    let below = WasmQuery::Smart {
        contract_addr: env.contract.address.to_string(),
        msg: to_json_binary(&QueryMsg::RecurseQuery { depth: depth - 1 })?,
    };
    let answer = deps
        .querier
        .raw_query(&to_json_vec(&QueryRequest::<Empty>::Wasm(below))?);
    let answer = answer
        .into_result()
        .map_err(|error| ConformanceError::Asked(error.to_string()))?;
    let answer = answer.into_result().map_err(ConformanceError::Asked)?;
    Ok(1 + from_json::<u32>(&answer)?)
}
