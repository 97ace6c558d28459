//! Staking, distribution, mint, slashing, upgrade, evidence, params: modules that this chain does not have and that wallets
//! and explorers ask every chain about. Lists are empty, rates are zero, single records are not found; nothing here
//! pretends to be more.

mod distribution;
mod records;
mod staking;

use supercloud_proto::cosmos::base::query::v1beta1::PageResponse;
use supercloud_proto::cosmos::mint::v1beta1 as mint;
use supercloud_proto::cosmos::slashing::v1beta1 as slashing;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Duration;

use super::{Answered, Call, run};
use crate::status::Status;

/// The denom that explorers show for stake and inflation.
const BOND_DENOM: &str = "uakt";
/// Zero in 18 decimals, as it travels.
const ZERO_DEC: &str = "0";

pub(super) fn answer(call: &Call<'_>, service: &str, method: &str, data: &[u8]) -> Answered {
    match service {
        "cosmos.staking.v1beta1.Query" => staking::answer(call, method, data),
        "cosmos.distribution.v1beta1.Query" => distribution::answer(call, method, data),
        "cosmos.mint.v1beta1.Query" => mint(call, method, data),
        "cosmos.slashing.v1beta1.Query" => slashing(call, method, data),
        "cosmos.upgrade.v1beta1.Query" => records::upgrade(call, method, data),
        "cosmos.evidence.v1beta1.Query" => records::evidence(call, method, data),
        "cosmos.params.v1beta1.Query" => records::params(call, method, data),
        _ => None,
    }
}

/// The same answer to every request that can be read.
fn always<Q: Message + Default>(call: &Call<'_>, data: &[u8], response: impl Message) -> Answered {
    run(call, data, |_, _: Q| Ok(response))
}

/// There is no such record; `words` say which was asked for.
fn missing<Q: Message + Default>(call: &Call<'_>, data: &[u8], words: impl FnOnce(Q) -> String) -> Answered {
    run(call, data, |_, request: Q| {
        Err::<(), _>(Status::not_found(words(request)))
    })
}

/// The page of an empty list. Always there: some clients ask on for ever without it.
fn no_page() -> Option<PageResponse> {
    Some(PageResponse::default())
}

fn mint(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => {
            let params = mint::Params {
                mint_denom: BOND_DENOM.into(),
                inflation_rate_change: ZERO_DEC.into(),
                inflation_max: ZERO_DEC.into(),
                inflation_min: ZERO_DEC.into(),
                goal_bonded: ZERO_DEC.into(),
                blocks_per_year: 0,
            };
            let params = Some(params);
            always::<mint::QueryParamsRequest>(call, data, mint::QueryParamsResponse { params })
        }
        "Inflation" => {
            let inflation = ZERO_DEC.into();
            always::<mint::QueryInflationRequest>(call, data, mint::QueryInflationResponse { inflation })
        }
        "AnnualProvisions" => {
            let annual_provisions = ZERO_DEC.into();
            let response = mint::QueryAnnualProvisionsResponse { annual_provisions };
            always::<mint::QueryAnnualProvisionsRequest>(call, data, response)
        }
        _ => None,
    }
}

fn slashing(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => {
            let params = slashing::Params {
                signed_blocks_window: 0,
                min_signed_per_window: ZERO_DEC.into(),
                downtime_jail_duration: Some(seconds(0)),
                slash_fraction_double_sign: ZERO_DEC.into(),
                slash_fraction_downtime: ZERO_DEC.into(),
            };
            let params = Some(params);
            always::<slashing::QueryParamsRequest>(call, data, slashing::QueryParamsResponse { params })
        }
        "SigningInfo" => missing(call, data, |request: slashing::QuerySigningInfoRequest| {
            format!("SigningInfo not found for validator {}", request.cons_address)
        }),
        "SigningInfos" => {
            let response = slashing::QuerySigningInfosResponse {
                info: Vec::new(),
                pagination: no_page(),
            };
            always::<slashing::QuerySigningInfosRequest>(call, data, response)
        }
        _ => None,
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration { seconds, nanos: 0 }
}
