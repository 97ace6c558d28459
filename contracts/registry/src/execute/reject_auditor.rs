//! A provider strikes an auditor's record on itself.
//!
//! Records cost every reader and their number is capped; without this, strangers could fill all of them.

use cosmwasm_std::{Addr, DepsMut, Event, Response};
use supercloud_schema::registry::event;

use crate::error::RegistryError;
use crate::state::AUDITED;

pub(crate) fn reject_auditor(deps: DepsMut<'_>, provider: Addr, auditor: &str) -> Result<Response, RegistryError> {
    let auditor = deps.api.addr_validate(auditor)?;
    if !AUDITED.has(deps.storage, (&provider, &auditor)) {
        return Err(RegistryError::RecordNotFound {
            provider: provider.into_string(),
            auditor: auditor.into_string(),
        });
    }
    AUDITED.remove(deps.storage, (&provider, &auditor));
    let event = Event::new(event::ATTRIBUTES_DELETED);
    Ok(Response::new().add_event(
        event
            .add_attribute("provider", &provider)
            .add_attribute("auditor", &auditor),
    ))
}
