//! Governance hands over.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};
use supercloud_schema::attestation::event;

use super::assert_governance;
use crate::error::AttestationError;
use crate::state::GOVERNANCE;

/// Replaces the governance address.
pub(crate) fn update_governance(
    deps: DepsMut<'_>,
    info: MessageInfo,
    governance: String,
) -> Result<Response, AttestationError> {
    assert_governance(deps.storage, &info)?;
    let governance = deps.api.addr_validate(&governance)?;
    GOVERNANCE.save(deps.storage, &governance)?;
    Ok(Response::new().add_event(Event::new(event::GOVERNANCE_UPDATED).add_attribute("governance", governance)))
}
