//! No order of inputs makes a device or a core belong to two reservations.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use supercloud_provider_engine::{Effect, Engine, Input, Inventory, Outcome};

use crate::market::*;

#[derive(Clone, Debug)]
enum Move {
    Show { now: u64, open: u8, leased: u8, closed: u8 },
    Answer { index: usize, good: bool },
    Manifest(u64),
    Shrink(bool),
    Crash,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0u64..20, any::<u8>(), any::<u8>(), any::<u8>())
            .prop_map(|(now, open, leased, closed)| Move::Show { now: now * 60, open, leased, closed }),
        8 => (any::<usize>(), prop::bool::weighted(0.8)).prop_map(|(index, good)| Move::Answer { index, good }),
        2 => (1u64..=8).prop_map(Move::Manifest),
        1 => any::<bool>().prop_map(Move::Shrink),
        1 => Just(Move::Crash),
    ];
    proptest::collection::vec(one, 1..60)
}

fn machines(all: bool) -> Inventory {
    let mut nodes = vec![node(
        "a",
        vec![
            device("a1", "a100", 40),
            device("a2", "a100", 40),
            device("t1", "t4", 16),
        ],
    )];
    if all {
        nodes.push(node("b", vec![device("b1", "a100", 40), device("b2", "h100", 80)]));
    }
    Inventory { nodes }
}

fn wish(dseq: u64) -> supercloud_schema::market::Order {
    let (count, gpus, key) = match dseq % 4 {
        0 => (1, 2, "vendor/nvidia/model/a100"),
        1 => (2, 1, "vendor/nvidia/model/*"),
        2 => (1, 1, "vendor/nvidia/model/*"),
        _ => (3, 1, "vendor/nvidia/model/a100"),
    };
    order(dseq, spec(vec![unit(1, count, gpus, &[key])]))
}

fn answer(effect: Effect, good: bool) -> Option<Outcome> {
    Some(match (effect, good) {
        (Effect::FindOwnBid { order }, true) => Outcome::OwnBid { order, bid: None },
        (Effect::FindOwnBid { order }, false) => Outcome::OwnBid {
            bid: Some(order.bid(PROVIDER, 1)),
            order,
        },
        (Effect::FindSpec { lease }, true) => Outcome::Spec {
            spec: wish(lease.dseq.u64()).spec,
            lease,
        },
        (Effect::FindSpec { lease }, false) => Outcome::SpecUnknown { lease },
        (Effect::SubmitBid { order, .. }, true) => Outcome::BidPlaced {
            bid: order.bid(PROVIDER, 1),
        },
        (Effect::SubmitBid { order, .. }, false) => Outcome::BidUnknown { order },
        (Effect::CloseBid { bid, .. }, true) => Outcome::BidClosed { bid },
        (Effect::CloseBid { bid, .. }, false) => Outcome::BidNotClosed { bid },
        (Effect::StartWorkload { lease, .. }, true) => Outcome::WorkloadStarted { lease },
        (Effect::StartWorkload { lease, .. }, false) => Outcome::WorkloadFailed {
            lease,
            error: "x".into(),
        },
        (Effect::StopWorkload { lease }, true) => Outcome::WorkloadStopped { lease },
        (Effect::StopWorkload { lease }, false) => Outcome::WorkloadNotStopped { lease },
        (Effect::Withdraw { leases, .. }, true) => Outcome::Withdrawn { leases },
        (Effect::Withdraw { leases, .. }, false) => Outcome::NotWithdrawn { leases },
        (Effect::ReportRefusal { .. }, _) => return None,
    })
}

fn assert_nothing_twice(engine: &Engine) {
    let mut devices = BTreeSet::new();
    let mut cores: BTreeMap<&str, u64> = BTreeMap::new();
    for replica in engine.reservations().flat_map(|placement| &placement.replicas) {
        for device in &replica.gpus {
            assert!(devices.insert(&device.uuid), "{} is reserved twice", device.uuid);
        }
        *cores.entry(&replica.node).or_default() += replica.needs.cpu_millis;
    }
    assert!(cores.values().all(|millis| *millis <= 16_000), "{cores:?}");
}

/// What really runs: from `StartWorkload` until `WorkloadStopped`.
fn track(running: &mut BTreeMap<String, BTreeSet<String>>, effects: &[Effect]) {
    for effect in effects {
        if let Effect::StartWorkload { lease, placement, .. } = effect {
            let devices: BTreeSet<String> = placement
                .replicas
                .iter()
                .flat_map(|replica| &replica.gpus)
                .map(|gpu| gpu.uuid.clone())
                .collect();
            running.insert(lease.to_string(), devices);
        }
    }
    let all: Vec<&String> = running.values().flatten().collect();
    let distinct: BTreeSet<&&String> = all.iter().collect();
    assert_eq!(all.len(), distinct.len(), "{running:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn gpus_are_never_overcommitted(moves in moves()) {
        let mut engine = crate::market::engine(machines(true).nodes);
        let mut open: Vec<Effect> = Vec::new();
        let mut running = BTreeMap::new();
        for one in moves {
            let effects = match one {
                Move::Show { now, open, leased, closed: over } => {
                    let bit = |mask: u8, dseq: u64| mask & (1 << (dseq - 1)) != 0;
                    let leases: Vec<_> = (1..=8)
                        .filter(|dseq| bit(leased, *dseq))
                        .map(|dseq| if bit(over, dseq) { closed(lease_of(&wish(dseq))) } else { lease_of(&wish(dseq)) })
                        .collect();
                    let orders: Vec<_> =
                        (1..=8).filter(|dseq| bit(open, *dseq) && !bit(leased, *dseq)).map(wish).collect();
                    engine.step(view(now, &orders.iter().collect::<Vec<_>>(), &leases.iter().collect::<Vec<_>>()))
                }
                Move::Answer { index, good } => {
                    if open.is_empty() {
                        continue;
                    }
                    let effect = open.remove(index % open.len());
                    if let (Effect::StopWorkload { lease }, true) = (&effect, good) {
                        running.remove(&lease.to_string());
                    }
                    answer(effect, good).map(|outcome| engine.step(Input::Outcome(outcome))).unwrap_or_default()
                }
                Move::Manifest(dseq) => {
                    let wish = wish(dseq);
                    engine.step(Input::Manifest { lease: lease_of(&wish), spec: wish.spec, group: manifest("nginx") })
                }
                Move::Shrink(all) => engine.step(Input::Inventory(machines(all))),
                // Nothing survives but the chain: no state, no answers, no programs.
                Move::Crash => {
                    engine = crate::market::engine(machines(true).nodes);
                    open.clear();
                    running.clear();
                    Vec::new()
                }
            };
            assert_nothing_twice(&engine);
            track(&mut running, &effects);
            open.extend(effects);
        }
    }
}
