//! Answers; the first three are `pyth-sdk-cw`'s, byte for byte.

use cosmwasm_std::{Binary, Coin, Deps, Env, HexBinary, Uint128};
use supercloud_schema::money::{MoneyError, Uakt};
use supercloud_schema::pyth::{ConfigResponse, PriceFeedResponse, ValidTimePeriodResponse};
use supercloud_schema::solvency::{DenomSolvency, SolvencyResponse};

use crate::error::PythError;
use crate::signer_set::load_all;
use crate::state::{CONFIG, Config, FEES, PRICES};
use crate::submission::parse;

pub(crate) fn price_feed(deps: Deps<'_>, id: HexBinary) -> Result<PriceFeedResponse, PythError> {
    let config = CONFIG.load(deps.storage)?;
    if config.feeds.iter().all(|feed| feed.id != id) {
        return Err(PythError::UnknownFeed { feed_id: id });
    }
    match PRICES.may_load(deps.storage, &id)? {
        Some(stored) => Ok(PriceFeedResponse {
            price_feed: stored.feed,
        }),
        None => Err(PythError::NoPrice { feed_id: id }),
    }
}

pub(crate) fn update_fee(deps: Deps<'_>, vaas: Vec<Binary>) -> Result<Coin, PythError> {
    let config = CONFIG.load(deps.storage)?;
    let picked = parse(&config, &vaas)?
        .iter()
        .map(|submission| submission.picked.len())
        .sum();
    Ok(compute_fee(&config, picked)?.coin(config.fee_denom))
}

/// The fee of so many messages on kept feeds.
pub(crate) fn compute_fee(config: &Config, picked: usize) -> Result<Uakt, MoneyError> {
    let picked = Uint128::new(picked as u128);
    let per_update = config.params.fee_per_update.0;
    let overflow = |_| MoneyError::Overflow(format!("{picked} x {per_update}"));
    picked.checked_mul(per_update).map(Uakt).map_err(overflow)
}

pub(crate) fn valid_time_period(deps: Deps<'_>) -> Result<ValidTimePeriodResponse, PythError> {
    let secs = CONFIG.load(deps.storage)?.params.max_age;
    Ok(ValidTimePeriodResponse { secs, nanos: 0 })
}

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, PythError> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        governance: config.governance.into_string(),
        signer_sets: load_all(deps.storage)?,
        data_sources: config.data_sources,
        feeds: config.feeds,
        oracle: config.oracle.map(|oracle| oracle.into_string()),
        fee_denom: config.fee_denom,
        params: config.params,
    })
}

pub(crate) fn solvency(deps: Deps<'_>, env: Env) -> Result<SolvencyResponse, PythError> {
    let denom = CONFIG.load(deps.storage)?.fee_denom;
    let owed = FEES.load(deps.storage)?.0;
    let balance = Uakt::from_bank(deps.querier.query_balance(env.contract.address, &denom)?.amount)?.0;
    let (surplus, solvent) = (balance.saturating_sub(owed), balance >= owed);
    Ok(SolvencyResponse {
        coins: vec![DenomSolvency {
            denom,
            owed,
            balance,
            surplus,
            solvent,
        }],
    })
}
