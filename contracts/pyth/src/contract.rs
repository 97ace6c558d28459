//! Entry points. They route; only price updates take funds, and those check them.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point, to_json_binary};
use supercloud_schema::pyth::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

use crate::error::PythError;
use crate::{execute, migrate as migration, query as queries};

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
) -> Result<Response, PythError> {
    assert_no_funds(&info)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    execute::instantiate(deps, msg)
}

/// Runs a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, PythError> {
    match msg {
        // Takes the fee, exactly.
        ExecuteMsg::UpdatePriceFeeds { data } => execute::update_price_feeds(deps, env, info, data),
        ExecuteMsg::AddSignerSet { set } => {
            assert_no_funds(&info)?;
            execute::add_signer_set(deps, env, info, set)
        }
        ExecuteMsg::ExpireSignerSet { index, at } => {
            assert_no_funds(&info)?;
            execute::expire_signer_set(deps, env, info, index, at)
        }
        ExecuteMsg::UpdateConfig {
            governance,
            data_sources,
            feeds,
            oracle,
        } => {
            assert_no_funds(&info)?;
            execute::update_config(
                deps,
                info,
                execute::Change {
                    governance,
                    data_sources,
                    feeds,
                    oracle,
                },
            )
        }
        ExecuteMsg::UpdateParams { params } => {
            assert_no_funds(&info)?;
            execute::update_params(deps, info, params)
        }
        ExecuteMsg::WithdrawFees { to } => {
            assert_no_funds(&info)?;
            execute::withdraw_fees(deps, env, info, to)
        }
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, PythError> {
    let answer = match msg {
        QueryMsg::PriceFeed { id } => to_json_binary(&queries::price_feed(deps, id)?),
        QueryMsg::GetUpdateFee { vaas } => to_json_binary(&queries::update_fee(deps, vaas)?),
        QueryMsg::GetValidTimePeriod => to_json_binary(&queries::valid_time_period(deps)?),
        QueryMsg::Config {} => to_json_binary(&queries::config(deps)?),
        QueryMsg::Solvency {} => to_json_binary(&queries::solvency(deps, env)?),
    };
    Ok(answer?)
}

/// Takes over from an older version of this contract.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, PythError> {
    migration::migrate(deps)
}

fn assert_no_funds(info: &MessageInfo) -> Result<(), PythError> {
    match info.funds.first() {
        Some(coin) => Err(PythError::UnexpectedFunds { coin: coin.to_string() }),
        None => Ok(()),
    }
}
