//! First configuration.

use cosmwasm_std::{DepsMut, Response};
use supercloud_schema::oracle::InstantiateMsg;

use crate::error::OracleError;
use crate::params::assert_valid;
use crate::state::{CONFIG, Config};

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, OracleError> {
    assert_valid(deps.api, &msg.params)?;
    let governance = deps.api.addr_validate(&msg.governance)?;
    CONFIG.save(
        deps.storage,
        &Config {
            governance,
            params: msg.params,
        },
    )?;
    Ok(Response::new())
}
