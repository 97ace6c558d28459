//! Where the replicas of a group would run: on which node and with which devices.
//!
//! All or nothing. Replicas of a unit get devices of one kind (model, memory, interface), because an offer names one kind
//! per unit. Nodes are filled tightly: a replica goes where the fewest GPUs, then the least memory, are left over.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use supercloud_schema::resource::{Attribute, Gpu, GroupSpec, ResourceOffer, ResourceUnit, Resources};

use crate::gpu::GpuRequest;
use crate::inventory::{GpuDevice, Inventory, Node};
use crate::refusal::Refusal;

/// A reservation: one entry per replica.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Replicas in no particular order.
    pub replicas: Vec<ReplicaPlacement>,
}

/// One replica's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaPlacement {
    /// Resources id of the unit.
    pub unit: u32,
    /// Node.
    pub node: String,
    /// Devices, empty without GPUs.
    pub gpus: Vec<GpuDevice>,
    /// What it takes from the node.
    pub needs: Needs,
}

/// What one replica takes from its node, GPUs apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Thousandths of a core.
    pub cpu_millis: u64,
    /// Bytes, volumes in memory included.
    pub memory_bytes: u64,
    /// Bytes.
    pub ephemeral_bytes: u64,
    /// Bytes per storage class.
    pub volumes: BTreeMap<String, u64>,
}

/// What is left of a node.
#[derive(Clone, Debug)]
struct Free {
    name: String,
    needs: Needs,
    gpus: Vec<GpuDevice>,
}

/// Finds room for a whole group beside what is reserved.
pub(crate) fn place<'a>(
    inventory: &Inventory,
    reserved: impl Iterator<Item = &'a Placement>,
    spec: &GroupSpec,
) -> Result<Placement, Refusal> {
    let mut free = free(inventory, reserved);
    let mut units: Vec<&ResourceUnit> = spec.resources.iter().collect();
    // The hardest to place first; ties by id so that the outcome does not depend on the order of units.
    units.sort_by_key(|unit| {
        let gpus = unit.resources.gpu.units.u64();
        (
            std::cmp::Reverse((gpus, unit.resources.memory.quantity.u64())),
            unit.resources.id,
        )
    });
    let mut placement = Placement::default();
    for unit in units {
        placement.replicas.extend(place_unit(inventory, &mut free, unit)?);
    }
    Ok(placement)
}

/// What an offer must say: nothing when no GPUs are asked for, otherwise every unit with its concrete kind of device.
pub(crate) fn offer(spec: &GroupSpec, placement: &Placement) -> Vec<ResourceOffer> {
    if spec.resources.iter().all(|unit| unit.resources.gpu.units.is_zero()) {
        return Vec::new();
    }
    spec.resources
        .iter()
        .map(|unit| {
            let device = placement
                .replicas
                .iter()
                .filter(|replica| replica.unit == unit.resources.id)
                .find_map(|replica| replica.gpus.first());
            let attributes = match device {
                Some(device) => device.offer_attributes(),
                None => unit.resources.gpu.attributes.clone(),
            };
            let gpu = Gpu {
                units: unit.resources.gpu.units,
                attributes,
            };
            ResourceOffer {
                resources: Resources {
                    gpu,
                    ..unit.resources.clone()
                },
                count: unit.count,
            }
        })
        .collect()
}

/// What is left of every node, in the order of their names.
fn free<'a>(inventory: &Inventory, reserved: impl Iterator<Item = &'a Placement>) -> Vec<Free> {
    let mut nodes: Vec<Free> = inventory.nodes.iter().map(Free::whole).collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let mut taken = BTreeSet::new();
    for replica in reserved.flat_map(|placement| &placement.replicas) {
        taken.extend(replica.gpus.iter().map(|device| device.uuid.as_str()));
        if let Some(node) = nodes.iter_mut().find(|node| node.name == replica.node) {
            node.needs.take(&replica.needs);
        }
    }
    for node in &mut nodes {
        // By device, wherever it is now: a card that moved to another node is still taken.
        node.gpus.retain(|device| !taken.contains(device.uuid.as_str()));
    }
    nodes
}

/// Free GPUs, memory and processor per node, for reports.
pub(crate) fn report<'a>(
    inventory: &Inventory,
    reserved: impl Iterator<Item = &'a Placement>,
) -> Vec<(String, Needs, Vec<GpuDevice>)> {
    free(inventory, reserved)
        .into_iter()
        .map(|node| (node.name, node.needs, node.gpus))
        .collect()
}

fn place_unit(
    inventory: &Inventory,
    free: &mut Vec<Free>,
    unit: &ResourceUnit,
) -> Result<Vec<ReplicaPlacement>, Refusal> {
    let id = unit.resources.id;
    let needs = Needs::of(&unit.resources);
    let gpus = usize::try_from(unit.resources.gpu.units.u64()).unwrap_or(usize::MAX);
    let mut worst = None;
    for kind in kinds(inventory, unit)? {
        let mut attempt = free.clone();
        match place_replicas(&mut attempt, unit, &needs, gpus, kind.as_ref()) {
            Ok(replicas) => {
                *free = attempt;
                return Ok(replicas);
            }
            Err(refusal) => worst = Some(refusal),
        }
    }
    Err(worst.unwrap_or(Refusal::Capacity {
        unit: id,
        replica: 1,
        count: unit.count,
        lacking: "gpu".to_owned(),
    }))
}

/// The kinds of device that would do, fewest GiB first; one `None` when no GPUs are asked for.
fn kinds(inventory: &Inventory, unit: &ResourceUnit) -> Result<Vec<Option<GpuDevice>>, Refusal> {
    let gpu = &unit.resources.gpu;
    if gpu.units.is_zero() {
        return Ok(vec![None]);
    }
    let id = unit.resources.id;
    let requests = gpu
        .attributes
        .iter()
        .map(|attribute| {
            GpuRequest::parse(&attribute.key).ok_or_else(|| Refusal::GpuAttribute {
                unit: id,
                key: attribute.key.clone(),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut kinds: Vec<GpuDevice> = Vec::new();
    for device in inventory.nodes.iter().flat_map(|node| &node.gpus) {
        if requests.iter().any(|request| request.matches(device)) && !kinds.iter().any(|kind| kind.same_kind(device)) {
            kinds.push(device.clone());
        }
    }
    if kinds.is_empty() {
        let wanted = gpu.attributes.iter().map(|attribute| attribute.key.clone()).collect();
        return Err(Refusal::NoSuchGpu { unit: id, wanted });
    }
    kinds.sort_by(|a, b| (a.memory_gib, &a.model, a.interface).cmp(&(b.memory_gib, &b.model, b.interface)));
    Ok(kinds.into_iter().map(Some).collect())
}

fn place_replicas(
    free: &mut [Free],
    unit: &ResourceUnit,
    needs: &Needs,
    gpus: usize,
    kind: Option<&GpuDevice>,
) -> Result<Vec<ReplicaPlacement>, Refusal> {
    let mut replicas = Vec::new();
    for replica in 1..=unit.count {
        let fitting = free
            .iter_mut()
            .filter(|node| node.lacks(needs, gpus, kind).is_none())
            .min_by_key(|node| (node.gpus.len(), node.needs.memory_bytes, node.name.clone()));
        let Some(node) = fitting else {
            let lacking = free
                .iter()
                .filter_map(|node| node.lacks(needs, gpus, kind))
                .min()
                .map_or("nodes", |(_, what)| what);
            return Err(Refusal::Capacity {
                unit: unit.resources.id,
                replica,
                count: unit.count,
                lacking: lacking.to_owned(),
            });
        };
        replicas.push(node.take(unit.resources.id, needs, gpus, kind));
    }
    Ok(replicas)
}

impl Free {
    fn whole(node: &Node) -> Self {
        let needs = Needs {
            cpu_millis: node.cpu_millis,
            memory_bytes: node.memory_bytes,
            ephemeral_bytes: node.ephemeral_bytes,
            volumes: node.volumes.clone(),
        };
        Self {
            name: node.name.clone(),
            needs,
            gpus: node.gpus.clone(),
        }
    }

    /// The last thing in the row cpu, memory, storage, gpu that is missing, with how far the row got (fewer is nearer).
    fn lacks(&self, needs: &Needs, gpus: usize, kind: Option<&GpuDevice>) -> Option<(u8, &'static str)> {
        let matching = kind.map_or(0, |kind| {
            self.gpus.iter().filter(|device| device.same_kind(kind)).count()
        });
        if self.needs.cpu_millis < needs.cpu_millis {
            Some((3, "cpu"))
        } else if self.needs.memory_bytes < needs.memory_bytes {
            Some((2, "memory"))
        } else if !self.needs.holds_storage(needs) {
            Some((1, "storage"))
        } else if matching < gpus {
            Some((0, "gpu"))
        } else {
            None
        }
    }

    fn take(&mut self, unit: u32, needs: &Needs, gpus: usize, kind: Option<&GpuDevice>) -> ReplicaPlacement {
        self.needs.take(needs);
        let mut devices = Vec::new();
        while devices.len() < gpus {
            let at = self
                .gpus
                .iter()
                .position(|device| kind.is_some_and(|kind| device.same_kind(kind)))
                .expect("lacks() counted enough devices of the kind");
            devices.push(self.gpus.remove(at));
        }
        ReplicaPlacement {
            unit,
            node: self.name.clone(),
            gpus: devices,
            needs: needs.clone(),
        }
    }
}

impl Needs {
    /// What one replica of a unit takes.
    pub(crate) fn of(resources: &Resources) -> Self {
        let mut needs = Self {
            cpu_millis: resources.cpu.units.u64(),
            memory_bytes: resources.memory.quantity.u64(),
            ..Self::default()
        };
        for volume in &resources.storage {
            let bytes = volume.quantity.u64();
            let into = match class_of(&volume.attributes) {
                None => &mut needs.ephemeral_bytes,
                Some("ram") => &mut needs.memory_bytes,
                Some(class) => needs.volumes.entry(class.to_owned()).or_default(),
            };
            *into = into.saturating_add(bytes);
        }
        needs
    }

    fn holds_storage(&self, needs: &Self) -> bool {
        self.ephemeral_bytes >= needs.ephemeral_bytes
            && needs
                .volumes
                .iter()
                .all(|(class, bytes)| self.volumes.get(class).is_some_and(|free| free >= bytes))
    }

    fn take(&mut self, needs: &Self) {
        self.cpu_millis = self.cpu_millis.saturating_sub(needs.cpu_millis);
        self.memory_bytes = self.memory_bytes.saturating_sub(needs.memory_bytes);
        self.ephemeral_bytes = self.ephemeral_bytes.saturating_sub(needs.ephemeral_bytes);
        for (class, bytes) in &needs.volumes {
            if let Some(free) = self.volumes.get_mut(class) {
                *free = free.saturating_sub(*bytes);
            }
        }
    }
}

/// The storage class of a volume; `None` for a plain one. A persistent volume without a class is of class `default`.
pub(crate) fn class_of(attributes: &[Attribute]) -> Option<&str> {
    let value = |key: &str| {
        attributes
            .iter()
            .find(|item| item.key == key)
            .map(|item| item.value.as_str())
    };
    match (value("class"), value("persistent")) {
        (Some(class), _) => Some(class),
        (None, Some("true")) => Some("default"),
        _ => None,
    }
}
