//! Placement profiles: where a group may run and what it may cost.

use std::collections::BTreeMap;

use crate::document::{self, strings};
use crate::error::SdlError;
use crate::group::{AkashPrice, AkashRequirements, AkashSignedBy};
use crate::manifest::ManifestAttribute;
use crate::price;

/// A placement profile with its prices read.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) requirements: AkashRequirements,
    /// Price per compute profile.
    pub(crate) pricing: BTreeMap<String, AkashPrice>,
}

/// Reads all placement profiles, used or not.
pub(crate) fn read_all(
    profiles: &document::Mapping<document::Placement>,
) -> Result<BTreeMap<String, Profile>, SdlError> {
    profiles
        .iter()
        .map(|(name, profile)| Ok((name.clone(), read(name, profile)?)))
        .collect()
}

fn read(name: &str, profile: &document::Placement) -> Result<Profile, SdlError> {
    let attributes: Vec<_> = profile
        .attributes
        .iter()
        .map(|(key, value)| ManifestAttribute {
            key: key.clone(),
            value: value.0.clone(),
        })
        .collect();
    let signed_by = AkashSignedBy {
        all_of: strings(&profile.signed_by.all_of),
        any_of: strings(&profile.signed_by.any_of),
    };
    let attributes = (!attributes.is_empty()).then_some(attributes);
    let pricing = profile
        .pricing
        .iter()
        .map(|(compute, written)| {
            let path = format!("profiles.placement.{name}.pricing.{compute}");
            Ok((compute.clone(), price::read(&path, &written.denom, &written.amount)?))
        })
        .collect::<Result<_, SdlError>>()?;
    Ok(Profile {
        requirements: AkashRequirements { signed_by, attributes },
        pricing,
    })
}
