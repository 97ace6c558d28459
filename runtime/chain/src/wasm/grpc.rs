//! Queries about contracts from outside.

use serde::Serialize;
use supercloud_proto::cosmwasm::wasm::v1::{
    CodeInfo, CodeInfoResponse, ContractCodeHistoryEntry, Model, QueryAllContractStateRequest,
    QueryAllContractStateResponse, QueryBuildAddressRequest, QueryBuildAddressResponse, QueryCodeInfoRequest,
    QueryCodeInfoResponse, QueryCodeRequest, QueryCodeResponse, QueryCodesRequest, QueryCodesResponse,
    QueryContractHistoryRequest, QueryContractHistoryResponse, QueryContractInfoRequest, QueryContractInfoResponse,
    QueryContractsByCodeRequest, QueryContractsByCodeResponse, QueryContractsByCreatorRequest,
    QueryContractsByCreatorResponse, QueryParamsRequest, QueryParamsResponse, QueryPinnedCodesRequest,
    QueryPinnedCodesResponse, QueryRawContractStateRequest, QueryRawContractStateResponse,
    QuerySmartContractStateRequest, QuerySmartContractStateResponse, QueryWasmLimitsConfigRequest,
    QueryWasmLimitsConfigResponse,
};
use supercloud_proto::prost::Message;
use supercloud_proto::supercloud::wasm::v1::{
    QueryCodeRulesRequest, QueryCodeRulesResponse, QueryHostParamsRequest, QueryHostParamsResponse,
};

use crate::error::SdkError;
use crate::gas::GasMeter;
use crate::machine::{Machine, read_u64};
use crate::query::page::read_page;
use crate::query::{QueryError, run};
use crate::state_key::wasm as key;
use crate::wasm::call::to_json;
use crate::wasm::contract::{load_code, load_info, read_indexed, to_checksum};
use crate::wasm::instantiate::assert_json;
use crate::wasm::{access, code, code_rules, compute_predictable_address, gas_register, host_params, querier};

/// SDK gas that a smart query from outside may use, unless the node says otherwise; wasmd's default.
pub(crate) const QUERY_GAS_LIMIT: u64 = 3_000_000;

/// Answers a method of `cosmwasm.wasm.v1.Query`.
pub(crate) fn answer(machine: &mut Machine<'_>, method: &str, path: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    match method {
        "ContractInfo" => run(machine, data, contract_info),
        "ContractHistory" => run(machine, data, contract_history),
        "ContractsByCode" => run(machine, data, contracts_by_code),
        "ContractsByCreator" => run(machine, data, contracts_by_creator),
        "AllContractState" => run(machine, data, all_contract_state),
        "RawContractState" => run(machine, data, raw_contract_state),
        "SmartContractState" => run(machine, data, smart_contract_state),
        "Code" => run(machine, data, code),
        "Codes" => run(machine, data, codes),
        "CodeInfo" => run(machine, data, code_info),
        "PinnedCodes" => run(machine, data, pinned_codes),
        "Params" => run(machine, data, params),
        "WasmLimitsConfig" => run(machine, data, wasm_limits_config),
        "BuildAddress" => run(machine, data, build_address),
        _ => Err(QueryError::UnknownPath(path.to_owned())),
    }
}

/// Answers a method of `supercloud.wasm.v1.Query`.
pub(crate) fn answer_own(
    machine: &mut Machine<'_>,
    method: &str,
    path: &str,
    data: &[u8],
) -> Result<Vec<u8>, QueryError> {
    match method {
        "CodeRules" => run(machine, data, code_rules),
        "HostParams" => run(machine, data, host_params),
        _ => Err(QueryError::UnknownPath(path.to_owned())),
    }
}

fn contract_info(
    machine: &mut Machine<'_>,
    request: QueryContractInfoRequest,
) -> Result<QueryContractInfoResponse, QueryError> {
    let address = machine.address(&request.address)?;
    let info = load_info(machine, &address)?;
    Ok(QueryContractInfoResponse {
        address: request.address,
        contract_info: Some(info),
    })
}

fn contract_history(
    machine: &mut Machine<'_>,
    request: QueryContractHistoryRequest,
) -> Result<QueryContractHistoryResponse, QueryError> {
    let address = machine.address(&request.address)?;
    load_info(machine, &address)?;
    let (entries, pagination) = read_page(machine, &key::history(&address), request.pagination, |_, item| {
        let entry = ContractCodeHistoryEntry::decode(item.value);
        Ok(entry.map_err(|error| SdkError::corrupt("history", &error))?)
    })?;
    Ok(QueryContractHistoryResponse { entries, pagination })
}

fn contracts_by_code(
    machine: &mut Machine<'_>,
    request: QueryContractsByCodeRequest,
) -> Result<QueryContractsByCodeResponse, QueryError> {
    let prefix = key::by_code(request.code_id);
    let (contracts, pagination) = read_page(machine, &prefix, request.pagination, |machine, item| {
        Ok(machine.text(&read_indexed(item.key)?))
    })?;
    Ok(QueryContractsByCodeResponse { contracts, pagination })
}

fn contracts_by_creator(
    machine: &mut Machine<'_>,
    request: QueryContractsByCreatorRequest,
) -> Result<QueryContractsByCreatorResponse, QueryError> {
    let prefix = key::by_creator(&machine.address(&request.creator_address)?);
    let (contract_addresses, pagination) = read_page(machine, &prefix, request.pagination, |machine, item| {
        Ok(machine.text(&read_indexed(item.key)?))
    })?;
    Ok(QueryContractsByCreatorResponse {
        contract_addresses,
        pagination,
    })
}

fn all_contract_state(
    machine: &mut Machine<'_>,
    request: QueryAllContractStateRequest,
) -> Result<QueryAllContractStateResponse, QueryError> {
    let address = machine.address(&request.address)?;
    load_info(machine, &address)?;
    let (models, pagination) = read_page(machine, &key::storage(&address), request.pagination, |_, item| {
        Ok(Model {
            key: item.key.to_vec(),
            value: item.value.to_vec(),
        })
    })?;
    Ok(QueryAllContractStateResponse { models, pagination })
}

fn raw_contract_state(
    machine: &mut Machine<'_>,
    request: QueryRawContractStateRequest,
) -> Result<QueryRawContractStateResponse, QueryError> {
    let address = machine.address(&request.address)?;
    load_info(machine, &address)?;
    let stored = machine.read(&[key::storage(&address), request.query_data].concat())?;
    Ok(QueryRawContractStateResponse {
        data: stored.unwrap_or_default(),
    })
}

fn smart_contract_state(
    machine: &mut Machine<'_>,
    request: QuerySmartContractStateRequest,
) -> Result<QuerySmartContractStateResponse, QueryError> {
    let address = machine.address(&request.address)?;
    assert_json(&request.query_data).map_err(|_| QueryError::InvalidArgument("invalid query data".to_owned()))?;
    machine.gas = GasMeter::new(machine.query_gas_limit);
    let data = querier::query_smart(machine, &address, &request.query_data)?;
    Ok(QuerySmartContractStateResponse { data })
}

fn to_response(code_id: u64, info: CodeInfo) -> CodeInfoResponse {
    let CodeInfo {
        code_hash,
        creator,
        instantiate_config,
    } = info;
    CodeInfoResponse {
        code_id,
        creator,
        data_hash: code_hash,
        instantiate_permission: instantiate_config,
    }
}

fn code(machine: &mut Machine<'_>, request: QueryCodeRequest) -> Result<QueryCodeResponse, QueryError> {
    let info = load_code(machine, request.code_id)?;
    let data = code::load_blob(machine, &to_checksum(&info)?)?;
    Ok(QueryCodeResponse {
        code_info: Some(to_response(request.code_id, info)),
        data,
    })
}

fn codes(machine: &mut Machine<'_>, request: QueryCodesRequest) -> Result<QueryCodesResponse, QueryError> {
    let (code_infos, pagination) = read_page(machine, key::CODES, request.pagination, |_, item| {
        let info = CodeInfo::decode(item.value).map_err(|error| SdkError::corrupt("code", &error))?;
        Ok(to_response(read_u64(item.key)?, info))
    })?;
    Ok(QueryCodesResponse { code_infos, pagination })
}

fn code_info(machine: &mut Machine<'_>, request: QueryCodeInfoRequest) -> Result<QueryCodeInfoResponse, QueryError> {
    let CodeInfo {
        code_hash,
        creator,
        instantiate_config,
    } = load_code(machine, request.code_id)?;
    Ok(QueryCodeInfoResponse {
        code_id: request.code_id,
        creator,
        checksum: code_hash,
        instantiate_permission: instantiate_config,
    })
}

fn pinned_codes(
    machine: &mut Machine<'_>,
    request: QueryPinnedCodesRequest,
) -> Result<QueryPinnedCodesResponse, QueryError> {
    let (code_ids, pagination) = read_page(machine, key::PINNED, request.pagination, |_, item| {
        Ok(read_u64(item.key)?)
    })?;
    Ok(QueryPinnedCodesResponse { code_ids, pagination })
}

fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    Ok(QueryParamsResponse {
        params: Some(access::load_params(machine)?),
    })
}

/// JSON with the names that wasmd's engine gives these limits; the last three are ours.
#[derive(Serialize)]
struct LimitsConfig {
    initial_memory_limit_pages: u32,
    table_size_limit_elements: u32,
    max_imports: u32,
    max_functions: u32,
    max_function_params: u32,
    max_total_function_params: u32,
    max_function_results: u32,
    max_function_locals: u32,
    max_total_function_locals: u32,
    max_globals: u32,
    max_function_bytes: u32,
    max_function_branches: u32,
}

fn wasm_limits_config(
    machine: &mut Machine<'_>,
    _: QueryWasmLimitsConfigRequest,
) -> Result<QueryWasmLimitsConfigResponse, QueryError> {
    let limits = code_rules::load(machine)?.limits;
    let config = to_json(&LimitsConfig {
        initial_memory_limit_pages: limits.memory_pages,
        table_size_limit_elements: limits.table_elements,
        max_imports: limits.imports,
        max_functions: limits.functions,
        max_function_params: limits.function_params,
        max_total_function_params: limits.total_function_params,
        max_function_results: limits.function_results,
        max_function_locals: limits.function_locals,
        max_total_function_locals: limits.total_function_locals,
        max_globals: limits.globals,
        max_function_bytes: limits.function_bytes,
        max_function_branches: limits.function_branches,
    });
    Ok(QueryWasmLimitsConfigResponse {
        config: String::from_utf8_lossy(&config).into_owned(),
    })
}

fn code_rules(machine: &mut Machine<'_>, _: QueryCodeRulesRequest) -> Result<QueryCodeRulesResponse, QueryError> {
    let rules = to_json(&code_rules::load(machine)?);
    Ok(QueryCodeRulesResponse {
        rules: String::from_utf8_lossy(&rules).into_owned(),
    })
}

fn host_params(machine: &mut Machine<'_>, _: QueryHostParamsRequest) -> Result<QueryHostParamsResponse, QueryError> {
    Ok(QueryHostParamsResponse {
        params: Some(host_params::load(machine)?),
    })
}

fn build_address(
    machine: &mut Machine<'_>,
    request: QueryBuildAddressRequest,
) -> Result<QueryBuildAddressResponse, QueryError> {
    let invalid = |what: &str| QueryError::InvalidArgument(format!("invalid {what}"));
    machine.charge(gas_register::BUILD_ADDRESS, "build address")?;
    let checksum = hex::decode(&request.code_hash)
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let checksum = checksum.ok_or_else(|| invalid("code hash"))?;
    let creator = machine.address(&request.creator_address)?;
    let salt = hex::decode(&request.salt).map_err(|_| invalid("salt"))?;
    let address = compute_predictable_address(&checksum, &creator, &salt, &request.init_args)
        .map_err(|error| QueryError::InvalidArgument(error.to_string()))?;
    Ok(QueryBuildAddressResponse {
        address: machine.text(&address),
    })
}
