use supercloud_escrow::error::EscrowError;
use supercloud_market::{MarketError, Role};
use supercloud_rules::matching::{AttributeSource, Mismatch};
use supercloud_schema::id::LeaseId;
use supercloud_schema::market::{BidState, ExecuteMsg, GroupState, LeaseState, OrderState, Params, event};
use supercloud_schema::money::Uact;
use supercloud_schema::registry;
use supercloud_test_kit::{assert_fails, events};

use crate::world::*;

fn accept(bid: &LeaseId) -> ExecuteMsg {
    ExecuteMsg::CreateLease { bid: bid.clone() }
}

fn close(lease: &LeaseId) -> ExecuteMsg {
    ExecuteMsg::CloseLease { lease: lease.clone() }
}

#[test]
fn accepting_a_bid_makes_a_lease_and_frees_the_losers_at_once() {
    let mut w = World::new();
    let providers: Vec<_> = (0..32).map(|index| w.provider(&format!("p{index}"))).collect();
    let order = w.create(vec![group("g")]).group(1).order(1);
    let bids: Vec<_> = providers.iter().map(|provider| w.bid(provider, &order, 10)).collect();
    let response = w.accept(&bids[3]);
    let created = &events(&response, event::LEASE_CREATED)[0];
    assert_eq!(
        (created["provider"].as_str(), created["price"].as_str()),
        (providers[3].as_str(), "10")
    );
    assert_eq!(events(&response, event::BID_LOST).len(), 31);

    let lease = w.lease_of(&bids[3]);
    assert_eq!(
        (lease.state, lease.price, lease.created_at),
        (LeaseState::Active {}, rate(10), w.app.now())
    );
    assert_eq!(w.order(&order).state, OrderState::Active {});
    for (index, bid) in bids.iter().enumerate() {
        let (state, locked) = if index == 3 {
            (BidState::Active {}, Some(BID_DEPOSIT))
        } else {
            (BidState::Lost {}, None)
        };
        assert_eq!((w.bid_of(bid).state, w.locked(bid)), (state, locked));
    }
    assert_eq!(w.bids_of(&order).len(), 32);
    assert_eq!(
        (w.act_of(&providers[0]), w.act_of(&providers[3])),
        (PURSE, PURSE - BID_DEPOSIT)
    );
}

#[test]
fn only_the_tenant_accepts_and_only_an_open_bid() {
    let mut w = World::new();
    let (provider, loser) = (w.provider("p"), w.provider("loser"));
    let order = w.create(vec![group("g")]).group(1).order(1);
    let (bid, lost) = (w.bid(&provider, &order, 10), w.bid(&loser, &order, 10));
    let unauthorized = MarketError::Unauthorized {
        sender: provider.to_string(),
        needed: Role::Tenant,
    };
    assert_fails(w.run(&provider, &accept(&bid), 0), unauthorized);
    let unknown = LeaseId { bseq: 2, ..bid.clone() };
    assert_fails(
        w.as_tenant(&accept(&unknown)),
        MarketError::BidNotFound { bid: unknown },
    );
    w.accept(&bid);
    for (bid, state) in [(bid, BidState::Active {}), (lost, BidState::Lost {})] {
        assert_fails(w.as_tenant(&accept(&bid)), MarketError::BidNotOpen { bid, state });
    }
}

#[test]
fn matching_is_checked_again_when_the_lease_is_made() {
    let mut w = World::new();
    let provider = w.provider_with("p", vec![attribute("region", "eu")]);
    let mut spec = group("g");
    spec.requirements.attributes = vec![attribute("region", "eu")];
    let order = w.create(vec![spec]).group(1).order(1);
    let bid = w.bid(&provider, &order, 10);
    let moved = registry::ExecuteMsg::UpdateProvider {
        profile: profile(vec![attribute("region", "us")]),
    };
    w.app.execute(&provider, &w.registry.clone(), &moved, &[]).unwrap();
    let missing = Mismatch::AttributeMissing {
        key: "region".to_string(),
        value: "eu".to_string(),
        found_in: AttributeSource::Provider,
    };
    assert_fails(w.as_tenant(&accept(&bid)), MarketError::Mismatch(missing));
}

#[test]
fn funds_must_last_for_the_grace() {
    let mut w = World::with_params(Params {
        lease_grace_seconds: 100_000,
        ..params()
    });
    let provider = w.provider("p");
    let order = w.create_with(vec![group("g")], None, 999_999).group(1).order(1);
    let bid = w.bid(&provider, &order, 10);
    let refused = EscrowError::InsufficientRunway {
        dseq: 1,
        available: Uact::new(999_999),
        required: Uact::new(1_000_000),
        grace_seconds: 100_000,
    };
    assert_fails(w.as_tenant(&accept(&bid)), refused);
    assert_eq!(
        (w.bid_of(&bid).state, w.order(&order).state),
        (BidState::Open {}, OrderState::Open {})
    );
    let tenant = w.tenant.clone();
    let top_up = supercloud_schema::escrow::ExecuteMsg::Deposit {
        dseq: order.dseq,
        budgets: vec![],
    };
    w.run_escrow(&tenant, &top_up, 1).unwrap();
    w.accept(&bid);
}

#[test]
fn tenant_closes_a_lease_and_the_group_gets_a_new_order() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    w.app.advance(50);
    let unauthorized = MarketError::Unauthorized {
        sender: provider.to_string(),
        needed: Role::Tenant,
    };
    assert_fails(w.run(&provider, &close(&lease), 0), unauthorized);
    let response = w.as_tenant(&close(&lease)).unwrap();
    assert_eq!(events(&response, event::LEASE_CLOSED)[0]["reason"], "1");
    assert_eq!(events(&response, event::ORDER_CREATED)[0]["oseq"], "2");
    assert_eq!(w.act_of(&provider), PURSE);

    let order = lease.order();
    assert_eq!(
        (w.order(&order).state, w.bid_of(&lease).state),
        (OrderState::Closed {}, BidState::Closed {})
    );
    let next = order.group().order(2);
    assert_eq!(w.order(&next).state, OrderState::Open {});
    let groups = w.deployment(&order.group().deployment()).1;
    assert_eq!((groups[0].state, groups[0].last_oseq), (GroupState::Open {}, 2));
    assert_fails(
        w.as_tenant(&close(&lease)),
        MarketError::LeaseState {
            lease: lease.clone(),
            state: LeaseState::Closed {},
        },
    );
    let again = w.bid(&provider, &next, 9);
    assert_eq!((again.oseq, again.bseq), (2, 1));
    w.accept(&again);
    w.app.advance(10);
    let account = w.account(&order.group().deployment());
    assert_eq!(account.account.balance, Uact::new(DEPOSIT - 500 - 90));
}

#[test]
fn end_of_a_lease_is_written_once() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    w.app.advance(50);
    w.as_tenant(&close(&lease)).unwrap();
    let ended = w.lease_of(&lease);
    w.app.advance(50);
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: lease.dseq }).unwrap();
    assert_eq!(w.lease_of(&lease), ended);
}

#[test]
fn provider_may_leave_within_the_manifest_grace_without_loss() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    w.app.advance(MANIFEST_GRACE);
    let response = w.close_bid(&provider, &lease).unwrap();
    assert_eq!(events(&response, event::LEASE_CLOSED)[0]["reason"], "10000");
    assert_eq!(events(&response, event::GROUP_PAUSED).len(), 1);
    assert_eq!((w.act_of(&provider), w.act_of(&w.tenant)), (PURSE, PURSE - DEPOSIT));
    let group = lease.order().group();
    assert_eq!(w.deployment(&group.deployment()).1[0].state, GroupState::Paused {});
    assert_eq!(w.lease_of(&lease).closed_reason, Some(10_000));
}

#[test]
fn provider_that_leaves_later_forfeits_its_deposit_to_the_tenant() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    w.app.advance(MANIFEST_GRACE + 1);
    w.close_bid(&provider, &lease).unwrap();
    assert_eq!(
        (w.act_of(&provider), w.act_of(&w.tenant)),
        (PURSE - BID_DEPOSIT, PURSE - DEPOSIT + BID_DEPOSIT)
    );
    assert_eq!(w.locked(&lease), None);
}

#[test]
fn provider_that_leaves_a_tenant_without_money_keeps_its_deposit() {
    for (after, forfeits) in [(DEPOSIT as u64 / 10 - 1, true), (DEPOSIT as u64 / 10, false)] {
        let mut w = World::new();
        let provider = w.provider("p");
        let lease = w.lease(&provider);
        w.app.advance(after);
        w.close_bid(&provider, &lease).unwrap();
        assert_eq!(
            w.act_of(&provider),
            PURSE - if forfeits { BID_DEPOSIT } else { 0 },
            "after {after} s"
        );
    }
}

#[test]
fn other_leases_of_the_deployment_run_on() {
    let mut w = World::new();
    let (first, second) = (w.provider("first"), w.provider("second"));
    let id = w.create(vec![group("a"), group("b")]);
    let [left, right] = [(&first, 1), (&second, 2)].map(|(provider, gseq)| {
        let bid = w.bid(provider, &id.group(gseq).order(1), 10);
        w.accept(&bid);
        bid
    });
    w.app.advance(10);
    w.close_bid(&first, &left).unwrap();
    w.app.advance(10);
    assert_eq!(w.lease_of(&right).state, LeaseState::Active {});
    assert_eq!(w.account(&id).account.balance, Uact::new(DEPOSIT - 100 - 200));
}
