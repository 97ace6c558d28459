//! Which node and which devices.

use std::collections::BTreeSet;

use cosmwasm_std::Uint64;
use supercloud_provider_engine::{Effect, Engine, Inventory, Refusal};

use crate::market::*;

fn offered(effects: &[Effect]) -> String {
    match effects {
        [Effect::SubmitBid { offer, .. }] => offer[0].resources.gpu.attributes[1].key.clone(),
        other => panic!("{other:?}"),
    }
}

fn refusal(engine: &mut Engine, order: &supercloud_schema::market::Order) -> Refusal {
    match &see_orders(engine, 1, &[order])[..] {
        [Effect::ReportRefusal { refusal, .. }] => refusal.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_offer_names_the_concrete_device_for_a_wildcard() {
    let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/*"])]));
    let effects = see_orders(&mut engine, 1, &[&order]);
    assert_eq!(offered(&effects), "vendor/nvidia/model/a100/ram/40Gi/interface/pcie");
}

#[test]
fn memory_and_model_are_matched_exactly_by_device() {
    let mut engine = engine(vec![node(
        "a",
        vec![device("small", "a100", 40), device("big", "a100", 80)],
    )]);
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/a100/ram/80Gi"])]));
    see_orders(&mut engine, 1, &[&order]);
    assert_eq!(engine.reservations().next().unwrap().replicas[0].gpus[0].uuid, "big");
}

#[test]
fn replicas_of_a_unit_get_devices_of_one_kind() {
    let mixed = vec![
        device("a1", "a100", 40),
        device("h1", "h100", 80),
        device("h2", "h100", 80),
    ];
    let mut engine = engine(vec![node("a", mixed)]);
    let order = order(
        1,
        spec(vec![unit(
            1,
            2,
            1,
            &["vendor/nvidia/model/a100", "vendor/nvidia/model/h100"],
        )]),
    );
    see_orders(&mut engine, 1, &[&order]);
    let models: BTreeSet<_> = engine
        .reservations()
        .flat_map(|place| &place.replicas)
        .map(|replica| replica.gpus[0].model.clone())
        .collect();
    assert_eq!(models, BTreeSet::from(["h100".to_owned()]));
}

#[test]
fn a_replica_goes_where_the_fewest_devices_are_left_over() {
    let many = (0..4).map(|index| device(&format!("m{index}"), "a100", 40)).collect();
    let mut engine = engine(vec![node("many", many), node("one", vec![device("o1", "a100", 40)])]);
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/a100"])]));
    see_orders(&mut engine, 1, &[&order]);
    assert_eq!(engine.reservations().next().unwrap().replicas[0].node, "one");
}

#[test]
fn devices_on_two_nodes_do_not_make_one_replica() {
    let mut engine = engine(vec![
        node("a", vec![device("g1", "a100", 40)]),
        node("b", vec![device("g2", "a100", 40)]),
    ]);
    let order = order(1, spec(vec![unit(1, 1, 2, &["vendor/nvidia/model/a100"])]));
    assert_eq!(
        refusal(&mut engine, &order),
        Refusal::Capacity {
            unit: 1,
            replica: 1,
            count: 1,
            lacking: "gpu".into()
        }
    );
}

#[test]
fn refusals_say_what_is_lacking() {
    let mut machine = node("a", vec![device("g1", "a100", 40)]);
    machine.cpu_millis = 1000;
    let wanted = |gpus, keys: &[&str]| order(1, spec(vec![unit(1, 1, gpus, keys)]));
    let fresh = || engine(vec![machine.clone()]);
    assert_eq!(
        refusal(&mut fresh(), &wanted(1, &["vendor/nvidia/model/h100"])),
        Refusal::NoSuchGpu {
            unit: 1,
            wanted: vec!["vendor/nvidia/model/h100".into()]
        }
    );
    assert_eq!(
        refusal(&mut fresh(), &wanted(1, &["gpu"])),
        Refusal::GpuAttribute {
            unit: 1,
            key: "gpu".into()
        }
    );
    let mut cpu = wanted(0, &[]);
    cpu.spec.resources[0].resources.cpu.units = Uint64::new(1001);
    assert_eq!(
        refusal(&mut fresh(), &cpu),
        Refusal::Capacity {
            unit: 1,
            replica: 1,
            count: 1,
            lacking: "cpu".into()
        }
    );
    let mut class = wanted(0, &[]);
    class.spec.resources[0].resources.storage[0].attributes =
        vec![attribute("class", "beta1"), attribute("persistent", "true")];
    assert_eq!(
        refusal(&mut fresh(), &class),
        Refusal::Capacity {
            unit: 1,
            replica: 1,
            count: 1,
            lacking: "storage".into()
        }
    );
}

#[test]
fn volumes_in_memory_count_as_memory() {
    let mut engine = engine(vec![node("a", vec![])]);
    let mut order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    order.spec.resources[0].resources.storage[0].quantity = Uint64::new(64 * GIB);
    order.spec.resources[0].resources.storage[0].attributes =
        vec![attribute("class", "ram"), attribute("persistent", "false")];
    assert_eq!(
        refusal(&mut engine, &order),
        Refusal::Capacity {
            unit: 1,
            replica: 1,
            count: 1,
            lacking: "memory".into()
        }
    );
}

#[test]
fn what_is_not_advertised_is_not_bid_on() {
    let mut engine = engine(vec![node("a", vec![])]);
    let machine = node("a", vec![device("g1", "a100", 40)]);
    engine.step(supercloud_provider_engine::Input::Inventory(Inventory {
        nodes: vec![machine],
    }));
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/a100"])]));
    assert_eq!(
        refusal(&mut engine, &order),
        Refusal::NotAdvertised {
            problem: "the provider has none of the gpus that unit 1 accepts".into()
        }
    );
}

#[test]
fn every_offer_passes_the_markets_own_check() {
    for wish in [
        "model/*",
        "model/a100",
        "model/a100/ram/40Gi",
        "model/a100/interface/pcie",
        "model/a100/ram/40Gi/interface/pcie",
    ] {
        let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
        let order = order(
            1,
            spec(vec![
                unit(1, 1, 1, &[&format!("vendor/nvidia/{wish}")]),
                unit(2, 1, 0, &[]),
            ]),
        );
        match &see_orders(&mut engine, 1, &[&order])[..] {
            [Effect::SubmitBid { offer, .. }] => supercloud_rules::matching::assert_offer(&order.spec, offer).unwrap(),
            other => panic!("{wish}: {other:?}"),
        }
    }
}
