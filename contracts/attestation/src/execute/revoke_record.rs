//! A verifier or governance takes a record back.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response, StdResult, Storage};
use supercloud_schema::attestation::event;

use crate::error::AttestationError;
use crate::state::{GOVERNANCE, RECORDS, load_record};

/// Revokes a record for good. Its maker may do so even when it is listed no more.
pub(crate) fn revoke_record(deps: DepsMut<'_>, info: MessageInfo, id: u64) -> Result<Response, AttestationError> {
    let record = load_record(deps.storage, id)?;
    if info.sender != record.verifier && info.sender != GOVERNANCE.load(deps.storage)? {
        return Err(AttestationError::NotRevoker {
            id,
            sender: info.sender.into_string(),
        });
    }
    match apply_revocation(deps.storage, id)? {
        Some(event) => Ok(Response::new().add_event(event)),
        None => Err(AttestationError::RecordRevoked { id }),
    }
}

/// Marks a record as revoked and tells so; nothing when it is already.
pub(super) fn apply_revocation(storage: &mut dyn Storage, id: u64) -> StdResult<Option<Event>> {
    let mut record = RECORDS.load(storage, id)?;
    if record.revoked {
        return Ok(None);
    }
    record.revoked = true;
    RECORDS.save(storage, id, &record)?;
    Ok(Some(
        Event::new(event::RECORD_REVOKED).add_attribute("record_id", id.to_string()),
    ))
}
