//! The Akash network's limits on a unit and on a group. Other limits (replicas, number of groups and units) are not
//! checked there and are the market contract's here.

use supercloud_rules::validation::{CPU, GPU, GROUP_FACTOR, MEMORY, VOLUME};

use crate::attribute::assert_attributes;
use crate::compute::Profile;
use crate::error::SdlError;
use crate::group::AkashGroup;

fn assert_within(path: &str, what: &'static str, found: u128, (min, max): (u128, u128)) -> Result<(), SdlError> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(SdlError::Limit {
        path: path.to_owned(),
        what,
        found,
        min,
        max,
    })
}

/// Refuses a deployed profile outside the limits of one unit.
pub(crate) fn assert_profile(path: &str, profile: &Profile) -> Result<(), SdlError> {
    let missing = |what: &str| SdlError::Service {
        path: path.to_owned(),
        problem: format!("{what} is missing"),
    };
    let cpu = profile.cpu.as_ref().ok_or_else(|| missing("cpu"))?;
    let memory = profile.memory.as_ref().ok_or_else(|| missing("memory"))?;
    assert_within(path, "cpu", cpu.units.val.into(), CPU)?;
    assert_within(path, "gpu", profile.gpu.units.val.into(), GPU)?;
    assert_within(path, "memory", memory.size.val.into(), MEMORY)?;
    if profile.gpu.units.val == 0 && !profile.gpu.attributes.is_empty() {
        return Err(SdlError::GpuAttributes {
            path: path.to_owned(),
            problem: "attributes with 0 units",
        });
    }
    if profile.volumes.is_empty() {
        return Err(missing("storage"));
    }
    for volume in &profile.volumes {
        assert_within(
            &format!("{path}.storage.{}", volume.name),
            "storage",
            volume.size.val.into(),
            VOLUME,
        )?;
        assert_attributes(path, &volume.attributes)?;
    }
    assert_attributes(path, &cpu.attributes)
}

/// Refuses groups outside the limits of a group, or priced in more than one denomination.
pub(crate) fn assert_groups(groups: &[AkashGroup]) -> Result<(), SdlError> {
    let Some(first) = groups.first().and_then(|group| group.resources.first()) else {
        return Err(SdlError::NoGroups);
    };
    for group in groups {
        let path = format!("group {}", group.name);
        let total = |of: fn(&crate::manifest::Resources) -> u64| -> u128 {
            group
                .resources
                .iter()
                .map(|unit| u128::from(of(&unit.resource)) * u128::from(unit.count))
                .sum()
        };
        assert_within(
            &path,
            "total cpu",
            total(|unit| unit.cpu.units.val),
            (1, CPU.1 * GROUP_FACTOR),
        )?;
        assert_within(
            &path,
            "total gpu",
            total(|unit| unit.gpu.units.val),
            (0, GPU.1 * GROUP_FACTOR),
        )?;
        assert_within(
            &path,
            "total memory",
            total(|unit| unit.memory.size.val),
            (1, MEMORY.1 * GROUP_FACTOR),
        )?;
        if let Some(other) = group
            .resources
            .iter()
            .find(|unit| unit.price.denom != first.price.denom)
        {
            return Err(SdlError::Denom {
                group: group.name.clone(),
                denom: other.price.denom.clone(),
                expected: first.price.denom.clone(),
            });
        }
    }
    Ok(())
}
