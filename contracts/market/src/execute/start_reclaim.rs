//! A provider gives notice.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use supercloud_schema::id::LeaseId;
use supercloud_schema::market::{LeaseState, Reclaim, event};
use supercloud_schema::time::block_seconds;

use super::{assert_provider_reason, assert_sender};
use crate::error::{MarketError, Role};
use crate::events;
use crate::load::{load_lease, order_key};
use crate::state::LEASES;

/// Starts the window that the bid promised. The lease goes on accruing until somebody closes it.
pub(crate) fn start_reclaim(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    id: LeaseId,
    reason: u32,
) -> Result<Response, MarketError> {
    assert_sender(&info, &id.provider, Role::Provider)?;
    assert_provider_reason(reason)?;
    let (_, mut lease) = load_lease(deps.storage, &id)?;
    if lease.state != (LeaseState::Active {}) {
        return Err(MarketError::LeaseState {
            lease: id,
            state: lease.state,
        });
    }
    let Some(window) = lease.reclamation_seconds else {
        return Err(MarketError::NotReclamable { lease: id });
    };
    let started_at = block_seconds(&env.block);
    let deadline = started_at + window;
    lease.state = LeaseState::Reclaiming {};
    lease.reclaim = Some(Reclaim {
        started_at,
        deadline,
        reason,
    });
    LEASES.save(deps.storage, order_key(&id.order()), &lease)?;
    let started = events::bid(event::LEASE_RECLAIM_STARTED, &id)
        .add_attribute("reason", reason.to_string())
        .add_attribute("deadline", deadline.to_string());
    Ok(Response::new().add_event(started))
}
