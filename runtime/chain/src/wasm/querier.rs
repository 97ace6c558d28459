//! Queries that contracts make. They see all that was written so far in the running transaction, write nothing and
//! learn of failures only what all nodes agree on.

use serde::Serialize;
use supercloud_proto::cosmos::bank::v1beta1::Metadata;
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::bank;
use crate::error::{SdkError, TxError};
use crate::gas::{OutOfGas, kv};
use crate::machine::Machine;
use crate::state::compute_prefix_end;
use crate::state_key;
use crate::store::Direction;
use crate::vm::EntryPoint;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{is_pinned, load_code, load_contract, load_info};
use crate::wasm::json::{
    AllBalancesResponse, AmountResponse, BankQuery, Binary, CodeInfoResponse, Coin, ContractInfoResponse,
    ContractResult, DenomMetadata, DenomMetadataResponse, DenomUnit, QueryRequest, RangeOrder, RawRangeResponse,
    SystemError, SystemResult, WasmQuery,
};
use crate::wasm::{MAX_QUERY_DEPTH, WasmError};

/// Most balances that one answer holds: without a page the answer must end somewhere.
const MAX_BALANCES: usize = 1_000;

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
    let result = match answer(machine, contract, request) {
        Ok(answer) => SystemResult::Ok(ContractResult::Ok(Binary(answer))),
        Err(Failure::System(error)) => SystemResult::Err(error),
        Err(Failure::Tx(TxError::OutOfGas(error))) => return Err(error),
        Err(Failure::Tx(error)) => SystemResult::Ok(ContractResult::Err(error.redacted())),
    };
    Ok(to_json(&result))
}

fn answer(machine: &mut Machine<'_>, _: &Address, request: &[u8]) -> Result<Vec<u8>, Failure> {
    let parsed: QueryRequest = serde_json::from_slice(request).map_err(|error| {
        Failure::System(SystemError::InvalidRequest {
            error: error.to_string(),
            request: Binary(request.to_vec()),
        })
    })?;
    match parsed {
        QueryRequest::Bank(query) => answer_bank(machine, query),
        QueryRequest::Wasm(query) => answer_wasm(machine, query),
        QueryRequest::Stargate(query) => unsupported(format!("path is not allowed from the contract: {}", query.path)),
        QueryRequest::Grpc(query) => unsupported(format!("path is not allowed from the contract: {}", query.path)),
        QueryRequest::Custom(_) => unsupported("custom".to_owned()),
        QueryRequest::Staking(_) => unsupported("staking".to_owned()),
        QueryRequest::Distribution(_) => unsupported("distribution".to_owned()),
        QueryRequest::Ibc(_) => unsupported("ibc".to_owned()),
    }
}

fn unsupported(kind: String) -> Result<Vec<u8>, Failure> {
    Err(Failure::System(SystemError::UnsupportedRequest { kind }))
}

fn answer_bank(machine: &mut Machine<'_>, query: BankQuery) -> Result<Vec<u8>, Failure> {
    let coin = |denom: String, amount: u128| AmountResponse {
        amount: Coin {
            denom,
            amount: amount.to_string(),
        },
    };
    match query {
        BankQuery::Supply { denom } => {
            let amount = bank::load_supply(machine, &denom)?;
            ok(&coin(denom, amount))
        }
        BankQuery::Balance { address, denom } => {
            let address = machine.address(&address)?;
            let amount = bank::load_balance(machine, &address, &denom)?;
            ok(&coin(denom, amount))
        }
        BankQuery::AllBalances { address } => {
            let address = machine.address(&address)?;
            let mut amount = Vec::new();
            for (denom, value) in machine.list(&state_key::bank::balances(&address), MAX_BALANCES)? {
                let denom = String::from_utf8_lossy(&denom).into_owned();
                amount.push(Coin {
                    denom,
                    amount: bank::read_amount(Some(value))?.to_string(),
                });
            }
            ok(&AllBalancesResponse { amount })
        }
        BankQuery::DenomMetadata { denom } => {
            let bytes = machine.read(&state_key::bank::metadata(&denom))?;
            let bytes = bytes.ok_or_else(|| SdkError::NotFound(format!("metadata of {denom}")))?;
            let metadata = Metadata::decode(&*bytes).map_err(|error| SdkError::corrupt("metadata", &error))?;
            ok(&DenomMetadataResponse {
                metadata: to_metadata(metadata),
            })
        }
        BankQuery::AllDenomMetadata(_) => unsupported("all_denom_metadata".to_owned()),
    }
}

fn answer_wasm(machine: &mut Machine<'_>, query: WasmQuery) -> Result<Vec<u8>, Failure> {
    match query {
        WasmQuery::Smart { contract_addr, msg } => {
            let address = machine.address(&contract_addr)?;
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
            let admin = Some(info.admin).filter(|admin| !admin.is_empty());
            ok(&ContractInfoResponse {
                code_id: info.code_id,
                creator: info.creator,
                admin,
                pinned,
            })
        }
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
            answer_raw_range(machine, &address, start, end, limit, order)
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

fn answer_raw_range(
    machine: &mut Machine<'_>,
    address: &Address,
    start: Option<Binary>,
    end: Option<Binary>,
    limit: u16,
    order: RangeOrder,
) -> Result<Vec<u8>, Failure> {
    let prefix = state_key::wasm::storage(address);
    let start = [prefix.as_slice(), &start.unwrap_or_default().0].concat();
    let end = match end {
        Some(end) => Some([prefix.as_slice(), &end.0].concat()),
        None => compute_prefix_end(&prefix),
    };
    let direction = match order {
        RangeOrder::Ascending => Direction::Ascending,
        RangeOrder::Descending => Direction::Descending,
    };
    let limit = usize::from(limit);
    // One more than asked for is the next key.
    let mut entries: Vec<_> = machine
        .state
        .range(Some(&start), end.as_deref(), direction)
        .take(limit + 1)
        .collect();
    for (key, value) in &entries {
        machine.charge(
            kv::compute_step(state_key::compute_metered_len(key), value.len()),
            "IterNext",
        )?;
    }
    let own_key = |key: &[u8]| Binary(key[prefix.len()..].to_vec());
    let next_key = if entries.len() > limit {
        entries.pop().map(|(key, _)| own_key(&key))
    } else {
        None
    };
    let data = entries
        .into_iter()
        .map(|(key, value)| (own_key(&key), Binary(value)))
        .collect();
    ok(&RawRangeResponse { data, next_key })
}

fn ok<T: Serialize>(response: &T) -> Result<Vec<u8>, Failure> {
    Ok(to_json(response))
}

fn to_metadata(metadata: Metadata) -> DenomMetadata {
    let to_unit = |unit: supercloud_proto::cosmos::bank::v1beta1::DenomUnit| DenomUnit {
        denom: unit.denom,
        exponent: unit.exponent,
        aliases: unit.aliases,
    };
    DenomMetadata {
        description: metadata.description,
        denom_units: metadata.denom_units.into_iter().map(to_unit).collect(),
        base: metadata.base,
        display: metadata.display,
        name: metadata.name,
        symbol: metadata.symbol,
        uri: metadata.uri,
        uri_hash: metadata.uri_hash,
    }
}
