//! Settlement figures of the Akash escrow, per second instead of per block; one unit is 100,000 uact.

use supercloud_schema::escrow::{AccountState, ExecuteMsg, PaymentState, QueryMsg};
use supercloud_schema::id::{DeploymentId, LeaseId};
use supercloud_schema::money::UnitPrice;

use crate::suite::{ONE, PURSE, Suite, group};
use crate::world::World;

const UNIT: u128 = 100_000;

/// A deployment with one lease per rate, of providers `p0`, `p1`, ...
fn with_leases<W: World>(s: &mut Suite<W>, funds: u128, rates: &[u128]) -> (DeploymentId, Vec<LeaseId>) {
    let groups = (0..rates.len()).map(|index| group(&index.to_string())).collect();
    let id = s.create(groups, funds * UNIT);
    let leases = rates.iter().zip(1..).map(|(rate, gseq)| {
        let provider = s.provider(&format!("p{gseq}"), vec![]);
        s.lease(&provider, &id.group(gseq).order(1), rate * UNIT)
    });
    let leases = leases.collect();
    (id, leases)
}

/// Balance of the account and earnings of the leases after `seconds`, in units.
fn settled(world: impl World, funds: u128, rates: &[u128], seconds: u64) -> (u128, Vec<u128>, AccountState) {
    let mut s = Suite::deploy(world);
    let (id, leases) = with_leases(&mut s, funds, rates);
    s.advance(seconds);
    let anyone = s.tenant.clone();
    s.escrow(&anyone, &ExecuteMsg::Settle { dseq: id.dseq }, 0).unwrap();
    let account = s.account(&id);
    let earned = leases.iter().map(|lease| s.earned(lease) / UNIT).collect();
    (account.balance.u128() / UNIT, earned, account.state)
}

/// 1.
pub fn balances_after_five_seconds_leave_the_rest(world: impl World) {
    assert_eq!(
        settled(world, 100, &[1, 2], 5),
        (85, vec![5, 10], AccountState::Open {})
    );
}

/// 2.
pub fn money_that_ends_with_a_second_leaves_the_account_open(world: impl World) {
    assert_eq!(
        settled(world, 100, &[10, 10], 5),
        (0, vec![50, 50], AccountState::Open {})
    );
}

/// 3, where the Akash network pays the first 60 and runs up a debt of 20 for the second.
pub fn accrual_stops_at_the_last_second_that_is_paid_in_full(world: impl World) {
    assert_eq!(
        settled(world, 100, &[10, 10], 6),
        (0, vec![50, 50], AccountState::Exhausted {})
    );
}

/// 4 to 7 in one run: 5, 6, 10 and 11 seconds.
pub fn longer_runs_follow_the_same_line(world: impl World) {
    let mut s = Suite::deploy(world);
    let (id, leases) = with_leases(&mut s, 200, &[10, 10]);
    for (seconds, left, earned, state) in [
        (5, 100, 50, AccountState::Open {}),
        (1, 80, 60, AccountState::Open {}),
        (4, 0, 100, AccountState::Open {}),
        (1, 0, 100, AccountState::Exhausted {}),
    ] {
        s.advance(seconds);
        let account = s.account(&id);
        assert_eq!((account.balance.u128() / UNIT, account.state), (left, state));
        assert_eq!(
            leases.iter().map(|lease| s.earned(lease) / UNIT).collect::<Vec<_>>(),
            [earned, earned]
        );
    }
}

/// 23, where the Akash network loses what the first lease had accrued.
pub fn second_lease_leaves_the_first_ones_earnings(world: impl World) {
    let mut s = Suite::deploy(world);
    let (first, second) = (s.provider("first", vec![]), s.provider("second", vec![]));
    let id = s.create(vec![group("a"), group("b")], 1000 * UNIT);
    let lease = s.lease(&first, &id.group(1).order(1), 10 * UNIT);
    s.advance(5);
    s.lease(&second, &id.group(2).order(1), UNIT);
    assert_eq!(s.earned(&lease), 50 * UNIT);
    s.withdraw(&first, &lease).unwrap();
    assert_eq!(s.act_of(&first), PURSE - crate::BID_DEPOSIT + 50 * UNIT);
}

/// 20: the account waits ten seconds for its first lease.
pub fn idle_time_is_not_billed(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 100 * UNIT);
    s.advance(10);
    let lease = s.lease(&provider, &id.group(1).order(1), 10 * UNIT);
    s.advance(1);
    assert_eq!(
        (s.earned(&lease), s.account(&id).balance.u128()),
        (10 * UNIT, 90 * UNIT)
    );
}

/// At 0.6 uact a second and a withdrawal every second the Akash network pays nothing, ever.
pub fn fractions_are_carried_however_often_anybody_settles(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], ONE);
    let msg = supercloud_schema::market::ExecuteMsg::CreateBid {
        order: id.group(1).order(1),
        price: UnitPrice::from_atomics(6 * 10u128.pow(17)),
        resources_offer: vec![],
        reclamation_seconds: None,
    };
    let lease: LeaseId = crate::data(&s.market(&provider, &msg, crate::BID_DEPOSIT).unwrap());
    s.accept(&lease);
    let before = s.act_of(&provider);
    for seconds in 1..=10u128 {
        s.advance(1);
        s.withdraw(&provider, &lease).unwrap();
        assert_eq!(s.act_of(&provider) - before, seconds * 6 / 10);
    }
    s.close(&id);
    assert_eq!(s.act_of(&s.tenant), PURSE - 6);
}

/// 24, where the Akash network panics.
pub fn second_withdrawal_in_a_second_pays_nothing_and_succeeds(world: impl World) {
    let mut s = Suite::deploy(world);
    let (_, leases) = with_leases(&mut s, 100, &[3]);
    let provider = leases[0].provider.clone();
    let before = s.act_of(&provider);
    s.advance(7);
    for _ in 0..2 {
        s.withdraw(&provider, &leases[0]).unwrap();
        assert_eq!(s.act_of(&provider) - before, 21 * UNIT);
    }
}

/// 25, where the Akash network leaves the payment open. Also 14: withdrawing from a closed payment, which there fails.
pub fn withdrawal_and_close_in_one_second_close_the_payment(world: impl World) {
    let mut s = Suite::deploy(world);
    let (id, leases) = with_leases(&mut s, 100, &[3]);
    let provider = leases[0].provider.clone();
    s.advance(7);
    s.withdraw(&provider, &leases[0]).unwrap();
    let close = supercloud_schema::market::ExecuteMsg::CloseLease {
        lease: leases[0].clone(),
    };
    s.as_tenant(&close).unwrap();
    let question = QueryMsg::Payment {
        lease: leases[0].clone(),
    };
    let answer: supercloud_schema::escrow::PaymentResponse = s.ask(&s.at.escrow, &question);
    assert_eq!(answer.payment.state, PaymentState::Closed {});
    s.advance(100);
    s.withdraw(&provider, &leases[0]).unwrap();
    assert_eq!(s.act_of(&provider), PURSE + 21 * UNIT);
    assert_eq!(s.account(&id).balance.u128(), 79 * UNIT);
}

/// 26: numbers that begin alike are told apart.
pub fn deployments_one_and_ten_do_not_touch_each_other(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let ids: Vec<_> = (0..10).map(|_| s.create(vec![group("g")], 100 * UNIT)).collect();
    let lease = s.lease(&provider, &ids[9].group(1).order(1), UNIT);
    s.advance(5);
    let anyone = s.tenant.clone();
    s.escrow(&anyone, &ExecuteMsg::Settle { dseq: ids[0].dseq }, 0).unwrap();
    s.close(&ids[0]);
    assert_eq!((ids[0].dseq.u64(), ids[9].dseq.u64()), (1, 10));
    assert_eq!(
        (s.earned(&lease), s.account(&ids[9]).balance.u128()),
        (5 * UNIT, 95 * UNIT)
    );
}
