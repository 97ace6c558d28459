//! Compute profiles: what one replica of a service gets.

use std::collections::BTreeMap;

use crate::document;
use crate::error::{SdlError, Warning};
use crate::manifest::{Cpu, Gpu, ManifestAttribute, Memory, Val, Volume};
use crate::{gpu, quantity, storage};

/// A compute profile with its quantities read; what is `None` was not written and is refused when it is deployed.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) cpu: Option<Cpu>,
    pub(crate) memory: Option<Memory>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) gpu: Gpu,
}

/// Reads all compute profiles, used or not.
pub(crate) fn read_all(
    profiles: &document::Mapping<document::Compute>,
    warnings: &mut Vec<Warning>,
) -> Result<BTreeMap<String, Profile>, SdlError> {
    profiles
        .iter()
        .map(|(name, profile)| Ok((name.clone(), read(name, profile, warnings)?)))
        .collect()
}

fn read(name: &str, profile: &document::Compute, warnings: &mut Vec<Warning>) -> Result<Profile, SdlError> {
    let path = format!("profiles.compute.{name}.resources");
    let Some(resources) = &profile.resources else {
        return Ok(Profile {
            cpu: None,
            memory: None,
            volumes: Vec::new(),
            gpu: Gpu::default(),
        });
    };
    Ok(Profile {
        cpu: resources.cpu.as_ref().map(|cpu| read_cpu(&path, cpu)).transpose()?,
        memory: resources
            .memory
            .as_ref()
            .map(|memory| read_memory(&path, memory))
            .transpose()?,
        volumes: storage::read(name, &resources.storage, warnings)?,
        gpu: gpu::read(&path, resources.gpu.as_ref())?,
    })
}

fn read_cpu(path: &str, cpu: &document::Cpu) -> Result<Cpu, SdlError> {
    let units = match &cpu.units {
        Some(text) => quantity::cpu_millis(&format!("{path}.cpu.units"), text)?,
        None => 0,
    };
    let mut attributes = Vec::new();
    for (key, value) in cpu.attributes.iter() {
        if key != "arch" {
            return Err(SdlError::UnsupportedKey {
                path: format!("{path}.cpu.attributes"),
                key: key.clone(),
            });
        }
        attributes.push(ManifestAttribute {
            key: key.clone(),
            value: value.0.clone(),
        });
    }
    Ok(Cpu {
        units: Val { val: units.into() },
        attributes,
    })
}

fn read_memory(path: &str, memory: &document::Memory) -> Result<Memory, SdlError> {
    let bytes = match &memory.size {
        Some(text) => quantity::bytes(&format!("{path}.memory.size"), text)?,
        None => 0,
    };
    Ok(Memory {
        size: Val { val: bytes },
        attributes: Vec::new(),
    })
}
