//! Governance changes peers and powers.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};
use supercloud_schema::market::event;

use super::assert_governance;
use crate::error::MarketError;
use crate::state::CONFIG;

/// What to change; absent fields stay.
pub(crate) struct ConfigChange {
    pub(crate) governance: Option<String>,
    pub(crate) guardian: Option<String>,
    pub(crate) registry: Option<String>,
    pub(crate) escrow: Option<String>,
}

/// Validates and stores the addresses.
pub(crate) fn update_config(
    deps: DepsMut<'_>,
    info: MessageInfo,
    change: ConfigChange,
) -> Result<Response, MarketError> {
    assert_governance(deps.storage, &info)?;
    let mut config = CONFIG.load(deps.storage)?;
    if let Some(governance) = change.governance {
        config.governance = deps.api.addr_validate(&governance)?;
    }
    if let Some(guardian) = change.guardian {
        config.guardian = Some(deps.api.addr_validate(&guardian)?);
    }
    if let Some(registry) = change.registry {
        config.registry = deps.api.addr_validate(&registry)?;
    }
    if let Some(escrow) = change.escrow {
        config.escrow = deps.api.addr_validate(&escrow)?;
    }
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(Event::new(event::CONFIG_UPDATED)))
}
