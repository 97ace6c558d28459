use cosmwasm_std::Uint64;
use proptest::prelude::*;
use supercloud_schema::resource::{Endpoint, EndpointKind, SignedBy};

use super::*;
use crate::attributes::AttributeError;
use crate::validation::fixtures::{attribute, group, unit, volume};

const AUDITOR: &str = "akash1auditor";
const OTHER: &str = "akash1other";

fn audited(auditor: &str, attributes: Vec<Attribute>) -> AuditedAttributes {
    AuditedAttributes {
        provider: "akash1provider".to_string(),
        auditor: auditor.to_string(),
        attributes,
    }
}

fn requirements(all_of: &[&str], any_of: &[&str]) -> PlacementRequirements {
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    PlacementRequirements {
        signed_by: SignedBy {
            all_of: names(all_of),
            any_of: names(any_of),
        },
        attributes: vec![attribute("region", "eu"), attribute("tier", "1")],
    }
}

fn full() -> Vec<Attribute> {
    vec![
        attribute("region", "eu"),
        attribute("tier", "1"),
        attribute("more", "x"),
    ]
}

fn place(all_of: &[&str], any_of: &[&str], audited: &[AuditedAttributes]) -> Result<(), Mismatch> {
    assert_placement(
        &requirements(all_of, any_of),
        Candidate {
            declared: &full(),
            audited,
        },
    )
}

#[test]
fn own_attributes_decide_without_auditors() {
    assert_eq!(place(&[], &[], &[]), Ok(()));
    let declared = [attribute("region", "us"), attribute("tier", "1")];
    let refused = assert_placement(
        &requirements(&[], &[]),
        Candidate {
            declared: &declared,
            audited: &[],
        },
    );
    let missing = Mismatch::AttributeMissing {
        key: "region".to_string(),
        value: "eu".to_string(),
        found_in: AttributeSource::Provider,
    };
    assert_eq!(refused, Err(missing));
}

#[test]
fn auditors_copies_replace_own_attributes() {
    assert_eq!(place(&[AUDITOR], &[], &[]), Err(Mismatch::NotAudited));
    assert_eq!(place(&[AUDITOR], &[], &[audited(AUDITOR, full())]), Ok(()));
    let partial = audited(AUDITOR, vec![attribute("region", "eu")]);
    let missing = Mismatch::AttributeMissing {
        key: "tier".to_string(),
        value: "1".to_string(),
        found_in: AttributeSource::Auditor(AUDITOR.to_string()),
    };
    assert_eq!(place(&[AUDITOR], &[], &[partial]), Err(missing));
}

#[test]
fn every_auditor_of_all_of_must_have_signed_everything() {
    let both = [audited(AUDITOR, full()), audited(OTHER, full())];
    assert_eq!(place(&[AUDITOR, OTHER], &[], &both), Ok(()));
    let missing = Mismatch::AuditorMissing {
        auditor: OTHER.to_string(),
    };
    assert_eq!(place(&[AUDITOR, OTHER], &[], &both[..1]), Err(missing));
}

#[test]
fn one_auditor_of_any_of_is_enough_and_copies_are_never_pooled() {
    let halves = [
        audited(AUDITOR, vec![attribute("region", "eu")]),
        audited(OTHER, vec![attribute("tier", "1")]),
    ];
    assert_eq!(
        place(&[], &[AUDITOR, OTHER], &halves),
        Err(Mismatch::NoAuditorOfAny { auditors: 2 })
    );
    assert_eq!(
        place(&[], &[AUDITOR, OTHER], &[halves[0].clone(), audited(OTHER, full())]),
        Ok(())
    );
}

#[test]
fn all_of_and_any_of_must_both_hold() {
    let both = [audited(AUDITOR, full()), audited(OTHER, full())];
    assert_eq!(place(&[AUDITOR], &[OTHER], &both), Ok(()));
    assert_eq!(
        place(&[AUDITOR], &[OTHER], &both[..1]),
        Err(Mismatch::NoAuditorOfAny { auditors: 1 })
    );
}

#[test]
fn a_mere_record_suffices_when_no_attributes_are_required() {
    let mut wanted = requirements(&[AUDITOR], &[]);
    wanted.attributes.clear();
    let records = [audited(AUDITOR, vec![])];
    assert_eq!(
        assert_placement(
            &wanted,
            Candidate {
                declared: &[],
                audited: &records
            }
        ),
        Ok(())
    );
}

#[test]
fn star_does_not_cross_a_slash() {
    for (pattern, key, expected) in [
        ("vendor/nvidia/model/*", "vendor/nvidia/model/a100", true),
        ("vendor/nvidia/model/*", "vendor/nvidia/model/a100/ram/80Gi", false),
        ("vendor/*/model/*", "vendor/nvidia/model/a100", true),
        ("*", "region", true),
        ("*", "a/b", false),
        ("reg*n", "region", true),
        ("reg*n", "regional", false),
        ("r?gion", "region", true),
        ("r?gion", "r/gion", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false),
        ("**", "", true),
        ("", "", true),
        ("a", "", false),
    ] {
        assert_eq!(is_match(pattern, key), expected, "{pattern} {key}");
    }
}

#[test]
fn volume_finds_all_its_attributes_in_one_storage_class() {
    let declared = [
        attribute("capabilities/storage/1/persistent", "true"),
        attribute("capabilities/storage/1/class", "beta2"),
        attribute("capabilities/storage/2/persistent", "false"),
        attribute("capabilities/storage/2/class", "ram"),
        attribute("capabilities/storage/3/class/deep", "beta3"),
    ];
    let check = |attributes: Vec<Attribute>| {
        let mut spec = group("g");
        spec.resources[0].resources.storage = vec![volume("data", 1 << 30, attributes)];
        assert_capabilities(&spec, &declared)
    };
    let wanted = |persistent: &str, class: &str| vec![attribute("persistent", persistent), attribute("class", class)];
    let refused = Err(Mismatch::StorageClass {
        unit: 1,
        volume: "data".to_string(),
    });
    assert_eq!(check(wanted("true", "beta2")), Ok(()));
    assert_eq!(check(wanted("false", "ram")), Ok(()));
    assert_eq!(check(wanted("true", "ram")), refused);
    assert_eq!(check(vec![attribute("class", "beta3")]), refused);
    assert_eq!(check(vec![]), Ok(()));
}

#[test]
fn plain_ephemeral_volume_needs_no_capability() {
    let mut spec = group("g");
    spec.resources[0].resources.storage = vec![volume("data", 1 << 30, vec![attribute("persistent", "false")])];
    assert_eq!(assert_capabilities(&spec, &[]), Ok(()));
    spec.resources[0].resources.storage[0].attributes[0].value = "true".to_string();
    assert_eq!(
        assert_capabilities(&spec, &[]),
        Err(Mismatch::StorageClass {
            unit: 1,
            volume: "data".to_string()
        })
    );
}

#[test]
fn any_one_of_the_accepted_gpus_is_enough() {
    let check = |units: u64, wanted: &[&str], declared: &[&str]| {
        let mut spec = group("g");
        spec.resources[0].resources.gpu.units = Uint64::new(units);
        spec.resources[0].resources.gpu.attributes = wanted.iter().map(|key| attribute(key, "true")).collect();
        let declared: Vec<_> = declared.iter().map(|key| attribute(key, "true")).collect();
        assert_capabilities(&spec, &declared)
    };
    let h100 = "capabilities/gpu/vendor/nvidia/model/h100";
    assert_eq!(
        check(1, &["vendor/nvidia/model/a100", "vendor/nvidia/model/h100"], &[h100]),
        Ok(())
    );
    assert_eq!(check(1, &["vendor/nvidia/model/*"], &[h100]), Ok(()));
    assert_eq!(
        check(1, &["vendor/nvidia/model/a100"], &[h100]),
        Err(Mismatch::Gpu { unit: 1 })
    );
    assert_eq!(
        check(1, &["vendor/nvidia/model/h100"], &["vendor/nvidia/model/h100"]),
        Err(Mismatch::Gpu { unit: 1 })
    );
    assert_eq!(check(1, &[], &[]), Ok(()));
}

fn offer_of(spec: &GroupSpec) -> Vec<ResourceOffer> {
    spec.resources
        .iter()
        .map(|unit| ResourceOffer {
            resources: unit.resources.clone(),
            count: unit.count,
        })
        .collect()
}

fn two_units() -> GroupSpec {
    let mut spec = group("g");
    spec.resources.push(unit(2));
    spec
}

#[test]
fn empty_offer_and_equal_offer_pass() {
    let spec = two_units();
    assert_eq!(assert_offer(&spec, &[]), Ok(()));
    assert_eq!(assert_offer(&spec, &offer_of(&spec)), Ok(()));
}

#[test]
fn offer_names_every_unit_once_with_its_count() {
    let spec = two_units();
    let offer = offer_of(&spec);
    assert_eq!(
        assert_offer(&spec, &offer[..1]),
        Err(Mismatch::OfferLacksUnit { unit: 2 })
    );
    let twice = [offer[0].clone(), offer[0].clone()];
    assert_eq!(assert_offer(&spec, &twice), Err(Mismatch::OfferRepeatsUnit { unit: 1 }));
    let mut unknown = offer.clone();
    unknown[1].resources.id = 3;
    assert_eq!(
        assert_offer(&spec, &unknown),
        Err(Mismatch::OfferUnknownUnit { unit: 3 })
    );
    let mut counted = offer;
    counted[1].count = 2;
    assert_eq!(
        assert_offer(&spec, &counted),
        Err(Mismatch::OfferCount {
            unit: 2,
            offered: 2,
            asked: 1
        })
    );
}

#[test]
fn offer_may_have_more_but_not_less() {
    let spec = group("g");
    let check = |change: fn(&mut Resources)| {
        let mut offer = offer_of(&spec);
        change(&mut offer[0].resources);
        assert_offer(&spec, &offer)
    };
    let small = |amount, offered, asked| {
        Err(Mismatch::OfferTooSmall {
            unit: 1,
            amount,
            offered,
            asked,
        })
    };
    assert_eq!(check(|offer| offer.cpu.units = Uint64::new(1001)), Ok(()));
    assert_eq!(
        check(|offer| offer.cpu.units = Uint64::new(999)),
        small(OfferedAmount::Cpu, 999, 1000)
    );
    assert_eq!(
        check(|offer| offer.memory.quantity = Uint64::new(1)),
        small(OfferedAmount::Memory, 1, 512 << 20)
    );
    assert_eq!(
        check(|offer| offer.storage.clear()),
        small(OfferedAmount::Storage, 0, 1 << 30)
    );
}

#[test]
fn offer_lists_no_more_than_the_order_and_24_gpu_names() {
    let endpoint = Endpoint {
        kind: EndpointKind::SharedHttp {},
        sequence_number: 0,
    };
    let mut spec = group("g");
    spec.resources[0].resources.gpu.units = Uint64::new(1);
    spec.resources[0].resources.cpu.attributes = vec![attribute("key", "")];
    spec.resources[0].resources.endpoints = vec![endpoint.clone()];
    let check = |change: &dyn Fn(&mut Resources)| {
        let mut offer = offer_of(&spec);
        change(&mut offer[0].resources);
        assert_offer(&spec, &offer)
    };
    let too_long = |found, max| Err(Mismatch::OfferTooLong { unit: 1, found, max });
    let endpoints = |count: usize| check(&|offer| offer.endpoints = vec![endpoint.clone(); count]);
    assert_eq!(endpoints(1), Ok(()));
    assert_eq!(endpoints(2), too_long(4, 3));
    let volume_of = |count: usize| {
        volume(
            "more",
            1 << 30,
            (0..count).map(|i| attribute(&format!("k{i}"), "")).collect(),
        )
    };
    assert_eq!(check(&|offer| offer.storage.push(volume_of(64))), too_long(68, 3));
    let names = |count: usize| {
        check(&|offer| offer.gpu.attributes = (0..count).map(|i| attribute(&format!("g{i}"), "true")).collect())
    };
    assert_eq!(names(24), Ok(()));
    assert_eq!(names(25), too_long(25, 24));
    let value = |length: usize| check(&|offer| offer.cpu.attributes[0].value = "v".repeat(length));
    assert_eq!(value(256), Ok(()));
    let reason = ValidationError::Attributes(AttributeError::ValueTooLong {
        key: "key".to_string(),
        length: 257,
        limit: 256,
    });
    assert_eq!(value(257), Err(Mismatch::OfferForm { unit: 1, reason }));
}

#[test]
fn offered_gpu_may_be_named_more_exactly() {
    let mut spec = group("g");
    spec.resources[0].resources.gpu.units = Uint64::new(1);
    spec.resources[0].resources.gpu.attributes = vec![attribute("vendor/nvidia/model/*", "true")];
    let check = |keys: &[&str]| {
        let mut offer = offer_of(&spec);
        offer[0].resources.gpu.attributes = keys.iter().map(|key| attribute(key, "true")).collect();
        assert_offer(&spec, &offer)
    };
    assert_eq!(check(&["vendor/nvidia/model/a100/ram/80Gi"]), Ok(()));
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(check(&["vendor/amd/model/mi300"]), Err(Mismatch::OfferGpu { unit: 1 }));
}

proptest! {
    #[test]
    fn a_key_matches_itself_and_itself_with_a_star(key in "[a-z0-9/._-]{1,40}", at in 0usize..40) {
        prop_assert!(is_match(&key, &key));
        let at = at.min(key.len());
        let starred = format!("{}*{}", &key[..at], &key[at..]);
        prop_assert!(is_match(&starred, &key));
    }

    #[test]
    fn a_match_has_as_many_slashes_as_its_pattern(pattern in "[ab/*?]{0,12}", key in "[ab/]{0,12}") {
        if is_match(&pattern, &key) {
            prop_assert_eq!(pattern.matches('/').count(), key.matches('/').count());
        }
    }

    #[test]
    fn glob_agrees_with_a_plain_recursive_one(pattern in "[ab/*?]{0,8}", key in "[ab/]{0,8}") {
        fn plain(pattern: &[u8], key: &[u8]) -> bool {
            match (pattern, key) {
                ([], []) => true,
                ([b'*', rest @ ..], _) => {
                    plain(rest, key) || key.first().is_some_and(|byte| *byte != b'/' && plain(pattern, &key[1..]))
                }
                ([b'?', rest @ ..], [byte, others @ ..]) => *byte != b'/' && plain(rest, others),
                ([wanted, rest @ ..], [byte, others @ ..]) => wanted == byte && plain(rest, others),
                _ => false,
            }
        }
        prop_assert_eq!(is_match(&pattern, &key), plain(pattern.as_bytes(), key.as_bytes()));
    }

    #[test]
    fn more_attributes_never_hurt(extra in proptest::collection::vec(("[a-z]{2,6}", "[a-z]{0,3}"), 0..6)) {
        let mut declared = full();
        declared.extend(extra.iter().map(|(key, value)| attribute(key, value)));
        let candidate = Candidate { declared: &declared, audited: &[] };
        prop_assert_eq!(assert_placement(&requirements(&[], &[]), candidate), Ok(()));
    }
}
