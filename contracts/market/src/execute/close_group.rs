//! A tenant closes one group.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use supercloud_schema::market::GroupState;
use supercloud_schema::time::block_seconds;

use crate::ending::{Deposits, LeaseEnd, apply_group_end};
use crate::error::MarketError;
use crate::load::{load_active_deployment, load_group};
use crate::state::GroupKey;

/// Closes a group for good, with its order and lease. The deployment stays, even without groups.
pub(crate) fn close_group(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    (dseq, gseq): GroupKey,
) -> Result<Response, MarketError> {
    let id = load_active_deployment(deps.storage, dseq, &info.sender)?
        .id(dseq)
        .group(gseq);
    let group = load_group(deps.storage, &id)?;
    if group.state == (GroupState::Closed {}) {
        return Err(MarketError::GroupState {
            group: id,
            state: group.state,
        });
    }
    let end = LeaseEnd::by_owner(block_seconds(&env.block));
    let aftermath = apply_group_end(
        deps.storage,
        &id,
        group,
        GroupState::Closed {},
        (end, Deposits::Release),
    )?;
    Ok(aftermath.into_response(deps.storage)?)
}
