//! Governance replaces the parameters.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use supercloud_schema::pyth::Params;

use crate::error::PythError;
use crate::state::{CONFIG, load_as_governance};

pub(crate) fn update_params(deps: DepsMut<'_>, info: MessageInfo, params: Params) -> Result<Response, PythError> {
    let mut config = load_as_governance(deps.storage, &info.sender)?;
    config.params = params;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new())
}
