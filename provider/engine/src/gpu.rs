//! GPU attribute keys: what one of them asks for, and whether a device answers it.

use crate::inventory::GpuDevice;

/// One wanted kind of GPU: `vendor/<v>/model/<m>[/ram/<n>Gi][/interface/<i>]`; the model may be `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuRequest {
    vendor: String,
    model: String,
    memory_gib: Option<u64>,
    interface: Option<String>,
}

impl GpuRequest {
    /// Reads a key; `None` when it has another form.
    pub fn parse(key: &str) -> Option<Self> {
        let mut parts = key.split('/');
        if parts.next()? != "vendor" {
            return None;
        }
        let vendor = parts.next()?.to_owned();
        if parts.next()? != "model" {
            return None;
        }
        let mut request = Self {
            vendor,
            model: parts.next()?.to_owned(),
            memory_gib: None,
            interface: None,
        };
        while let Some(name) = parts.next() {
            let value = parts.next()?;
            match name {
                "ram" => request.memory_gib = Some(value.strip_suffix("Gi")?.parse().ok()?),
                "interface" => request.interface = Some(value.to_owned()),
                _ => return None,
            }
        }
        Some(request)
    }

    /// Whether a device is of this kind. `sxm` stands for every generation of it.
    pub fn matches(&self, device: &GpuDevice) -> bool {
        let interface = device.interface.to_string();
        self.vendor == device.vendor
            && (self.model == "*" || self.model == device.model)
            && self.memory_gib.is_none_or(|gib| gib == device.memory_gib)
            && self.interface.as_ref().is_none_or(|wanted| *wanted == interface)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::GpuInterface;

    fn h100() -> GpuDevice {
        GpuDevice {
            uuid: "GPU-1".into(),
            vendor: "nvidia".into(),
            model: "h100".into(),
            memory_gib: 80,
            interface: GpuInterface::Sxm,
        }
    }

    #[test]
    fn every_part_that_is_named_must_match() {
        for (key, matches) in [
            ("vendor/nvidia/model/*", true),
            ("vendor/nvidia/model/h100", true),
            ("vendor/nvidia/model/h100/ram/80Gi", true),
            ("vendor/nvidia/model/h100/ram/80Gi/interface/sxm", true),
            ("vendor/nvidia/model/*/interface/sxm", true),
            ("vendor/nvidia/model/h100/ram/40Gi", false),
            ("vendor/nvidia/model/h100/interface/pcie", false),
            ("vendor/nvidia/model/a100", false),
            ("vendor/amd/model/*", false),
        ] {
            assert_eq!(GpuRequest::parse(key).unwrap().matches(&h100()), matches, "{key}");
        }
        assert!(GpuRequest::parse(&h100().attribute_key()).unwrap().matches(&h100()));
    }

    #[test]
    fn other_keys_are_not_understood() {
        for key in [
            "",
            "vendor/nvidia",
            "vendor/nvidia/model/a/ram/80G",
            "vendor/nvidia/model/a/ram",
            "x/y/model/z",
        ] {
            assert_eq!(GpuRequest::parse(key), None, "{key}");
        }
    }
}
