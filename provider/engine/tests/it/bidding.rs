//! From an order to a bid, and back.

use cosmwasm_std::Decimal;
use supercloud_provider_engine::{Effect, Input, Inventory, Outcome, Refusal};
use supercloud_schema::market::reason;
use supercloud_schema::money::UnitPrice;
use supercloud_schema::registry::AuditedAttributes;

use crate::market::*;

fn refusal(effects: &[Effect]) -> Refusal {
    match effects {
        [Effect::ReportRefusal { refusal, .. }] => refusal.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_that_fits_gets_one_bid_at_our_price() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 2, 0, &[])]));
    let effects = see_orders(&mut engine, 1, &[&order]);
    // Two replicas of one core, one GiB of memory and one GiB of disk.
    let price = UnitPrice(Decimal::percent(600));
    assert_eq!(
        effects,
        [Effect::SubmitBid {
            order: order.id.clone(),
            price,
            offer: vec![],
            reclamation: None
        }]
    );
    // Nothing more to do while the bid is on its way, nor when it stands.
    assert_eq!(engine.step(view(2, &[&order], &[])), []);
    engine.step(Input::Outcome(Outcome::BidPlaced {
        bid: order.id.bid(PROVIDER, 1),
    }));
    assert_eq!(engine.step(view(3, &[&order], &[])), []);
}

#[test]
fn nothing_is_decided_before_the_machines_are_known() {
    let config = supercloud_provider_engine::EngineConfig::new(PROVIDER, pricing());
    let mut engine = supercloud_provider_engine::Engine::new(config).unwrap();
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    assert_eq!(see_orders(&mut engine, 1, &[&order]), []);
    engine.step(Input::Inventory(Inventory {
        nodes: vec![node("a", vec![])],
    }));
    let effects = see_orders(&mut engine, 2, &[&order]);
    assert_eq!(refusal(&effects), Refusal::NotRegistered);
}

#[test]
fn a_bid_made_before_a_restart_is_found_and_not_repeated() {
    let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
    let order = order(1, spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/*"])]));
    assert_eq!(
        engine.step(view(1, &[&order], &[])),
        [Effect::FindOwnBid {
            order: order.id.clone()
        }]
    );
    let bid = order.id.bid(PROVIDER, 1);
    assert_eq!(
        engine.step(Input::Outcome(Outcome::OwnBid {
            order: order.id.clone(),
            bid: Some(bid)
        })),
        []
    );
    assert_eq!(engine.reservations().count(), 1);
    assert_eq!(engine.step(view(2, &[&order], &[])), []);
}

#[test]
fn a_lost_bid_frees_its_reservation_for_the_next_order() {
    let mut engine = engine(vec![node("a", vec![device("g1", "a100", 40)])]);
    let wanted = || spec(vec![unit(1, 1, 1, &["vendor/nvidia/model/a100"])]);
    let (first, second) = (order(1, wanted()), order(2, wanted()));
    let effects = see_orders(&mut engine, 1, &[&first, &second]);
    assert!(matches!(
        &effects[..],
        [Effect::SubmitBid { .. }, Effect::ReportRefusal { refusal: Refusal::Capacity { lacking, .. }, .. }] if lacking == "gpu"
    ));
    engine.step(Input::Outcome(Outcome::BidPlaced {
        bid: first.id.bid(PROVIDER, 1),
    }));
    let effects = engine.step(view(2, &[&second], &[]));
    assert!(matches!(&effects[..], [Effect::SubmitBid { order, .. }] if *order == second.id));
}

#[test]
fn a_reservation_stays_until_the_answer_to_a_bid_in_flight() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    see_orders(&mut engine, 1, &[&order]);
    engine.step(view(2, &[], &[]));
    assert_eq!(engine.reservations().count(), 1);
    engine.step(Input::Outcome(Outcome::BidPlaced {
        bid: order.id.bid(PROVIDER, 1),
    }));
    assert_eq!(engine.reservations().count(), 0);
}

#[test]
fn a_bid_with_an_unknown_fate_is_looked_up_before_anything_else() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    see_orders(&mut engine, 1, &[&order]);
    let ask = Effect::FindOwnBid {
        order: order.id.clone(),
    };
    assert_eq!(
        engine.step(Input::Outcome(Outcome::BidUnknown {
            order: order.id.clone()
        })),
        std::slice::from_ref(&ask)
    );
    assert_eq!(engine.reservations().count(), 1);
    assert_eq!(
        engine.step(Input::Outcome(Outcome::OwnBidUnknown {
            order: order.id.clone()
        })),
        []
    );
    assert_eq!(engine.step(view(2, &[&order], &[])), [ask]);
    let bid = Some(order.id.bid(PROVIDER, 1));
    assert_eq!(
        engine.step(Input::Outcome(Outcome::OwnBid {
            order: order.id.clone(),
            bid
        })),
        []
    );
    assert_eq!(engine.reservations().count(), 1);
}

#[test]
fn an_old_bid_is_taken_back_and_the_order_left_alone() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    see_orders(&mut engine, 1000, &[&order]);
    let bid = order.id.bid(PROVIDER, 1);
    engine.step(Input::Outcome(Outcome::BidPlaced { bid: bid.clone() }));
    assert_eq!(engine.step(view(1299, &[&order], &[])), []);
    let close = Effect::CloseBid {
        bid: bid.clone(),
        reason: reason::UNSPECIFIED,
    };
    assert_eq!(engine.step(view(1300, &[&order], &[])), std::slice::from_ref(&close));
    // Not closed: asked again after ten seconds, the reservation held.
    engine.step(Input::Outcome(Outcome::BidNotClosed { bid: bid.clone() }));
    assert_eq!(engine.step(view(1309, &[&order], &[])), []);
    assert_eq!(engine.reservations().count(), 1);
    assert_eq!(engine.step(view(1310, &[&order], &[])), [close]);
    engine.step(Input::Outcome(Outcome::BidClosed { bid }));
    assert_eq!(engine.reservations().count(), 0);
    assert_eq!(engine.step(view(1400, &[&order], &[])), []);
}

#[test]
fn required_attributes_and_auditors_are_checked() {
    let mut engine = engine(vec![node("a", vec![])]);
    let mut wanted = order(1, spec(vec![unit(1, 1, 0, &[])]));
    wanted.spec.requirements.attributes = vec![attribute("region", "us")];
    assert_eq!(
        refusal(&see_orders(&mut engine, 1, &[&wanted])),
        Refusal::Placement {
            problem: "attribute region=us is not among the provider's own attributes".into()
        }
    );
    let mut signed = order(2, spec(vec![unit(1, 1, 0, &[])]));
    signed.spec.requirements.attributes = vec![attribute("region", "eu")];
    signed.spec.requirements.signed_by.any_of = vec!["akash1auditor".into()];
    assert_eq!(
        refusal(&see_orders(&mut engine, 2, &[&signed])),
        Refusal::Placement {
            problem: "the order wants audited attributes, no auditor signed any".into()
        }
    );
    // The record changes: the refused order is looked at again without being asked.
    let effects = engine.step(Input::Provider(Some(supercloud_provider_engine::ProviderRecord {
        attributes: vec![],
        audited: vec![AuditedAttributes {
            provider: PROVIDER.into(),
            auditor: "akash1auditor".into(),
            attributes: vec![attribute("region", "eu")],
        }],
    })));
    assert!(matches!(&effects[..], [Effect::SubmitBid { order, .. }] if *order == signed.id));
}

#[test]
fn our_own_order_and_unmeetable_wishes_are_refused() {
    let mut engine = engine(vec![node("a", vec![])]);
    let mut own = order(1, spec(vec![unit(1, 1, 0, &[])]));
    own.id.owner = PROVIDER.into();
    assert_eq!(refusal(&see_orders(&mut engine, 1, &[&own])), Refusal::OwnOrder);
    let mut notice = order(2, spec(vec![unit(1, 1, 0, &[])]));
    notice.reclamation_seconds = Some(3600);
    assert_eq!(
        refusal(&see_orders(&mut engine, 2, &[&notice])),
        Refusal::Reclamation {
            demanded: 3600,
            offered: None
        }
    );
    let mut volumes = order(3, spec(vec![unit(1, 1, 0, &[])]));
    let volume = volumes.spec.resources[0].resources.storage[0].clone();
    volumes.spec.resources[0].resources.storage = vec![volume; 5];
    assert_eq!(
        refusal(&see_orders(&mut engine, 3, &[&volumes])),
        Refusal::Volumes {
            unit: 1,
            volumes: 5,
            max: 4
        }
    );
}

#[test]
fn a_price_above_the_orders_highest_is_not_bid() {
    let mut engine = engine(vec![node("a", vec![])]);
    let mut cheap = order(1, spec(vec![unit(1, 1, 0, &[])]));
    let ours = UnitPrice(Decimal::percent(300));
    cheap.max_price = UnitPrice::from_atomics(ours.atomics() - 1);
    assert_eq!(
        refusal(&see_orders(&mut engine, 1, &[&cheap])),
        Refusal::Price {
            ours,
            max: cheap.max_price
        }
    );
    let mut exact = order(2, spec(vec![unit(1, 1, 0, &[])]));
    exact.max_price = ours;
    assert!(matches!(
        see_orders(&mut engine, 2, &[&exact])[..],
        [Effect::SubmitBid { .. }]
    ));
}

#[test]
fn a_bid_that_the_chain_refuses_is_not_repeated() {
    let mut engine = engine(vec![node("a", vec![])]);
    let order = order(1, spec(vec![unit(1, 1, 0, &[])]));
    see_orders(&mut engine, 1, &[&order]);
    let effects = engine.step(Input::Outcome(Outcome::BidRefused {
        order: order.id.clone(),
        error: "order is full".into(),
    }));
    assert_eq!(
        refusal(&effects),
        Refusal::Chain {
            error: "order is full".into()
        }
    );
    assert_eq!(engine.step(view(2, &[&order], &[])), []);
    assert_eq!(engine.reservations().count(), 0);
}
