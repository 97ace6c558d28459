//! What a tenant asks for and a provider offers: resources, attributes, placement requirements.
//!
//! Shapes follow `akash.base.resources` and `akash.deployment` (market.md 2.1); limits are in `supercloud-rules`.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint64;

use crate::money::UnitPrice;

/// A key with a value. Keys of providers: `^[a-zA-Z][\w/.\-]{1,126}$`; on resources a trailing `*` is allowed.
#[cw_serde]
#[derive(Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// Name, with `/` as the hierarchy separator.
    pub key: String,
    /// Free text.
    pub value: String,
}

/// Processor share.
#[cw_serde]
#[derive(Eq)]
pub struct Cpu {
    /// Thousandths of a core, 10 to 384,000 per replica.
    pub units: Uint64,
    /// Requirements, such as `arch`.
    pub attributes: Vec<Attribute>,
}

/// Main memory.
#[cw_serde]
#[derive(Eq)]
pub struct Memory {
    /// Bytes, 1 MiB to 2 TiB per replica.
    pub quantity: Uint64,
    /// Requirements.
    pub attributes: Vec<Attribute>,
}

/// One volume.
#[cw_serde]
#[derive(Eq)]
pub struct Storage {
    /// Name within the unit.
    pub name: String,
    /// Bytes, 5 MiB to 32 TiB.
    pub quantity: Uint64,
    /// `persistent` and `class`.
    pub attributes: Vec<Attribute>,
}

/// Graphics processors.
#[cw_serde]
#[derive(Eq)]
pub struct Gpu {
    /// Devices per replica, 0 to 24.
    pub units: Uint64,
    /// Any one must match: `vendor/<v>/model/<m>[/ram/<n>Gi][/interface/<i>]` = `true`. Empty when `units` is 0.
    pub attributes: Vec<Attribute>,
}

/// How a service is reached.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum EndpointKind {
    /// HTTP on a host name that many tenants share.
    SharedHttp {},
    /// A port that the provider picks.
    RandomPort {},
    /// An address of the tenant's own.
    LeasedIp {},
}

/// One endpoint of a unit.
#[cw_serde]
#[derive(Eq)]
pub struct Endpoint {
    /// How it is reached.
    pub kind: EndpointKind,
    /// Ties units that share one leased address; 0 for other kinds.
    pub sequence_number: u32,
}

/// Resources of one replica.
#[cw_serde]
#[derive(Eq)]
pub struct Resources {
    /// Positive and unique within the group; the manifest's services name it.
    pub id: u32,
    /// Processor.
    pub cpu: Cpu,
    /// Memory.
    pub memory: Memory,
    /// Volumes, may be empty.
    pub storage: Vec<Storage>,
    /// Graphics processors.
    pub gpu: Gpu,
    /// Endpoints, may be empty.
    pub endpoints: Vec<Endpoint>,
}

/// Resources times replicas, with the highest price the tenant pays for one of them.
#[cw_serde]
#[derive(Eq)]
pub struct ResourceUnit {
    /// What one replica needs.
    pub resources: Resources,
    /// Replicas, 1 to 50.
    pub count: u32,
    /// Highest price per replica.
    pub price: UnitPrice,
}

/// Auditors that must have signed the provider's attributes.
#[cw_serde]
#[derive(Eq, Default)]
pub struct SignedBy {
    /// Each of these must have signed all required attributes.
    pub all_of: Vec<String>,
    /// At least one of these must have, when the list is not empty.
    pub any_of: Vec<String>,
}

/// Where a group may be placed.
#[cw_serde]
#[derive(Eq, Default)]
pub struct PlacementRequirements {
    /// Auditors.
    pub signed_by: SignedBy,
    /// Attributes that the provider (or the auditors' copies) must have.
    pub attributes: Vec<Attribute>,
}

/// A group as the tenant asked for it.
#[cw_serde]
#[derive(Eq)]
pub struct GroupSpec {
    /// Placement name, unique within the deployment, not empty.
    pub name: String,
    /// Where it may run.
    pub requirements: PlacementRequirements,
    /// What it needs.
    pub resources: Vec<ResourceUnit>,
}

/// What a provider would really give for one unit, such as the concrete GPU model for a wildcard.
#[cw_serde]
#[derive(Eq)]
pub struct ResourceOffer {
    /// The unit's resources id and what is offered for it.
    pub resources: Resources,
    /// Equal to the unit's count.
    pub count: u32,
}
