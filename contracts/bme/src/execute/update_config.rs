//! Governance changes whom this contract obeys and asks. Denoms never change: requests and credits are in them.

use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::error::BmeError;
use crate::state::{CONFIG, load_as_governance};

/// What changes; absent fields stay.
pub(crate) struct ConfigChange {
    pub(crate) governance: Option<String>,
    pub(crate) guardian: Option<String>,
    pub(crate) oracle: Option<String>,
}

pub(crate) fn update_config(deps: DepsMut<'_>, info: MessageInfo, change: ConfigChange) -> Result<Response, BmeError> {
    let mut config = load_as_governance(deps.storage, &info.sender)?;
    if let Some(governance) = change.governance {
        config.governance = deps.api.addr_validate(&governance)?;
    }
    if let Some(guardian) = change.guardian {
        config.guardian = Some(deps.api.addr_validate(&guardian)?);
    }
    if let Some(oracle) = change.oracle {
        config.oracle = deps.api.addr_validate(&oracle)?;
    }
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new())
}
