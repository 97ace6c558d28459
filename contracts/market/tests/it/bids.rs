use cosmwasm_std::{Addr, Uint64};
use supercloud_escrow::error::EscrowError;
use supercloud_market::{MarketError, Role};
use supercloud_rules::matching::{AttributeSource, Mismatch};
use supercloud_rules::pricing::PricingError;
use supercloud_schema::escrow::AccountState;
use supercloud_schema::id::OrderId;
use supercloud_schema::market::{BidState, ExecuteMsg, OrderState, Params, event};
use supercloud_schema::money::{Uact, UnitPrice};
use supercloud_schema::registry;
use supercloud_schema::resource::{GroupSpec, ResourceOffer};
use supercloud_test_kit::{assert_fails, events};

use crate::world::*;

fn order_of(w: &mut World, spec: GroupSpec) -> OrderId {
    w.create(vec![spec]).group(1).order(1)
}

#[test]
fn bid_is_stored_and_its_deposit_locked() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = order_of(&mut w, group("g"));
    let response = w.run(&provider, &bid_msg(&order, rate(7), None), 600_000).unwrap();
    let created = &events(&response, event::BID_CREATED)[0];
    assert_eq!(
        (created["provider"].as_str(), created["bseq"].as_str()),
        (provider.as_str(), "1")
    );
    assert_eq!(created["price"], "7");
    let id = order.bid(&provider, 1);
    let bid = w.bid_of(&id);
    assert_eq!(
        (bid.state, bid.price, bid.created_at),
        (BidState::Open {}, rate(7), w.app.now())
    );
    assert_eq!((w.locked(&id), w.act_of(&provider)), (Some(600_000), PURSE - 600_000));
}

#[test]
fn bids_on_missing_or_foreign_orders_are_refused() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = order_of(&mut w, group("g"));
    for wrong in [
        OrderId {
            oseq: 2,
            ..order.clone()
        },
        OrderId {
            gseq: 2,
            ..order.clone()
        },
        OrderId {
            dseq: Uint64::new(2),
            ..order.clone()
        },
        OrderId {
            owner: w.app.addr("other").to_string(),
            ..order.clone()
        },
    ] {
        let refused = w.run(&provider, &bid_msg(&wrong, rate(7), None), BID_DEPOSIT);
        assert_fails(refused, MarketError::OrderNotFound { order: wrong });
    }
}

#[test]
fn closed_and_taken_orders_take_no_bids() {
    let mut w = World::new();
    let (provider, late) = (w.provider("p"), w.provider("late"));
    let lease = w.lease(&provider);
    let refused = w.run(&late, &bid_msg(&lease.order(), rate(7), None), BID_DEPOSIT);
    assert_fails(
        refused,
        MarketError::OrderNotOpen {
            order: lease.order(),
            state: OrderState::Active {},
        },
    );
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: lease.dseq }).unwrap();
    let refused = w.run(&late, &bid_msg(&lease.order(), rate(7), None), BID_DEPOSIT);
    assert_fails(
        refused,
        MarketError::OrderNotOpen {
            order: lease.order(),
            state: OrderState::Closed {},
        },
    );
}

#[test]
fn price_is_above_zero_and_at_most_the_orders() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = order_of(&mut w, group("g"));
    let mut bid = |price| w.run(&provider, &bid_msg(&order, price, None), BID_DEPOSIT);
    assert_fails(bid(UnitPrice::ZERO), MarketError::Pricing(PricingError::Zero));
    let above = UnitPrice::from_atomics(rate(10).atomics() + 1);
    assert_fails(
        bid(above),
        MarketError::Pricing(PricingError::AboveOrder {
            price: above,
            max: rate(10),
        }),
    );
    bid(rate(10)).unwrap();
}

#[test]
fn deposit_reaches_the_minimum_and_tenants_do_not_bid_on_their_own() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = order_of(&mut w, group("g"));
    let small = MarketError::DepositTooSmall {
        deposit: Uact::new(499_999),
        minimum: Uact::new(500_000),
    };
    assert_fails(w.run(&provider, &bid_msg(&order, rate(1), None), 499_999), small);
    let tenant = w.tenant.clone();
    let same = MarketError::SameAccount {
        account: tenant.to_string(),
    };
    assert_fails(w.run(&tenant, &bid_msg(&order, rate(1), None), BID_DEPOSIT), same);
}

#[test]
fn only_registered_providers_that_match_may_bid() {
    let mut w = World::new();
    let auditor = w.app.addr("auditor");
    let mut spec = group("g");
    spec.requirements.attributes = vec![attribute("region", "eu")];
    let order = order_of(&mut w, spec.clone());
    spec.requirements.signed_by.all_of = vec![auditor.to_string()];
    let audited_order = order_of(&mut w, spec);

    let stranger = w.app.funded("stranger", PURSE, "uact");
    let unknown = MarketError::UnknownProvider {
        provider: stranger.to_string(),
    };
    assert_fails(w.run(&stranger, &bid_msg(&order, rate(1), None), BID_DEPOSIT), unknown);
    let elsewhere = w.provider_with("elsewhere", vec![attribute("region", "us")]);
    let missing = |found_in| {
        let (key, value) = ("region".to_string(), "eu".to_string());
        MarketError::Mismatch(Mismatch::AttributeMissing { key, value, found_in })
    };
    let refused = w.run(&elsewhere, &bid_msg(&order, rate(1), None), BID_DEPOSIT);
    assert_fails(refused, missing(AttributeSource::Provider));

    let provider = w.provider_with("p", vec![attribute("region", "eu")]);
    w.bid(&provider, &order, 1);
    let refused = w.run(&provider, &bid_msg(&audited_order, rate(1), None), BID_DEPOSIT);
    assert_fails(refused, MarketError::Mismatch(Mismatch::NotAudited));
    sign(&mut w, &auditor, &provider);
    w.bid(&provider, &audited_order, 1);
}

fn sign(w: &mut World, auditor: &Addr, provider: &Addr) {
    let attributes = vec![attribute("region", "eu")];
    let msg = registry::ExecuteMsg::SignAttributes {
        provider: provider.to_string(),
        attributes,
    };
    w.app.execute(auditor, &w.registry.clone(), &msg, &[]).unwrap();
}

#[test]
fn offers_that_differ_from_the_order_are_refused() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = order_of(&mut w, group("g"));
    let offer = |count| {
        let resources_offer = vec![ResourceOffer {
            resources: group("g").resources[0].resources.clone(),
            count,
        }];
        ExecuteMsg::CreateBid {
            order: order.clone(),
            price: rate(1),
            resources_offer,
            reclamation_seconds: None,
        }
    };
    let refused = Mismatch::OfferCount {
        unit: 1,
        offered: 2,
        asked: 1,
    };
    assert_fails(w.run(&provider, &offer(2), BID_DEPOSIT), MarketError::Mismatch(refused));
    w.run(&provider, &offer(1), BID_DEPOSIT).unwrap();
}

#[test]
fn one_bid_stands_at_a_time_and_numbers_are_never_reused() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = order_of(&mut w, group("g"));
    let first = w.bid(&provider, &order, 9);
    let exists = MarketError::BidExists { bid: first.clone() };
    assert_fails(w.run(&provider, &bid_msg(&order, rate(8), None), BID_DEPOSIT), exists);

    let response = w.close_bid(&provider, &first).unwrap();
    assert_eq!(events(&response, event::BID_CLOSED).len(), 1);
    assert_eq!((w.locked(&first), w.act_of(&provider)), (None, PURSE));
    assert_eq!(w.bid_of(&first).state, BidState::Closed {});
    let second = w.bid(&provider, &order, 8);
    assert_eq!(second.bseq, 2);
    let listed: Vec<_> = w.bids_of(&order).into_iter().map(|bid| bid.id).collect();
    assert_eq!(listed, [second]);
}

#[test]
fn order_takes_exactly_as_many_bids_as_allowed() {
    let mut w = World::with_params(Params {
        order_max_bids: 3,
        ..params()
    });
    let providers: Vec<_> = (0..4).map(|index| w.provider(&format!("p{index}"))).collect();
    let order = order_of(&mut w, group("g"));
    let bids: Vec<_> = providers[..3]
        .iter()
        .map(|provider| w.bid(provider, &order, 5))
        .collect();
    let full = MarketError::OrderFull {
        order: order.clone(),
        max: 3,
    };
    assert_fails(w.run(&providers[3], &bid_msg(&order, rate(5), None), BID_DEPOSIT), full);
    w.close_bid(&providers[1], &bids[1]).unwrap();
    let late = w.bid(&providers[3], &order, 5);
    let listed: Vec<_> = w.bids_of(&order).into_iter().map(|bid| bid.id).collect();
    assert_eq!(listed, [bids[0].clone(), bids[2].clone(), late]);
}

#[test]
fn only_its_provider_closes_a_bid_and_only_with_a_providers_reason() {
    let mut w = World::new();
    let (provider, other) = (w.provider("p"), w.provider("other"));
    let order = order_of(&mut w, group("g"));
    let bid = w.bid(&provider, &order, 5);
    let unauthorized = MarketError::Unauthorized {
        sender: other.to_string(),
        needed: Role::Provider,
    };
    assert_fails(w.close_bid(&other, &bid), unauthorized);
    for reason in [0, 1, 9_999, 20_000] {
        let msg = ExecuteMsg::CloseBid {
            bid: bid.clone(),
            reason,
        };
        assert_fails(w.run(&provider, &msg, 0), MarketError::ReasonOutOfRange { reason });
    }
    let unknown = order.bid(&other, 1);
    assert_fails(
        w.close_bid(&other, &unknown),
        MarketError::BidNotFound { bid: unknown.clone() },
    );
    w.run(
        &provider,
        &ExecuteMsg::CloseBid {
            bid: bid.clone(),
            reason: 19_999,
        },
        0,
    )
    .unwrap();
    let closed = MarketError::BidNotOpen {
        bid: bid.clone(),
        state: BidState::Closed {},
    };
    assert_fails(w.close_bid(&provider, &bid), closed);
}

#[test]
fn bid_on_a_deployment_that_ran_dry_is_refused() {
    let mut w = World::new();
    let (provider, late) = (w.provider("p"), w.provider("late"));
    let id = w.create(vec![group("a"), group("b")]);
    let bid = w.bid(&provider, &id.group(1).order(1), 10);
    w.accept(&bid);
    w.app.advance(DEPOSIT as u64 / 10 + 1);
    w.run_escrow(
        &late,
        &supercloud_schema::escrow::ExecuteMsg::Settle { dseq: id.dseq },
        0,
    )
    .unwrap();
    let refused = w.run(&late, &bid_msg(&id.group(2).order(1), rate(1), None), BID_DEPOSIT);
    assert_fails(
        refused,
        EscrowError::AccountNotOpen {
            dseq: 1,
            state: AccountState::Exhausted {},
        },
    );
}
