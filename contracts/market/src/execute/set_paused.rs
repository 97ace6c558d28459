//! Stops and resumes new intake.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};
use supercloud_schema::market::event;

use crate::error::{MarketError, Role};
use crate::state::{CONFIG, PAUSED};

/// The guardian may pause, governance may do both. Money on its way out never stops: only new deployments and bids do.
pub(crate) fn set_paused(deps: DepsMut<'_>, info: MessageInfo, paused: bool) -> Result<Response, MarketError> {
    let config = CONFIG.load(deps.storage)?;
    let is_guardian = config.guardian == Some(info.sender.clone());
    if info.sender != config.governance && !(paused && is_guardian) {
        let needed = if paused { Role::Guardian } else { Role::Governance };
        return Err(MarketError::Unauthorized {
            sender: info.sender.into_string(),
            needed,
        });
    }
    PAUSED.save(deps.storage, &paused)?;
    Ok(Response::new().add_event(Event::new(event::INTAKE_PAUSED).add_attribute("paused", paused.to_string())))
}
