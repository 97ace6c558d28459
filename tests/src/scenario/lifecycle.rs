//! From deployment to lease and back.

use supercloud_market::MarketError;
use supercloud_schema::market::{BidState, ExecuteMsg, GroupState, LeaseState, event};

use crate::suite::{BID_DEPOSIT, MANIFEST_GRACE, ONE, PURSE, Suite, assert_refused, events, group};
use crate::world::World;

/// 37, 44, 55, 65: create, bid, lease, earn, close; every coin is where it belongs.
pub fn whole_life_of_a_deployment(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 100 * ONE);
    let lease = s.bid(&provider, &id.group(1).order(1), ONE);
    let made = s.accept(&lease);
    assert_eq!(events(&made, event::LEASE_CREATED)[0].attributes["provider"], provider);
    s.advance(40);
    s.withdraw(&provider, &lease).unwrap();
    assert_eq!(s.act_of(&provider), PURSE - BID_DEPOSIT + 40 * ONE);
    s.advance(2);
    let closed = s.close(&id);
    for name in [
        event::LEASE_CLOSED,
        event::BID_CLOSED,
        event::ORDER_CLOSED,
        event::GROUP_CLOSED,
    ] {
        assert_eq!(events(&closed, name).len(), 1, "{name}");
    }
    s.withdraw(&provider, &lease).unwrap();
    assert_eq!(
        (s.act_of(&provider), s.act_of(&s.tenant)),
        (PURSE + 42 * ONE, PURSE - 42 * ONE)
    );
    assert_eq!(s.act_of(&s.at.escrow), 0);
    let again = ExecuteMsg::CloseDeployment { dseq: id.dseq };
    assert_refused(s.as_tenant(&again), &MarketError::DeploymentClosed { dseq: 1 });
}

/// The Akash network finalises the first loser only; here all 31 get their deposits with the lease.
pub fn losers_deposits_go_back_in_the_same_transaction(world: impl World) {
    let mut s = Suite::deploy(world);
    let providers: Vec<_> = (0..32).map(|index| s.provider(&format!("p{index}"), vec![])).collect();
    let order = s.create(vec![group("g")], 10 * ONE).group(1).order(1);
    let bids: Vec<_> = providers.iter().map(|provider| s.bid(provider, &order, ONE)).collect();
    assert_eq!(s.act_of(&s.at.escrow), 10 * ONE + 32 * BID_DEPOSIT);
    let made = s.accept(&bids[31]);
    assert_eq!(events(&made, event::BID_LOST).len(), 31);
    assert!(bids[..31].iter().all(|bid| s.bid_of(bid).state == BidState::Lost {}));
    assert!(providers[..31].iter().all(|provider| s.act_of(provider) == PURSE));
    assert_eq!(s.act_of(&s.at.escrow), 10 * ONE + BID_DEPOSIT);
}

/// A replacement order, and the next provider takes it at its own price.
pub fn tenant_that_closes_a_lease_gets_a_new_order(world: impl World) {
    let mut s = Suite::deploy(world);
    let (first, second) = (s.provider("first", vec![]), s.provider("second", vec![]));
    let id = s.create(vec![group("g")], 100 * ONE);
    let lease = s.lease(&first, &id.group(1).order(1), ONE);
    s.advance(10);
    let closed = s.as_tenant(&ExecuteMsg::CloseLease { lease: lease.clone() }).unwrap();
    assert_eq!(events(&closed, event::ORDER_CREATED)[0].attributes["oseq"], "2");
    assert_eq!(s.act_of(&first), PURSE);
    let next = s.lease(&second, &id.group(1).order(2), ONE / 2);
    s.advance(10);
    assert_eq!((s.earned(&lease), s.earned(&next)), (10 * ONE, 5 * ONE));
    assert_eq!(s.account(&id).balance.u128(), 85 * ONE);
    assert_eq!(s.groups_of(&id), [GroupState::Open {}]);
}

fn left_after<W: World>(s: &mut Suite<W>, seconds: u64) -> (u128, u128) {
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 1000 * ONE);
    let lease = s.lease(&provider, &id.group(1).order(1), ONE / 10);
    s.advance(seconds);
    let closed = s.close_bid(&provider, &lease).unwrap();
    assert_eq!(events(&closed, event::GROUP_PAUSED).len(), 1);
    assert_eq!(s.groups_of(&id), [GroupState::Paused {}]);
    s.close(&id);
    s.withdraw(&provider, &lease).unwrap();
    (s.act_of(&provider), s.act_of(&s.tenant))
}

/// The last second of the grace.
pub fn provider_that_leaves_within_the_grace_keeps_its_deposit(world: impl World) {
    let mut s = Suite::deploy(world);
    let earned = u128::from(MANIFEST_GRACE) * ONE / 10;
    assert_eq!(left_after(&mut s, MANIFEST_GRACE), (PURSE + earned, PURSE - earned));
}

/// One second later the tenant is paid the deposit.
pub fn provider_that_leaves_after_the_grace_forfeits_its_deposit(world: impl World) {
    let mut s = Suite::deploy(world);
    let earned = u128::from(MANIFEST_GRACE + 1) * ONE / 10;
    let (provider, tenant) = left_after(&mut s, MANIFEST_GRACE + 1);
    assert_eq!(
        (provider, tenant),
        (PURSE + earned - BID_DEPOSIT, PURSE - earned + BID_DEPOSIT)
    );
}

/// 71: pause, start, lease with another provider.
pub fn paused_group_starts_again_with_another_provider(world: impl World) {
    let mut s = Suite::deploy(world);
    let (first, second) = (s.provider("first", vec![]), s.provider("second", vec![]));
    let id = s.create(vec![group("g")], 100 * ONE);
    let lease = s.lease(&first, &id.group(1).order(1), ONE);
    s.advance(3);
    s.as_tenant(&ExecuteMsg::PauseGroup { dseq: id.dseq, gseq: 1 }).unwrap();
    assert_eq!(
        (s.lease_of(&lease).state, s.groups_of(&id)),
        (LeaseState::Closed {}, vec![GroupState::Paused {}])
    );
    s.advance(50);
    s.as_tenant(&ExecuteMsg::StartGroup { dseq: id.dseq, gseq: 1 }).unwrap();
    s.lease(&second, &id.group(1).order(2), ONE);
    s.advance(4);
    assert_eq!(s.account(&id).balance.u128(), 93 * ONE);
}

/// 48, 49: one group closes, its sibling's lease accrues on.
pub fn siblings_of_a_closed_group_run_on(world: impl World) {
    let mut s = Suite::deploy(world);
    let (first, second) = (s.provider("first", vec![]), s.provider("second", vec![]));
    let id = s.create(vec![group("a"), group("b")], 100 * ONE);
    let ended = s.lease(&first, &id.group(1).order(1), ONE);
    let runs = s.lease(&second, &id.group(2).order(1), ONE);
    s.advance(10);
    s.as_tenant(&ExecuteMsg::CloseGroup { dseq: id.dseq, gseq: 1 }).unwrap();
    s.advance(10);
    assert_eq!((s.earned(&ended), s.earned(&runs)), (10 * ONE, 20 * ONE));
    assert_eq!(s.groups_of(&id), [GroupState::Closed {}, GroupState::Open {}]);
    assert_eq!(s.lease_of(&runs).state, LeaseState::Active {});
}
