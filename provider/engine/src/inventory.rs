//! What the machines have: nodes with processor, memory, storage and single GPU devices.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

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

    /// Whether two devices are interchangeable for a tenant.
    pub(crate) fn same_kind(&self, other: &Self) -> bool {
        (&self.vendor, &self.model, self.memory_gib, self.interface)
            == (&other.vendor, &other.model, other.memory_gib, other.interface)
    }
}
