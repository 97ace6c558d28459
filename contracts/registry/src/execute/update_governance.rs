//! Hands governance over.

use cosmwasm_std::{Addr, DepsMut, Response};

use crate::error::RegistryError;
use crate::state::GOVERNANCE;

pub(crate) fn update_governance(deps: DepsMut<'_>, sender: Addr, governance: &str) -> Result<Response, RegistryError> {
    if GOVERNANCE.load(deps.storage)? != sender {
        return Err(RegistryError::NotGovernance {
            sender: sender.into_string(),
        });
    }
    GOVERNANCE.save(deps.storage, &deps.api.addr_validate(governance)?)?;
    Ok(Response::new())
}
