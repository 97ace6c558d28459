//! Replaces the sender's profile. Leases that were made under the old one go on.

use cosmwasm_std::{Addr, DepsMut, Event, Response};
use supercloud_schema::registry::{ProviderProfile, event};
use supercloud_schema::time::Seconds;

use super::assert_profile;
use crate::error::RegistryError;
use crate::state::PROVIDERS;

pub(crate) fn update_provider(
    deps: DepsMut<'_>,
    now: Seconds,
    owner: Addr,
    profile: ProviderProfile,
) -> Result<Response, RegistryError> {
    assert_profile(&profile)?;
    let Some(mut provider) = PROVIDERS.may_load(deps.storage, &owner)? else {
        return Err(RegistryError::ProviderNotFound {
            owner: owner.into_string(),
        });
    };
    provider.profile = profile;
    provider.updated_at = now;
    PROVIDERS.save(deps.storage, &owner, &provider)?;
    Ok(Response::new().add_event(Event::new(event::PROVIDER_UPDATED).add_attribute("provider", owner)))
}
