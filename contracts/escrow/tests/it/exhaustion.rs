//! Running dry: the sweep, its order and limits, notices to the market, warnings.

use cosmwasm_std::StdResult;
use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{
    AccountState, ExecuteMsg, Notice, NoticeFailure, Params, PaymentState, SudoMsg, event,
};
use supercloud_schema::money::{UACT, Uact};
use supercloud_test_kit::{assert_fails, events};

use crate::bench::{Bench, params, per_second, terms};

const EXHAUSTED: AccountState = AccountState::Exhausted {};

/// Account `dseq` runs dry `seconds` from now at 10 a second.
fn account(bench: &mut Bench, dseq: u64, seconds: u128) {
    bench.open_account(dseq, seconds * 10 + 3, vec![]).unwrap();
    let lease = bench.lease(dseq, 1, "provider");
    bench.open_payment(&lease, per_second(10)).unwrap();
}

#[test]
fn sweep_ends_due_accounts_and_leaves_the_others() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 20);
    account(&mut bench, 2, 10);
    account(&mut bench, 3, 30);
    bench.app.advance(10);
    let response = bench.sweep().unwrap();
    assert_eq!(events(&response, event::ACCOUNT_EXHAUSTED), []);
    bench.app.advance(15);
    let response = bench.sweep().unwrap();
    let ended: Vec<(String, String)> = events(&response, event::ACCOUNT_EXHAUSTED)
        .into_iter()
        .map(|event| (event["dseq"].clone(), event["exhausted_at"].clone()))
        .collect();
    let at = |seconds: u64| (bench.genesis + seconds).to_string();
    assert_eq!(ended, [("2".to_string(), at(10)), ("1".to_string(), at(20))]);
    assert_eq!(
        (bench.state(1), bench.state(2), bench.state(3)),
        (EXHAUSTED, EXHAUSTED, AccountState::Open {})
    );
    assert_eq!(bench.gain("tenant"), 6);
    let payment = bench.payment(&bench.lease(2, 1, "provider"));
    assert_eq!((payment.state, payment.earned.u128()), (PaymentState::Closed {}, 100));
    bench.assert_books(0);
}

#[test]
fn sweep_is_bounded_by_its_limit_and_goes_on_where_it_stopped() {
    let mut bench = Bench::new();
    (1..=5).for_each(|dseq| account(&mut bench, dseq, 10));
    bench.app.advance(60);
    assert_fails(
        bench.execute("stranger", &ExecuteMsg::Sweep { limit: 0 }, 0),
        EscrowError::ZeroLimit,
    );
    let mut ended = |limit| {
        let response = bench.execute("stranger", &ExecuteMsg::Sweep { limit }, 0).unwrap();
        events(&response, event::ACCOUNT_EXHAUSTED).len()
    };
    assert_eq!((ended(2), ended(2), ended(2), ended(2)), (2, 2, 1, 0));
}

#[test]
fn cron_sweeps_without_a_sender() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    bench.app.advance(11);
    let escrow = bench.escrow.clone();
    bench.app.sudo(&escrow, &SudoMsg::Sweep { limit: 10 }).unwrap();
    assert_eq!(bench.state(1), EXHAUSTED);
}

#[test]
fn market_hears_of_each_account_once() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    account(&mut bench, 2, 20);
    let market = bench.listening_market();
    bench.app.advance(15);
    bench.sweep().unwrap();
    assert_eq!(bench.news(&market), [(1, 10)]);
    bench.app.advance(15);
    // Noticed by a settlement: queued there, told by the next sweep.
    bench.settle(2).unwrap();
    assert_eq!((bench.news(&market).len(), bench.notices().notices.len()), (1, 1));
    bench.sweep().unwrap();
    bench.sweep().unwrap();
    assert_eq!(bench.news(&market), [(1, 10), (2, 20)]);
    assert_eq!(bench.notices().notices, []);
}

#[test]
fn a_failing_market_delays_only_its_own_news() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    let market = bench.listening_market();
    bench.set_deaf(&market, true);
    bench.app.advance(11);
    let response = bench.sweep().unwrap();
    assert_eq!(events(&response, event::MARKET_NOTICE_FAILED)[0]["attempts"], "1");
    assert_eq!((bench.state(1), bench.gain("tenant")), (EXHAUSTED, 3));
    let notice = |attempts, after| Notice {
        dseq: 1u64.into(),
        exhausted_at: bench.genesis + 10,
        attempts,
        retry_at: bench.genesis + after,
        last_failure: Some(NoticeFailure::Refused {}),
    };
    let (first, second) = (notice(1, 11 + 30), notice(2, 41 + 60));
    assert_eq!(bench.notices().notices, std::slice::from_ref(&first));

    bench.app.advance(29);
    bench.sweep().unwrap();
    assert_eq!(bench.notices().notices, [first], "not before its time");
    bench.app.advance(1);
    bench.sweep().unwrap();
    assert_eq!(bench.notices().notices, [second]);
    bench.set_deaf(&market, false);
    bench.app.advance(60);
    bench.sweep().unwrap();
    assert_eq!((bench.notices().notices, bench.news(&market)), (vec![], vec![(1, 10)]));
}

#[test]
fn waits_between_attempts_double_up_to_an_hour() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 1);
    bench.app.advance(2);
    bench.sweep().unwrap();
    let mut waits = vec![];
    for _ in 0..9 {
        let notice = bench.notices().notices[0].clone();
        waits.push(notice.retry_at - bench.app.now());
        bench.app.advance_to(notice.retry_at);
        bench.sweep().unwrap();
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
}

#[test]
fn closing_an_account_that_ran_dry_unnoticed_needs_no_notice() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    bench.app.advance(11);
    bench.close_account(1).unwrap();
    assert_eq!((bench.state(1), bench.gain("tenant")), (EXHAUSTED, 3));
    assert_eq!(bench.notices().notices, []);
}

#[test]
fn closing_a_payment_of_an_account_that_ran_dry_ends_the_account_at_its_second() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    bench.app.advance(50);
    let lease = bench.lease(1, 1, "provider");
    bench.close_payment(&lease).unwrap();
    assert_eq!(
        (bench.earned(&lease), bench.state(1), bench.notices().notices.len()),
        (100, EXHAUSTED, 1)
    );
}

#[test]
fn no_lease_starts_on_an_account_that_ran_dry_unnoticed() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    bench.app.advance(11);
    let second = bench.lease(1, 2, "provider");
    let dry = EscrowError::AccountExhausted {
        dseq: 1,
        exhausted_at: bench.genesis + 10,
    };
    assert_fails(bench.open_payment(&second, per_second(1)), dry);
}

#[test]
fn dust_of_a_dry_account_returns_to_its_sources() {
    let mut bench = Bench::new();
    let budget = bench.create_budget("sponsor", 14, terms());
    let lease = bench.lease(1, 1, "provider");
    bench.open_account(1, 10, vec![crate::bench::draw(budget, 14)]).unwrap();
    bench.open_payment(&lease, per_second(10)).unwrap();
    bench.app.advance(100);
    bench.sweep().unwrap();
    assert_eq!((bench.earned(&lease), bench.gain("tenant")), (20, 0));
    assert_eq!(
        (bench.budget(budget).balance, bench.budget(budget).drawn),
        (Uact::new(4), Uact::ZERO)
    );
    bench.assert_books(0);
}

fn warned(response: StdResult<cw_multi_test::AppResponse>) -> usize {
    events(&response.unwrap(), event::RUNWAY_LOW).len()
}

#[test]
fn low_runway_is_announced_once_per_stretch() {
    let mut bench = Bench::with_params(Params {
        runway_warning_seconds: 20,
        ..params()
    });
    account(&mut bench, 1, 30);
    bench.app.advance(10);
    assert_eq!(warned(bench.sweep()), 0, "20 seconds are left");
    bench.app.advance(1);
    assert_eq!(
        (warned(bench.sweep()), warned(bench.sweep()), warned(bench.settle(1))),
        (1, 0, 0)
    );
    assert_eq!(warned(bench.deposit("friend", 1, 100, vec![])), 0);
    bench.app.advance(10);
    let response = bench.settle(1).unwrap();
    assert_eq!(
        events(&response, event::RUNWAY_LOW)[0]["runs_dry_at"],
        (bench.genesis + 40).to_string()
    );
    bench.app.advance(20);
    bench.sweep().unwrap();
    assert_eq!(bench.state(1), EXHAUSTED);
    assert_eq!(bench.account(1).account.settled_at, bench.genesis + 40);
}

#[test]
fn a_lease_that_starts_with_a_low_runway_is_announced_at_once() {
    let mut bench = Bench::with_params(Params {
        runway_warning_seconds: 20,
        ..params()
    });
    bench.open_account(1, 199, vec![]).unwrap();
    let lease = bench.lease(1, 1, "provider");
    assert_eq!(warned(bench.open_payment(&lease, per_second(10))), 1);
    bench.open_account(2, 200, vec![]).unwrap();
    let lease = bench.lease(2, 1, "provider");
    assert_eq!(warned(bench.open_payment(&lease, per_second(10))), 0);
}

#[test]
fn bid_deposits_of_a_dry_deployment_come_back_leases_at_once_the_rest_in_sweeps() {
    let mut bench = Bench::new();
    account(&mut bench, 1, 10);
    let winner = bench.lease(1, 1, "provider");
    bench.lock(&winner, 500).unwrap();
    let others: Vec<_> = (0..5).map(|i| bench.lease(1, 2, &format!("bidder-{i}"))).collect();
    others.iter().for_each(|bid| drop(bench.lock(bid, 100).unwrap()));
    bench.app.advance(11);
    bench.settle(1).unwrap();
    assert_eq!(
        (bench.purse("provider"), bench.app.balance(&bench.escrow, UACT)),
        (500, 100 + 500)
    );
    for left in [300, 100, 0] {
        bench.execute("stranger", &ExecuteMsg::Sweep { limit: 2 }, 0).unwrap();
        assert_eq!(bench.app.balance(&bench.escrow, UACT), 100 + left);
    }
    assert_eq!(bench.purse("bidder-4"), 100);
    let late = bench.lease(1, 3, "provider");
    assert_fails(
        bench.lock(&late, 1),
        EscrowError::AccountNotOpen {
            dseq: 1,
            state: EXHAUSTED,
        },
    );
    bench.assert_books(0);
}
