//! A provider takes a bid back, ends its lease, or fetches a deposit that waits.

use cosmwasm_std::{Deps, DepsMut, Env, MessageInfo, Response};
use supercloud_schema::escrow::BidDepositOutcome;
use supercloud_schema::id::BidId;
use supercloud_schema::market::{BidState, GroupState, LeaseState, event};
use supercloud_schema::time::{Seconds, block_seconds};

use super::{assert_provider_reason, assert_sender};
use crate::ending::{Deposits, LeaseEnd, apply_group_end};
use crate::error::{MarketError, Role};
use crate::events;
use crate::load::{LoadedBid, load_bid, load_group, load_lease, order_key};
use crate::peers::{query_ran_dry, refund, release_msgs};
use crate::state::{BIDS, CONFIG, ORDER_BIDS, ORDERS, PARAMS, PENDING_RELEASES, StoredLease};

/// Closes a bid in whatever state it is. The reason is recorded on the lease and carries no money.
pub(crate) fn close_bid(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    id: BidId,
    reason: u32,
) -> Result<Response, MarketError> {
    assert_sender(&info, &id.provider, Role::Provider)?;
    assert_provider_reason(reason)?;
    let loaded = load_bid(deps.storage, &id)?;
    match loaded.state {
        BidState::Open {} => withdraw_bid(deps, &id, loaded),
        BidState::Active {} => end_lease(deps, &env, &id, reason),
        BidState::Lost {} | BidState::Closed {} => fetch_deposit(deps, id, loaded),
    }
}

fn withdraw_bid(deps: DepsMut<'_>, id: &BidId, loaded: LoadedBid) -> Result<Response, MarketError> {
    let LoadedBid {
        mut order,
        provider,
        mut bid,
        ..
    } = loaded;
    let key = order_key(&id.order());
    ORDER_BIDS.remove(deps.storage, (key, bid.arrival));
    order.listed_bids -= 1;
    ORDERS.save(deps.storage, key, &order)?;
    bid.withdrawn = true;
    BIDS.save(deps.storage, (key, &provider, id.bseq), &bid)?;
    let releases = release_msgs(&CONFIG.load(deps.storage)?, vec![refund(id.clone())])?;
    Ok(Response::new()
        .add_event(events::bid(event::BID_CLOSED, id))
        .add_messages(releases))
}

/// The group is paused: the tenant decides whether to look for another provider.
fn end_lease(deps: DepsMut<'_>, env: &Env, id: &BidId, reason: u32) -> Result<Response, MarketError> {
    let now = block_seconds(&env.block);
    let (_, lease) = load_lease(deps.storage, id)?;
    assert_may_end(id, &lease, now)?;
    let outcome = compute_outcome(deps.as_ref(), id, &lease, now)?;
    let group_id = id.order().group();
    let group = load_group(deps.storage, &group_id)?;
    let end = LeaseEnd::by_provider(reason, now);
    let mut aftermath = apply_group_end(
        deps.storage,
        &group_id,
        group,
        GroupState::Paused {},
        (end, Deposits::Release),
    )?;
    for release in &mut aftermath.releases {
        release.outcome = outcome.clone();
    }
    Ok(aftermath.into_response(deps.storage)?)
}

/// A lease with a window ends only after notice: the closing second itself is late enough.
fn assert_may_end(id: &BidId, lease: &StoredLease, now: Seconds) -> Result<(), MarketError> {
    match (lease.state, &lease.reclaim, lease.reclamation_seconds) {
        (LeaseState::Reclaiming {}, Some(reclaim), _) if now < reclaim.deadline => {
            Err(MarketError::ReclamationNotElapsed {
                lease: id.clone(),
                deadline: reclaim.deadline,
                now,
            })
        }
        (LeaseState::Active {}, _, Some(_)) => Err(MarketError::ReclamationNotStarted { lease: id.clone() }),
        _ => Ok(()),
    }
}

/// Leaving without notice later than the manifest grace costs the deposit, unless the tenant's money ran out: providers
/// may stop a workload at the second at which its account runs dry, noticed or not.
fn compute_outcome(
    deps: Deps<'_>,
    id: &BidId,
    lease: &StoredLease,
    now: Seconds,
) -> Result<BidDepositOutcome, MarketError> {
    let grace = PARAMS.load(deps.storage)?.manifest_grace_seconds;
    let within_grace = now.saturating_sub(lease.created_at) <= grace;
    if lease.reclaim.is_some() || within_grace {
        return Ok(BidDepositOutcome::Refund {});
    }
    let config = CONFIG.load(deps.storage)?;
    if query_ran_dry(deps.querier, &config, id.dseq.u64(), now)? {
        return Ok(BidDepositOutcome::Refund {});
    }
    Ok(BidDepositOutcome::Forfeit { to: id.owner.clone() })
}

fn fetch_deposit(deps: DepsMut<'_>, id: BidId, loaded: LoadedBid) -> Result<Response, MarketError> {
    let waits = PENDING_RELEASES.has(deps.storage, order_key(&id.order()));
    if loaded.bid.withdrawn || !waits {
        return Err(MarketError::BidNotOpen {
            bid: id,
            state: loaded.state,
        });
    }
    let closed = events::bid(event::BID_CLOSED, &id);
    let releases = release_msgs(&CONFIG.load(deps.storage)?, vec![refund(id)])?;
    Ok(Response::new().add_event(closed).add_messages(releases))
}
