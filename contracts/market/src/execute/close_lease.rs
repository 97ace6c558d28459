//! A tenant ends a lease and looks for another provider.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use supercloud_schema::id::LeaseId;
use supercloud_schema::time::block_seconds;

use super::assert_sender;
use crate::ending::{Deposits, LeaseEnd, apply_new_order, apply_order_end};
use crate::error::{MarketError, Role};
use crate::load::{assert_lease_runs, load_group, load_lease};

/// Ends a lease whenever the tenant wishes, notice running or not. The group stays open with a new order.
pub(crate) fn close_lease(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    id: LeaseId,
) -> Result<Response, MarketError> {
    assert_sender(&info, &id.owner, Role::Tenant)?;
    let (_, lease) = load_lease(deps.storage, &id)?;
    assert_lease_runs(&id, &lease)?;
    let now = block_seconds(&env.block);
    let order_id = id.order();
    let mut aftermath = apply_order_end(deps.storage, &order_id, LeaseEnd::by_owner(now), Deposits::Release)?;
    let group_id = order_id.group();
    let mut group = load_group(deps.storage, &group_id)?;
    aftermath
        .events
        .push(apply_new_order(deps.storage, &group_id, &mut group, now)?);
    Ok(aftermath.into_response(deps.storage)?)
}
