//! Governance hands itself over.

use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::error::OracleError;
use crate::state::{CONFIG, load_as_governance};

pub(crate) fn update_governance(
    deps: DepsMut<'_>,
    info: MessageInfo,
    governance: String,
) -> Result<Response, OracleError> {
    let mut config = load_as_governance(deps.storage, &info.sender)?;
    config.governance = deps.api.addr_validate(&governance)?;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_attribute("governance", governance))
}
