//! Groups for our contracts, and the cross-check of a manifest against them.

use cosmwasm_std::Uint64;
use supercloud_schema::resource::{EndpointKind, GroupSpec};
use supercloud_sdl::{DenomRule, Manifest, ManifestError, PriceConversion, SdlError};

use crate::corpus::parse;

const UAKT_AS_UACT: PriceConversion = PriceConversion {
    denoms: DenomRule::UaktAsUact,
};

fn shared_ip() -> (Manifest, Vec<GroupSpec>) {
    let sdl = parse("fixtures-valid/v2.1__shared-ip.yaml").unwrap();
    (sdl.manifest(), sdl.groups(&UAKT_AS_UACT).unwrap())
}

#[test]
fn groups_carry_the_price_per_second_rounded_down() {
    let (_, groups) = shared_ip();
    assert_eq!(groups[0].resources[0].price.atomics(), 1_666_666_666_666_666_666);
    assert_eq!(groups[0].resources[0].count, 4);
    assert_eq!(
        groups[0].resources[0].resources.endpoints[2].kind,
        EndpointKind::LeasedIp {}
    );
}

#[test]
fn a_price_in_uakt_is_an_error_by_default() {
    let sdl = parse("fixtures-valid/v2.1__shared-ip.yaml").unwrap();
    assert_eq!(
        sdl.groups(&PriceConversion::default()).unwrap_err(),
        SdlError::Denom {
            group: "global".into(),
            denom: "uakt".into(),
            expected: "uact".into()
        }
    );
}

#[test]
fn every_golden_manifest_fits_its_own_groups() {
    for name in [
        "v2.0__gpu-basic",
        "v2.0__persistent-storage",
        "v2.0__port-ranges",
        "v2.0__simple",
        "v2.1__shared-ip",
    ] {
        let sdl = parse(&format!("fixtures-valid/{name}.yaml")).unwrap();
        sdl.manifest()
            .check_against_groups(&sdl.groups(&UAKT_AS_UACT).unwrap())
            .unwrap();
    }
}

#[test]
fn any_difference_between_manifest_and_groups_is_refused() {
    let mismatch = |change: fn(&mut GroupSpec)| {
        let (manifest, mut groups) = shared_ip();
        change(&mut groups[0]);
        match manifest.check_against_groups(&groups).unwrap_err() {
            ManifestError::Mismatch { problem, .. } => problem,
            ManifestError::UnderUsed { left, what, .. } => format!("{left} {what} left"),
            ManifestError::GroupsDiffer { .. } => "groups".to_owned(),
            other => panic!("{other}"),
        }
    };
    assert_eq!(
        mismatch(|group| group.resources[0].resources.cpu.units = Uint64::new(11)),
        "cpu differs from the leased resources 1"
    );
    assert_eq!(
        mismatch(|group| group.resources[0].resources.gpu.units = Uint64::one()),
        "gpu differs from the leased resources 1"
    );
    assert_eq!(
        mismatch(|group| group.resources[0].resources.memory.quantity = Uint64::one()),
        "memory differs from the leased resources 1"
    );
    assert_eq!(
        mismatch(|group| group.resources[0].resources.storage.clear()),
        "storage differs from the leased resources 1"
    );
    assert_eq!(
        mismatch(|group| group.resources[0].resources.id = 7),
        "no resources with id 1 were leased"
    );
    assert_eq!(mismatch(|group| group.resources[0].count = 5), "1 replicas left");
    assert_eq!(
        mismatch(|group| group.resources[0].count = 3),
        "1 replicas, 0 are left of resources 1"
    );
    assert_eq!(
        mismatch(|group| group.resources[0].resources.endpoints.truncate(2)),
        "more address endpoints than were leased"
    );
    assert_eq!(mismatch(|group| group.name = "other".into()), "groups");
}
