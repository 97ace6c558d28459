//! Ends accounts that ran dry, announces low runways, and tells the market.
//!
//! Bounded three times by `limit`: accounts looked at, bid deposits refunded, notices sent. Within one account the
//! number of deposits and payments is capped by the parameters.

use cosmwasm_std::{Order, StdResult};
use cw_storage_plus::Bound;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::DUE;
use crate::{books, locks, notices};

/// Highest `limit` that is honoured, so that nobody builds a sweep that cannot end.
const MAX_LIMIT: u32 = 50;

pub(crate) fn sweep(session: &mut Session<'_>, limit: u32) -> Result<(), EscrowError> {
    if limit == 0 {
        return Err(EscrowError::ZeroLimit);
    }
    let limit = limit.min(MAX_LIMIT) as usize;
    for dseq in load_due(session, limit)? {
        let mut account = books::load_settled(session, dseq)?;
        books::store(session, &mut account)?;
    }
    locks::sweep(session, limit)?;
    notices::send_due(session, limit)
}

/// Accounts that must be looked at, the longest due first.
fn load_due(session: &Session<'_>, limit: usize) -> Result<Vec<u64>, EscrowError> {
    let until = Bound::inclusive((session.now, u64::MAX));
    let keys = DUE
        .keys(session.deps.storage, None, Some(until), Order::Ascending)
        .take(limit);
    Ok(keys.map(|key| Ok(key?.1)).collect::<StdResult<_>>()?)
}
