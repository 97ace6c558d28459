//! Whether this provider may serve an order at all: its attributes, its auditors, its notice.

use supercloud_schema::market::Order;
use supercloud_schema::resource::{Attribute, EndpointKind};

use crate::config::EngineConfig;
use crate::input::ProviderRecord;
use crate::refusal::Refusal;

/// Refuses an order for reasons that no free machine would change.
pub(crate) fn assert_serves(
    config: &EngineConfig,
    provider: Option<&ProviderRecord>,
    order: &Order,
) -> Result<(), Refusal> {
    if order.id.owner == config.provider {
        return Err(Refusal::OwnOrder);
    }
    let provider = provider.ok_or(Refusal::NotRegistered)?;
    assert_attributes(provider, order)?;
    if let Some(demanded) = order.reclamation_seconds
        && config.reclamation.is_none_or(|offered| offered < demanded)
    {
        return Err(Refusal::Reclamation {
            demanded,
            offered: config.reclamation,
        });
    }
    for unit in &order.spec.resources {
        let id = unit.resources.id;
        let volumes = unit.resources.storage.len();
        if volumes > config.max_volumes {
            return Err(Refusal::Volumes {
                unit: id,
                volumes,
                max: config.max_volumes,
            });
        }
        if unit
            .resources
            .endpoints
            .iter()
            .any(|endpoint| endpoint.kind == EndpointKind::LeasedIp {})
        {
            return Err(Refusal::LeasedIp { unit: id });
        }
    }
    Ok(())
}

/// Without auditors the provider's own attributes count, with auditors only what they signed.
fn assert_attributes(provider: &ProviderRecord, order: &Order) -> Result<(), Refusal> {
    let wanted = &order.spec.requirements.attributes;
    let signed_by = &order.spec.requirements.signed_by;
    if signed_by.all_of.is_empty() && signed_by.any_of.is_empty() {
        return match wanted.iter().find(|attribute| !provider.attributes.contains(attribute)) {
            Some(missing) => Err(Refusal::Attribute {
                key: missing.key.clone(),
                value: missing.value.clone(),
            }),
            None => Ok(()),
        };
    }
    let signed = |auditor: &String| {
        provider
            .audited
            .iter()
            .any(|record| record.auditor == *auditor && holds(&record.attributes, wanted))
    };
    if let Some(auditor) = signed_by.all_of.iter().find(|auditor| !signed(auditor)) {
        return Err(Refusal::Auditor {
            auditor: auditor.clone(),
        });
    }
    if !signed_by.any_of.is_empty() && !signed_by.any_of.iter().any(signed) {
        return Err(Refusal::AnyAuditor {
            auditors: signed_by.any_of.clone(),
        });
    }
    Ok(())
}

fn holds(attributes: &[Attribute], wanted: &[Attribute]) -> bool {
    wanted.iter().all(|attribute| attributes.contains(attribute))
}
