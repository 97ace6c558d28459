//! What the machines have, as a trait. The only source now is a file; discovery (NVML, AMD) is not built.

use std::path::{Path, PathBuf};

use supercloud_provider_engine::Inventory;
use thiserror::Error;

use crate::chain::BoxFuture;

/// Why the machines are not known.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("inventory file {}: {reason}", path.display())]
pub struct DevicesError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub reason: String,
}

/// Source of the inventory.
pub trait Devices: Send + Sync {
    /// What there is now.
    fn inventory(&self) -> BoxFuture<'_, Result<Inventory, DevicesError>>;
}

impl Devices for Inventory {
    fn inventory(&self) -> BoxFuture<'_, Result<Inventory, DevicesError>> {
        Box::pin(async move { Ok(self.clone()) })
    }
}

/// A static file: TOML, or JSON when its name ends in `.json`. It lists nodes and their GPUs and is read again at every
/// look, so an edit takes effect without a restart.
///
/// ```toml
/// [[nodes]]
/// name = "node-1"
/// cpu_millis = 64000
/// memory_bytes = 274877906944
/// ephemeral_bytes = 1099511627776
/// volumes = { beta3 = 4398046511104 }
///
/// [[nodes.gpus]]
/// uuid = "GPU-0b1c"
/// vendor = "nvidia"
/// model = "h100"
/// memory_gib = 80
/// interface = "sxm"
/// ```
#[derive(Clone, Debug)]
pub struct InventoryFile {
    path: PathBuf,
}

impl InventoryFile {
    /// The file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Devices for InventoryFile {
    fn inventory(&self) -> BoxFuture<'_, Result<Inventory, DevicesError>> {
        Box::pin(async move {
            let wrong = |reason: String| DevicesError {
                path: self.path.clone(),
                reason,
            };
            let text = tokio::fs::read_to_string(&self.path)
                .await
                .map_err(|error| wrong(error.to_string()))?;
            let inventory = parse(&self.path, &text).map_err(wrong)?;
            assert_unique(&inventory).map_err(wrong)?;
            Ok(inventory)
        })
    }
}

fn parse(path: &Path, text: &str) -> Result<Inventory, String> {
    if path.extension().is_some_and(|ending| ending == "json") {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

/// A device or node listed twice would be leased twice.
fn assert_unique(inventory: &Inventory) -> Result<(), String> {
    let mut names: Vec<&str> = inventory.nodes.iter().map(|node| node.name.as_str()).collect();
    let mut devices: Vec<&str> = inventory
        .nodes
        .iter()
        .flat_map(|node| &node.gpus)
        .map(|device| device.uuid.as_str())
        .collect();
    for (list, what) in [(&mut names, "node"), (&mut devices, "gpu")] {
        list.sort_unstable();
        if let Some(pair) = list.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("{what} {:?} is listed twice", pair[0]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "[[nodes]]\nname = \"a\"\ncpu_millis = 1000\nmemory_bytes = 1\n";
    const GPU: &str =
        "[[nodes.gpus]]\nuuid = \"g\"\nvendor = \"nvidia\"\nmodel = \"t4\"\nmemory_gib = 16\ninterface = \"pcie\"\n";

    #[test]
    fn toml_and_json_are_read_by_ending() {
        let toml = parse(Path::new("i.toml"), &format!("{NODE}{GPU}")).unwrap();
        assert_eq!(toml.nodes[0].gpus[0].model, "t4");
        let json = serde_json::to_string(&toml).unwrap();
        assert_eq!(parse(Path::new("i.json"), &json).unwrap(), toml);
        assert!(parse(Path::new("i.toml"), "[[nodes]]\nname = \"a\"\nspeed = 1\n").is_err());
    }

    #[test]
    fn a_device_or_node_listed_twice_is_refused() {
        let twice = parse(Path::new("i.toml"), &format!("{NODE}{GPU}{GPU}")).unwrap();
        assert_eq!(assert_unique(&twice).unwrap_err(), "gpu \"g\" is listed twice");
        let nodes = parse(Path::new("i.toml"), &format!("{NODE}{NODE}")).unwrap();
        assert_eq!(assert_unique(&nodes).unwrap_err(), "node \"a\" is listed twice");
    }
}
