//! Governance replaces the parameters. They hold for pending requests too.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use supercloud_schema::bme::Params;

use crate::error::BmeError;
use crate::params::assert_valid;
use crate::state::{CONFIG, load_as_governance};

pub(crate) fn update_params(deps: DepsMut<'_>, info: MessageInfo, params: Params) -> Result<Response, BmeError> {
    let mut config = load_as_governance(deps.storage, &info.sender)?;
    assert_valid(&params)?;
    config.params = params;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new())
}
