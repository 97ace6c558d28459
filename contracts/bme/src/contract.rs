//! Entry points. They route; funds are counted on the arms that take them and refused on the others.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, entry_point, to_json_binary};
use supercloud_schema::bme::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg, SudoMsg};

use crate::error::BmeError;
use crate::execute::ConfigChange;
use crate::funds::assert_no_funds;
use crate::{execute, migrate as migration, query as queries, reply as replies};

/// Name under which `cw2` knows this contract.
pub const CONTRACT_NAME: &str = env!("CARGO_PKG_NAME");
/// Version under which `cw2` knows this contract.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets the contract up.
#[entry_point]
pub fn instantiate(deps: DepsMut<'_>, _env: Env, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, BmeError> {
    assert_no_funds(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    execute::instantiate(deps, msg)
}

/// Runs a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, BmeError> {
    match msg {
        // Takes AKT.
        ExecuteMsg::RequestMint { min_out } => execute::request_mint(deps, env, info, min_out),
        // Takes ACT.
        ExecuteMsg::RequestRedeem { beneficiary, min_out } => {
            execute::request_redeem(deps, env, info, beneficiary, min_out)
        }
        // Takes AKT.
        ExecuteMsg::FundVault {} => execute::fund_vault(deps, info),
        ExecuteMsg::CancelRequest { id } => {
            assert_no_funds(&info)?;
            execute::cancel_request(deps, env, info, id.u64())
        }
        ExecuteMsg::Process { limit } => {
            assert_no_funds(&info)?;
            execute::process(deps, env, limit)
        }
        ExecuteMsg::SetPaused { paused } => {
            assert_no_funds(&info)?;
            execute::set_paused(deps, info, paused)
        }
        ExecuteMsg::UpdateParams { params } => {
            assert_no_funds(&info)?;
            execute::update_params(deps, info, params)
        }
        ExecuteMsg::UpdateConfig {
            governance,
            guardian,
            oracle,
        } => {
            assert_no_funds(&info)?;
            execute::update_config(
                deps,
                info,
                ConfigChange {
                    governance,
                    guardian,
                    oracle,
                },
            )
        }
    }
}

/// Runs what the chain's cron asks for.
#[entry_point]
pub fn sudo(deps: DepsMut<'_>, env: Env, msg: SudoMsg) -> Result<Response, BmeError> {
    match msg {
        SudoMsg::Process { limit } => execute::process(deps, env, limit),
    }
}

/// Learns what became of a mint or a payout.
#[entry_point]
pub fn reply(deps: DepsMut<'_>, env: Env, msg: Reply) -> Result<Response, BmeError> {
    replies::reply(deps, env, msg)
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, BmeError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&queries::config(deps)?),
        QueryMsg::Status {} => to_json_binary(&queries::status(deps, env)?),
        QueryMsg::Vault {} => to_json_binary(&queries::vault(deps, env)?),
        QueryMsg::Request { id } => to_json_binary(&queries::request(deps, id.u64())?),
        QueryMsg::PendingRequests { start_after, limit } => {
            to_json_binary(&queries::pending_requests(deps, start_after.map(|id| id.u64()), limit)?)
        }
        QueryMsg::Solvency {} => to_json_binary(&queries::solvency(deps, env)?),
    };
    Ok(answer?)
}

/// Takes over from an older version of this contract.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, BmeError> {
    migration::migrate(deps)
}
