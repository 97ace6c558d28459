//! Requests and their queues: one queue per kind, so that redeems that wait for funds do not hold up mints.
//! Numbers run over both and are never reused.

use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage, Uint64, Uint128};
use cw_storage_plus::{Bound, Map};
use supercloud_schema::bme::{Request, RequestKind, RequestStatus};
use supercloud_schema::money::{Uact, Uakt};
use supercloud_schema::time::Seconds;

use crate::error::BmeError;
use crate::state::{BOOKS, Books, LAST_ID, MINT_QUEUE, REDEEM_QUEUE, REQUESTS, StoredRequest};

/// A request about to be filed.
pub(crate) struct Filing {
    pub(crate) kind: RequestKind,
    pub(crate) owner: Addr,
    pub(crate) filer: Addr,
    pub(crate) amount: Uint128,
    pub(crate) min_out: Option<Uint128>,
}

/// Numbers, stores and queues a request.
pub(crate) fn apply_filing(storage: &mut dyn Storage, filing: Filing, now: Seconds) -> Result<Request, BmeError> {
    let Filing {
        kind,
        owner,
        filer,
        amount,
        min_out,
    } = filing;
    let id = LAST_ID.load(storage)? + 1;
    LAST_ID.save(storage, &id)?;
    let filer = Some(filer).filter(|filer| *filer != owner);
    let request = Request {
        id: Uint64::new(id),
        kind,
        owner: owner.into_string(),
        amount,
        min_out,
        requested_at: now,
        status: RequestStatus::Pending {},
    };
    REQUESTS.save(
        storage,
        id,
        &StoredRequest {
            request: request.clone(),
            filer,
        },
    )?;
    let mut books = BOOKS.load(storage)?;
    apply_queued(storage, &mut books, &request)?;
    BOOKS.save(storage, &books)?;
    Ok(request)
}

/// Puts a pending request in its place in the queue, and what it brought with what is queued.
pub(crate) fn apply_queued(storage: &mut dyn Storage, books: &mut Books, request: &Request) -> Result<(), BmeError> {
    match request.kind {
        RequestKind::Mint {} => books.queued_akt = books.queued_akt.checked_add(Uakt(request.amount))?,
        RequestKind::Redeem {} => books.queued_act = books.queued_act.checked_add(Uact(request.amount))?,
    }
    Ok(queue_of(request.kind).save(storage, request.id.u64(), &Empty {})?)
}

/// Takes a request out of the queue with its final status, and what it brought out of what is queued.
pub(crate) fn apply_settled(
    storage: &mut dyn Storage,
    books: &mut Books,
    stored: &mut StoredRequest,
    status: RequestStatus,
) -> Result<(), BmeError> {
    let request = &mut stored.request;
    match request.kind {
        RequestKind::Mint {} => books.queued_akt = books.queued_akt.checked_sub(Uakt(request.amount))?,
        RequestKind::Redeem {} => books.queued_act = books.queued_act.checked_sub(Uact(request.amount))?,
    }
    queue_of(request.kind).remove(storage, request.id.u64());
    request.status = status;
    Ok(REQUESTS.save(storage, request.id.u64(), stored)?)
}

pub(crate) fn load_request(storage: &dyn Storage, id: u64) -> Result<StoredRequest, BmeError> {
    REQUESTS.may_load(storage, id)?.ok_or(BmeError::UnknownRequest { id })
}

/// The oldest pending request of a kind.
pub(crate) fn load_head(storage: &dyn Storage, kind: RequestKind) -> StdResult<Option<u64>> {
    queue_of(kind)
        .keys(storage, None, None, Order::Ascending)
        .next()
        .transpose()
}

/// A page of pending requests of both kinds, by number.
pub(crate) fn load_pending(
    storage: &dyn Storage,
    start_after: Option<u64>,
    limit: usize,
) -> Result<Vec<Request>, BmeError> {
    let mut ids = Vec::new();
    for kind in [RequestKind::Mint {}, RequestKind::Redeem {}] {
        let page = queue_of(kind).keys(storage, start_after.map(Bound::exclusive), None, Order::Ascending);
        for id in page.take(limit) {
            ids.push(id?);
        }
    }
    ids.sort_unstable();
    ids.iter()
        .take(limit)
        .map(|id| load_request(storage, *id).map(|stored| stored.request))
        .collect()
}

fn queue_of(kind: RequestKind) -> Map<u64, Empty> {
    match kind {
        RequestKind::Mint {} => MINT_QUEUE,
        RequestKind::Redeem {} => REDEEM_QUEUE,
    }
}
