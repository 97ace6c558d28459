//! A tenant accepts a bid.

use cosmwasm_std::{DepsMut, Empty, Env, MessageInfo, Response};
use supercloud_rules::matching;
use supercloud_schema::escrow;
use supercloud_schema::id::BidId;
use supercloud_schema::market::{BidState, LeaseState, OrderState, event};
use supercloud_schema::time::block_seconds;

use super::assert_sender;
use crate::ending::load_locked_bids;
use crate::error::{MarketError, Role};
use crate::events;
use crate::load::{LoadedBid, load_bid, order_key};
use crate::peers::{assert_provider_matches, escrow_msg, refund, release_msgs};
use crate::state::{BidRef, CONFIG, LEASES, OPEN_ORDERS, ORDERS, PARAMS, PROVIDER_LEASES, SPECS, StoredLease};

/// Makes the lease: escrow starts the payment (it refuses when funds do not last for the grace), and the other bids'
/// deposits go back. The provider must still match, whatever changed in the registry since it bid.
pub(crate) fn create_lease(deps: DepsMut<'_>, env: Env, info: MessageInfo, id: BidId) -> Result<Response, MarketError> {
    assert_sender(&info, &id.owner, Role::Tenant)?;
    let LoadedBid {
        mut order,
        provider,
        bid,
        state,
        ..
    } = load_bid(deps.storage, &id)?;
    if state != (BidState::Open {}) {
        return Err(MarketError::BidNotOpen { bid: id, state });
    }
    let spec = SPECS.load(deps.storage, (id.dseq.u64(), id.gseq))?;
    matching::assert_offer(&spec, &bid.resources_offer)?;
    assert_provider_matches(deps.storage, deps.querier, &spec, &provider)?;

    let order_id = id.order();
    let key = order_key(&order_id);
    let losers: Vec<BidId> = load_locked_bids(deps.storage, &order_id)?
        .into_iter()
        .filter(|other| *other != id)
        .collect();
    let lease = StoredLease {
        winner: BidRef {
            provider: provider.clone(),
            bseq: id.bseq,
        },
        state: LeaseState::Active {},
        price: bid.price,
        created_at: block_seconds(&env.block),
        closed_at: None,
        closed_reason: None,
        reclamation_seconds: bid.reclamation_seconds,
        reclaim: None,
    };
    LEASES.save(deps.storage, key, &lease)?;
    PROVIDER_LEASES.save(deps.storage, (&provider, key), &Empty {})?;
    order.state = OrderState::Active {};
    ORDERS.save(deps.storage, key, &order)?;
    OPEN_ORDERS.remove(deps.storage, key);

    let config = CONFIG.load(deps.storage)?;
    let grace_seconds = PARAMS.load(deps.storage)?.lease_grace_seconds;
    let open = escrow::ExecuteMsg::OpenPayment {
        lease: id.clone(),
        rate: bid.price,
        grace_seconds,
    };
    let created = events::bid(event::LEASE_CREATED, &id).add_attribute("price", bid.price.to_string());
    Ok(Response::new()
        .add_event(created)
        .add_events(losers.iter().map(|loser| events::bid(event::BID_LOST, loser)))
        .add_message(escrow_msg(&config, &open, vec![])?)
        .add_messages(release_msgs(&config, losers.into_iter().map(refund).collect())?))
}
