//! Entry points. They route; no message accepts funds.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point, to_json_binary};
use supercloud_schema::oracle::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

use crate::error::OracleError;
use crate::execute::{self, Sighting};
use crate::{migrate as migration, query as queries};

/// Name under which `cw2` knows this contract.
pub const CONTRACT_NAME: &str = env!("CARGO_PKG_NAME");
/// Version under which `cw2` knows this contract.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets the contract up.
#[entry_point]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, OracleError> {
    assert_no_funds(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    execute::instantiate(deps, msg)
}

/// Runs a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, OracleError> {
    assert_no_funds(&info)?;
    match msg {
        ExecuteMsg::Observe {
            asset,
            price,
            confidence,
            ema,
            publish_time,
            sequence,
        } => execute::observe(
            deps,
            env,
            info,
            Sighting {
                asset,
                price,
                confidence,
                ema,
                publish_time,
                sequence,
            },
        ),
        ExecuteMsg::UpdateParams { params } => execute::update_params(deps, info, params),
        ExecuteMsg::SetFrozen { asset, frozen } => execute::set_frozen(deps, info, asset, frozen),
        ExecuteMsg::UpdateGovernance { governance } => execute::update_governance(deps, info, governance),
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, OracleError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&queries::config(deps)?),
        QueryMsg::Price { asset, use_case } => to_json_binary(&queries::price(deps, env, asset, use_case)?),
        QueryMsg::Observations { asset } => to_json_binary(&queries::observations(deps, asset)?),
    };
    Ok(answer?)
}

/// Takes over from an older version of this contract.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, OracleError> {
    migration::migrate(deps)
}

fn assert_no_funds(info: &MessageInfo) -> Result<(), OracleError> {
    match info.funds.first() {
        Some(coin) => Err(OracleError::UnexpectedFunds { coin: coin.to_string() }),
        None => Ok(()),
    }
}
