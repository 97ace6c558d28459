//! First configuration.

use cosmwasm_std::{DepsMut, Response};
use supercloud_schema::money::Uakt;
use supercloud_schema::pyth::InstantiateMsg;

use crate::config::{assert_data_sources, assert_feeds, invalid};
use crate::error::PythError;
use crate::signer_set::{MAX_SIGNER_SETS, assert_valid};
use crate::state::{CONFIG, Config, FEES, SIGNER_SETS};

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, PythError> {
    assert_feeds(&msg.feeds)?;
    assert_data_sources(&msg.data_sources)?;
    if msg.fee_denom.is_empty() {
        return Err(invalid("fee_denom", "empty", "a bank denom"));
    }
    if msg.signer_sets.len() > MAX_SIGNER_SETS {
        return Err(invalid("signer sets", msg.signer_sets.len(), "at most 32"));
    }
    let mut previous = None;
    for set in &msg.signer_sets {
        assert_valid(set)?;
        if previous >= Some(set.index) {
            return Err(invalid("signer set", set.index, "ascending indices"));
        }
        previous = Some(set.index);
        SIGNER_SETS.save(deps.storage, set.index, set)?;
    }
    let config = Config {
        governance: deps.api.addr_validate(&msg.governance)?,
        data_sources: msg.data_sources,
        feeds: msg.feeds,
        oracle: msg.oracle.map(|oracle| deps.api.addr_validate(&oracle)).transpose()?,
        fee_denom: msg.fee_denom,
        params: msg.params,
    };
    CONFIG.save(deps.storage, &config)?;
    FEES.save(deps.storage, &Uakt::ZERO)?;
    Ok(Response::new())
}
