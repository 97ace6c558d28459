//! Governance replaces the parameters. What a source or an asset leaves behind when it is dropped is deleted, so that
//! a later return starts fresh.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use supercloud_schema::oracle::Params;

use crate::error::OracleError;
use crate::params::assert_valid;
use crate::state::{CONFIG, FROZEN, OBSERVATIONS, load_as_governance};

pub(crate) fn update_params(deps: DepsMut<'_>, info: MessageInfo, params: Params) -> Result<Response, OracleError> {
    let mut config = load_as_governance(deps.storage, &info.sender)?;
    assert_valid(deps.api, &params)?;
    for asset in &config.params.assets {
        let dropped = !params.assets.contains(asset);
        if dropped {
            FROZEN.remove(deps.storage, asset);
        }
        for source in &config.params.sources {
            if dropped || !params.sources.contains(source) {
                OBSERVATIONS.remove(deps.storage, (asset, source));
            }
        }
    }
    config.params = params;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new())
}
