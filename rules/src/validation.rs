//! Limits on what tenants may ask for.
//!
//! The limits are those of the Akash network (market.md 2.4). Replicas, units, groups, volumes and the storage total are
//! checked too, which that network only defines; and every list and text has a longest form, so that an order has a
//! greatest size.

use std::fmt;

use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::{GroupSpec, PlacementRequirements, ResourceUnit, Resources};
use thiserror::Error;

use crate::attributes::{AttributeError, assert_attributes, assert_resource_attributes};

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

const MIB: u128 = 1 << 20;
const TIB: u128 = 1 << 40;

/// Thousandths of a core per replica.
pub const CPU: (u128, u128) = (10, 384_000);
/// GPUs per replica.
pub const GPU: (u128, u128) = (0, 24);
/// Bytes of memory per replica.
pub const MEMORY: (u128, u128) = (MIB, 2 * TIB);
/// Bytes per volume.
pub const VOLUME: (u128, u128) = (5 * MIB, 32 * TIB);
/// Replicas per unit.
pub const REPLICAS: (u128, u128) = (1, 50);
/// A group may have this many times the most of one replica.
pub const GROUP_FACTOR: u128 = 50;
/// Volumes per unit.
pub const MAX_VOLUMES: usize = 4;
/// Endpoints per unit: more than any known SDL file uses, and a bound on the size of an order.
pub const MAX_ENDPOINTS: usize = 64;
/// Auditors in one list; two lists together are as many as the registry answers for at once.
pub const MAX_AUDITORS: usize = 16;
/// Bytes of a group or volume name.
pub const MAX_NAME: usize = 128;
/// Bytes of a key that placement requires.
pub const MAX_KEY: usize = 128;
/// Bytes of an auditor's address.
pub const MAX_ADDRESS: usize = 128;
/// Bytes of a manifest hash: SHA-256.
pub const HASH_LEN: usize = 32;
/// Highest price of a replica: the network's 10,000,000 uact per block of 6 seconds, rounded down, in 10^-18 uact per second.
pub const MAX_REPLICA_PRICE: UnitPrice = UnitPrice::from_atomics(10_000_000 * 1_000_000_000_000_000_000 / 6);

/// Counts that governance may lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountLimits {
    /// Groups per deployment.
    pub groups: u32,
    /// Units per group.
    pub units: u32,
}

/// A quantity with a lowest and a highest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Thousandths of a core.
    Cpu,
    /// Bytes of memory.
    Memory,
    /// GPUs.
    Gpu,
    /// Bytes of storage.
    Storage,
    /// Replicas.
    Replicas,
}

/// A list with a longest form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Groups of a deployment.
    Groups,
    /// Units of a group.
    Units,
    /// Volumes of a unit.
    Volumes,
    /// Endpoints of a unit.
    Endpoints,
    /// Auditors.
    Auditors,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Gpu => "gpu",
            Self::Storage => "storage",
            Self::Replicas => "replicas",
        })
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Groups => "groups",
            Self::Units => "units",
            Self::Volumes => "volumes",
            Self::Endpoints => "endpoints",
            Self::Auditors => "auditors",
        })
    }
}

/// Why a deployment was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ValidationError {
    /// The hash is not a SHA-256.
    #[error("manifest hash has {found} bytes instead of 32")]
    Hash {
        /// Its length.
        found: usize,
    },
    /// A list that may not be empty is.
    #[error("no {list}")]
    Empty {
        /// Which.
        list: List,
    },
    /// A list is too long.
    #[error("{found} {list} are more than {max}")]
    TooMany {
        /// Which.
        list: List,
        /// Its length.
        found: usize,
        /// Most allowed.
        max: usize,
    },
    /// A name is empty or too long.
    #[error("name {name:?} has not 1 to {MAX_NAME} bytes")]
    Name {
        /// The name.
        name: String,
    },
    /// Two groups or two volumes of a unit have one name.
    #[error("name {name:?} is used twice")]
    NameRepeated {
        /// The name.
        name: String,
    },
    /// A resources id is zero.
    #[error("resources id in group {group} is zero")]
    ZeroResourcesId {
        /// Group name.
        group: String,
    },
    /// Two units of a group have one resources id.
    #[error("resources id {id} in group {group} is used twice")]
    ResourcesIdRepeated {
        /// Group name.
        group: String,
        /// The id.
        id: u32,
    },
    /// A unit asks for too little or too much.
    #[error("unit {unit} asks for {quantity} of {found}, not {min} to {max}")]
    OutOfRange {
        /// Resources id.
        unit: u32,
        /// Of what.
        quantity: Quantity,
        /// How much.
        found: u128,
        /// Least.
        min: u128,
        /// Most.
        max: u128,
    },
    /// All units of a group together ask for too much.
    #[error("group {group} asks for {quantity} of {found} in total, more than {max}")]
    TotalTooHigh {
        /// Group name.
        group: String,
        /// Of what.
        quantity: Quantity,
        /// How much.
        found: u128,
        /// Most.
        max: u128,
    },
    /// GPU attributes without GPUs.
    #[error("unit {unit} has gpu attributes but no gpu")]
    GpuAttributes {
        /// Resources id.
        unit: u32,
    },
    /// A replica costs too much.
    #[error("unit {unit} has price {price}, above {MAX_REPLICA_PRICE}")]
    Price {
        /// Resources id.
        unit: u32,
        /// Its price.
        price: UnitPrice,
    },
    /// A list of attributes is malformed.
    #[error(transparent)]
    Attributes(#[from] AttributeError),
    /// An auditor's address has a wrong form or stands twice in one list.
    #[error("auditor {address:?} is malformed or named twice")]
    Auditor {
        /// The address.
        address: String,
    },
}

/// Refuses a manifest hash that is not 32 bytes long.
pub fn assert_hash(hash: &[u8]) -> Result<(), ValidationError> {
    if hash.len() == HASH_LEN {
        Ok(())
    } else {
        Err(ValidationError::Hash { found: hash.len() })
    }
}

/// Refuses the groups of a deployment when any limit is broken.
pub fn assert_groups(groups: &[GroupSpec], limits: CountLimits) -> Result<(), ValidationError> {
    assert_count(List::Groups, groups.len(), 1, limits.groups as usize)?;
    assert_distinct(groups.iter().map(|group| group.name.as_str()))?;
    groups.iter().try_for_each(|group| assert_group(group, limits))
}

fn assert_group(group: &GroupSpec, limits: CountLimits) -> Result<(), ValidationError> {
    assert_name(&group.name)?;
    assert_requirements(&group.requirements)?;
    assert_count(List::Units, group.resources.len(), 1, limits.units as usize)?;
    for (index, unit) in group.resources.iter().enumerate() {
        let id = unit.resources.id;
        if id == 0 {
            return Err(ValidationError::ZeroResourcesId {
                group: group.name.clone(),
            });
        }
        if group.resources[..index]
            .iter()
            .any(|earlier| earlier.resources.id == id)
        {
            return Err(ValidationError::ResourcesIdRepeated {
                group: group.name.clone(),
                id,
            });
        }
        assert_unit(unit)?;
    }
    assert_totals(group)
}

fn assert_unit(unit: &ResourceUnit) -> Result<(), ValidationError> {
    let resources = &unit.resources;
    let id = resources.id;
    assert_range(id, Quantity::Replicas, unit.count.into(), REPLICAS)?;
    assert_range(id, Quantity::Cpu, resources.cpu.units.u64().into(), CPU)?;
    assert_range(id, Quantity::Memory, resources.memory.quantity.u64().into(), MEMORY)?;
    assert_range(id, Quantity::Gpu, resources.gpu.units.u64().into(), GPU)?;
    if resources.gpu.units.is_zero() && !resources.gpu.attributes.is_empty() {
        return Err(ValidationError::GpuAttributes { unit: id });
    }
    if unit.price > MAX_REPLICA_PRICE {
        return Err(ValidationError::Price {
            unit: id,
            price: unit.price,
        });
    }
    assert_lists(resources)
}

/// Bounds what a unit's lists and texts can cost their readers, an offer's too.
pub(crate) fn assert_lists(resources: &Resources) -> Result<(), ValidationError> {
    assert_resource_attributes(&resources.cpu.attributes)?;
    assert_resource_attributes(&resources.memory.attributes)?;
    assert_resource_attributes(&resources.gpu.attributes)?;
    assert_count(List::Volumes, resources.storage.len(), 0, MAX_VOLUMES)?;
    assert_distinct(resources.storage.iter().map(|volume| volume.name.as_str()))?;
    for volume in &resources.storage {
        assert_name(&volume.name)?;
        assert_range(resources.id, Quantity::Storage, volume.quantity.u64().into(), VOLUME)?;
        assert_resource_attributes(&volume.attributes)?;
    }
    assert_count(List::Endpoints, resources.endpoints.len(), 0, MAX_ENDPOINTS)
}

fn assert_totals(group: &GroupSpec) -> Result<(), ValidationError> {
    let total = |of: fn(&Resources) -> u128| -> u128 {
        group
            .resources
            .iter()
            .map(|unit| of(&unit.resources) * u128::from(unit.count))
            .sum()
    };
    let storage = |resources: &Resources| {
        resources
            .storage
            .iter()
            .map(|volume| u128::from(volume.quantity.u64()))
            .sum()
    };
    let totals = [
        (Quantity::Cpu, total(|resources| resources.cpu.units.u64().into()), CPU),
        (Quantity::Gpu, total(|resources| resources.gpu.units.u64().into()), GPU),
        (
            Quantity::Memory,
            total(|resources| resources.memory.quantity.u64().into()),
            MEMORY,
        ),
        (Quantity::Storage, total(storage), VOLUME),
    ];
    for (quantity, found, (_, most)) in totals {
        let max = most * GROUP_FACTOR;
        if found > max {
            return Err(ValidationError::TotalTooHigh {
                group: group.name.clone(),
                quantity,
                found,
                max,
            });
        }
    }
    Ok(())
}

fn assert_requirements(requirements: &PlacementRequirements) -> Result<(), ValidationError> {
    assert_attributes(&requirements.attributes, is_placement_key)?;
    for auditors in [&requirements.signed_by.all_of, &requirements.signed_by.any_of] {
        assert_count(List::Auditors, auditors.len(), 0, MAX_AUDITORS)?;
        for (index, address) in auditors.iter().enumerate() {
            if !is_address(address) || auditors[..index].contains(address) {
                return Err(ValidationError::Auditor {
                    address: address.clone(),
                });
            }
        }
    }
    Ok(())
}

fn assert_range(unit: u32, quantity: Quantity, found: u128, (min, max): (u128, u128)) -> Result<(), ValidationError> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(ValidationError::OutOfRange {
        unit,
        quantity,
        found,
        min,
        max,
    })
}

fn assert_count(list: List, found: usize, min: usize, max: usize) -> Result<(), ValidationError> {
    if found < min {
        return Err(ValidationError::Empty { list });
    }
    if found > max {
        return Err(ValidationError::TooMany { list, found, max });
    }
    Ok(())
}

fn assert_name(name: &str) -> Result<(), ValidationError> {
    if (1..=MAX_NAME).contains(&name.len()) {
        Ok(())
    } else {
        Err(ValidationError::Name { name: name.to_string() })
    }
}

fn assert_distinct<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Result<(), ValidationError> {
    for (index, name) in names.clone().enumerate() {
        if names.clone().take(index).any(|earlier| earlier == name) {
            return Err(ValidationError::NameRepeated { name: name.to_string() });
        }
    }
    Ok(())
}

/// Placement keys are free upstream; here they have the letters of attribute keys and the wildcards `*` and `?`.
fn is_placement_key(key: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_/.-*?".contains(&byte);
    (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(allowed)
}

fn is_address(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=MAX_ADDRESS).contains(&address.len()) && address.bytes().all(plain)
}
