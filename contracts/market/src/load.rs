//! Reads of records by public id. An id names its owner, so a record is found only when the owner agrees.

use cosmwasm_std::{Addr, Storage, Uint64};
use supercloud_schema::id::{BidId, DeploymentId, GroupId, LeaseId, OrderId};
use supercloud_schema::market::{BidState, DeploymentState, LeaseState, OrderState};

use crate::error::{MarketError, Role};
use crate::state::{
    BIDS, BidRef, DEPLOYMENTS, GROUPS, LEASES, ORDERS, OrderKey, StoredBid, StoredDeployment, StoredGroup, StoredLease,
    StoredOrder,
};

pub(crate) fn order_key(id: &OrderId) -> OrderKey {
    (id.dseq.u64(), id.gseq, id.oseq)
}

impl BidRef {
    pub(crate) fn id(&self, order: &OrderId) -> BidId {
        order.bid(&self.provider, self.bseq)
    }
}

impl StoredDeployment {
    pub(crate) fn id(&self, dseq: u64) -> DeploymentId {
        DeploymentId {
            owner: self.owner.to_string(),
            dseq: Uint64::new(dseq),
        }
    }
}

pub(crate) fn load_deployment(storage: &dyn Storage, dseq: u64) -> Result<StoredDeployment, MarketError> {
    DEPLOYMENTS
        .may_load(storage, dseq)?
        .ok_or(MarketError::DeploymentNotFound { dseq })
}

/// The sender's own deployment, while it is active.
pub(crate) fn load_active_deployment(
    storage: &dyn Storage,
    dseq: u64,
    sender: &Addr,
) -> Result<StoredDeployment, MarketError> {
    let deployment = load_deployment(storage, dseq)?;
    if deployment.owner != sender {
        return Err(MarketError::Unauthorized {
            sender: sender.to_string(),
            needed: Role::Tenant,
        });
    }
    match deployment.state {
        DeploymentState::Active {} => Ok(deployment),
        DeploymentState::Closed {} => Err(MarketError::DeploymentClosed { dseq }),
    }
}

pub(crate) fn load_group(storage: &dyn Storage, id: &GroupId) -> Result<StoredGroup, MarketError> {
    let group = GROUPS.may_load(storage, (id.dseq.u64(), id.gseq))?;
    group.ok_or_else(|| MarketError::GroupNotFound { group: id.clone() })
}

/// The order and the deployment that it belongs to.
pub(crate) fn load_order(storage: &dyn Storage, id: &OrderId) -> Result<(StoredDeployment, StoredOrder), MarketError> {
    let not_found = || MarketError::OrderNotFound { order: id.clone() };
    let deployment = DEPLOYMENTS.may_load(storage, id.dseq.u64())?.ok_or_else(not_found)?;
    if deployment.owner.as_str() != id.owner {
        return Err(not_found());
    }
    let order = ORDERS.may_load(storage, order_key(id))?.ok_or_else(not_found)?;
    Ok((deployment, order))
}

pub(crate) fn assert_order_open(id: &OrderId, order: &StoredOrder) -> Result<(), MarketError> {
    match order.state {
        OrderState::Open {} => Ok(()),
        state => Err(MarketError::OrderNotOpen {
            order: id.clone(),
            state,
        }),
    }
}

/// A bid with what its state follows from.
pub(crate) struct LoadedBid {
    pub(crate) order: StoredOrder,
    pub(crate) provider: Addr,
    pub(crate) bid: StoredBid,
    pub(crate) state: BidState,
}

pub(crate) fn load_bid(storage: &dyn Storage, id: &BidId) -> Result<LoadedBid, MarketError> {
    let not_found = || MarketError::BidNotFound { bid: id.clone() };
    let order_id = id.order();
    let (_, order) = load_order(storage, &order_id).map_err(|error| match error {
        MarketError::OrderNotFound { .. } => not_found(),
        other => other,
    })?;
    // Keys in storage come from validated addresses, so an invalid one finds nothing.
    let provider = Addr::unchecked(&id.provider);
    let key = order_key(&order_id);
    let bid = BIDS
        .may_load(storage, (key, &provider, id.bseq))?
        .ok_or_else(not_found)?;
    let won = LEASES.may_load(storage, key)?.map(|lease| {
        lease.winner
            == BidRef {
                provider: provider.clone(),
                bseq: id.bseq,
            }
    });
    let state = compute_bid_state(&order, won, bid.withdrawn);
    Ok(LoadedBid {
        order,
        provider,
        bid,
        state,
    })
}

/// `won` tells whether this bid has the order's lease, if the order ever had one.
pub(crate) fn compute_bid_state(order: &StoredOrder, won: Option<bool>, withdrawn: bool) -> BidState {
    match (withdrawn, won, order.state) {
        (true, _, _) => BidState::Closed {},
        (false, Some(false), _) => BidState::Lost {},
        (false, Some(true), OrderState::Active {}) => BidState::Active {},
        (false, None, OrderState::Open {}) => BidState::Open {},
        (false, _, _) => BidState::Closed {},
    }
}

/// A lease with the deployment that it belongs to.
pub(crate) fn load_lease(storage: &dyn Storage, id: &LeaseId) -> Result<(StoredDeployment, StoredLease), MarketError> {
    let not_found = || MarketError::LeaseNotFound { lease: id.clone() };
    let order_id = id.order();
    let (deployment, _) = load_order(storage, &order_id).map_err(|error| match error {
        MarketError::OrderNotFound { .. } => not_found(),
        other => other,
    })?;
    let lease = LEASES.may_load(storage, order_key(&order_id))?.ok_or_else(not_found)?;
    if lease.winner.id(&order_id) != *id {
        return Err(not_found());
    }
    Ok((deployment, lease))
}

pub(crate) fn assert_lease_runs(id: &LeaseId, lease: &StoredLease) -> Result<(), MarketError> {
    match lease.state {
        LeaseState::Active {} | LeaseState::Reclaiming {} => Ok(()),
        state => Err(MarketError::LeaseState {
            lease: id.clone(),
            state,
        }),
    }
}
