//! Whether this provider may serve an order at all: its attributes, its auditors, its notice.

use supercloud_rules::matching;
use supercloud_schema::market::Order;
use supercloud_schema::resource::EndpointKind;

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
    matching::assert_placement(&order.spec.requirements, provider.candidate()).map_err(|mismatch| {
        Refusal::Placement {
            problem: mismatch.to_string(),
        }
    })?;
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

/// Refuses what the machines could do but the market would not let us bid on.
pub(crate) fn assert_advertised(provider: &ProviderRecord, order: &Order) -> Result<(), Refusal> {
    matching::assert_capabilities(&order.spec, &provider.attributes).map_err(|mismatch| Refusal::NotAdvertised {
        problem: mismatch.to_string(),
    })
}
