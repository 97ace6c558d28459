//! Registers the sender as a provider.

use cosmwasm_std::{Addr, DepsMut, Event, Response};
use supercloud_schema::registry::{Provider, ProviderProfile, event};
use supercloud_schema::time::Seconds;

use super::assert_profile;
use crate::error::RegistryError;
use crate::state::PROVIDERS;

pub(crate) fn register_provider(
    deps: DepsMut<'_>,
    now: Seconds,
    owner: Addr,
    profile: ProviderProfile,
) -> Result<Response, RegistryError> {
    assert_profile(&profile)?;
    if PROVIDERS.has(deps.storage, &owner) {
        return Err(RegistryError::ProviderExists {
            owner: owner.into_string(),
        });
    }
    let provider = Provider {
        owner: owner.to_string(),
        profile,
        registered_at: now,
        updated_at: now,
    };
    PROVIDERS.save(deps.storage, &owner, &provider)?;
    Ok(Response::new().add_event(Event::new(event::PROVIDER_REGISTERED).add_attribute("provider", owner)))
}
