//! Answers. Pages have at most 100 entries, 30 by default.

use cosmwasm_std::{Addr, Binary, Deps, Order, StdResult, Storage, to_json_binary};
use cw_storage_plus::Bound;
use supercloud_schema::id::{BidId, DeploymentId, GroupId, LeaseId, OrderId};
use supercloud_schema::market::{
    self, BidResponse, BidsResponse, ConfigResponse, Deployment, DeploymentResponse, DeploymentsResponse, Group, Lease,
    LeaseResponse, LeasesResponse, OrderCursor, OrderResponse, OrdersResponse, QueryMsg,
};

use crate::error::MarketError;
use crate::load::{compute_bid_state, load_bid, load_deployment, load_group, load_lease, load_order, order_key};
use crate::state::{
    BIDS, BidRef, CONFIG, DEPLOYMENTS, LEASES, OPEN_ORDERS, ORDER_BIDS, ORDERS, OWNER_DEPLOYMENTS, OrderKey, PARAMS,
    PAUSED, PROVIDER_LEASES, SPECS, StoredBid, StoredDeployment, StoredLease, StoredOrder,
};

const DEFAULT_LIMIT: u32 = 30;
const MAX_LIMIT: u32 = 100;

/// Answers one question.
pub(crate) fn answer(deps: Deps<'_>, msg: QueryMsg) -> Result<Binary, MarketError> {
    let storage = deps.storage;
    let json = match msg {
        QueryMsg::Config {} => to_json_binary(&config(storage)?),
        QueryMsg::Deployment { id } => to_json_binary(&deployment(storage, &id)?),
        QueryMsg::Deployments {
            owner,
            start_after,
            limit,
        } => {
            let owner = owner.map(|owner| deps.api.addr_validate(&owner)).transpose()?;
            to_json_binary(&deployments(
                storage,
                owner,
                start_after.map(|dseq| dseq.u64()),
                page(limit),
            )?)
        }
        QueryMsg::Order { id } => {
            let (deployment, order) = load_order(storage, &id)?;
            to_json_binary(&OrderResponse {
                order: order_view(storage, id, &deployment, order)?,
            })
        }
        QueryMsg::OpenOrders { start_after, limit } => {
            to_json_binary(&open_orders(storage, start_after.map(cursor_key), page(limit))?)
        }
        QueryMsg::Bid { id } => {
            let loaded = load_bid(storage, &id)?;
            to_json_binary(&BidResponse {
                bid: bid_view(id, loaded.bid, loaded.state),
            })
        }
        QueryMsg::Bids { order } => to_json_binary(&bids(storage, &order)?),
        QueryMsg::Lease { id } => {
            let (_, lease) = load_lease(storage, &id)?;
            to_json_binary(&LeaseResponse {
                lease: lease_view(id, lease),
            })
        }
        QueryMsg::ProviderLeases {
            provider,
            start_after,
            limit,
        } => {
            let provider = deps.api.addr_validate(&provider)?;
            to_json_binary(&provider_leases(
                storage,
                &provider,
                start_after.map(cursor_key),
                page(limit),
            )?)
        }
        QueryMsg::DeploymentLeases {
            dseq,
            start_after,
            limit,
        } => to_json_binary(&deployment_leases(
            storage,
            dseq.u64(),
            start_after.map(cursor_key),
            page(limit),
        )?),
    };
    Ok(json?)
}

fn page(limit: Option<u32>) -> usize {
    limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) as usize
}

fn cursor_key(cursor: OrderCursor) -> OrderKey {
    (cursor.dseq.u64(), cursor.gseq, cursor.oseq)
}

fn config(storage: &dyn Storage) -> StdResult<ConfigResponse> {
    let config = CONFIG.load(storage)?;
    Ok(ConfigResponse {
        governance: config.governance.into_string(),
        guardian: config.guardian.map(Addr::into_string),
        registry: config.registry.into_string(),
        escrow: config.escrow.into_string(),
        act_denom: config.act_denom,
        params: PARAMS.load(storage)?,
        paused: PAUSED.load(storage)?,
    })
}

fn deployment(storage: &dyn Storage, id: &DeploymentId) -> Result<DeploymentResponse, MarketError> {
    let dseq = id.dseq.u64();
    let found = load_deployment(storage, dseq)?;
    if found.owner.as_str() != id.owner {
        return Err(MarketError::DeploymentNotFound { dseq });
    }
    let groups = (1..=found.groups).map(|gseq| group_view(storage, id.group(gseq)));
    Ok(DeploymentResponse {
        groups: groups.collect::<Result<_, _>>()?,
        deployment: deployment_view(dseq, found),
    })
}

fn deployments(
    storage: &dyn Storage,
    owner: Option<Addr>,
    start_after: Option<u64>,
    limit: usize,
) -> StdResult<DeploymentsResponse> {
    let start = start_after.map(Bound::exclusive);
    let found: StdResult<Vec<(u64, StoredDeployment)>> = match owner {
        None => DEPLOYMENTS
            .range(storage, start, None, Order::Ascending)
            .take(limit)
            .collect(),
        Some(owner) => {
            let keys = OWNER_DEPLOYMENTS
                .prefix(&owner)
                .keys(storage, start, None, Order::Ascending)
                .take(limit);
            keys.map(|dseq| dseq.and_then(|dseq| Ok((dseq, DEPLOYMENTS.load(storage, dseq)?))))
                .collect()
        }
    };
    let deployments = found?
        .into_iter()
        .map(|(dseq, stored)| deployment_view(dseq, stored))
        .collect();
    Ok(DeploymentsResponse { deployments })
}

fn open_orders(storage: &dyn Storage, start_after: Option<OrderKey>, limit: usize) -> StdResult<OrdersResponse> {
    let keys = OPEN_ORDERS
        .keys(storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(limit);
    let view = |key: StdResult<OrderKey>| {
        let key = key?;
        let (deployment, id) = order_id(storage, key)?;
        order_view(storage, id, &deployment, ORDERS.load(storage, key)?)
    };
    Ok(OrdersResponse {
        orders: keys.map(view).collect::<StdResult<_>>()?,
    })
}

fn bids(storage: &dyn Storage, id: &OrderId) -> Result<BidsResponse, MarketError> {
    let (_, order) = load_order(storage, id)?;
    let key = order_key(id);
    let winner = LEASES.may_load(storage, key)?.map(|lease| lease.winner);
    let listed = ORDER_BIDS.prefix(key).range(storage, None, None, Order::Ascending);
    let view = |entry: StdResult<(u32, BidRef)>| {
        let (_, bid) = entry?;
        let stored = BIDS.load(storage, (key, &bid.provider, bid.bseq))?;
        let state = compute_bid_state(&order, winner.as_ref().map(|winner| *winner == bid), stored.withdrawn);
        Ok(bid_view(bid.id(id), stored, state))
    };
    Ok(BidsResponse {
        bids: listed.map(view).collect::<StdResult<_>>()?,
    })
}

fn provider_leases(
    storage: &dyn Storage,
    provider: &Addr,
    start_after: Option<OrderKey>,
    limit: usize,
) -> StdResult<LeasesResponse> {
    let start = start_after.map(Bound::exclusive);
    let keys = PROVIDER_LEASES
        .prefix(provider)
        .keys(storage, start, None, Order::Ascending)
        .take(limit);
    let view = |key: StdResult<OrderKey>| {
        let key = key?;
        let (_, id) = order_id(storage, key)?;
        let lease = LEASES.load(storage, key)?;
        Ok(lease_view(lease.winner.id(&id), lease))
    };
    Ok(LeasesResponse {
        leases: keys.map(view).collect::<StdResult<_>>()?,
    })
}

/// A cursor of another deployment starts this deployment's page at its beginning or end, by number.
fn deployment_leases(
    storage: &dyn Storage,
    dseq: u64,
    start_after: Option<OrderKey>,
    limit: usize,
) -> Result<LeasesResponse, MarketError> {
    let deployment = load_deployment(storage, dseq)?.id(dseq);
    let start = start_after.map_or(Bound::inclusive((dseq, 0, 0)), |key| {
        Bound::exclusive(key.max((dseq, 0, 0)))
    });
    let end = Bound::inclusive((dseq, u32::MAX, u32::MAX));
    let found = LEASES
        .range(storage, Some(start), Some(end), Order::Ascending)
        .take(limit);
    let view = |entry: StdResult<(OrderKey, StoredLease)>| {
        let ((_, gseq, oseq), lease) = entry?;
        Ok(lease_view(lease.winner.id(&deployment.group(gseq).order(oseq)), lease))
    };
    Ok(LeasesResponse {
        leases: found.map(view).collect::<StdResult<_>>()?,
    })
}

fn order_id(storage: &dyn Storage, (dseq, gseq, oseq): OrderKey) -> StdResult<(StoredDeployment, OrderId)> {
    let deployment = DEPLOYMENTS.load(storage, dseq)?;
    let id = deployment.id(dseq).group(gseq).order(oseq);
    Ok((deployment, id))
}

fn deployment_view(dseq: u64, stored: StoredDeployment) -> Deployment {
    Deployment {
        id: stored.id(dseq),
        state: stored.state,
        hash: stored.hash,
        created_at: stored.created_at,
        groups: stored.groups,
        reclamation_seconds: stored.reclamation_seconds,
    }
}

fn group_view(storage: &dyn Storage, id: GroupId) -> Result<Group, MarketError> {
    let stored = load_group(storage, &id)?;
    let spec = SPECS.load(storage, (id.dseq.u64(), id.gseq))?;
    Ok(Group {
        id,
        state: stored.state,
        spec,
        last_oseq: stored.last_oseq,
    })
}

fn order_view(
    storage: &dyn Storage,
    id: OrderId,
    deployment: &StoredDeployment,
    stored: StoredOrder,
) -> StdResult<market::Order> {
    Ok(market::Order {
        state: stored.state,
        spec: SPECS.load(storage, (id.dseq.u64(), id.gseq))?,
        max_price: stored.max_price,
        reclamation_seconds: deployment.reclamation_seconds,
        created_at: stored.created_at,
        id,
    })
}

fn bid_view(id: BidId, stored: StoredBid, state: market::BidState) -> market::Bid {
    market::Bid {
        id,
        state,
        price: stored.price,
        resources_offer: stored.resources_offer,
        reclamation_seconds: stored.reclamation_seconds,
        created_at: stored.created_at,
    }
}

fn lease_view(id: LeaseId, stored: StoredLease) -> Lease {
    Lease {
        id,
        state: stored.state,
        price: stored.price,
        created_at: stored.created_at,
        closed_at: stored.closed_at,
        closed_reason: stored.closed_reason,
        reclamation_seconds: stored.reclamation_seconds,
        reclaim: stored.reclaim,
    }
}
