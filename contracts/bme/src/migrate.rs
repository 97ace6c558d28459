//! Takes over from an older version; there are no steps yet.

use cosmwasm_std::{DepsMut, Response};

use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::error::BmeError;

pub(crate) fn migrate(deps: DepsMut<'_>) -> Result<Response, BmeError> {
    let stored = cw2::get_contract_version(deps.storage)?;
    if stored.contract != CONTRACT_NAME {
        return Err(BmeError::WrongContract {
            stored: stored.contract,
            ours: CONTRACT_NAME,
        });
    }
    cw2::ensure_from_older_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION).map_err(|_| BmeError::Downgrade {
        stored: stored.version.clone(),
        ours: CONTRACT_VERSION,
    })?;
    Ok(Response::new()
        .add_attribute("from_version", stored.version)
        .add_attribute("to_version", CONTRACT_VERSION))
}
