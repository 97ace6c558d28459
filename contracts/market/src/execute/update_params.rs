//! Governance replaces the parameters.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};
use supercloud_schema::market::{Params, event};

use super::assert_governance;
use crate::error::MarketError;
use crate::params::assert_params;
use crate::state::PARAMS;

/// Validates and stores all parameters. What exists already keeps what it was created with.
pub(crate) fn update_params(deps: DepsMut<'_>, info: MessageInfo, params: Params) -> Result<Response, MarketError> {
    assert_governance(deps.storage, &info)?;
    assert_params(&params)?;
    PARAMS.save(deps.storage, &params)?;
    Ok(Response::new().add_event(Event::new(event::PARAMS_UPDATED)))
}
