//! A provider bids on an order.

use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage, to_json_binary};
use supercloud_rules::{matching, pricing};
use supercloud_schema::escrow;
use supercloud_schema::id::OrderId;
use supercloud_schema::market::{Params, event};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::ResourceOffer;
use supercloud_schema::time::{Seconds, block_seconds};

use super::assert_intake;
use crate::error::MarketError;
use crate::events;
use crate::funds::load_act;
use crate::load::{assert_order_open, load_order, order_key};
use crate::params::assert_window;
use crate::peers::{assert_provider_matches, escrow_msg};
use crate::state::{BIDS, BidRef, CONFIG, LAST_BSEQ, ORDER_BIDS, ORDERS, PARAMS, SPECS, StoredBid, StoredOrder};

/// What is offered.
pub(crate) struct Offer {
    pub(crate) price: UnitPrice,
    pub(crate) resources_offer: Vec<ResourceOffer>,
    pub(crate) reclamation_seconds: Option<Seconds>,
}

/// Stores a bid and has escrow lock its deposit. Cheap refusals come before the question to the registry.
pub(crate) fn create_bid(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    order_id: OrderId,
    offer: Offer,
) -> Result<Response, MarketError> {
    assert_intake(deps.storage)?;
    let (config, params) = (CONFIG.load(deps.storage)?, PARAMS.load(deps.storage)?);
    let deposit = load_act(&info, &config.act_denom)?;
    if info.sender.as_str() == order_id.owner {
        return Err(MarketError::SameAccount {
            account: order_id.owner,
        });
    }
    if deposit < params.bid_min_deposit {
        return Err(MarketError::DepositTooSmall {
            deposit,
            minimum: params.bid_min_deposit,
        });
    }
    let (deployment, order) = load_order(deps.storage, &order_id)?;
    assert_order_open(&order_id, &order)?;
    let bseq = load_next_bseq(deps.storage, &order_id, &info.sender)?;
    if order.listed_bids >= params.order_max_bids {
        return Err(MarketError::OrderFull {
            order: order_id,
            max: params.order_max_bids,
        });
    }
    pricing::assert_bid_price(offer.price, order.max_price)?;
    let spec = SPECS.load(deps.storage, (order_id.dseq.u64(), order_id.gseq))?;
    matching::assert_offer(&spec, &offer.resources_offer)?;
    assert_reclamation(&params, deployment.reclamation_seconds, offer.reclamation_seconds)?;
    assert_provider_matches(deps.storage, deps.querier, &spec, &info.sender)?;

    let price = offer.price;
    apply_bid(
        deps.storage,
        &order_id,
        order,
        BidRef {
            provider: info.sender.clone(),
            bseq,
        },
        (offer, &env),
    )?;
    let id = order_id.bid(&info.sender, bseq);
    let lock = escrow::ExecuteMsg::LockBidDeposit {
        bid: id.clone(),
        minimum: params.bid_min_deposit,
    };
    let created = events::bid(event::BID_CREATED, &id).add_attribute("price", price.to_string());
    Ok(Response::new()
        .add_event(created)
        .add_message(escrow_msg(&config, &lock, vec![deposit.coin(&config.act_denom)])?)
        .set_data(to_json_binary(&id)?))
}

/// The provider's next bid number on the order; refused while its last bid there stands.
fn load_next_bseq(storage: &dyn Storage, order_id: &OrderId, provider: &Addr) -> Result<u32, MarketError> {
    let key = order_key(order_id);
    let Some(last) = LAST_BSEQ.may_load(storage, (key, provider))? else {
        return Ok(1);
    };
    if !BIDS.load(storage, (key, provider, last))?.withdrawn {
        return Err(MarketError::BidExists {
            bid: order_id.bid(provider, last),
        });
    }
    Ok(last + 1)
}

fn assert_reclamation(params: &Params, demanded: Option<Seconds>, offered: Option<Seconds>) -> Result<(), MarketError> {
    match (demanded, offered) {
        (Some(minimum), None) => return Err(MarketError::ReclamationRequired { minimum }),
        (Some(minimum), Some(offered)) if offered < minimum => {
            return Err(MarketError::ReclamationTooShort { offered, minimum });
        }
        _ => {}
    }
    assert_window(params, offered)
}

fn apply_bid(
    storage: &mut dyn Storage,
    order_id: &OrderId,
    mut order: StoredOrder,
    by: BidRef,
    (offer, env): (Offer, &Env),
) -> Result<(), MarketError> {
    let key = order_key(order_id);
    let bid = StoredBid {
        price: offer.price,
        resources_offer: offer.resources_offer,
        reclamation_seconds: offer.reclamation_seconds,
        created_at: block_seconds(&env.block),
        arrival: order.next_arrival,
        withdrawn: false,
    };
    BIDS.save(storage, (key, &by.provider, by.bseq), &bid)?;
    LAST_BSEQ.save(storage, (key, &by.provider), &by.bseq)?;
    ORDER_BIDS.save(storage, (key, order.next_arrival), &by)?;
    order.listed_bids += 1;
    order.next_arrival += 1;
    ORDERS.save(storage, key, &order)?;
    Ok(())
}
