//! `cosmos.distribution.v1beta1.Query`: no rewards, no commission. The community pool the chain answers itself.

use supercloud_proto::cosmos::auth::v1beta1::{AddressStringToBytesRequest, AddressStringToBytesResponse};
use supercloud_proto::cosmos::distribution::v1beta1 as distribution;

use super::super::{Answered, Call, run};
use super::{ZERO_DEC, always, missing, no_page};
use crate::status::Status;

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => params(call, data),
        "CommunityPool" => always::<distribution::QueryCommunityPoolRequest>(
            call,
            data,
            distribution::QueryCommunityPoolResponse::default(),
        ),
        "DelegationTotalRewards" => always::<distribution::QueryDelegationTotalRewardsRequest>(
            call,
            data,
            distribution::QueryDelegationTotalRewardsResponse::default(),
        ),
        "DelegatorValidators" => always::<distribution::QueryDelegatorValidatorsRequest>(
            call,
            data,
            distribution::QueryDelegatorValidatorsResponse::default(),
        ),
        "DelegatorWithdrawAddress" => run(call, data, withdraw_address),
        "DelegationRewards" => missing(call, data, |request: distribution::QueryDelegationRewardsRequest| {
            no_validator(&request.validator_address)
        }),
        _ => validator(call, method, data),
    }
}

fn validator(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "ValidatorDistributionInfo" => missing(
            call,
            data,
            |request: distribution::QueryValidatorDistributionInfoRequest| no_validator(&request.validator_address),
        ),
        "ValidatorOutstandingRewards" => {
            let rewards = Some(distribution::ValidatorOutstandingRewards::default());
            let response = distribution::QueryValidatorOutstandingRewardsResponse { rewards };
            always::<distribution::QueryValidatorOutstandingRewardsRequest>(call, data, response)
        }
        "ValidatorCommission" => {
            let commission = Some(distribution::ValidatorAccumulatedCommission::default());
            let response = distribution::QueryValidatorCommissionResponse { commission };
            always::<distribution::QueryValidatorCommissionRequest>(call, data, response)
        }
        "ValidatorSlashes" => {
            let response = distribution::QueryValidatorSlashesResponse {
                slashes: Vec::new(),
                pagination: no_page(),
            };
            always::<distribution::QueryValidatorSlashesRequest>(call, data, response)
        }
        _ => None,
    }
}

fn no_validator(address: &str) -> String {
    format!("{address}: validator does not exist")
}

fn params(call: &Call<'_>, data: &[u8]) -> Answered {
    #[allow(deprecated, reason = "old clients read the fields")]
    let params = distribution::Params {
        community_tax: ZERO_DEC.into(),
        base_proposer_reward: ZERO_DEC.into(),
        bonus_proposer_reward: ZERO_DEC.into(),
        withdraw_addr_enabled: false,
    };
    let params = Some(params);
    always::<distribution::QueryParamsRequest>(call, data, distribution::QueryParamsResponse { params })
}

/// Nobody can have set another than the own.
fn withdraw_address(
    call: &Call<'_>,
    request: distribution::QueryDelegatorWithdrawAddressRequest,
) -> Result<distribution::QueryDelegatorWithdrawAddressResponse, Status> {
    let address = AddressStringToBytesRequest {
        address_string: request.delegator_address.clone(),
    };
    let _: AddressStringToBytesResponse = call.ask("/cosmos.auth.v1beta1.Query/AddressStringToBytes", &address)?;
    Ok(distribution::QueryDelegatorWithdrawAddressResponse {
        withdraw_address: request.delegator_address,
    })
}
