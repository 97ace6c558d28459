//! Governance trusts a new signer set. The old one goes on until it is expired, so that updates in flight still land.

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response};
use supercloud_schema::pyth::{SignerSet, event};
use supercloud_schema::time::block_seconds;

use crate::error::PythError;
use crate::signer_set::apply_new;
use crate::state::load_as_governance;

pub(crate) fn add_signer_set(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    set: SignerSet,
) -> Result<Response, PythError> {
    load_as_governance(deps.storage, &info.sender)?;
    apply_new(deps.storage, &set, block_seconds(&env.block))?;
    let event = Event::new(event::SIGNER_SET_ADDED).add_attribute("index", set.index.to_string());
    Ok(Response::new().add_event(event))
}
