//! Governance ends a signer set, at once or at a given second. The end may come closer, never move away: a set that was
//! ended cannot be revived.

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response};
use supercloud_schema::pyth::event;
use supercloud_schema::time::{Seconds, block_seconds};

use crate::error::PythError;
use crate::state::{SIGNER_SETS, load_as_governance};

pub(crate) fn expire_signer_set(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    index: u32,
    at: Option<Seconds>,
) -> Result<Response, PythError> {
    load_as_governance(deps.storage, &info.sender)?;
    let mut set = SIGNER_SETS
        .may_load(deps.storage, index)?
        .ok_or(PythError::UnknownSignerSet { index })?;
    let now = block_seconds(&env.block);
    let requested = at.unwrap_or(now).max(now);
    if let Some(expires_at) = set.expires_at.filter(|expires_at| requested > *expires_at) {
        return Err(PythError::ExpiryPutOff {
            index,
            expires_at,
            requested,
        });
    }
    set.expires_at = Some(requested);
    SIGNER_SETS.save(deps.storage, index, &set)?;
    let event = Event::new(event::SIGNER_SET_EXPIRED)
        .add_attribute("index", index.to_string())
        .add_attribute("expires_at", requested.to_string());
    Ok(Response::new().add_event(event))
}
