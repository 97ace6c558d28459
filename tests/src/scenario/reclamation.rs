//! Notice (AEP-82).

use supercloud_market::MarketError;
use supercloud_schema::market::{ExecuteMsg, LeaseState, event};

use crate::suite::{HOUR, ONE, PURSE, Suite, assert_refused, data, events, group};
use crate::world::World;

const WINDOW: u64 = 24 * HOUR;
/// A day at this rate costs 8.64 ACT.
const RATE: u128 = 100;

/// 73 to 80.
pub fn provider_gives_notice_waits_and_leaves_without_loss(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 100 * ONE);
    let lease = data(&s.try_bid(&provider, &id.group(1).order(1), RATE, Some(WINDOW)).unwrap());
    s.accept(&lease);
    assert_refused(
        s.close_bid(&provider, &lease),
        &MarketError::ReclamationNotStarted { lease: lease.clone() },
    );
    let notice = ExecuteMsg::StartReclaim {
        lease: lease.clone(),
        reason: 10_001,
    };
    let started = s.market(&provider, &notice, 0).unwrap();
    let deadline = s.world.now() + WINDOW;
    let told = &events(&started, event::LEASE_RECLAIM_STARTED)[0].attributes;
    assert_eq!(
        (told["reason"].as_str(), told["deadline"].clone()),
        ("10001", deadline.to_string())
    );
    s.advance(WINDOW - 1);
    let now = deadline - 1;
    let early = MarketError::ReclamationNotElapsed {
        lease: lease.clone(),
        deadline,
        now,
    };
    assert_refused(s.close_bid(&provider, &lease), &early);
    s.advance(1);
    s.close_bid(&provider, &lease).unwrap();
    s.withdraw(&provider, &lease).unwrap();
    assert_eq!(s.act_of(&provider), PURSE + u128::from(WINDOW) * RATE);
}

/// 82.
pub fn tenant_may_leave_during_notice(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 100 * ONE);
    let lease = data(&s.try_bid(&provider, &id.group(1).order(1), RATE, Some(WINDOW)).unwrap());
    s.accept(&lease);
    s.market(
        &provider,
        &ExecuteMsg::StartReclaim {
            lease: lease.clone(),
            reason: 10_000,
        },
        0,
    )
    .unwrap();
    assert_eq!(s.lease_of(&lease).state, LeaseState::Reclaiming {});
    s.advance(60);
    s.as_tenant(&ExecuteMsg::CloseLease { lease: lease.clone() }).unwrap();
    assert_eq!(
        (s.lease_of(&lease).state, s.earned(&lease)),
        (LeaseState::Closed {}, 60 * RATE)
    );
    assert_eq!(s.act_of(&provider), PURSE);
}

/// 83 and 84.
pub fn demanded_window_binds_every_bid(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let order = s
        .create_with(vec![group("g")], vec![], Some(WINDOW), 100 * ONE)
        .group(1)
        .order(1);
    let refused = s.try_bid(&provider, &order, RATE, None);
    assert_refused(refused, &MarketError::ReclamationRequired { minimum: WINDOW });
    let refused = s.try_bid(&provider, &order, RATE, Some(HOUR));
    assert_refused(
        refused,
        &MarketError::ReclamationTooShort {
            offered: HOUR,
            minimum: WINDOW,
        },
    );
    let found = 10_000 * HOUR;
    let refused = s.try_bid(&provider, &order, RATE, Some(found));
    assert_refused(
        refused,
        &MarketError::ReclamationOutOfRange {
            found,
            min: HOUR,
            max: 720 * HOUR,
        },
    );
    let lease = data(&s.try_bid(&provider, &order, RATE, Some(2 * WINDOW)).unwrap());
    s.accept(&lease);
    assert_eq!(s.lease_of(&lease).reclamation_seconds, Some(2 * WINDOW));
}
