//! A tenant starts a paused group.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use supercloud_schema::market::{GroupState, event};
use supercloud_schema::time::block_seconds;

use crate::ending::apply_new_order;
use crate::error::MarketError;
use crate::events;
use crate::load::{load_active_deployment, load_group};
use crate::state::GroupKey;

/// Opens a paused group of an active deployment with a new order. A deployment that ran dry is closed, so its groups
/// never start again.
pub(crate) fn start_group(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    (dseq, gseq): GroupKey,
) -> Result<Response, MarketError> {
    let id = load_active_deployment(deps.storage, dseq, &info.sender)?
        .id(dseq)
        .group(gseq);
    let mut group = load_group(deps.storage, &id)?;
    if group.state != (GroupState::Paused {}) {
        return Err(MarketError::GroupState {
            group: id,
            state: group.state,
        });
    }
    let created = apply_new_order(deps.storage, &id, &mut group, block_seconds(&env.block))?;
    Ok(Response::new()
        .add_event(events::group(event::GROUP_STARTED, &id))
        .add_event(created))
}
