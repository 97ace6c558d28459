//! Small valid groups that tests change one field of.

use cosmwasm_std::Uint64;
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::{
    Attribute, Cpu, Gpu, GroupSpec, Memory, PlacementRequirements, ResourceUnit, Resources, Storage,
};

pub(crate) fn attribute(key: &str, value: &str) -> Attribute {
    Attribute {
        key: key.to_string(),
        value: value.to_string(),
    }
}

pub(crate) fn volume(name: &str, quantity: u64, attributes: Vec<Attribute>) -> Storage {
    Storage {
        name: name.to_string(),
        quantity: Uint64::new(quantity),
        attributes,
    }
}

pub(crate) fn unit(id: u32) -> ResourceUnit {
    ResourceUnit {
        resources: Resources {
            id,
            cpu: Cpu {
                units: Uint64::new(1000),
                attributes: vec![],
            },
            memory: Memory {
                quantity: Uint64::new(512 << 20),
                attributes: vec![],
            },
            storage: vec![volume("default", 1 << 30, vec![])],
            gpu: Gpu {
                units: Uint64::zero(),
                attributes: vec![],
            },
            endpoints: vec![],
        },
        count: 1,
        price: UnitPrice::from_atomics(1_000_000_000_000_000_000),
    }
}

pub(crate) fn group(name: &str) -> GroupSpec {
    GroupSpec {
        name: name.to_string(),
        requirements: PlacementRequirements::default(),
        resources: vec![unit(1)],
    }
}
