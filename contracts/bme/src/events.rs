//! Events, as `schema::bme::event` names them.

use cosmwasm_std::{Coin, Event};
use supercloud_schema::bme::{CancelReason, Request, RequestKind, event};

use crate::settlement::Terms;

pub(crate) fn requested(request: &Request) -> Event {
    of(event::CONVERSION_REQUESTED, request)
}

pub(crate) fn executed(request: &Request, terms: &Terms) -> Event {
    of(event::CONVERSION_EXECUTED, request)
        .add_attribute("paid", terms.paid)
        .add_attribute("spread", terms.spread)
        .add_attribute("from_credits", terms.from_credits.to_string())
        .add_attribute("minted_akt", terms.minted_akt.to_string())
        .add_attribute("price", terms.price.to_string())
        .add_attribute("publish_time", terms.publish_time.to_string())
}

pub(crate) fn cancelled(request: &Request, reason: CancelReason) -> Event {
    let reason = match reason {
        CancelReason::Owner {} => "owner",
        CancelReason::TooSmall {} => "too_small",
        CancelReason::BelowMinOut {} => "below_min_out",
    };
    of(event::CONVERSION_CANCELLED, request).add_attribute("reason", reason)
}

/// The chain refused to mint; the only reason there is.
pub(crate) fn deferred(request: &Request) -> Event {
    of(event::CONVERSION_DEFERRED, request).add_attribute("reason", "mint_refused")
}

pub(crate) fn redirected(request: &Request, to: &str, coin: &Coin) -> Event {
    Event::new(event::PAYOUT_REDIRECTED)
        .add_attribute("request_id", request.id)
        .add_attribute("owner", &request.owner)
        .add_attribute("to", to)
        .add_attribute("amount", coin.to_string())
}

fn of(name: &str, request: &Request) -> Event {
    let kind = match request.kind {
        RequestKind::Mint {} => "mint",
        RequestKind::Redeem {} => "redeem",
    };
    Event::new(name)
        .add_attribute("request_id", request.id)
        .add_attribute("kind", kind)
        .add_attribute("owner", &request.owner)
        .add_attribute("amount", request.amount)
}
