//! How orders and groups begin and end. Every path that ends a lease comes through [`apply_order_end`], so a lease ends
//! once, its order with it, and its bids' deposits are released or queued exactly then.

use cosmwasm_std::{Empty, Event, Order, Response, StdResult, Storage};
use supercloud_rules::pricing;
use supercloud_schema::escrow::{self, BidDepositRelease};
use supercloud_schema::id::{BidId, GroupId, LeaseId, OrderId};
use supercloud_schema::market::{GroupState, LeaseState, OrderState, event, reason};
use supercloud_schema::time::Seconds;

use crate::error::MarketError;
use crate::events;
use crate::load::order_key;
use crate::peers::{escrow_msg, refund, release_msgs};
use crate::state::{
    CONFIG, GROUPS, LEASES, OPEN_ORDERS, ORDER_BIDS, ORDERS, PENDING_RELEASES, SPECS, StoredGroup, StoredOrder,
};

/// How a lease ends, should there be one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeaseEnd {
    state: LeaseState,
    reason: u32,
    at: Seconds,
}

impl LeaseEnd {
    /// By something that the tenant did.
    pub(crate) fn by_owner(at: Seconds) -> Self {
        Self {
            state: LeaseState::Closed {},
            reason: reason::OWNER,
            at,
        }
    }

    /// By the provider, for a reason that it gives.
    pub(crate) fn by_provider(reason: u32, at: Seconds) -> Self {
        Self {
            state: LeaseState::Closed {},
            reason,
            at,
        }
    }

    /// Because the account ran dry at that second.
    pub(crate) fn by_exhaustion(at: Seconds) -> Self {
        Self {
            state: LeaseState::InsufficientFunds {},
            reason: reason::INSUFFICIENT_FUNDS,
            at,
        }
    }
}

/// What happens to bid deposits when an order ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deposits {
    /// Released in this transaction.
    Release,
    /// Left for `ReleaseDeposits`.
    Queue,
    /// Nothing here: escrow itself refunds the deposits of an account that ran dry.
    LeaveToEscrow,
}

/// What an end leaves to be told.
#[derive(Debug, Default)]
pub(crate) struct Aftermath {
    pub(crate) events: Vec<Event>,
    pub(crate) releases: Vec<BidDepositRelease>,
    /// The lease that ran until now.
    pub(crate) lease: Option<LeaseId>,
}

impl Aftermath {
    fn append(&mut self, other: Self) {
        self.events.extend(other.events);
        self.releases.extend(other.releases);
        self.lease = other.lease.or(self.lease.take());
    }

    /// A response that has escrow stop the payment and release the deposits.
    pub(crate) fn into_response(self, storage: &dyn Storage) -> StdResult<Response> {
        let config = CONFIG.load(storage)?;
        let mut response = Response::new().add_events(self.events);
        if let Some(lease) = self.lease {
            response = response.add_message(escrow_msg(
                &config,
                &escrow::ExecuteMsg::ClosePayment { lease },
                vec![],
            )?);
        }
        Ok(response.add_messages(release_msgs(&config, self.releases)?))
    }
}

/// Opens the group's next order; the group must have none that is not closed.
pub(crate) fn apply_new_order(
    storage: &mut dyn Storage,
    id: &GroupId,
    group: &mut StoredGroup,
    now: Seconds,
) -> Result<Event, MarketError> {
    let key = (id.dseq.u64(), id.gseq);
    let max_price = pricing::compute_max_price(&SPECS.load(storage, key)?)?;
    group.state = GroupState::Open {};
    group.last_oseq += 1;
    GROUPS.save(storage, key, group)?;
    let order = id.order(group.last_oseq);
    let stored = StoredOrder {
        state: OrderState::Open {},
        max_price,
        created_at: now,
        listed_bids: 0,
        next_arrival: 0,
    };
    ORDERS.save(storage, order_key(&order), &stored)?;
    OPEN_ORDERS.save(storage, order_key(&order), &Empty {})?;
    Ok(events::order(event::ORDER_CREATED, &order))
}

/// How many bid deposits are still locked for an order that is not closed.
pub(crate) fn load_locked_deposits(storage: &dyn Storage, id: &OrderId) -> Result<u32, MarketError> {
    Ok(match ORDERS.may_load(storage, order_key(id))? {
        Some(StoredOrder {
            state: OrderState::Open {},
            listed_bids,
            ..
        }) => listed_bids,
        Some(StoredOrder {
            state: OrderState::Active {},
            ..
        }) => 1,
        _ => 0,
    })
}

/// The bids whose deposits stay locked until their order ends: the winner's, or all when nobody won.
pub(crate) fn load_locked_bids(storage: &dyn Storage, id: &OrderId) -> Result<Vec<BidId>, MarketError> {
    if let Some(lease) = LEASES.may_load(storage, order_key(id))? {
        return Ok(vec![lease.winner.id(id)]);
    }
    let listed = ORDER_BIDS
        .prefix(order_key(id))
        .range(storage, None, None, Order::Ascending);
    Ok(listed
        .map(|entry| entry.map(|(_, bid)| bid.id(id)))
        .collect::<StdResult<_>>()?)
}

/// Ends an order and its lease, if it has one. Nothing happens when it has ended already.
pub(crate) fn apply_order_end(
    storage: &mut dyn Storage,
    id: &OrderId,
    end: LeaseEnd,
    deposits: Deposits,
) -> Result<Aftermath, MarketError> {
    let key = order_key(id);
    let mut aftermath = Aftermath::default();
    let mut order = ORDERS.load(storage, key)?;
    let locked = load_locked_deposits(storage, id)?;
    match order.state {
        OrderState::Closed {} => return Ok(aftermath),
        OrderState::Open {} => OPEN_ORDERS.remove(storage, key),
        OrderState::Active {} => {
            let mut lease = LEASES.load(storage, key)?;
            lease.state = end.state;
            lease.closed_at = Some(end.at);
            lease.closed_reason = Some(end.reason);
            LEASES.save(storage, key, &lease)?;
            let lease_id = lease.winner.id(id);
            let closed = events::bid(event::LEASE_CLOSED, &lease_id).add_attribute("reason", end.reason.to_string());
            aftermath.events.push(closed);
            aftermath.lease = Some(lease_id);
        }
    }
    order.state = OrderState::Closed {};
    ORDERS.save(storage, key, &order)?;
    if deposits == Deposits::Queue {
        if locked > 0 {
            PENDING_RELEASES.save(storage, key, &Empty {})?;
        }
    } else {
        for bid in load_locked_bids(storage, id)? {
            aftermath.events.push(events::bid(event::BID_CLOSED, &bid));
            if deposits == Deposits::Release {
                aftermath.releases.push(refund(bid));
            }
        }
    }
    aftermath.events.push(events::order(event::ORDER_CLOSED, id));
    Ok(aftermath)
}

/// Puts a group into a state in which it has no order, and ends the order that it has.
pub(crate) fn apply_group_end(
    storage: &mut dyn Storage,
    id: &GroupId,
    mut group: StoredGroup,
    state: GroupState,
    (end, deposits): (LeaseEnd, Deposits),
) -> Result<Aftermath, MarketError> {
    let mut aftermath = apply_order_end(storage, &id.order(group.last_oseq), end, deposits)?;
    group.state = state;
    GROUPS.save(storage, (id.dseq.u64(), id.gseq), &group)?;
    let name = if state == (GroupState::Paused {}) {
        event::GROUP_PAUSED
    } else {
        event::GROUP_CLOSED
    };
    aftermath.append(Aftermath {
        events: vec![events::group(name, id)],
        ..Aftermath::default()
    });
    Ok(aftermath)
}
