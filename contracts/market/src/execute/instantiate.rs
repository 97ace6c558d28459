//! Sets the contract up.

use cosmwasm_std::{DepsMut, Response};
use supercloud_schema::market::InstantiateMsg;

use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::error::MarketError;
use crate::params::assert_params;
use crate::state::{CONFIG, Config, LAST_DSEQ, PARAMS, PAUSED};

/// Validates and stores peers and parameters. Peers need not exist yet.
pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, MarketError> {
    assert_params(&msg.params)?;
    let guardian = msg
        .guardian
        .map(|guardian| deps.api.addr_validate(&guardian))
        .transpose()?;
    let config = Config {
        governance: deps.api.addr_validate(&msg.governance)?,
        guardian,
        registry: deps.api.addr_validate(&msg.registry)?,
        escrow: deps.api.addr_validate(&msg.escrow)?,
        act_denom: msg.act_denom,
        upgraded_at: None,
    };
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    CONFIG.save(deps.storage, &config)?;
    PARAMS.save(deps.storage, &msg.params)?;
    PAUSED.save(deps.storage, &false)?;
    LAST_DSEQ.save(deps.storage, &0)?;
    Ok(Response::new())
}
