//! An owner takes a pending request back.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use supercloud_schema::bme::{CancelReason, RequestStatus};
use supercloud_schema::time::block_seconds;

use crate::error::BmeError;
use crate::ledger::load_request;
use crate::settlement::apply_cancel;
use crate::state::{BOOKS, CONFIG};

pub(crate) fn cancel_request(deps: DepsMut<'_>, env: Env, info: MessageInfo, id: u64) -> Result<Response, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let mut stored = load_request(deps.storage, id)?;
    if info.sender.as_str() != stored.request.owner {
        return Err(BmeError::Unauthorized {
            sender: info.sender.into_string(),
        });
    }
    if stored.request.status != (RequestStatus::Pending {}) {
        return Err(BmeError::NotPending { id });
    }
    let mut books = BOOKS.load(deps.storage)?;
    let cancelled = (CancelReason::Owner {}, block_seconds(&env.block));
    let (event, refund) = apply_cancel(deps.storage, &config, &mut books, &mut stored, cancelled)?;
    BOOKS.save(deps.storage, &books)?;
    Ok(Response::new().add_event(event).add_submessage(refund))
}
