//! From a lease to a running workload, and to the last withdrawal.

use supercloud_provider_engine::{Effect, Engine, Input, Outcome, WorkloadPhase};
use supercloud_schema::id::LeaseId;
use supercloud_schema::market::reason;

use crate::market::*;

fn phase(engine: &Engine) -> WorkloadPhase {
    engine.status().leases[0].workload.clone()
}

fn send_manifest(engine: &mut Engine, order: &supercloud_schema::market::Order, image: &str) -> Vec<Effect> {
    let (lease, spec) = (lease_of(order), order.spec.clone());
    engine.step(Input::Manifest {
        lease,
        spec,
        group: manifest(image),
    })
}

fn started(engine: &mut Engine, lease: &LeaseId) -> Vec<Effect> {
    engine.step(Input::Outcome(Outcome::WorkloadStarted { lease: lease.clone() }))
}

#[test]
fn a_won_lease_keeps_its_devices_and_starts_with_the_manifest() {
    let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/*"])]));
    let lease = win(&mut engine, 1, &order);
    assert_eq!(phase(&engine), WorkloadPhase::WaitingForManifest);
    let effects = send_manifest(&mut engine, &order, "nginx");
    match &effects[..] {
        [
            Effect::StartWorkload {
                lease: started,
                placement,
                ..
            },
        ] => {
            assert_eq!(*started, lease);
            assert_eq!(placement.replicas[0].gpus[0].uuid, "g1");
        }
        other => panic!("{other:?}"),
    }
    started(&mut engine, &lease);
    assert_eq!(phase(&engine), WorkloadPhase::Running);
    // The same manifest again changes nothing; another one replaces what runs.
    assert_eq!(send_manifest(&mut engine, &order, "nginx"), []);
    assert!(matches!(
        send_manifest(&mut engine, &order, "nginx:2")[..],
        [Effect::StartWorkload { .. }]
    ));
}

#[test]
fn a_manifest_may_be_faster_than_the_next_look_at_the_chain() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    see_orders(&mut engine, 100, &[&order]);
    let mut lease = lease_of(&order);
    lease.created_at = 102;
    engine.step(Input::Outcome(Outcome::BidPlaced { bid: lease.id.clone() }));
    let effects = engine.step(Input::Manifest {
        lease: lease.clone(),
        spec: order.spec.clone(),
        group: manifest("nginx"),
    });
    assert!(matches!(effects[..], [Effect::StartWorkload { .. }]));
    // A list that was read before the lease existed does not end it; a newer one without it does.
    assert_eq!(engine.step(view(101, &[], &[])), []);
    started(&mut engine, &lease.id);
    let effects = engine.step(view(103, &[], &[]));
    assert!(matches!(
        &effects[..],
        [Effect::StopWorkload { .. }, Effect::Withdraw { .. }]
    ));
}

#[test]
fn a_newer_manifest_during_a_start_is_started_next() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    let lease = win(&mut engine, 1, &order);
    send_manifest(&mut engine, &order, "one");
    assert_eq!(send_manifest(&mut engine, &order, "two"), []);
    match &started(&mut engine, &lease)[..] {
        [Effect::StartWorkload { group, .. }] => assert_eq!(group.services[0].image, "two"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lease_closed_on_chain_is_stopped_and_paid_out_and_its_devices_are_free_only_then() {
    let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/*"])]));
    let id = win(&mut engine, 1, &order);
    send_manifest(&mut engine, &order, "nginx");
    started(&mut engine, &id);
    let over = closed(lease_of(&order));
    assert_eq!(
        engine.step(view(50, &[], &[&over])),
        [
            Effect::StopWorkload { lease: id.clone() },
            Effect::Withdraw {
                leases: vec![id.clone()],
                redeem: false
            }
        ]
    );
    assert_eq!(engine.reservations().count(), 1);
    // Stopping failed: asked again.
    engine.step(Input::Outcome(Outcome::WorkloadNotStopped { lease: id.clone() }));
    assert_eq!(
        engine.step(view(51, &[], &[&over])),
        [Effect::StopWorkload { lease: id.clone() }]
    );
    engine.step(Input::Outcome(Outcome::WorkloadStopped { lease: id.clone() }));
    assert_eq!(engine.reservations().count(), 0);
    // The withdrawal failed: asked again ten seconds later.
    engine.step(Input::Outcome(Outcome::NotWithdrawn {
        leases: vec![id.clone()],
    }));
    assert_eq!(engine.step(view(60, &[], &[&over])), []);
    assert_eq!(
        engine.step(view(61, &[], &[&over])),
        [Effect::Withdraw {
            leases: vec![id.clone()],
            redeem: false
        }]
    );
    engine.step(Input::Outcome(Outcome::Withdrawn { leases: vec![id] }));
    assert_eq!(engine.step(view(62, &[], &[&over])), []);
    assert_eq!(engine.status().leases, []);
}

#[test]
fn a_lease_that_ends_during_a_start_is_stopped_after_the_answer() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    let id = win(&mut engine, 1, &order);
    send_manifest(&mut engine, &order, "nginx");
    let effects = engine.step(view(2, &[], &[&closed(lease_of(&order))]));
    assert!(matches!(effects[..], [Effect::Withdraw { .. }]));
    assert_eq!(started(&mut engine, &id), [Effect::StopWorkload { lease: id.clone() }]);
}

#[test]
fn a_lease_without_a_manifest_is_closed_after_the_timeout_only() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    let id = win(&mut engine, 1000, &order);
    let lease = lease_of(&order);
    assert_eq!(engine.step(view(1299, &[], &[&lease])), []);
    assert_eq!(
        engine.step(view(1300, &[], &[&lease])),
        [Effect::CloseBid {
            bid: id.clone(),
            reason: reason::MANIFEST_TIMEOUT
        }]
    );
    assert_eq!(engine.step(view(1301, &[], &[&lease])), []);
    engine.step(Input::Outcome(Outcome::BidClosed { bid: id }));
    assert_eq!(engine.reservations().count(), 0);
}

#[test]
fn a_failed_start_is_tried_again_later() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    let lease = win(&mut engine, 100, &order);
    send_manifest(&mut engine, &order, "nginx");
    engine.step(Input::Outcome(Outcome::WorkloadFailed {
        lease,
        error: "no image".into(),
    }));
    assert_eq!(
        phase(&engine),
        WorkloadPhase::Failed {
            error: "no image".into()
        }
    );
    assert_eq!(engine.step(view(109, &[], &[&lease_of(&order)])), []);
    assert!(matches!(
        engine.step(view(110, &[], &[&lease_of(&order)]))[..],
        [Effect::StartWorkload { .. }]
    ));
}

#[test]
fn after_a_restart_leases_get_their_room_before_orders_do() {
    let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
    let wanted = || spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/a100"])]);
    let (old, new) = (order(1, wanted()), order(2, wanted()));
    let lease = lease_of(&old);
    assert_eq!(
        engine.step(view(1, &[&new], &[&lease])),
        [
            Effect::FindSpec {
                lease: lease.id.clone()
            },
            Effect::FindOwnBid { order: new.id.clone() }
        ]
    );
    // As long as it is unknown what the lease takes, nothing is bid.
    assert_eq!(
        engine.step(Input::Outcome(Outcome::OwnBid {
            order: new.id.clone(),
            bid: None
        })),
        []
    );
    engine.step(Input::Outcome(Outcome::Spec {
        lease: lease.id.clone(),
        spec: wanted(),
    }));
    assert_eq!(engine.reservations().count(), 1);
    let effects = engine.step(view(2, &[&new], &[&lease]));
    assert_eq!(effects, [Effect::FindOwnBid { order: new.id.clone() }]);
    let effects = engine.step(Input::Outcome(Outcome::OwnBid {
        order: new.id.clone(),
        bid: None,
    }));
    assert!(matches!(effects[..], [Effect::ReportRefusal { .. }]));
}

#[test]
fn running_leases_are_withdrawn_by_the_timer_and_on_command() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    let id = win(&mut engine, 1000, &order);
    send_manifest(&mut engine, &order, "nginx");
    let lease = lease_of(&order);
    assert_eq!(engine.step(view(87_399, &[], &[&lease])), []);
    let withdraw = |redeem| Effect::Withdraw {
        leases: vec![id.clone()],
        redeem,
    };
    assert_eq!(engine.step(view(87_400, &[], &[&lease])), [withdraw(false)]);
    assert_eq!(engine.step(view(87_401, &[], &[&lease])), []);
    assert_eq!(
        engine.step(Input::Withdraw {
            leases: vec![id.clone()],
            redeem: true
        }),
        [withdraw(true)]
    );
}
