//! Governance takes an asset's price away, or gives it back.

use cosmwasm_std::{DepsMut, Empty, MessageInfo, Response};

use crate::error::OracleError;
use crate::state::{FROZEN, load_as_governance};

pub(crate) fn set_frozen(
    deps: DepsMut<'_>,
    info: MessageInfo,
    asset: String,
    frozen: bool,
) -> Result<Response, OracleError> {
    let config = load_as_governance(deps.storage, &info.sender)?;
    if !config.params.assets.contains(&asset) {
        return Err(OracleError::UnknownAsset { asset });
    }
    if frozen {
        FROZEN.save(deps.storage, &asset, &Empty {})?;
    } else {
        FROZEN.remove(deps.storage, &asset);
    }
    Ok(Response::new()
        .add_attribute("asset", asset)
        .add_attribute("frozen", frozen.to_string()))
}
