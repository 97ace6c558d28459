//! Entry points: which message accepts coins, and where it goes. Nothing is decided here.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point};
use supercloud_schema::market::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg, SudoMsg};

use crate::error::MarketError;
use crate::execute;
use crate::funds::unpaid;

/// Name under which the contract's version is stored.
pub const CONTRACT_NAME: &str = env!("CARGO_PKG_NAME");
/// This code's version. With the feature `next` the code is its own successor, for tests of upgrades.
pub const CONTRACT_VERSION: &str = if cfg!(feature = "next") {
    "0.2.0"
} else {
    env!("CARGO_PKG_VERSION")
};

/// Sets the contract up.
#[entry_point]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, MarketError> {
    unpaid(info)?;
    execute::instantiate(deps, msg)
}

/// Runs a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, MarketError> {
    match msg {
        // Take ACT.
        ExecuteMsg::CreateDeployment {
            groups,
            hash,
            budgets,
            reclamation_seconds,
        } => {
            let demand = execute::Demand {
                groups,
                hash,
                budgets,
                reclamation_seconds,
            };
            execute::create_deployment(deps, env, info, demand)
        }
        ExecuteMsg::CreateBid {
            order,
            price,
            resources_offer,
            reclamation_seconds,
        } => {
            let offer = execute::Offer {
                price,
                resources_offer,
                reclamation_seconds,
            };
            execute::create_bid(deps, env, info, order, offer)
        }
        // Take nothing.
        ExecuteMsg::UpdateDeployment { dseq, hash } => {
            execute::update_deployment(deps, unpaid(info)?, dseq.u64(), hash)
        }
        ExecuteMsg::CloseDeployment { dseq } => execute::close_deployment(deps, env, unpaid(info)?, dseq.u64()),
        ExecuteMsg::CloseGroup { dseq, gseq } => execute::close_group(deps, env, unpaid(info)?, (dseq.u64(), gseq)),
        ExecuteMsg::PauseGroup { dseq, gseq } => execute::pause_group(deps, env, unpaid(info)?, (dseq.u64(), gseq)),
        ExecuteMsg::StartGroup { dseq, gseq } => execute::start_group(deps, env, unpaid(info)?, (dseq.u64(), gseq)),
        ExecuteMsg::CloseBid { bid, reason } => execute::close_bid(deps, env, unpaid(info)?, bid, reason),
        ExecuteMsg::CreateLease { bid } => execute::create_lease(deps, env, unpaid(info)?, bid),
        ExecuteMsg::CloseLease { lease } => execute::close_lease(deps, env, unpaid(info)?, lease),
        ExecuteMsg::StartReclaim { lease, reason } => execute::start_reclaim(deps, env, unpaid(info)?, lease, reason),
        ExecuteMsg::AccountsExhausted { accounts } => execute::accounts_exhausted(deps, unpaid(info)?, accounts),
        ExecuteMsg::ReleaseDeposits {} => {
            unpaid(info)?;
            execute::release_deposits(deps)
        }
        ExecuteMsg::SetPaused { paused } => execute::set_paused(deps, unpaid(info)?, paused),
        ExecuteMsg::UpdateParams { params } => execute::update_params(deps, unpaid(info)?, params),
        ExecuteMsg::UpdateConfig {
            governance,
            guardian,
            registry,
            escrow,
        } => execute::update_config(
            deps,
            unpaid(info)?,
            execute::ConfigChange {
                governance,
                guardian,
                registry,
                escrow,
            },
        ),
    }
}

/// What the chain's cron may have done.
#[entry_point]
pub fn sudo(deps: DepsMut<'_>, _env: Env, msg: SudoMsg) -> Result<Response, MarketError> {
    match msg {
        SudoMsg::ReleaseDeposits {} => execute::release_deposits(deps),
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, _env: Env, msg: QueryMsg) -> Result<Binary, MarketError> {
    crate::query::answer(deps, msg)
}

/// Takes over from an older version.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, env: Env, _msg: MigrateMsg) -> Result<Response, MarketError> {
    crate::migrate::migrate_to(deps, &env, CONTRACT_VERSION)
}
