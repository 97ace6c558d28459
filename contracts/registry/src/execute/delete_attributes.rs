//! An auditor withdraws its signature on some keys, or on all when it names none.

use cosmwasm_std::{Addr, DepsMut, Event, Response};
use supercloud_schema::registry::event;

use crate::error::RegistryError;
use crate::state::AUDITED;

pub(crate) fn delete_attributes(
    deps: DepsMut<'_>,
    auditor: Addr,
    provider: &str,
    keys: &[String],
) -> Result<Response, RegistryError> {
    let provider = deps.api.addr_validate(provider)?;
    let Some(mut signed) = AUDITED.may_load(deps.storage, (&provider, &auditor))? else {
        return Err(RegistryError::RecordNotFound {
            provider: provider.into_string(),
            auditor: auditor.into_string(),
        });
    };
    for key in keys {
        let Some(position) = signed.iter().position(|attribute| attribute.key == *key) else {
            return Err(RegistryError::AttributeNotFound { key: key.clone() });
        };
        signed.remove(position);
    }
    if keys.is_empty() || signed.is_empty() {
        AUDITED.remove(deps.storage, (&provider, &auditor));
    } else {
        AUDITED.save(deps.storage, (&provider, &auditor), &signed)?;
    }
    let event = Event::new(event::ATTRIBUTES_DELETED);
    Ok(Response::new().add_event(
        event
            .add_attribute("provider", &provider)
            .add_attribute("auditor", &auditor),
    ))
}
