//! Volumes of a compute profile: names, classes, and the order in which they are hashed.
//!
//! The rules about classes compare the text as written, before `yes` becomes `true`, and the order has an oddity (equal
//! plain volumes come out reversed). Both are kept: other clients hash the same way.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::document::{self, Text};
use crate::error::{SdlError, Warning};
use crate::manifest::{ManifestAttribute, Val, Volume};
use crate::quantity;

const PERSISTENT: &str = "persistent";
const CLASS: &str = "class";
const RAM: &str = "ram";
const CLASSES: [&str; 5] = ["default", "beta1", "beta2", "beta3", RAM];

/// Reads the `storage` block of a compute profile, in the order in which it is hashed.
pub(crate) fn read(
    profile: &str,
    block: &document::Volumes,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Volume>, SdlError> {
    let path = format!("profiles.compute.{profile}.resources.storage");
    let mut volumes = match block {
        document::Volumes::Absent => Vec::new(),
        document::Volumes::One(volume) => {
            if !matches!(volume.name.as_str(), "" | "default") {
                warnings.push(Warning::VolumeRenamed {
                    profile: profile.to_owned(),
                    name: volume.name.0.clone(),
                });
            }
            vec![read_volume(&path, "default", volume)?]
        }
        document::Volumes::Many(list) => list
            .iter()
            .map(|volume| {
                let name = if volume.name.is_empty() {
                    "default"
                } else {
                    &volume.name
                };
                read_volume(&path, name, volume)
            })
            .collect::<Result<_, _>>()?,
    };
    for (index, volume) in volumes.iter().enumerate() {
        if volumes[..index].iter().any(|earlier| earlier.name == volume.name) {
            return Err(SdlError::Storage {
                path,
                problem: "two volumes with one name",
            });
        }
    }
    sort(&mut volumes);
    Ok(volumes)
}

/// Whether a volume outlives its container.
pub(crate) fn is_persistent(volume: &Volume) -> bool {
    attribute(volume, PERSISTENT) == Some("true")
}

/// Whether a volume is kept in memory.
pub(crate) fn is_ram(volume: &Volume) -> bool {
    attribute(volume, CLASS) == Some(RAM)
}

fn attribute<'a>(volume: &'a Volume, key: &str) -> Option<&'a str> {
    volume
        .attributes
        .iter()
        .find(|attribute| attribute.key == key)
        .map(|attribute| attribute.value.as_str())
}

fn read_volume(path: &str, name: &str, volume: &document::Volume) -> Result<Volume, SdlError> {
    let path = format!("{path}.{name}");
    let bytes = match &volume.size {
        Some(text) => quantity::bytes(&format!("{path}.size"), text)?,
        None => 0,
    };
    let attributes = match &volume.attributes {
        Some(written) => read_attributes(&path, written)?,
        None => Vec::new(),
    };
    Ok(Volume {
        name: name.to_owned(),
        size: Val { val: bytes },
        attributes,
    })
}

fn read_attributes(path: &str, written: &BTreeMap<String, Text>) -> Result<Vec<ManifestAttribute>, SdlError> {
    let mut raw: BTreeMap<&str, &str> = written
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let persistent = *raw.entry(PERSISTENT).or_insert("false");
    match raw.get(CLASS).copied().unwrap_or_default() {
        "" if persistent == "true" => {
            raw.insert(CLASS, "default");
        }
        "" => {}
        RAM if persistent != "false" => {
            return Err(SdlError::Storage {
                path: path.to_owned(),
                problem: "a ram volume cannot be persistent",
            });
        }
        RAM => {}
        _ if persistent == "false" => {
            return Err(SdlError::Storage {
                path: path.to_owned(),
                problem: "an ephemeral volume has no class",
            });
        }
        _ => {}
    }
    // A BTreeMap, so the attributes come out sorted by key.
    raw.into_iter()
        .map(|(key, value)| {
            Ok(ManifestAttribute {
                key: key.to_owned(),
                value: read_attribute(path, key, value)?.to_owned(),
            })
        })
        .collect()
}

fn read_attribute<'a>(path: &str, key: &str, value: &'a str) -> Result<&'a str, SdlError> {
    let not_allowed = |allowed| SdlError::NotAllowed {
        path: format!("{path}.attributes.{key}"),
        text: value.to_owned(),
        allowed,
    };
    match key {
        PERSISTENT => match value {
            "true" | "on" | "yes" => Ok("true"),
            "false" | "off" | "no" => Ok("false"),
            _ => Err(not_allowed("true, on, yes, false, off, no")),
        },
        CLASS if CLASSES.contains(&value) => Ok(value),
        CLASS => Err(not_allowed("default, beta1, beta2, beta3, ram")),
        _ => Err(SdlError::UnsupportedKey {
            path: format!("{path}.attributes"),
            key: key.to_owned(),
        }),
    }
}

/// Insertion sort, because the comparison is not an order: two equal plain volumes are each "less" than the other, and
/// the outcome is whatever this algorithm (Go's stable sort, for up to 20 volumes) makes of it.
fn sort(volumes: &mut [Volume]) {
    for end in 1..volumes.len() {
        let mut at = end;
        while at > 0 && goes_before(&volumes[at], &volumes[at - 1]) {
            volumes.swap(at, at - 1);
            at -= 1;
        }
    }
}

fn goes_before(a: &Volume, b: &Volume) -> bool {
    match a.size.val.cmp(&b.size.val) {
        Ordering::Less => return true,
        Ordering::Greater => return false,
        Ordering::Equal => {}
    }
    match (attribute(a, PERSISTENT), attribute(b, PERSISTENT)) {
        (None, Some(_)) => return true,
        (Some(ours), Some(theirs)) if ours < theirs => return true,
        (Some(_), None) => return false,
        _ => {}
    }
    match (is_persistent(a), is_persistent(b)) {
        (false, _) => true,
        (true, false) => false,
        (true, true) => a.name < b.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(name: &str, size: u64, persistent: Option<&str>) -> Volume {
        let attributes = persistent
            .map(|value| ManifestAttribute {
                key: PERSISTENT.into(),
                value: value.into(),
            })
            .into_iter()
            .collect();
        Volume {
            name: name.into(),
            size: Val { val: size },
            attributes,
        }
    }

    fn order(mut volumes: Vec<Volume>) -> Vec<String> {
        sort(&mut volumes);
        volumes.into_iter().map(|volume| volume.name).collect()
    }

    #[test]
    fn equal_plain_volumes_come_out_reversed() {
        let plain = |name| volume(name, 5, None);
        assert_eq!(order(vec![plain("a"), plain("b"), plain("c")]), ["c", "b", "a"]);
    }

    #[test]
    fn size_comes_first_then_plain_then_persistent_by_name() {
        let volumes = vec![
            volume("p2", 5, Some("true")),
            volume("p1", 5, Some("true")),
            volume("ram", 5, Some("false")),
            volume("plain", 5, None),
            volume("small", 1, Some("true")),
        ];
        assert_eq!(order(volumes), ["small", "plain", "ram", "p1", "p2"]);
    }
}
