//! What became of a message that may fail without taking the pass down: a mint, or a payout to an owner whom somebody
//! else named. Each reply settles, takes back or redirects one request; none ignores a failure.

use cosmwasm_std::{BankMsg, DepsMut, Env, Reply, Response};
use supercloud_schema::bme::{RequestKind, RequestStatus};
use supercloud_schema::money::{Uact, Uakt};
use supercloud_schema::time::block_seconds;

use crate::error::BmeError;
use crate::events;
use crate::ledger::{apply_queued, load_request};
use crate::settlement::{apply_redeem, refund_of};
use crate::state::{BOOKS, CONFIG, IN_FLIGHT, REQUESTS, StoredRequest};

/// Reply number of a mint of AKT; others are numbers of requests, from 1.
pub(crate) const MINT_AKT_REPLY: u64 = 0;

pub(crate) fn reply(deps: DepsMut<'_>, env: Env, reply: Reply) -> Result<Response, BmeError> {
    let failed = reply.result.is_err();
    if reply.id == MINT_AKT_REPLY {
        return settle_in_flight(deps, env, failed);
    }
    let stored = load_request(deps.storage, reply.id)?;
    match (&stored.request.kind, &stored.request.status) {
        _ if !failed => Err(BmeError::UnknownReply { id: reply.id }),
        (RequestKind::Mint {}, RequestStatus::Executed { .. }) => take_mint_back(deps, stored),
        (RequestKind::Redeem {}, RequestStatus::Executed { .. } | RequestStatus::Cancelled { .. }) => {
            redirect_payout(deps, stored)
        }
        _ => Err(BmeError::UnknownReply { id: reply.id }),
    }
}

/// The AKT that a redeem lacked is here, or the chain refused it and the redeem keeps its place.
fn settle_in_flight(deps: DepsMut<'_>, env: Env, failed: bool) -> Result<Response, BmeError> {
    let in_flight = IN_FLIGHT
        .may_load(deps.storage)?
        .ok_or(BmeError::UnknownReply { id: MINT_AKT_REPLY })?;
    IN_FLIGHT.remove(deps.storage);
    let mut stored = load_request(deps.storage, in_flight.id)?;
    if failed {
        return Ok(Response::new().add_event(events::deferred(&stored.request)));
    }
    let config = CONFIG.load(deps.storage)?;
    let mut books = BOOKS.load(deps.storage)?;
    let settled = (&in_flight.terms, block_seconds(&env.block));
    let (event, messages) = apply_redeem(deps.storage, &config, &mut books, &mut stored, settled)?;
    BOOKS.save(deps.storage, &books)?;
    Ok(Response::new().add_event(event).add_submessages(messages))
}

/// The chain refused to mint ACT: the request is pending again, in its old place, and its AKT is queued again.
fn take_mint_back(deps: DepsMut<'_>, mut stored: StoredRequest) -> Result<Response, BmeError> {
    let RequestStatus::Executed { paid, .. } = stored.request.status else {
        return Err(BmeError::NotPending {
            id: stored.request.id.u64(),
        });
    };
    let mut books = BOOKS.load(deps.storage)?;
    books.remint_credits = books.remint_credits.checked_sub(Uakt(stored.request.amount))?;
    books.total_minted_act = books.total_minted_act.checked_sub(Uact(paid))?;
    stored.request.status = RequestStatus::Pending {};
    apply_queued(deps.storage, &mut books, &stored.request)?;
    REQUESTS.save(deps.storage, stored.request.id.u64(), &stored)?;
    BOOKS.save(deps.storage, &books)?;
    Ok(Response::new().add_event(events::deferred(&stored.request)))
}

/// The owner cannot receive coins: whoever filed the request gets them.
fn redirect_payout(deps: DepsMut<'_>, stored: StoredRequest) -> Result<Response, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let filer = stored.filer.as_ref().ok_or(BmeError::PayoutRefused {
        id: stored.request.id.u64(),
    })?;
    let coin = match stored.request.status {
        RequestStatus::Executed { paid, .. } => Uakt(paid).coin(&config.akt_denom),
        _ => refund_of(&config, &stored),
    };
    let event = events::redirected(&stored.request, filer.as_str(), &coin);
    let send = BankMsg::Send {
        to_address: filer.to_string(),
        amount: vec![coin],
    };
    Ok(Response::new().add_event(event).add_message(send))
}
