//! Anyone adds AKT as collateral. No remint credit arises: it lifts the ratio and is never paid out.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};
use supercloud_schema::bme::event;

use crate::error::BmeError;
use crate::funds::assert_one_coin;
use crate::state::CONFIG;

pub(crate) fn fund_vault(deps: DepsMut<'_>, info: MessageInfo) -> Result<Response, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let amount = assert_one_coin(&info, &config.akt_denom)?;
    let event = Event::new(event::VAULT_FUNDED)
        .add_attribute("from", info.sender)
        .add_attribute("amount", amount);
    Ok(Response::new().add_event(event))
}
