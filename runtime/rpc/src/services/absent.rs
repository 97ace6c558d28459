//! Staking, distribution, mint, slashing: modules that this chain does not have and that wallets and explorers ask every
//! chain about. Lists are empty, rates are zero, single records are not found; nothing here pretends to be more.

use supercloud_proto::cosmos::distribution::v1beta1 as distribution;
use supercloud_proto::cosmos::mint::v1beta1 as mint;
use supercloud_proto::cosmos::slashing::v1beta1 as slashing;
use supercloud_proto::cosmos::staking::v1beta1 as staking;
use supercloud_proto::prost_types::Duration;

use super::{Answered, Call, run};
use crate::status::Status;

/// The denom that explorers show for stake and inflation.
const BOND_DENOM: &str = "uakt";
/// Zero in 18 decimals, as it travels.
const ZERO_DEC: &str = "0";
/// Three weeks, what explorers expect of a Cosmos chain; nothing can be unbonded here.
const UNBONDING_SECONDS: i64 = 21 * 24 * 60 * 60;

pub(super) fn answer(call: &Call<'_>, service: &str, method: &str, data: &[u8]) -> Answered {
    match service {
        "cosmos.staking.v1beta1.Query" => staking(call, method, data),
        "cosmos.distribution.v1beta1.Query" => distribution(call, method, data),
        "cosmos.mint.v1beta1.Query" => mint(call, method, data),
        "cosmos.slashing.v1beta1.Query" => slashing(call, method, data),
        _ => None,
    }
}

fn staking(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Validators" => run(call, data, |_, _: staking::QueryValidatorsRequest| {
            Ok(staking::QueryValidatorsResponse {
                validators: Vec::new(),
                pagination: Some(Default::default()),
            })
        }),
        "Validator" => run(call, data, |_, request: staking::QueryValidatorRequest| {
            let address = request.validator_addr;
            Err::<staking::QueryValidatorResponse, _>(Status::not_found(format!("validator {address} not found")))
        }),
        "Delegation" => run(call, data, |_, request: staking::QueryDelegationRequest| {
            let (delegator, validator) = (request.delegator_addr, request.validator_addr);
            Err::<staking::QueryDelegationResponse, _>(Status::not_found(format!(
                "delegation with delegator {delegator} not found for validator {validator}"
            )))
        }),
        "DelegatorDelegations" => run(call, data, |_, _: staking::QueryDelegatorDelegationsRequest| {
            Ok(staking::QueryDelegatorDelegationsResponse {
                delegation_responses: Vec::new(),
                pagination: Some(Default::default()),
            })
        }),
        "DelegatorUnbondingDelegations" => run(
            call,
            data,
            |_, _: staking::QueryDelegatorUnbondingDelegationsRequest| {
                Ok(staking::QueryDelegatorUnbondingDelegationsResponse {
                    unbonding_responses: Vec::new(),
                    pagination: Some(Default::default()),
                })
            },
        ),
        "Pool" => run(call, data, |_, _: staking::QueryPoolRequest| {
            let pool = staking::Pool {
                not_bonded_tokens: "0".into(),
                bonded_tokens: "0".into(),
            };
            Ok(staking::QueryPoolResponse { pool: Some(pool) })
        }),
        "Params" => run(call, data, |_, _: staking::QueryParamsRequest| {
            let params = staking::Params {
                unbonding_time: Some(seconds(UNBONDING_SECONDS)),
                max_validators: 0,
                max_entries: 0,
                historical_entries: 0,
                bond_denom: BOND_DENOM.into(),
                min_commission_rate: ZERO_DEC.into(),
            };
            Ok(staking::QueryParamsResponse { params: Some(params) })
        }),
        _ => None,
    }
}

fn distribution(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => run(call, data, |_, _: distribution::QueryParamsRequest| {
            #[allow(deprecated, reason = "old clients read the fields")]
            let params = distribution::Params {
                community_tax: ZERO_DEC.into(),
                base_proposer_reward: ZERO_DEC.into(),
                bonus_proposer_reward: ZERO_DEC.into(),
                withdraw_addr_enabled: false,
            };
            Ok(distribution::QueryParamsResponse { params: Some(params) })
        }),
        "DelegationTotalRewards" => run(call, data, |_, _: distribution::QueryDelegationTotalRewardsRequest| {
            Ok(distribution::QueryDelegationTotalRewardsResponse::default())
        }),
        "CommunityPool" => run(call, data, |_, _: distribution::QueryCommunityPoolRequest| {
            Ok(distribution::QueryCommunityPoolResponse::default())
        }),
        _ => None,
    }
}

fn mint(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => run(call, data, |_, _: mint::QueryParamsRequest| {
            let params = mint::Params {
                mint_denom: BOND_DENOM.into(),
                inflation_rate_change: ZERO_DEC.into(),
                inflation_max: ZERO_DEC.into(),
                inflation_min: ZERO_DEC.into(),
                goal_bonded: ZERO_DEC.into(),
                blocks_per_year: 0,
            };
            Ok(mint::QueryParamsResponse { params: Some(params) })
        }),
        "Inflation" => run(call, data, |_, _: mint::QueryInflationRequest| {
            Ok(mint::QueryInflationResponse {
                inflation: ZERO_DEC.into(),
            })
        }),
        "AnnualProvisions" => run(call, data, |_, _: mint::QueryAnnualProvisionsRequest| {
            Ok(mint::QueryAnnualProvisionsResponse {
                annual_provisions: ZERO_DEC.into(),
            })
        }),
        _ => None,
    }
}

fn slashing(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => run(call, data, |_, _: slashing::QueryParamsRequest| {
            let params = slashing::Params {
                signed_blocks_window: 0,
                min_signed_per_window: ZERO_DEC.into(),
                downtime_jail_duration: Some(seconds(0)),
                slash_fraction_double_sign: ZERO_DEC.into(),
                slash_fraction_downtime: ZERO_DEC.into(),
            };
            Ok(slashing::QueryParamsResponse { params: Some(params) })
        }),
        "SigningInfos" => run(call, data, |_, _: slashing::QuerySigningInfosRequest| {
            Ok(slashing::QuerySigningInfosResponse {
                info: Vec::new(),
                pagination: Some(Default::default()),
            })
        }),
        _ => None,
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration { seconds, nanos: 0 }
}
