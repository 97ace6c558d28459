use cosmwasm_std::Uint64;
use proptest::prelude::*;
use supercloud_schema::resource::{Attribute, Endpoint, EndpointKind};

use super::fixtures::{attribute, group, unit, volume};
use super::*;

const LIMITS: CountLimits = CountLimits { groups: 20, units: 20 };

fn check(change: impl FnOnce(&mut GroupSpec)) -> Result<(), ValidationError> {
    let mut spec = group("g");
    change(&mut spec);
    assert_groups(&[spec], LIMITS)
}

fn check_resources(change: impl FnOnce(&mut Resources)) -> Result<(), ValidationError> {
    check(|spec| change(&mut spec.resources[0].resources))
}

fn out_of_range(quantity: Quantity, found: u128, (min, max): (u128, u128)) -> Result<(), ValidationError> {
    Err(ValidationError::OutOfRange {
        unit: 1,
        quantity,
        found,
        min,
        max,
    })
}

#[test]
fn hash_has_exactly_32_bytes() {
    assert_eq!(assert_hash(&[0; 32]), Ok(()));
    assert_eq!(assert_hash(&[0; 31]), Err(ValidationError::Hash { found: 31 }));
    assert_eq!(assert_hash(&[]), Err(ValidationError::Hash { found: 0 }));
}

#[test]
fn cpu_is_within_10_and_384000_thousandths() {
    let cpu = |units: u64| check_resources(|resources| resources.cpu.units = Uint64::new(units));
    assert_eq!(cpu(10), Ok(()));
    assert_eq!(cpu(384_000), Ok(()));
    assert_eq!(cpu(9), out_of_range(Quantity::Cpu, 9, CPU));
    assert_eq!(cpu(384_001), out_of_range(Quantity::Cpu, 384_001, CPU));
}

#[test]
fn memory_is_within_1_mib_and_2_tib() {
    let memory = |bytes: u64| check_resources(|resources| resources.memory.quantity = Uint64::new(bytes));
    assert_eq!(memory(1 << 20), Ok(()));
    assert_eq!(memory(2 << 40), Ok(()));
    assert_eq!(
        memory((1 << 20) - 1),
        out_of_range(Quantity::Memory, (1 << 20) - 1, MEMORY)
    );
    assert_eq!(
        memory((2 << 40) + 1),
        out_of_range(Quantity::Memory, (2 << 40) + 1, MEMORY)
    );
}

#[test]
fn gpus_are_at_most_24_and_have_attributes_only_when_there_are_any() {
    let gpus = |units: u64, attributes: Vec<Attribute>| {
        check_resources(|resources| {
            resources.gpu.units = Uint64::new(units);
            resources.gpu.attributes = attributes;
        })
    };
    let any = vec![attribute("vendor/nvidia/model/*", "true")];
    assert_eq!(gpus(24, any.clone()), Ok(()));
    assert_eq!(gpus(1, vec![]), Ok(()));
    assert_eq!(gpus(25, vec![]), out_of_range(Quantity::Gpu, 25, GPU));
    assert_eq!(gpus(0, any), Err(ValidationError::GpuAttributes { unit: 1 }));
}

#[test]
fn volumes_are_at_most_four_of_5_mib_to_32_tib_with_distinct_names() {
    let volumes = |list: Vec<_>| check_resources(|resources| resources.storage = list);
    let named = |names: &[&str]| {
        names
            .iter()
            .map(|name| volume(name, 5 << 20, vec![]))
            .collect::<Vec<_>>()
    };
    assert_eq!(volumes(vec![]), Ok(()));
    assert_eq!(volumes(named(&["a", "b", "c", "d"])), Ok(()));
    let too_many = ValidationError::TooMany {
        list: List::Volumes,
        found: 5,
        max: 4,
    };
    assert_eq!(volumes(named(&["a", "b", "c", "d", "e"])), Err(too_many));
    assert_eq!(
        volumes(named(&["a", "a"])),
        Err(ValidationError::NameRepeated { name: "a".to_string() })
    );
    assert_eq!(volumes(vec![volume("a", 32 << 40, vec![])]), Ok(()));
    let (small, large) = ((5 << 20) - 1, (32 << 40) + 1);
    assert_eq!(
        volumes(vec![volume("a", small, vec![])]),
        out_of_range(Quantity::Storage, small.into(), VOLUME)
    );
    assert_eq!(
        volumes(vec![volume("a", large, vec![])]),
        out_of_range(Quantity::Storage, large.into(), VOLUME)
    );
}

#[test]
fn replicas_are_1_to_50() {
    let replicas = |count| check(|spec| spec.resources[0].count = count);
    assert_eq!(replicas(1), Ok(()));
    assert_eq!(replicas(50), Ok(()));
    assert_eq!(replicas(0), out_of_range(Quantity::Replicas, 0, REPLICAS));
    assert_eq!(replicas(51), out_of_range(Quantity::Replicas, 51, REPLICAS));
}

#[test]
fn price_may_be_zero_and_at_most_ten_million_per_six_seconds() {
    let price = |atomics| check(|spec| spec.resources[0].price = UnitPrice::from_atomics(atomics));
    let most = 1_666_666_666_666_666_666_666_666;
    assert_eq!(MAX_REPLICA_PRICE.atomics(), most);
    assert_eq!(price(0), Ok(()));
    assert_eq!(price(most), Ok(()));
    let refused = ValidationError::Price {
        unit: 1,
        price: UnitPrice::from_atomics(most + 1),
    };
    assert_eq!(price(most + 1), Err(refused));
}

#[test]
fn storage_total_of_a_group_is_limited() {
    let total = |extra: u64| {
        check(|spec| {
            spec.resources[0].count = 50;
            spec.resources[0].resources.storage = vec![volume("a", 32 << 40, vec![])];
            let mut other = unit(2);
            other.resources.storage = (extra > 0).then(|| volume("b", extra, vec![])).into_iter().collect();
            spec.resources.push(other);
        })
    };
    assert_eq!(total(0), Ok(()));
    let max = 50 * (32u128 << 40);
    let found = max + (5 << 20);
    let refused = ValidationError::TotalTooHigh {
        group: "g".to_string(),
        quantity: Quantity::Storage,
        found,
        max,
    };
    assert_eq!(total(5 << 20), Err(refused));
}

#[test]
fn cpu_total_of_a_group_is_limited() {
    let refused = check(|spec| {
        spec.resources[0].count = 50;
        spec.resources[0].resources.cpu.units = Uint64::new(384_000);
        spec.resources.push(unit(2));
    });
    let (found, max) = (384_000 * 50 + 1000, 384_000 * 50);
    let expected = ValidationError::TotalTooHigh {
        group: "g".to_string(),
        quantity: Quantity::Cpu,
        found,
        max,
    };
    assert_eq!(refused, Err(expected));
}

#[test]
fn groups_are_1_to_the_limit_with_distinct_names() {
    let named = |count: usize| (0..count).map(|index| group(&format!("g{index}"))).collect::<Vec<_>>();
    assert_eq!(assert_groups(&named(20), LIMITS), Ok(()));
    let too_many = ValidationError::TooMany {
        list: List::Groups,
        found: 21,
        max: 20,
    };
    assert_eq!(assert_groups(&named(21), LIMITS), Err(too_many));
    assert_eq!(
        assert_groups(&[], LIMITS),
        Err(ValidationError::Empty { list: List::Groups })
    );
    let repeated = ValidationError::NameRepeated { name: "a".to_string() };
    assert_eq!(assert_groups(&[group("a"), group("a")], LIMITS), Err(repeated));
    assert_eq!(
        assert_groups(&[group("")], LIMITS),
        Err(ValidationError::Name { name: String::new() })
    );
}

#[test]
fn units_are_1_to_the_limit_with_distinct_positive_ids() {
    let ids = |ids: Vec<u32>| check(|spec| spec.resources = ids.into_iter().map(unit).collect());
    assert_eq!(ids((1..=20).collect()), Ok(()));
    let too_many = ValidationError::TooMany {
        list: List::Units,
        found: 21,
        max: 20,
    };
    assert_eq!(ids((1..=21).collect()), Err(too_many));
    assert_eq!(ids(vec![]), Err(ValidationError::Empty { list: List::Units }));
    assert_eq!(
        ids(vec![0]),
        Err(ValidationError::ZeroResourcesId { group: "g".to_string() })
    );
    let repeated = ValidationError::ResourcesIdRepeated {
        group: "g".to_string(),
        id: 7,
    };
    assert_eq!(ids(vec![7, 7]), Err(repeated));
}

fn malformed(key: &str) -> Result<(), ValidationError> {
    Err(AttributeError::MalformedKey { key: key.to_string() }.into())
}

#[test]
fn attributes_of_every_resource_are_checked() {
    let wild = || vec![attribute("key1*", "v")];
    let bad = || vec![attribute("*key1", "v")];
    assert_eq!(check_resources(|resources| resources.cpu.attributes = wild()), Ok(()));
    assert_eq!(
        check_resources(|resources| resources.cpu.attributes = bad()),
        malformed("*key1")
    );
    assert_eq!(
        check_resources(|resources| resources.memory.attributes = bad()),
        malformed("*key1")
    );
    assert_eq!(
        check_resources(|resources| resources.storage[0].attributes = bad()),
        malformed("*key1")
    );
    let gpu = check_resources(|resources| {
        resources.gpu.units = Uint64::new(1);
        resources.gpu.attributes = bad();
    });
    assert_eq!(gpu, malformed("*key1"));
}

#[test]
fn placement_keys_may_hold_wildcards_and_auditors_stand_once() {
    let key = |key: &str| check(|spec| spec.requirements.attributes = vec![attribute(key, "v")]);
    assert_eq!(key("*/region?"), Ok(()));
    assert_eq!(key("re[g]ion"), malformed("re[g]ion"));
    let auditors = |list: &[&str]| {
        check(|spec| spec.requirements.signed_by.any_of = list.iter().map(ToString::to_string).collect())
    };
    assert_eq!(auditors(&["akash1aud", "akash1other"]), Ok(()));
    let refused = |address: &str| {
        Err(ValidationError::Auditor {
            address: address.to_string(),
        })
    };
    assert_eq!(auditors(&["akash1aud", "akash1aud"]), refused("akash1aud"));
    assert_eq!(auditors(&[""]), refused(""));
    assert_eq!(auditors(&["A b"]), refused("A b"));
}

#[test]
fn endpoints_are_at_most_64() {
    let endpoints = |count: usize| {
        let endpoint = Endpoint {
            kind: EndpointKind::RandomPort {},
            sequence_number: 0,
        };
        check_resources(|resources| resources.endpoints = vec![endpoint; count])
    };
    assert_eq!(endpoints(64), Ok(()));
    assert_eq!(
        endpoints(65),
        Err(ValidationError::TooMany {
            list: List::Endpoints,
            found: 65,
            max: 64
        })
    );
}

proptest! {
    #[test]
    fn no_amounts_make_the_check_overflow(
        cpu: u64, memory: u64, gpu: u64, storage: u64, count: u32, price: u128, id: u32
    ) {
        let _ = check(|spec| {
            let unit = &mut spec.resources[0];
            unit.count = count;
            unit.price = UnitPrice::from_atomics(price);
            unit.resources.id = id;
            unit.resources.cpu.units = Uint64::new(cpu);
            unit.resources.memory.quantity = Uint64::new(memory);
            unit.resources.gpu.units = Uint64::new(gpu);
            unit.resources.storage = vec![volume("a", storage, vec![])];
        });
    }
}
