//! Pauses or resumes new mint requests. A guardian can only pause; what is pending goes on either way.

use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::error::BmeError;
use crate::state::CONFIG;

pub(crate) fn set_paused(deps: DepsMut<'_>, info: MessageInfo, paused: bool) -> Result<Response, BmeError> {
    let mut config = CONFIG.load(deps.storage)?;
    let is_guardian = config.guardian.as_ref() == Some(&info.sender);
    if config.governance != info.sender && !(is_guardian && paused) {
        return Err(BmeError::Unauthorized {
            sender: info.sender.into_string(),
        });
    }
    config.mint_paused = paused;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_attribute("mint_paused", paused.to_string()))
}
