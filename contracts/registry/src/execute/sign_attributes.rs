//! An auditor signs attributes of a provider: new keys are added, known keys replaced.
//!
//! Anyone may be an auditor; whom to trust is the tenant's choice. The provider need not be registered yet.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, DepsMut, Event, Order, Response};
use supercloud_rules::attributes::assert_provider_attributes;
use supercloud_schema::registry::event;
use supercloud_schema::resource::Attribute;

use crate::error::RegistryError;
use crate::state::AUDITED;

/// Most auditors with a record on one provider; bounds what reading a provider can cost.
pub(crate) const MAX_AUDITORS: usize = 32;

pub(crate) fn sign_attributes(
    deps: DepsMut<'_>,
    auditor: Addr,
    provider: &str,
    attributes: Vec<Attribute>,
) -> Result<Response, RegistryError> {
    let provider = deps.api.addr_validate(provider)?;
    if attributes.is_empty() {
        return Err(RegistryError::NothingToSign);
    }
    assert_provider_attributes(&attributes)?;
    let key = (&provider, &auditor);
    let stored = AUDITED.may_load(deps.storage, key)?;
    if stored.is_none() {
        assert_room_for_auditor(&deps, &provider)?;
    }
    let signed = merge(stored.unwrap_or_default(), attributes);
    assert_provider_attributes(&signed)?;
    AUDITED.save(deps.storage, key, &signed)?;
    let event = Event::new(event::ATTRIBUTES_SIGNED);
    Ok(Response::new().add_event(
        event
            .add_attribute("provider", &provider)
            .add_attribute("auditor", &auditor),
    ))
}

fn assert_room_for_auditor(deps: &DepsMut<'_>, provider: &Addr) -> Result<(), RegistryError> {
    let auditors = AUDITED
        .prefix(provider)
        .keys_raw(deps.storage, None, None, Order::Ascending)
        .take(MAX_AUDITORS);
    if auditors.count() < MAX_AUDITORS {
        return Ok(());
    }
    Err(RegistryError::TooManyAuditors {
        provider: provider.to_string(),
        limit: MAX_AUDITORS,
    })
}

/// Ordered by key; the new value of a key wins.
fn merge(stored: Vec<Attribute>, signed: Vec<Attribute>) -> Vec<Attribute> {
    let all = stored
        .into_iter()
        .chain(signed)
        .map(|attribute| (attribute.key, attribute.value));
    let merged: BTreeMap<String, String> = all.collect();
    merged
        .into_iter()
        .map(|(key, value)| Attribute { key, value })
        .collect()
}
