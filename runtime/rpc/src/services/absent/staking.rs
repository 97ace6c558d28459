//! `cosmos.staking.v1beta1.Query`: nobody stakes here.

use supercloud_proto::cosmos::staking::v1beta1 as staking;

use super::super::{Answered, Call};
use super::{BOND_DENOM, ZERO_DEC, always, missing, no_page, seconds};

/// Three weeks, what explorers expect of a Cosmos chain; nothing can be unbonded here.
const UNBONDING_SECONDS: i64 = 21 * 24 * 60 * 60;
/// The SDK's defaults. Wallets divide by the first two; relayers refuse a chain whose last is zero.
const MAX_VALIDATORS: u32 = 100;
const MAX_ENTRIES: u32 = 7;
const HISTORICAL_ENTRIES: u32 = 10_000;

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Validator" | "Delegation" | "UnbondingDelegation" | "DelegatorValidator" | "HistoricalInfo" => {
            record(call, method, data)
        }
        "Pool" => {
            let pool = staking::Pool {
                not_bonded_tokens: "0".into(),
                bonded_tokens: "0".into(),
            };
            always::<staking::QueryPoolRequest>(call, data, staking::QueryPoolResponse { pool: Some(pool) })
        }
        "Params" => {
            let params = staking::Params {
                unbonding_time: Some(seconds(UNBONDING_SECONDS)),
                max_validators: MAX_VALIDATORS,
                max_entries: MAX_ENTRIES,
                historical_entries: HISTORICAL_ENTRIES,
                bond_denom: BOND_DENOM.into(),
                min_commission_rate: ZERO_DEC.into(),
            };
            let params = Some(params);
            always::<staking::QueryParamsRequest>(call, data, staking::QueryParamsResponse { params })
        }
        _ => list(call, method, data),
    }
}

fn record(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Validator" => missing(call, data, |request: staking::QueryValidatorRequest| {
            format!("validator {} not found", request.validator_addr)
        }),
        "Delegation" => missing(call, data, |request: staking::QueryDelegationRequest| {
            let (delegator, validator) = (request.delegator_addr, request.validator_addr);
            format!("delegation with delegator {delegator} not found for validator {validator}")
        }),
        "UnbondingDelegation" => missing(call, data, |request: staking::QueryUnbondingDelegationRequest| {
            let (delegator, validator) = (request.delegator_addr, request.validator_addr);
            format!("unbonding delegation with delegator {delegator} not found for validator {validator}")
        }),
        "DelegatorValidator" => missing(call, data, |request: staking::QueryDelegatorValidatorRequest| {
            let (delegator, validator) = (request.delegator_addr, request.validator_addr);
            format!("delegation with delegator {delegator} not found for validator {validator}")
        }),
        "HistoricalInfo" => missing(call, data, |request: staking::QueryHistoricalInfoRequest| {
            format!("historical info for height {} not found", request.height)
        }),
        _ => None,
    }
}

fn list(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    let pagination = no_page();
    match method {
        "Validators" => {
            let validators = Vec::new();
            let response = staking::QueryValidatorsResponse { validators, pagination };
            always::<staking::QueryValidatorsRequest>(call, data, response)
        }
        "DelegatorValidators" => {
            let validators = Vec::new();
            let response = staking::QueryDelegatorValidatorsResponse { validators, pagination };
            always::<staking::QueryDelegatorValidatorsRequest>(call, data, response)
        }
        "ValidatorDelegations" => {
            let response = staking::QueryValidatorDelegationsResponse {
                delegation_responses: Vec::new(),
                pagination,
            };
            always::<staking::QueryValidatorDelegationsRequest>(call, data, response)
        }
        "DelegatorDelegations" => {
            let response = staking::QueryDelegatorDelegationsResponse {
                delegation_responses: Vec::new(),
                pagination,
            };
            always::<staking::QueryDelegatorDelegationsRequest>(call, data, response)
        }
        "ValidatorUnbondingDelegations" => {
            let response = staking::QueryValidatorUnbondingDelegationsResponse {
                unbonding_responses: Vec::new(),
                pagination,
            };
            always::<staking::QueryValidatorUnbondingDelegationsRequest>(call, data, response)
        }
        "DelegatorUnbondingDelegations" => {
            let response = staking::QueryDelegatorUnbondingDelegationsResponse {
                unbonding_responses: Vec::new(),
                pagination,
            };
            always::<staking::QueryDelegatorUnbondingDelegationsRequest>(call, data, response)
        }
        "Redelegations" => {
            let response = staking::QueryRedelegationsResponse {
                redelegation_responses: Vec::new(),
                pagination,
            };
            always::<staking::QueryRedelegationsRequest>(call, data, response)
        }
        _ => None,
    }
}
