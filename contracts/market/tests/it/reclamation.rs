use supercloud_market::{MarketError, Role};
use supercloud_schema::id::LeaseId;
use supercloud_schema::market::{ExecuteMsg, LeaseState, Reclaim, event};
use supercloud_test_kit::{assert_fails, events};

use crate::world::*;

const DAY: u64 = 24 * HOUR;

fn reclaim(lease: &LeaseId) -> ExecuteMsg {
    ExecuteMsg::StartReclaim {
        lease: lease.clone(),
        reason: 10_001,
    }
}

/// A day of notice costs 864,000 uact at 10 per second: more than the usual deposit leaves.
fn funded_lease(w: &mut World, provider: &cosmwasm_std::Addr, window: Option<u64>) -> LeaseId {
    let order = w.create_with(vec![group("g")], None, 50_000_000).group(1).order(1);
    let bid = w.bid_with(provider, &order, 10, window);
    w.accept(&bid);
    bid
}

#[test]
fn notice_sets_a_deadline_and_the_lease_runs_on() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = funded_lease(&mut w, &provider, Some(DAY));
    w.app.advance(10);
    let response = w.run(&provider, &reclaim(&lease), 0).unwrap();
    let (started_at, deadline) = (w.app.now(), w.app.now() + 86_400);
    let started = &events(&response, event::LEASE_RECLAIM_STARTED)[0];
    assert_eq!(
        (started["reason"].as_str(), started["deadline"].clone()),
        ("10001", deadline.to_string())
    );
    let stored = w.lease_of(&lease);
    assert_eq!(stored.state, LeaseState::Reclaiming {});
    assert_eq!(
        stored.reclaim,
        Some(Reclaim {
            started_at,
            deadline,
            reason: 10_001
        })
    );
    let again = MarketError::LeaseState {
        lease: lease.clone(),
        state: LeaseState::Reclaiming {},
    };
    assert_fails(w.run(&provider, &reclaim(&lease), 0), again);
    w.app.advance(100);
    assert_eq!(
        w.account(&lease.order().group().deployment()).account.balance.u128(),
        50_000_000 - 1_100
    );
}

#[test]
fn provider_closes_from_the_deadline_on_and_keeps_its_deposit() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = funded_lease(&mut w, &provider, Some(DAY));
    assert_fails(
        w.close_bid(&provider, &lease),
        MarketError::ReclamationNotStarted { lease: lease.clone() },
    );
    w.run(&provider, &reclaim(&lease), 0).unwrap();
    let deadline = w.app.now() + DAY;
    w.app.advance_to(deadline - 1);
    let early = MarketError::ReclamationNotElapsed {
        lease: lease.clone(),
        deadline,
        now: deadline - 1,
    };
    assert_fails(w.close_bid(&provider, &lease), early);
    w.app.advance_to(deadline);
    w.close_bid(&provider, &lease).unwrap();
    let closed = w.lease_of(&lease);
    assert_eq!(
        (closed.state, closed.closed_reason),
        (LeaseState::Closed {}, Some(10_000))
    );
    assert_eq!(closed.reclaim.unwrap().reason, 10_001);
    assert_eq!(w.act_of(&provider), PURSE);
}

#[test]
fn lease_without_window_knows_no_notice_and_closes_at_once() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    assert_fails(
        w.run(&provider, &reclaim(&lease), 0),
        MarketError::NotReclamable { lease: lease.clone() },
    );
    w.close_bid(&provider, &lease).unwrap();
    let closed = MarketError::LeaseState {
        lease: lease.clone(),
        state: LeaseState::Closed {},
    };
    assert_fails(w.run(&provider, &reclaim(&lease), 0), closed);
    let unknown = LeaseId { oseq: 7, ..lease };
    assert_fails(
        w.run(&provider, &reclaim(&unknown), 0),
        MarketError::LeaseNotFound { lease: unknown },
    );
}

#[test]
fn tenant_closes_before_and_during_notice() {
    for notice in [false, true] {
        let mut w = World::new();
        let provider = w.provider("p");
        let lease = w.lease_with(&provider, Some(HOUR));
        if notice {
            w.run(&provider, &reclaim(&lease), 0).unwrap();
        }
        w.as_tenant(&ExecuteMsg::CloseLease { lease: lease.clone() }).unwrap();
        assert_eq!(w.lease_of(&lease).state, LeaseState::Closed {});
        assert_eq!(w.act_of(&provider), PURSE);
    }
}

#[test]
fn only_the_provider_gives_notice_and_only_with_a_providers_reason() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease_with(&provider, Some(HOUR));
    let unauthorized = MarketError::Unauthorized {
        sender: w.tenant.to_string(),
        needed: Role::Provider,
    };
    assert_fails(w.as_tenant(&reclaim(&lease)), unauthorized);
    let msg = ExecuteMsg::StartReclaim { lease, reason: 20_000 };
    assert_fails(
        w.run(&provider, &msg, 0),
        MarketError::ReasonOutOfRange { reason: 20_000 },
    );
}

#[test]
fn order_that_demands_notice_wants_a_window_at_least_as_long() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = w.create_with(vec![group("g")], Some(DAY), DEPOSIT).group(1).order(1);
    assert_eq!(w.order(&order).reclamation_seconds, Some(DAY));
    let mut bid = |window| w.run(&provider, &bid_msg(&order, rate(1), window), BID_DEPOSIT);
    assert_fails(bid(None), MarketError::ReclamationRequired { minimum: DAY });
    assert_fails(
        bid(Some(HOUR)),
        MarketError::ReclamationTooShort {
            offered: HOUR,
            minimum: DAY,
        },
    );
    bid(Some(2 * DAY)).unwrap();
    let id = order.bid(&provider, 1);
    w.accept(&id);
    assert_eq!(w.lease_of(&id).reclamation_seconds, Some(2 * DAY));
    w.as_tenant(&ExecuteMsg::CloseLease { lease: id }).unwrap();
    assert_eq!(w.order(&order.group().order(2)).reclamation_seconds, Some(DAY));
}

#[test]
fn windows_stay_within_the_markets_bounds() {
    let mut w = World::new();
    let provider = w.provider("p");
    let order = w.create(vec![group("g")]).group(1).order(1);
    let out_of_range = |found| MarketError::ReclamationOutOfRange {
        found,
        min: HOUR,
        max: 720 * HOUR,
    };
    for window in [1, HOUR - 1, 720 * HOUR + 1] {
        let refused = w.run(&provider, &bid_msg(&order, rate(1), Some(window)), BID_DEPOSIT);
        assert_fails(refused, out_of_range(window));
        assert_fails(
            w.as_tenant(&create_msg(vec![group("g")], Some(window))),
            out_of_range(window),
        );
    }
    w.bid_with(&provider, &order, 1, Some(HOUR));
    w.create_with(vec![group("g")], Some(720 * HOUR), DEPOSIT);
}
