//! Answers. Health is worked out when asked for.

use cosmwasm_std::{Deps, Env, QuerierWrapper, Uint128};
use supercloud_rules::conversion::{compute_collateral_ratio, compute_status};
use supercloud_schema::bme::{
    ConfigResponse, RequestResponse, RequestsResponse, Status, StatusResponse, VaultResponse,
};
use supercloud_schema::money::{Uact, Uakt};
use supercloud_schema::oracle::UseCase;
use supercloud_schema::solvency::{DenomSolvency, SolvencyResponse};

use crate::error::BmeError;
use crate::ledger::{load_pending, load_request};
use crate::price::query_price;
use crate::state::{BOOKS, Books, CONFIG, Config};

const DEFAULT_LIMIT: u32 = 30;
const MAX_LIMIT: u32 = 100;

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        governance: config.governance.into_string(),
        guardian: config.guardian.map(|guardian| guardian.into_string()),
        oracle: config.oracle.into_string(),
        akt_denom: config.akt_denom,
        act_denom: config.act_denom,
        mint_type_url: config.mint_type_url,
        params: config.params,
    })
}

/// The oracle halts only when neither kind has a price.
pub(crate) fn status(deps: Deps<'_>, env: Env) -> Result<StatusResponse, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let books = BOOKS.load(deps.storage)?;
    let price = query_price(deps.querier, &config, UseCase::Mint {})
        .or_else(|| query_price(deps.querier, &config, UseCase::Refund {}));
    let mint_paused = config.mint_paused;
    let Some(price) = price else {
        return Ok(StatusResponse {
            status: Status::HaltOracle {},
            collateral_ratio_bps: None,
            mint_paused,
        });
    };
    let vault = query_vault(deps.querier, &env, &config, &books)?;
    let ratio = compute_collateral_ratio(vault, price.mid, query_supply(deps.querier, &config)?);
    let status = compute_status(ratio, config.params.warn_ratio_bps, config.params.halt_ratio_bps);
    Ok(StatusResponse {
        status,
        collateral_ratio_bps: ratio,
        mint_paused,
    })
}

pub(crate) fn vault(deps: Deps<'_>, env: Env) -> Result<VaultResponse, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let books = BOOKS.load(deps.storage)?;
    Ok(VaultResponse {
        vault: query_vault(deps.querier, &env, &config, &books)?,
        remint_credits: books.remint_credits,
        queued_akt: books.queued_akt,
        queued_act: books.queued_act,
        total_minted_act: books.total_minted_act,
        total_burned_act: books.total_burned_act,
        total_minted_akt: books.total_minted_akt,
    })
}

pub(crate) fn request(deps: Deps<'_>, id: u64) -> Result<RequestResponse, BmeError> {
    Ok(RequestResponse {
        request: load_request(deps.storage, id)?.request,
    })
}

pub(crate) fn pending_requests(
    deps: Deps<'_>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<RequestsResponse, BmeError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) as usize;
    Ok(RequestsResponse {
        requests: load_pending(deps.storage, start_after, limit)?,
    })
}

/// Owed in AKT: what is queued and the credits that redeems may draw. Owed in ACT: what is queued.
pub(crate) fn solvency(deps: Deps<'_>, env: Env) -> Result<SolvencyResponse, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let books = BOOKS.load(deps.storage)?;
    let owed_akt = books.queued_akt.checked_add(books.remint_credits)?.0;
    let mut coins = Vec::with_capacity(2);
    for (denom, owed) in [(config.akt_denom, owed_akt), (config.act_denom, books.queued_act.0)] {
        let balance = query_balance(deps.querier, &env, &denom)?;
        let (surplus, solvent) = (balance.saturating_sub(owed), balance >= owed);
        coins.push(DenomSolvency {
            denom,
            owed,
            balance,
            surplus,
            solvent,
        });
    }
    coins.sort_by(|one, other| one.denom.cmp(&other.denom));
    Ok(SolvencyResponse { coins })
}

/// AKT that backs ACT: the balance without what is queued.
pub(crate) fn query_vault(
    querier: QuerierWrapper<'_>,
    env: &Env,
    config: &Config,
    books: &Books,
) -> Result<Uakt, BmeError> {
    Ok(Uakt(query_balance(querier, env, &config.akt_denom)?).checked_sub(books.queued_akt)?)
}

/// ACT in circulation, queued for redemption included.
pub(crate) fn query_supply(querier: QuerierWrapper<'_>, config: &Config) -> Result<Uact, BmeError> {
    Ok(Uact::from_bank(querier.query_supply(&config.act_denom)?.amount)?)
}

fn query_balance(querier: QuerierWrapper<'_>, env: &Env, denom: &str) -> Result<Uint128, BmeError> {
    Ok(Uakt::from_bank(querier.query_balance(&env.contract.address, denom)?.amount)?.0)
}
