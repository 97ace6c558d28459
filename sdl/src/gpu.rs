//! GPU requests: NVIDIA models with optional memory and interface, or any model.
//!
//! Go's parser drops a vendor it does not know and so asks for any NVIDIA card; here such a file is refused.

use crate::attribute::assert_attributes;
use crate::document;
use crate::error::SdlError;
use crate::manifest::{Gpu, ManifestAttribute, Val};
use crate::quantity;

const ANY_MODEL: &str = "vendor/nvidia/model/*";

/// Reads the `gpu` block of a compute profile.
pub(crate) fn read(path: &str, block: Option<&document::Gpu>) -> Result<Gpu, SdlError> {
    let Some(block) = block else {
        return Ok(Gpu::default());
    };
    let path = format!("{path}.gpu");
    refuse_unknown(&path, &block.unknown)?;
    let units = match &block.units {
        Some(text) => quantity::count(&format!("{path}.units"), text)?,
        None => 0,
    };
    let attributes = match &block.attributes {
        Some(attributes) => read_attributes(&format!("{path}.attributes"), attributes)?,
        None => Vec::new(),
    };
    if units > 0 && attributes.is_empty() {
        return Err(SdlError::GpuAttributes {
            path,
            problem: "units without attributes, name a vendor",
        });
    }
    Ok(Gpu {
        units: Val { val: units },
        attributes,
    })
}

fn refuse_unknown(path: &str, unknown: &[String]) -> Result<(), SdlError> {
    match unknown.first() {
        Some(key) => Err(SdlError::UnsupportedKey {
            path: path.to_owned(),
            key: key.clone(),
        }),
        None => Ok(()),
    }
}

fn read_attributes(path: &str, block: &document::GpuAttributes) -> Result<Vec<ManifestAttribute>, SdlError> {
    refuse_unknown(path, &block.unknown)?;
    let Some(vendor) = &block.vendor else {
        return Err(SdlError::GpuAttributes {
            path: path.to_owned(),
            problem: "at least one vendor must be named",
        });
    };
    if let Some(other) = vendor.others.first() {
        return Err(SdlError::UnsupportedGpuVendor {
            path: path.to_owned(),
            vendor: other.clone(),
        });
    }
    let mut keys = vendor
        .nvidia
        .iter()
        .map(|model| key_of(path, model))
        .collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        keys.push(ANY_MODEL.to_owned());
    }
    keys.sort();
    let attributes: Vec<_> = keys
        .into_iter()
        .map(|key| ManifestAttribute {
            key,
            value: "true".to_owned(),
        })
        .collect();
    assert_attributes(path, &attributes)?;
    Ok(attributes)
}

fn key_of(path: &str, model: &document::GpuModel) -> Result<String, SdlError> {
    let mut key = format!("vendor/nvidia/model/{}", *model.model);
    if let Some(ram) = &model.ram {
        let gib = quantity::gpu_gib(&format!("{path}.vendor.nvidia.ram"), ram)?;
        key.push_str(&format!("/ram/{gib}Gi"));
    }
    if let Some(interface) = &model.interface {
        if !matches!(interface.as_str(), "pcie" | "sxm") {
            return Err(SdlError::NotAllowed {
                path: format!("{path}.vendor.nvidia.interface"),
                text: interface.0.clone(),
                allowed: "pcie, sxm",
            });
        }
        key.push_str(&format!("/interface/{}", **interface));
    }
    Ok(key)
}
