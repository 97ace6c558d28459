//! First configuration.

use cosmwasm_std::{DepsMut, Response};
use supercloud_schema::bme::InstantiateMsg;

use crate::error::BmeError;
use crate::params::{assert_valid, invalid};
use crate::state::{BOOKS, Books, CONFIG, Config, LAST_ID};

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, BmeError> {
    assert_valid(&msg.params)?;
    if msg.akt_denom.is_empty() || msg.act_denom.is_empty() || msg.akt_denom == msg.act_denom {
        return Err(invalid(
            "denoms",
            format!("{}, {}", msg.akt_denom, msg.act_denom),
            "two different bank denoms",
        ));
    }
    if !msg.mint_type_url.starts_with('/') {
        return Err(invalid("mint_type_url", msg.mint_type_url, "starts with a slash"));
    }
    let config = Config {
        governance: deps.api.addr_validate(&msg.governance)?,
        guardian: msg
            .guardian
            .map(|guardian| deps.api.addr_validate(&guardian))
            .transpose()?,
        oracle: deps.api.addr_validate(&msg.oracle)?,
        akt_denom: msg.akt_denom,
        act_denom: msg.act_denom,
        mint_type_url: msg.mint_type_url,
        mint_paused: false,
        params: msg.params,
    };
    CONFIG.save(deps.storage, &config)?;
    BOOKS.save(deps.storage, &Books::default())?;
    LAST_ID.save(deps.storage, &0)?;
    Ok(Response::new())
}
