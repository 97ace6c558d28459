//! Groups in the notation of the Akash chain: what the golden files hold, and the source of our own [`GroupSpec`]s.

use cosmwasm_std::{Decimal, Uint64};
use serde::Serialize;
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::{
    Attribute, Cpu, Endpoint, EndpointKind, Gpu, GroupSpec, Memory, PlacementRequirements, ResourceUnit, SignedBy,
    Storage,
};

use crate::error::SdlError;
use crate::manifest::{self, ManifestAttribute, Resources, Volume};
use crate::price::PriceConversion;

/// A group as the Akash chain writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AkashGroup {
    /// The placement's name.
    pub name: String,
    /// Where it may run.
    pub requirements: AkashRequirements,
    /// What it needs.
    pub resources: Vec<AkashResourceUnit>,
}

/// Placement requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AkashRequirements {
    /// Auditors.
    pub signed_by: AkashSignedBy,
    /// Sorted by key; `null` when there are none.
    pub attributes: Option<Vec<ManifestAttribute>>,
}

/// Auditors that must have signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AkashSignedBy {
    /// All of these.
    pub all_of: Option<Vec<String>>,
    /// At least one of these.
    pub any_of: Option<Vec<String>>,
}

/// Resources times replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AkashResourceUnit {
    /// What one replica needs.
    pub resource: Resources,
    /// Replicas.
    pub count: u32,
    /// Highest price per replica and Akash block.
    pub price: AkashPrice,
}

/// A price per Akash block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AkashPrice {
    /// Denomination.
    pub denom: String,
    /// Amount with 18 decimals.
    pub amount: Decimal,
}

impl Serialize for AkashPrice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let atomics = self.amount.atomics().u128();
        let scale = 10u128.pow(Decimal::DECIMAL_PLACES);
        let mut fields = serializer.serialize_struct("AkashPrice", 2)?;
        fields.serialize_field("denom", &self.denom)?;
        fields.serialize_field("amount", &format!("{}.{:018}", atomics / scale, atomics % scale))?;
        fields.end()
    }
}

impl AkashGroup {
    /// The group as our market contract takes it.
    pub(crate) fn spec(&self, conversion: &PriceConversion) -> Result<GroupSpec, SdlError> {
        let resources = self
            .resources
            .iter()
            .map(|unit| {
                Ok(ResourceUnit {
                    resources: resources(&unit.resource),
                    count: unit.count,
                    price: UnitPrice(conversion.per_second(&self.name, &unit.price)?),
                })
            })
            .collect::<Result<_, SdlError>>()?;
        Ok(GroupSpec {
            name: self.name.clone(),
            requirements: self.requirements.spec(),
            resources,
        })
    }
}

impl AkashRequirements {
    fn spec(&self) -> PlacementRequirements {
        PlacementRequirements {
            signed_by: SignedBy {
                all_of: self.signed_by.all_of.clone().unwrap_or_default(),
                any_of: self.signed_by.any_of.clone().unwrap_or_default(),
            },
            attributes: attributes(self.attributes.as_deref().unwrap_or_default()),
        }
    }
}

/// Attributes in the notation of our contracts.
pub(crate) fn attributes(list: &[ManifestAttribute]) -> Vec<Attribute> {
    list.iter()
        .map(|item| Attribute {
            key: item.key.clone(),
            value: item.value.clone(),
        })
        .collect()
}

/// Volumes in the notation of our contracts.
pub(crate) fn storage(volumes: &[Volume]) -> Vec<Storage> {
    volumes
        .iter()
        .map(|volume| Storage {
            name: volume.name.clone(),
            quantity: Uint64::new(volume.size.val),
            attributes: attributes(&volume.attributes),
        })
        .collect()
}

/// Processor share in the notation of our contracts.
pub(crate) fn cpu(cpu: &manifest::Cpu) -> Cpu {
    Cpu {
        units: Uint64::new(cpu.units.val),
        attributes: attributes(&cpu.attributes),
    }
}

/// Memory in the notation of our contracts.
pub(crate) fn memory(memory: &manifest::Memory) -> Memory {
    Memory {
        quantity: Uint64::new(memory.size.val),
        attributes: attributes(&memory.attributes),
    }
}

/// GPUs in the notation of our contracts.
pub(crate) fn gpu(gpu: &manifest::Gpu) -> Gpu {
    Gpu {
        units: Uint64::new(gpu.units.val),
        attributes: attributes(&gpu.attributes),
    }
}

fn resources(found: &Resources) -> supercloud_schema::resource::Resources {
    supercloud_schema::resource::Resources {
        id: found.id,
        cpu: cpu(&found.cpu),
        memory: memory(&found.memory),
        storage: storage(&found.storage),
        gpu: gpu(&found.gpu),
        endpoints: found
            .endpoints
            .iter()
            .map(|endpoint| Endpoint {
                kind: match endpoint.kind {
                    manifest::Endpoint::SHARED_HTTP => EndpointKind::SharedHttp {},
                    manifest::Endpoint::LEASED_IP => EndpointKind::LeasedIp {},
                    _ => EndpointKind::RandomPort {},
                },
                sequence_number: endpoint.sequence_number,
            })
            .collect(),
    }
}
