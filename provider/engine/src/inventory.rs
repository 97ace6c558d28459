//! What the machines have: nodes with processor, memory, storage and single GPU devices.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use supercloud_schema::resource::Attribute;

/// All nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// Their order does not matter.
    pub nodes: Vec<Node>,
}

/// One machine, with what workloads may use of it in total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Unique name.
    pub name: String,
    /// Thousandths of a core.
    pub cpu_millis: u64,
    /// Bytes.
    pub memory_bytes: u64,
    /// Bytes for volumes without a class.
    #[serde(default)]
    pub ephemeral_bytes: u64,
    /// Bytes per storage class for persistent volumes.
    #[serde(default)]
    pub volumes: BTreeMap<String, u64>,
    /// Devices.
    #[serde(default)]
    pub gpus: Vec<GpuDevice>,
}

/// One GPU.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpuDevice {
    /// Unique across all nodes.
    pub uuid: String,
    /// Lower case, such as `nvidia`.
    pub vendor: String,
    /// Lower case, such as `h100`.
    pub model: String,
    /// GiB.
    pub memory_gib: u64,
    /// How it is attached.
    pub interface: GpuInterface,
}

impl Inventory {
    /// The capability attributes that this inventory justifies. The registry's record must hold them, or the market
    /// refuses bids on orders that ask for GPUs or for classes of storage.
    pub fn capabilities(&self) -> Vec<Attribute> {
        let mut keys = BTreeSet::new();
        for device in self.nodes.iter().flat_map(|node| &node.gpus) {
            let model = format!("capabilities/gpu/vendor/{}/model/{}", device.vendor, device.model);
            let memory = format!("{model}/ram/{}Gi", device.memory_gib);
            let interface = format!("interface/{}", device.interface);
            keys.extend([
                format!("{model}/{interface}"),
                format!("{memory}/{interface}"),
                model,
                memory,
            ]);
        }
        let classes: BTreeSet<&String> = self.nodes.iter().flat_map(|node| node.volumes.keys()).collect();
        let storage = classes
            .into_iter()
            .map(|class| (class.as_str(), "true"))
            .chain([("ram", "false")]);
        let mut attributes: Vec<Attribute> = keys.into_iter().map(set).collect();
        for (number, (class, persistent)) in storage.enumerate() {
            let key = |name: &str| format!("capabilities/storage/{}/{name}", number + 1);
            attributes.push(Attribute {
                key: key("class"),
                value: class.to_owned(),
            });
            attributes.push(Attribute {
                key: key("persistent"),
                value: persistent.to_owned(),
            });
        }
        attributes
    }
}

fn set(key: String) -> Attribute {
    Attribute {
        key,
        value: "true".to_owned(),
    }
}

/// How a GPU is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GpuInterface {
    /// A card.
    Pcie,
    /// A module with NVLink.
    Sxm,
}

impl fmt::Display for GpuInterface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pcie => "pcie",
            Self::Sxm => "sxm",
        })
    }
}

impl GpuDevice {
    /// The exact attribute key of this device, as offers carry it.
    pub fn attribute_key(&self) -> String {
        format!(
            "vendor/{}/model/{}/ram/{}Gi/interface/{}",
            self.vendor, self.model, self.memory_gib, self.interface
        )
    }

    /// What an offer says of this device: exactly what it is, and once without the memory, because a wish for an
    /// interface alone is not a prefix of the exact key.
    pub(crate) fn offer_attributes(&self) -> Vec<Attribute> {
        let model = format!("vendor/{}/model/{}", self.vendor, self.model);
        vec![
            set(format!("{model}/interface/{}", self.interface)),
            set(self.attribute_key()),
        ]
    }

    /// Whether two devices are interchangeable for a tenant.
    pub(crate) fn same_kind(&self, other: &Self) -> bool {
        (&self.vendor, &self.model, self.memory_gib, self.interface)
            == (&other.vendor, &other.model, other.memory_gib, other.interface)
    }
}
