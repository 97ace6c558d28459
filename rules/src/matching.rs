//! Whether a provider and its offer meet what an order asks for (market.md 3.7).
//!
//! - Placement: without `signed_by` the provider's own attributes count; with it only the auditors' copies do, each
//!   auditor's copy by itself, never pooled.
//! - A required attribute is met by an attribute with an equal value and a key that the required key matches as a glob;
//!   `*` and `?` never cross a `/`.
//! - Storage and GPU capabilities are always the provider's own claims.
//!
//! Where we are stricter than the Akash network: an offer that is not empty covers every unit once, and amounts in it are
//! at least those asked for. Where we are more lenient: a volume that asks for `persistent = false` and nothing else is
//! ordinary ephemeral storage, which needs no capability.

use std::fmt;

use supercloud_schema::registry::AuditedAttributes;
use supercloud_schema::resource::{
    Attribute, GroupSpec, PlacementRequirements, ResourceOffer, ResourceUnit, Resources, Storage,
};
use thiserror::Error;

use crate::validation::{self, ValidationError, assert_lists};

#[cfg(test)]
mod tests;

const STORAGE_PREFIX: &str = "capabilities/storage/";
const GPU_PREFIX: &str = "capabilities/gpu/";
/// GPU names in an offer: one per device that a replica may have.
const MAX_OFFERED_GPU_NAMES: usize = validation::GPU.1 as usize;

/// What matching knows of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// What the provider says of itself.
    pub declared: &'a [Attribute],
    /// What auditors signed for it.
    pub audited: &'a [AuditedAttributes],
}

/// Whose copy of the attributes was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeSource {
    /// The provider's own.
    Provider,
    /// This auditor's.
    Auditor(String),
}

impl fmt::Display for AttributeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider => f.write_str("the provider's own attributes"),
            Self::Auditor(auditor) => write!(f, "what {auditor} signed"),
        }
    }
}

/// An amount in an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferedAmount {
    /// Thousandths of a core.
    Cpu,
    /// Bytes of memory.
    Memory,
    /// GPUs.
    Gpu,
    /// Bytes of a volume.
    Storage,
}

impl fmt::Display for OfferedAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Gpu => "gpu",
            Self::Storage => "storage",
        })
    }
}

/// Why a provider or its offer does not meet an order.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Mismatch {
    /// No auditor signed anything for the provider.
    #[error("the order wants audited attributes, no auditor signed any")]
    NotAudited,
    /// An auditor of `all_of` signed nothing for the provider.
    #[error("auditor {auditor} signed nothing for the provider")]
    AuditorMissing {
        /// The auditor.
        auditor: String,
    },
    /// None of `any_of` signed all that is required.
    #[error("none of the {auditors} auditors asked for signed all required attributes")]
    NoAuditorOfAny {
        /// How many the order names.
        auditors: usize,
    },
    /// A required attribute is not there.
    #[error("attribute {key}={value} is not among {found_in}")]
    AttributeMissing {
        /// Required key.
        key: String,
        /// Required value.
        value: String,
        /// Where it was looked for.
        found_in: AttributeSource,
    },
    /// No storage of the provider has all attributes of a volume.
    #[error("no storage class of the provider suits volume {volume} of unit {unit}")]
    StorageClass {
        /// Resources id.
        unit: u32,
        /// Volume name.
        volume: String,
    },
    /// The provider has none of the GPUs that a unit accepts.
    #[error("the provider has none of the gpus that unit {unit} accepts")]
    Gpu {
        /// Resources id.
        unit: u32,
    },
    /// The offer names a unit that the order has not.
    #[error("the offer names unit {unit}, which the order has not")]
    OfferUnknownUnit {
        /// Resources id.
        unit: u32,
    },
    /// The offer names a unit twice.
    #[error("the offer names unit {unit} twice")]
    OfferRepeatsUnit {
        /// Resources id.
        unit: u32,
    },
    /// The offer leaves a unit out.
    #[error("the offer leaves out unit {unit}")]
    OfferLacksUnit {
        /// Resources id.
        unit: u32,
    },
    /// The offer has another number of replicas.
    #[error("the offer has {offered} replicas of unit {unit} instead of {asked}")]
    OfferCount {
        /// Resources id.
        unit: u32,
        /// Replicas in the offer.
        offered: u32,
        /// Replicas in the order.
        asked: u32,
    },
    /// The offer has less of something.
    #[error("the offer has {amount} of {offered} for unit {unit}, less than {asked}")]
    OfferTooSmall {
        /// Resources id.
        unit: u32,
        /// Of what.
        amount: OfferedAmount,
        /// In the offer.
        offered: u64,
        /// In the order.
        asked: u64,
    },
    /// A list, text or volume in the offer could not stand in an order.
    #[error("the offer for unit {unit} is malformed: {reason}")]
    OfferForm {
        /// Resources id.
        unit: u32,
        /// What is wrong with it.
        reason: ValidationError,
    },
    /// The offer says more than the order asked.
    #[error("the offer for unit {unit} lists {found} entries, more than {max}")]
    OfferTooLong {
        /// Resources id.
        unit: u32,
        /// Entries of the list, or of all lists without GPUs.
        found: usize,
        /// Most allowed.
        max: usize,
    },
    /// None of the GPUs in the offer is one that the unit accepts.
    #[error("unit {unit} accepts none of the gpus in the offer")]
    OfferGpu {
        /// Resources id.
        unit: u32,
    },
}

/// Refuses a provider that does not meet the order: placement first, then capabilities.
pub fn assert_provider(spec: &GroupSpec, candidate: Candidate<'_>) -> Result<(), Mismatch> {
    assert_placement(&spec.requirements, candidate)?;
    assert_capabilities(spec, candidate.declared)
}

/// Refuses a provider whose attributes, or whose auditors' copies of them, lack what the placement requires.
pub fn assert_placement(requirements: &PlacementRequirements, candidate: Candidate<'_>) -> Result<(), Mismatch> {
    let required = &requirements.attributes;
    let (all_of, any_of) = (&requirements.signed_by.all_of, &requirements.signed_by.any_of);
    if all_of.is_empty() && any_of.is_empty() {
        return assert_covers(required, candidate.declared, || AttributeSource::Provider);
    }
    if candidate.audited.is_empty() {
        return Err(Mismatch::NotAudited);
    }
    let signed_by = |auditor: &String| candidate.audited.iter().find(|record| record.auditor == *auditor);
    for auditor in all_of {
        let record = signed_by(auditor).ok_or_else(|| Mismatch::AuditorMissing {
            auditor: auditor.clone(),
        })?;
        assert_covers(required, &record.attributes, || {
            AttributeSource::Auditor(auditor.clone())
        })?;
    }
    let vouches =
        |auditor: &String| signed_by(auditor).is_some_and(|record| missing(required, &record.attributes).is_none());
    if any_of.is_empty() || any_of.iter().any(vouches) {
        return Ok(());
    }
    Err(Mismatch::NoAuditorOfAny { auditors: any_of.len() })
}

/// Refuses a provider whose own capability attributes lack a storage class or every accepted GPU.
pub fn assert_capabilities(spec: &GroupSpec, declared: &[Attribute]) -> Result<(), Mismatch> {
    for unit in &spec.resources {
        let resources = &unit.resources;
        if let Some(volume) = resources.storage.iter().find(|volume| !has_storage(volume, declared)) {
            return Err(Mismatch::StorageClass {
                unit: resources.id,
                volume: volume.name.clone(),
            });
        }
        let gpu = &resources.gpu;
        let offered = |wanted: &Attribute| {
            declared.iter().any(|found| {
                found.value == wanted.value
                    && found
                        .key
                        .strip_prefix(GPU_PREFIX)
                        .is_some_and(|key| is_match(&wanted.key, key))
            })
        };
        if !gpu.units.is_zero() && !gpu.attributes.is_empty() && !gpu.attributes.iter().any(offered) {
            return Err(Mismatch::Gpu { unit: resources.id });
        }
    }
    Ok(())
}

/// Refuses an offer that is not the whole order or has less than it. An empty offer means exactly what is asked.
///
/// It may list no more than the order does, besides the names of its GPUs: reading an order's bids must not become too
/// dear by what bidders write.
pub fn assert_offer(spec: &GroupSpec, offer: &[ResourceOffer]) -> Result<(), Mismatch> {
    for (index, item) in offer.iter().enumerate() {
        let unit = item.resources.id;
        if offer[..index].iter().any(|earlier| earlier.resources.id == unit) {
            return Err(Mismatch::OfferRepeatsUnit { unit });
        }
        let asked = spec.resources.iter().find(|asked| asked.resources.id == unit);
        assert_unit_offer(asked.ok_or(Mismatch::OfferUnknownUnit { unit })?, item)?;
    }
    let offered = |unit: &&ResourceUnit| !offer.iter().any(|item| item.resources.id == unit.resources.id);
    match spec.resources.iter().find(offered) {
        Some(left_out) if !offer.is_empty() => Err(Mismatch::OfferLacksUnit {
            unit: left_out.resources.id,
        }),
        _ => Ok(()),
    }
}

fn assert_unit_offer(unit: &ResourceUnit, offer: &ResourceOffer) -> Result<(), Mismatch> {
    let (asked, offered) = (&unit.resources, &offer.resources);
    if offer.count != unit.count {
        return Err(Mismatch::OfferCount {
            unit: asked.id,
            offered: offer.count,
            asked: unit.count,
        });
    }
    assert_offer_lists(asked, offered)?;
    assert_amount(
        asked.id,
        OfferedAmount::Cpu,
        offered.cpu.units.u64(),
        asked.cpu.units.u64(),
    )?;
    assert_amount(
        asked.id,
        OfferedAmount::Memory,
        offered.memory.quantity.u64(),
        asked.memory.quantity.u64(),
    )?;
    assert_amount(
        asked.id,
        OfferedAmount::Gpu,
        offered.gpu.units.u64(),
        asked.gpu.units.u64(),
    )?;
    for volume in &asked.storage {
        let same = offered.storage.iter().find(|candidate| candidate.name == volume.name);
        let bytes = same.map_or(0, |found| found.quantity.u64());
        assert_amount(asked.id, OfferedAmount::Storage, bytes, volume.quantity.u64())?;
    }
    assert_gpu_offer(asked, offered)
}

fn assert_offer_lists(asked: &Resources, offered: &Resources) -> Result<(), Mismatch> {
    let unit = asked.id;
    assert_lists(offered).map_err(|reason| Mismatch::OfferForm { unit, reason })?;
    let lists = [
        (count_entries(offered), count_entries(asked)),
        (
            offered.gpu.attributes.len(),
            MAX_OFFERED_GPU_NAMES.max(asked.gpu.attributes.len()),
        ),
    ];
    match lists.into_iter().find(|(found, max)| found > max) {
        Some((found, max)) => Err(Mismatch::OfferTooLong { unit, found, max }),
        None => Ok(()),
    }
}

/// Entries of all lists but the GPUs'.
fn count_entries(resources: &Resources) -> usize {
    let in_volumes: usize = resources.storage.iter().map(|volume| volume.attributes.len()).sum();
    let attributes = resources.cpu.attributes.len() + resources.memory.attributes.len();
    attributes + resources.storage.len() + in_volumes + resources.endpoints.len()
}

fn assert_amount(unit: u32, amount: OfferedAmount, offered: u64, asked: u64) -> Result<(), Mismatch> {
    if offered >= asked {
        Ok(())
    } else {
        Err(Mismatch::OfferTooSmall {
            unit,
            amount,
            offered,
            asked,
        })
    }
}

/// An offered GPU may be named more exactly than it was asked for: `vendor/nvidia/model/*` accepts
/// `vendor/nvidia/model/a100/ram/80Gi`.
fn assert_gpu_offer(asked: &Resources, offered: &Resources) -> Result<(), Mismatch> {
    let (wanted, given) = (&asked.gpu.attributes, &offered.gpu.attributes);
    let accepted = |given: &Attribute| {
        wanted
            .iter()
            .any(|wanted| wanted.value == given.value && is_prefix_match(&wanted.key, &given.key))
    };
    if wanted.is_empty() || given.is_empty() || given.iter().any(accepted) {
        return Ok(());
    }
    Err(Mismatch::OfferGpu { unit: asked.id })
}

fn has_storage(volume: &Storage, declared: &[Attribute]) -> bool {
    let ephemeral = |attribute: &Attribute| attribute.key == "persistent" && attribute.value == "false";
    if volume.attributes.iter().all(ephemeral) {
        return true;
    }
    let classes = declared
        .iter()
        .filter_map(|attribute| storage_class(&attribute.key).map(|(class, _)| class));
    classes.into_iter().any(|class| {
        volume.attributes.iter().all(|wanted| {
            declared.iter().any(|found| match storage_class(&found.key) {
                Some((other, name)) => other == class && found.value == wanted.value && is_match(&wanted.key, name),
                None => false,
            })
        })
    })
}

/// `<n>` and `<name>` of `capabilities/storage/<n>/<name>`.
fn storage_class(key: &str) -> Option<(&str, &str)> {
    let (class, name) = key.strip_prefix(STORAGE_PREFIX)?.split_once('/')?;
    (!name.contains('/')).then_some((class, name))
}

fn missing<'a>(required: &'a [Attribute], present: &[Attribute]) -> Option<&'a Attribute> {
    let met = |wanted: &Attribute| {
        present
            .iter()
            .any(|found| found.value == wanted.value && is_match(&wanted.key, &found.key))
    };
    required.iter().find(|wanted| !met(wanted))
}

fn assert_covers(
    required: &[Attribute],
    present: &[Attribute],
    source: impl FnOnce() -> AttributeSource,
) -> Result<(), Mismatch> {
    match missing(required, present) {
        None => Ok(()),
        Some(Attribute { key, value }) => Err(Mismatch::AttributeMissing {
            key: key.clone(),
            value: value.clone(),
            found_in: source(),
        }),
    }
}

/// Whether a key matches a pattern: `*` stands for any run of bytes and `?` for one, neither for a `/`.
pub fn is_match(pattern: &str, key: &str) -> bool {
    pattern.split('/').count() == key.split('/').count() && is_prefix_match(pattern, key)
}

/// Whether the first parts of a key match a pattern; the key may go on with further parts.
fn is_prefix_match(pattern: &str, key: &str) -> bool {
    let mut parts = key.split('/');
    pattern.split('/').all(|wanted| {
        parts
            .next()
            .is_some_and(|part| is_part_match(wanted.as_bytes(), part.as_bytes()))
    })
}

/// Glob within one part. On a mismatch only the last `*` is tried again one byte further, so the work is at most
/// pattern length times key length.
fn is_part_match(pattern: &[u8], part: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut retry = None;
    while from < part.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == part[from] => {
                at += 1;
                from += 1;
            }
            _ => match retry {
                Some((after_star, start)) => {
                    retry = Some((after_star, start + 1));
                    (at, from) = (after_star, start + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
