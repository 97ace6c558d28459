//! Queries that contracts make. They see all that was written so far in the running transaction, write nothing and
//! learn of failures only what all nodes agree on.

use serde::Serialize;
use supercloud_proto::cosmos::bank::v1beta1::{Metadata, QueryDenomsMetadataRequest};
use supercloud_proto::cosmos::base::query::v1beta1::PageRequest;
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::bank;
use crate::error::{SdkError, TxError};
use crate::gas::{OutOfGas, kv};
use crate::machine::Machine;
use crate::query::QueryError;
use crate::state::compute_prefix_end;
use crate::state_key;
use crate::store::Direction;
use crate::vm::EntryPoint;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{is_pinned, load_code, load_contract, load_info};
use crate::wasm::instantiate::assert_json;
use crate::wasm::json::{
    AllBalancesResponse, AllDenomMetadataResponse, AmountResponse, BankQuery, Binary, CodeInfoResponse, Coin,
    ContractInfoResponse, ContractResult, DenomMetadata, DenomMetadataResponse, DenomUnit, Pagination, QueryRequest,
    RawRangeResponse, SystemError, SystemResult, WasmQuery,
};
use crate::wasm::path_query::{Encoding, Refusal};
use crate::wasm::{MAX_QUERY_DEPTH, WasmError, path_query};

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
        QueryRequest::Unknown => Err(Failure::System(SystemError::Unknown {})),
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
        BankQuery::AllDenomMetadata { pagination } => answer_all_metadata(machine, pagination.unwrap_or_default()),
    }
}

fn answer_all_metadata(machine: &mut Machine<'_>, page: Pagination) -> Result<Vec<u8>, Failure> {
    let request = QueryDenomsMetadataRequest {
        pagination: Some(PageRequest {
            key: page.key.unwrap_or_default().0,
            limit: page.limit.into(),
            reverse: page.reverse,
            ..PageRequest::default()
        }),
    };
    let response = bank::query::denoms_metadata(machine, request).map_err(|error| match error {
        QueryError::Failed(error) => error,
        error => SdkError::InvalidRequest(error.to_string()).into(),
    })?;
    let next_key = response.pagination.map(|page| page.next_key).unwrap_or_default();
    ok(&AllDenomMetadataResponse {
        metadata: response.metadatas.into_iter().map(to_metadata).collect(),
        next_key: Some(Binary(next_key)).filter(|key| !key.0.is_empty()),
    })
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

/// What is asked for of a contract's storage.
struct Range {
    start: Option<Binary>,
    end: Option<Binary>,
    limit: u16,
    order: String,
}

fn answer_raw_range(machine: &mut Machine<'_>, address: &Address, range: Range) -> Result<Vec<u8>, Failure> {
    let direction = match range.order.as_str() {
        "ascending" => Direction::Ascending,
        "descending" => Direction::Descending,
        other => return Err(SdkError::InvalidRequest(format!("unknown order {other}")).into()),
    };
    let prefix = state_key::wasm::storage(address);
    let start = [prefix.as_slice(), &range.start.unwrap_or_default().0].concat();
    let end = match range.end {
        Some(end) => Some([prefix.as_slice(), &end.0].concat()),
        None => compute_prefix_end(&prefix),
    };
    let limit = usize::from(range.limit);
    let (mut cost, affordable) = (0u64, machine.gas.remaining());
    let (mut entries, mut next_key) = (Vec::new(), None);
    let mut found = machine.state.range(Some(&start), end.as_deref(), direction);
    loop {
        // The end costs a step too, and what is beyond the limit is looked at: it is the next key.
        let entry = found.next();
        cost += entry.as_ref().map_or(kv::ITERATOR_STEP, |(key, value)| {
            kv::compute_step(state_key::compute_metered_len(key), value.len())
        });
        let Some((key, value)) = entry.filter(|_| cost <= affordable) else {
            break;
        };
        let own_key = Binary(key[prefix.len()..].to_vec());
        if entries.len() == limit {
            next_key = Some(own_key);
            break;
        }
        entries.push((own_key, Binary(value)));
    }
    drop(found);
    machine.charge(cost, "IterNext")?;
    ok(&RawRangeResponse {
        data: entries,
        next_key,
    })
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
