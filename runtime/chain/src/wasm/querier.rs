//! Queries that contracts make. They see all that was written so far in the running transaction, write nothing and
//! learn of failures only what all nodes agree on.

use serde::Serialize;

use crate::address::Address;
use crate::error::TxError;
use crate::gas::OutOfGas;
use crate::machine::Machine;
use crate::state_key;
use crate::vm::EntryPoint;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{is_pinned, load_code, load_contract, load_info};
use crate::wasm::instantiate::assert_json;
use crate::wasm::json::{
    Binary, CodeInfoResponse, ContractInfoResponse, ContractResult, QueryRequest, SystemError, SystemResult, WasmQuery,
};
use crate::wasm::path_query::{Encoding, Refusal};
use crate::wasm::{MAX_QUERY_DEPTH, WasmError, path_query};

mod bank;
mod raw_range;

use bank::answer_bank;
use raw_range::{Range, answer_raw_range};

/// What a query failed with.
enum Failure {
    /// The guest gets the structured error.
    System(SystemError),
    /// The guest gets its redacted text; out of gas stops the guest.
    Tx(TxError),
}

impl<E: Into<TxError>> From<E> for Failure {
    fn from(error: E) -> Self {
        match error.into() {
            TxError::Wasm(WasmError::NoSuchContract { address }) => {
                Self::System(SystemError::NoSuchContract { addr: address })
            }
            TxError::Wasm(WasmError::NoSuchCode { code_id }) => Self::System(SystemError::NoSuchCode { code_id }),
            error => Self::Tx(error),
        }
    }
}

/// Answers a JSON `QueryRequest` with a JSON `SystemResult<ContractResult<Binary>>`; fails only without gas.
pub(crate) fn answer_contract(
    machine: &mut Machine<'_>,
    contract: &Address,
    request: &[u8],
) -> Result<Vec<u8>, OutOfGas> {
    let result = match answer(machine, request) {
        Ok(answer) => SystemResult::Ok(ContractResult::Ok(Binary(answer))),
        Err(Failure::System(error)) => SystemResult::Err(error),
        Err(Failure::Tx(TxError::OutOfGas(error))) => return Err(error),
        Err(Failure::Tx(error)) => {
            note_failure(machine, contract, &error);
            SystemResult::Ok(ContractResult::Err(error.redacted()))
        }
    };
    Ok(to_json(&result))
}

/// The contract sees only what all nodes agree on; its developer wants all of it.
fn note_failure(machine: &mut Machine<'_>, contract: &Address, error: &TxError) {
    machine.note(|machine| format!("{} asked and failed: {error}", machine.text(contract)));
}

fn answer(machine: &mut Machine<'_>, request: &[u8]) -> Result<Vec<u8>, Failure> {
    let parsed: QueryRequest = serde_json::from_slice(request).map_err(|error| {
        Failure::System(SystemError::InvalidRequest {
            error: error.to_string(),
            request: Binary(request.to_vec()),
        })
    })?;
    match parsed {
        QueryRequest::Bank(query) => answer_bank(machine, query),
        QueryRequest::Wasm(query) => answer_wasm(machine, query),
        QueryRequest::Stargate(query) => Ok(path_query::answer(machine, &query, Encoding::Json)?),
        QueryRequest::Grpc(query) => Ok(path_query::answer(machine, &query, Encoding::Protobuf)?),
        QueryRequest::Unsupported(kind) => Err(Failure::System(SystemError::UnsupportedRequest {
            kind: kind.to_owned(),
        })),
        QueryRequest::Unknown {} => Err(Failure::System(SystemError::Unknown {})),
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unsupported(kind) => Self::System(SystemError::UnsupportedRequest { kind }),
            Refusal::Failed(error) => error.into(),
        }
    }
}

fn answer_wasm(machine: &mut Machine<'_>, query: WasmQuery) -> Result<Vec<u8>, Failure> {
    match query {
        WasmQuery::Smart { contract_addr, msg } => {
            let address = machine.address(&contract_addr)?;
            assert_json(&msg.0)?;
            Ok(query_smart(machine, &address, &msg.0)?)
        }
        WasmQuery::Raw { contract_addr, key } => {
            let address = machine.address(&contract_addr)?;
            load_info(machine, &address)?;
            let key = [state_key::wasm::storage(&address), key.0].concat();
            Ok(machine.read(&key)?.unwrap_or_default())
        }
        WasmQuery::ContractInfo { contract_addr } => {
            let address = machine.address(&contract_addr)?;
            let info = load_info(machine, &address)?;
            let pinned = is_pinned(machine, info.code_id)?;
            let present = |text: String| Some(text).filter(|text| !text.is_empty());
            ok(&ContractInfoResponse {
                code_id: info.code_id,
                creator: info.creator,
                admin: present(info.admin),
                pinned,
                ibc_port: present(info.ibc_port_id),
                ibc2_port: present(info.ibc2_port_id),
            })
        }
        WasmQuery::CodeInfo { code_id: 0 } => Err(WasmError::Empty { field: "code id" }.into()),
        WasmQuery::CodeInfo { code_id } => {
            let code = load_code(machine, code_id)?;
            ok(&CodeInfoResponse {
                code_id,
                creator: code.creator,
                checksum: hex::encode(code.code_hash),
            })
        }
        WasmQuery::RawRange {
            contract_addr,
            start,
            end,
            limit,
            order,
        } => {
            let address = machine.address(&contract_addr)?;
            load_info(machine, &address)?;
            let range = Range {
                start,
                end,
                limit,
                order,
            };
            answer_raw_range(machine, &address, range)
        }
    }
}

/// Runs a contract's `query` entry point.
pub(crate) fn query_smart(machine: &mut Machine<'_>, address: &Address, msg: &[u8]) -> Result<Vec<u8>, TxError> {
    if machine.query_depth >= MAX_QUERY_DEPTH {
        return Err(WasmError::QueryDepth.into());
    }
    machine.query_depth += 1;
    let result = call_query(machine, address, msg);
    machine.query_depth -= 1;
    result
}

fn call_query(machine: &mut Machine<'_>, address: &Address, msg: &[u8]) -> Result<Vec<u8>, TxError> {
    let contract = load_contract(machine, address)?;
    charge_setup(machine, &contract, "Loading CosmWasm module: query")?;
    let env = compute_env(machine, address);
    let data: Binary = call_contract(machine, &contract, EntryPoint::Query, &[&env, msg])?;
    Ok(data.0)
}

fn ok<T: Serialize>(response: &T) -> Result<Vec<u8>, Failure> {
    Ok(to_json(response))
}
