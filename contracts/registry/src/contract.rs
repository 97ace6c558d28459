//! Entry points. They route; no message takes coins.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point};
use cw2::set_contract_version;
use supercloud_schema::registry::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
use supercloud_schema::time::block_seconds;

use crate::error::RegistryError;
use crate::state::GOVERNANCE;
use crate::{execute, migrate as migration, query as queries};

/// Name in the contract's version record.
pub const CONTRACT_NAME: &str = "supercloud-registry";
/// Version in the contract's version record.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

fn assert_no_funds(info: &MessageInfo) -> Result<(), RegistryError> {
    match info.funds.first() {
        None => Ok(()),
        Some(coin) => Err(RegistryError::UnexpectedFunds {
            denom: coin.denom.clone(),
            amount: coin.amount,
        }),
    }
}

/// Sets the contract up.
#[entry_point]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, RegistryError> {
    assert_no_funds(&info)?;
    set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    GOVERNANCE.save(deps.storage, &deps.api.addr_validate(&msg.governance)?)?;
    Ok(Response::new())
}

/// Routes a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, RegistryError> {
    assert_no_funds(&info)?;
    let now = block_seconds(&env.block);
    match msg {
        ExecuteMsg::RegisterProvider { profile } => execute::register_provider(deps, now, info.sender, profile),
        ExecuteMsg::UpdateProvider { profile } => execute::update_provider(deps, now, info.sender, profile),
        ExecuteMsg::SignAttributes { provider, attributes } => {
            execute::sign_attributes(deps, info.sender, &provider, attributes)
        }
        ExecuteMsg::DeleteAttributes { provider, keys } => {
            execute::delete_attributes(deps, info.sender, &provider, &keys)
        }
        ExecuteMsg::RejectAuditor { auditor } => execute::reject_auditor(deps, info.sender, &auditor),
        ExecuteMsg::UpdateGovernance { governance } => execute::update_governance(deps, info.sender, &governance),
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, _env: Env, msg: QueryMsg) -> Result<Binary, RegistryError> {
    queries::query(deps, msg)
}

/// Moves to this version from the same or an older one.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, RegistryError> {
    migration::migrate(deps)
}
