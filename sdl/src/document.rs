//! The shape of the file, as written: no rule is applied here except the type of each value.
//!
//! Reading is tolerant as the Go decoder is: `null` means absent, unknown keys are skipped (and reported), scalars that a
//! later rule reads as a quantity are kept as text.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor, value};

/// A value that may be written as `null` (or left empty) and then is the type's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nullable<T>(pub(crate) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<T>::deserialize(deserializer)?.unwrap_or_default()))
    }
}

impl<T> Deref for Nullable<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A scalar kept as it is written, whatever YAML would make of it.
pub(crate) type Text = Nullable<String>;
/// A list that prints as `null` in the manifest when absent.
pub(crate) type TextList = Option<Vec<Text>>;
/// A mapping with null-tolerant values.
pub(crate) type Mapping<T> = Nullable<BTreeMap<String, Nullable<T>>>;

/// The whole file. `include` is accepted and has no effect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Document {
    pub(crate) version: Option<Text>,
    pub(crate) services: Mapping<Service>,
    pub(crate) profiles: Nullable<Profiles>,
    pub(crate) deployment: Mapping<BTreeMap<String, Nullable<Count>>>,
    pub(crate) endpoints: Mapping<Endpoint>,
    #[serde(deserialize_with = "present")]
    pub(crate) reclamation: Option<Reclamation>,
}

/// A key that is there with a `null` value still counts as there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Reclamation>, D::Error> {
    Nullable::<Reclamation>::deserialize(deserializer).map(|found| Some(found.0))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reclamation {
    pub(crate) min_window: Text,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Service {
    pub(crate) image: Text,
    pub(crate) command: TextList,
    pub(crate) args: TextList,
    pub(crate) env: TextList,
    pub(crate) expose: Nullable<Vec<Nullable<Expose>>>,
    pub(crate) params: Option<Params>,
    pub(crate) credentials: Option<Credentials>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Expose {
    pub(crate) port: Nullable<u32>,
    #[serde(rename = "as")]
    pub(crate) external: Nullable<u32>,
    pub(crate) proto: Text,
    pub(crate) to: Nullable<Vec<Nullable<ExposeTo>>>,
    pub(crate) accept: TextList,
    pub(crate) http_options: Nullable<HttpOptions>,
}

/// `http_options` at this level is read by Go and never used, so it is left out and shows up among the warnings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ExposeTo {
    pub(crate) service: Text,
    pub(crate) global: Nullable<bool>,
    pub(crate) ip: Text,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HttpOptions {
    pub(crate) max_body_size: Nullable<u32>,
    pub(crate) proxy_buffer_size: Nullable<u32>,
    pub(crate) read_timeout: Nullable<u32>,
    pub(crate) send_timeout: Nullable<u32>,
    pub(crate) next_tries: Nullable<u32>,
    pub(crate) next_timeout: Nullable<u32>,
    pub(crate) next_cases: Nullable<Vec<Text>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Params {
    pub(crate) storage: Mapping<Mount>,
    pub(crate) permissions: Option<Permissions>,
    pub(crate) tee: Text,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Mount {
    pub(crate) mount: Text,
    #[serde(rename = "readOnly")]
    pub(crate) read_only: Nullable<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Permissions {
    pub(crate) read: Nullable<Vec<Text>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Credentials {
    pub(crate) host: Text,
    pub(crate) email: Text,
    pub(crate) username: Text,
    pub(crate) password: Text,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Count {
    pub(crate) profile: Text,
    pub(crate) count: Nullable<u32>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoint {
    pub(crate) kind: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Profiles {
    pub(crate) compute: Mapping<Compute>,
    pub(crate) placement: Mapping<Placement>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Compute {
    pub(crate) resources: Option<Resources>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Resources {
    pub(crate) cpu: Option<Cpu>,
    pub(crate) memory: Option<Memory>,
    pub(crate) storage: Nullable<Volumes>,
    pub(crate) gpu: Option<Gpu>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cpu {
    pub(crate) units: Option<Text>,
    pub(crate) attributes: Nullable<BTreeMap<String, Text>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    pub(crate) size: Option<Text>,
}

/// Every key of this block must be known, so unknown ones are collected.
#[derive(Debug, Default)]
pub(crate) struct Gpu {
    pub(crate) units: Option<Text>,
    pub(crate) attributes: Option<GpuAttributes>,
    pub(crate) unknown: Vec<String>,
}

/// As [`Gpu`]: strict.
#[derive(Debug, Default)]
pub(crate) struct GpuAttributes {
    pub(crate) vendor: Option<GpuVendors>,
    pub(crate) unknown: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct GpuVendors {
    pub(crate) nvidia: Vec<GpuModel>,
    /// Vendors other than NVIDIA.
    pub(crate) others: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GpuModel {
    pub(crate) model: Text,
    pub(crate) ram: Option<Text>,
    pub(crate) interface: Option<Text>,
}

/// Deserialises a mapping whose unknown keys are collected instead of skipped.
macro_rules! strict_mapping {
    ($name:ident, $unknown:ident, { $($key:literal => |$target:ident, $access:ident| $read:expr),+ $(,)? }) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Keys;

                impl<'de> Visitor<'de> for Keys {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a mapping")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                        let mut found = $name::default();
                        while let Some(key) = access.next_key::<String>()? {
                            match key.as_str() {
                                $($key => {
                                    let $target = &mut found;
                                    let $access = &mut access;
                                    $read;
                                })+
                                _ => {
                                    access.next_value::<IgnoredAny>()?;
                                    found.$unknown.push(key);
                                }
                            }
                        }
                        Ok(found)
                    }
                }

                deserializer.deserialize_map(Keys)
            }
        }
    };
}

strict_mapping!(Gpu, unknown, {
    "units" => |found, access| found.units = access.next_value()?,
    "attributes" => |found, access| found.attributes = access.next_value()?,
});

strict_mapping!(GpuAttributes, unknown, {
    "vendor" => |found, access| found.vendor = access.next_value()?,
});

strict_mapping!(GpuVendors, others, {
    "nvidia" => |found, access| {
        let models: Option<Vec<Nullable<GpuModel>>> = access.next_value()?;
        found.nvidia = models.unwrap_or_default().into_iter().map(|model| model.0).collect();
    },
});

/// One volume as a mapping, or a list of them: the first form loses its name.
#[derive(Debug, Default)]
pub(crate) enum Volumes {
    #[default]
    Absent,
    One(Volume),
    Many(Vec<Volume>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Volume {
    pub(crate) name: Text,
    pub(crate) size: Option<Text>,
    pub(crate) attributes: Option<BTreeMap<String, Text>>,
}

impl<'de> Deserialize<'de> for Volumes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Volumes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a volume or a list of volumes")
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Volumes, A::Error> {
                Volume::deserialize(value::MapAccessDeserializer::new(access)).map(Volumes::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Volumes, A::Error> {
                let mut volumes = Vec::new();
                while let Some(volume) = access.next_element::<Nullable<Volume>>()? {
                    volumes.push(volume.0);
                }
                Ok(Volumes::Many(volumes))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Placement {
    pub(crate) attributes: Nullable<BTreeMap<String, Text>>,
    #[serde(rename = "signedBy")]
    pub(crate) signed_by: Nullable<SignedBy>,
    pub(crate) pricing: Mapping<Price>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignedBy {
    #[serde(rename = "allOf")]
    pub(crate) all_of: TextList,
    #[serde(rename = "anyOf")]
    pub(crate) any_of: TextList,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Price {
    pub(crate) denom: Text,
    pub(crate) amount: Text,
}

/// Plain strings from a list as written; absence stays absence.
pub(crate) fn strings(list: &TextList) -> Option<Vec<String>> {
    list.as_ref()
        .map(|items| items.iter().map(|item| item.0.clone()).collect())
}
