//! Money runs out.

use supercloud_schema::escrow::{AccountState, ExecuteMsg, NoticesResponse, QueryMsg, SudoMsg};
use supercloud_schema::market::{GroupState, LeaseState, event};

use crate::suite::{BID_DEPOSIT, MANIFEST_GRACE, ONE, PURSE, Suite, events, group};
use crate::world::World;

/// 17 and 50: 1,000 at 30 a second last 33 seconds; the tenant gets the 10 that pay for no second.
pub fn sweep_ends_leases_at_the_exact_second(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 10 * ONE);
    let lease = s.lease(&provider, &id.group(1).order(1), 300_000);
    let runs_dry_at = s.world.now() + 33;
    assert_eq!(s.account(&id).runs_dry_at, Some(runs_dry_at));
    s.advance(105);
    let escrow = s.at.escrow.clone();
    let swept = s.sudo(&escrow, &SudoMsg::Sweep { limit: 10 });
    assert_eq!(events(&swept, event::LEASE_CLOSED)[0].attributes["reason"], "20000");
    let ended = s.lease_of(&lease);
    assert_eq!(
        (ended.state, ended.closed_at),
        (LeaseState::InsufficientFunds {}, Some(runs_dry_at))
    );
    assert_eq!(s.groups_of(&id), [GroupState::InsufficientFunds {}]);
    assert_eq!(s.account(&id).state, AccountState::Exhausted {});
    assert_eq!((s.earned(&lease), s.act_of(&s.tenant)), (9_900_000, PURSE - 9_900_000));
    s.withdraw(&provider, &lease).unwrap();
    assert_eq!((s.act_of(&provider), s.act_of(&s.at.escrow)), (PURSE + 9_900_000, 0));
}

/// In the second at which it runs dry the account is still open.
pub fn money_in_the_last_second_saves_the_lease(world: impl World) {
    let mut s = Suite::deploy(world);
    let (provider, anyone) = (s.provider("p", vec![]), s.purse("anyone"));
    let id = s.create(vec![group("g")], 10 * ONE);
    let lease = s.lease(&provider, &id.group(1).order(1), ONE);
    s.advance(10);
    s.escrow(
        &anyone,
        &ExecuteMsg::Deposit {
            dseq: id.dseq,
            budgets: vec![],
        },
        ONE,
    )
    .unwrap();
    s.escrow(&anyone, &ExecuteMsg::Sweep { limit: 10 }, 0).unwrap();
    s.advance(1);
    assert_eq!(
        (s.lease_of(&lease).state, s.earned(&lease)),
        (LeaseState::Active {}, 11 * ONE)
    );
    s.advance(1);
    s.escrow(&anyone, &ExecuteMsg::Sweep { limit: 10 }, 0).unwrap();
    assert_eq!(
        (s.lease_of(&lease).state, s.earned(&lease)),
        (LeaseState::InsufficientFunds {}, 11 * ONE)
    );
}

/// Three deployments of different length; bids on their open orders get their deposits back.
pub fn one_sweep_ends_several_deployments_and_no_other(world: impl World) {
    let mut s = Suite::deploy(world);
    let (provider, bidder) = (s.provider("p", vec![]), s.provider("bidder", vec![]));
    let leases: Vec<_> = [10, 20, 30]
        .into_iter()
        .map(|seconds| {
            let id = s.create(vec![group("a"), group("b")], seconds * ONE);
            s.bid(&bidder, &id.group(2).order(1), ONE);
            s.lease(&provider, &id.group(1).order(1), ONE)
        })
        .collect();
    s.advance(25);
    let escrow = s.at.escrow.clone();
    s.sudo(&escrow, &SudoMsg::Sweep { limit: 50 });
    let states: Vec<_> = leases.iter().map(|lease| s.lease_of(lease).state).collect();
    assert_eq!(
        states,
        [
            LeaseState::InsufficientFunds {},
            LeaseState::InsufficientFunds {},
            LeaseState::Active {}
        ]
    );
    assert_eq!(
        (s.act_of(&provider), s.act_of(&bidder)),
        (PURSE - BID_DEPOSIT, PURSE - BID_DEPOSIT)
    );
    let waiting: NoticesResponse = s.ask(&s.at.escrow, &QueryMsg::Notices { limit: None });
    assert!(waiting.notices.is_empty());
}

/// A provider may stop at the second at which the money ends; leaving then is no breach, though nobody noticed yet.
pub fn late_close_by_the_provider_of_a_dry_deployment_costs_nothing(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let runway = MANIFEST_GRACE + 100;
    let id = s.create(vec![group("g")], u128::from(runway) * 100_000);
    let lease = s.lease(&provider, &id.group(1).order(1), 100_000);
    s.advance(runway + 1);
    s.close_bid(&provider, &lease).unwrap();
    s.withdraw(&provider, &lease).unwrap();
    let earned = u128::from(runway) * 100_000;
    assert_eq!(
        (s.act_of(&provider), s.act_of(&s.tenant)),
        (PURSE + earned, PURSE - earned)
    );
}
