//! Answers. A price is worked out when asked for; nothing about health is stored.

use cosmwasm_std::{Deps, Env, Order, StdResult};
use supercloud_schema::oracle::{ConfigResponse, ObservationsResponse, Params, PriceResponse, UseCase};
use supercloud_schema::time::block_seconds;

use crate::aggregate::{Guards, compute_price};
use crate::error::OracleError;
use crate::state::{CONFIG, FROZEN, load_observations};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, OracleError> {
    let config = CONFIG.load(deps.storage)?;
    // At most 16: only kept assets are frozen, and a dropped one is released.
    let frozen = FROZEN
        .keys(deps.storage, None, None, Order::Ascending)
        .collect::<StdResult<_>>()?;
    Ok(ConfigResponse {
        governance: config.governance.into_string(),
        params: config.params,
        frozen,
    })
}

pub(crate) fn price(deps: Deps<'_>, env: Env, asset: String, use_case: UseCase) -> Result<PriceResponse, OracleError> {
    let params = load_params_for(deps, &asset)?;
    if FROZEN.has(deps.storage, &asset) {
        return Err(OracleError::Frozen { asset });
    }
    let (max_age, minds_confidence) = match use_case {
        UseCase::Mint {} => (params.max_age_mint, true),
        UseCase::Refund {} => (params.max_age_refund, true),
        UseCase::Settle {} => (params.max_age_settle, false),
    };
    let guards = Guards {
        now: block_seconds(&env.block),
        max_age,
        max_future: params.max_future,
        max_confidence_bps: minds_confidence.then_some(params.max_confidence_bps),
        max_source_gap_bps: params.max_source_gap_bps,
        min_sources: params.min_sources,
    };
    let observations = load_observations(deps.storage, &asset, &params.sources)?;
    compute_price(&asset, &observations, &guards)
}

pub(crate) fn observations(deps: Deps<'_>, asset: String) -> Result<ObservationsResponse, OracleError> {
    let params = load_params_for(deps, &asset)?;
    let observations = load_observations(deps.storage, &asset, &params.sources)?;
    Ok(ObservationsResponse { observations })
}

fn load_params_for(deps: Deps<'_>, asset: &str) -> Result<Params, OracleError> {
    let params = CONFIG.load(deps.storage)?.params;
    if !params.assets.iter().any(|kept| kept == asset) {
        return Err(OracleError::UnknownAsset {
            asset: asset.to_string(),
        });
    }
    Ok(params)
}
