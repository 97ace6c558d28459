//! Governance lists the verifiers.

use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};
use supercloud_schema::attestation::event;

use super::assert_governance;
use crate::error::AttestationError;
use crate::limits::MAX_VERIFIERS;
use crate::state::{LAST_LISTING, VERIFIERS, Verifier};

/// Replaces the list. Who stays keeps its listing, and so its records; who comes back starts anew.
pub(crate) fn set_verifiers(
    deps: DepsMut<'_>,
    info: MessageInfo,
    verifiers: Vec<String>,
) -> Result<Response, AttestationError> {
    assert_governance(deps.storage, &info)?;
    apply_verifiers(deps, &verifiers)?;
    let listed = Event::new(event::VERIFIERS_SET).add_attribute("verifiers", verifiers.join(","));
    Ok(Response::new().add_event(listed))
}

pub(super) fn apply_verifiers(deps: DepsMut<'_>, addresses: &[String]) -> Result<(), AttestationError> {
    if addresses.len() > MAX_VERIFIERS {
        return Err(AttestationError::TooManyVerifiers {
            found: addresses.len(),
            max: MAX_VERIFIERS,
        });
    }
    let present = VERIFIERS.load(deps.storage)?;
    let mut listing = LAST_LISTING.load(deps.storage)?;
    let mut verifiers: Vec<Verifier> = vec![];
    for text in addresses {
        let address = deps.api.addr_validate(text)?;
        if verifiers.iter().any(|verifier| verifier.address == address) {
            return Err(AttestationError::RepeatedVerifier { verifier: text.clone() });
        }
        verifiers.push(match present.iter().find(|verifier| verifier.address == address) {
            Some(stays) => stays.clone(),
            None => {
                listing += 1;
                Verifier { address, listing }
            }
        });
    }
    LAST_LISTING.save(deps.storage, &listing)?;
    VERIFIERS.save(deps.storage, &verifiers)?;
    Ok(())
}
