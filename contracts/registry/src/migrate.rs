//! Migration: same contract, same or newer version, then the steps that are due (none yet).

use cosmwasm_std::{DepsMut, Response};
use cw2::{ensure_from_older_version, get_contract_version};

use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::error::RegistryError;

pub(crate) fn migrate(deps: DepsMut<'_>) -> Result<Response, RegistryError> {
    let stored = get_contract_version(deps.storage)?;
    if stored.contract != CONTRACT_NAME {
        return Err(RegistryError::WrongContract {
            expected: CONTRACT_NAME.to_string(),
            found: stored.contract,
        });
    }
    ensure_from_older_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION).map_err(|_| RegistryError::Downgrade {
        stored: stored.version,
        offered: CONTRACT_VERSION.to_string(),
    })?;
    Ok(Response::new())
}
