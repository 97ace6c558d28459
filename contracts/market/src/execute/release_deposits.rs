//! Anyone, or the cron, has queued bid deposits given back.

use cosmwasm_std::{DepsMut, Order, Response};
use supercloud_schema::id::BidId;
use supercloud_schema::market::event;

use crate::ending::load_locked_bids;
use crate::error::MarketError;
use crate::events;
use crate::load::load_deployment;
use crate::params::MAX_BIDS;
use crate::peers::{refund, release_msgs};
use crate::state::{CONFIG, OrderKey, PENDING_RELEASES};

/// Releases the deposits of as many queued orders as fit one message to escrow; an order always fits.
pub(crate) fn release_deposits(deps: DepsMut<'_>) -> Result<Response, MarketError> {
    let most = MAX_BIDS as usize;
    let queued = PENDING_RELEASES
        .keys(deps.storage, None, None, Order::Ascending)
        .take(most);
    let queued: Vec<OrderKey> = queued.collect::<Result<_, _>>()?;
    let mut bids: Vec<BidId> = vec![];
    for key in queued {
        let (dseq, gseq, oseq) = key;
        let order_id = load_deployment(deps.storage, dseq)?.id(dseq).group(gseq).order(oseq);
        let locked = load_locked_bids(deps.storage, &order_id)?;
        if bids.len() + locked.len() > most {
            break;
        }
        bids.extend(locked);
        PENDING_RELEASES.remove(deps.storage, key);
    }
    let closed: Vec<_> = bids.iter().map(|bid| events::bid(event::BID_CLOSED, bid)).collect();
    let releases = release_msgs(&CONFIG.load(deps.storage)?, bids.into_iter().map(refund).collect())?;
    Ok(Response::new().add_events(closed).add_messages(releases))
}
