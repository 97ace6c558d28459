//! Accounts and payments: market.md scenarios 8-20, 23-27, 36 and 45-47, per second and without debts.

use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{AccountState, ExecuteMsg, PaymentState, PaymentsResponse, QueryMsg, event};
use supercloud_schema::money::{Uact, UnitPrice};
use supercloud_test_kit::{assert_fails, events};

use crate::bench::{Bench, PURSE, per_second, terms};

const OPEN: AccountState = AccountState::Open {};
const CLOSED: AccountState = AccountState::Closed {};
const EXHAUSTED: AccountState = AccountState::Exhausted {};

/// An account 1 of 1,000 with one lease of 30 a second.
fn one_lease() -> (Bench, supercloud_schema::id::LeaseId) {
    let mut bench = Bench::new();
    let lease = bench.lease(1, 1, "provider");
    bench.open_account(1, 1_000, vec![]).unwrap();
    bench.open_payment(&lease, per_second(30)).unwrap();
    (bench, lease)
}

#[test]
fn scenario_8_closing_after_10_seconds_pays_300_and_refunds_700() {
    let (mut bench, lease) = one_lease();
    bench.app.advance(10);
    let response = bench.close_account(1).unwrap();
    let refund = &events(&response, event::DEPOSIT_REFUNDED)[0];
    assert_eq!(
        (refund["source"].as_str(), refund["amount"].as_str()),
        ("wallet", "700")
    );
    assert_eq!(bench.account(1).account.settled_at, bench.genesis + 10);
    assert_eq!(
        (bench.state(1), bench.balance(1), bench.earned(&lease)),
        (CLOSED, 0, 300)
    );
    // The mock market paid the deposit on the tenant's behalf.
    assert_eq!(
        (bench.gain("market"), bench.gain("tenant"), bench.purse("provider")),
        (-1_000, 700, 0)
    );
    bench.withdraw("provider", &lease).unwrap();
    assert_eq!(bench.purse("provider"), 300);
    bench.assert_books(0);
}

#[test]
fn scenario_9_both_deposits_of_an_idle_account_come_back() {
    let mut bench = Bench::new();
    bench.open_account(1, 1_000, vec![]).unwrap();
    bench.app.advance(10);
    bench.deposit("friend", 1, 500, vec![]).unwrap();
    bench.app.advance(10);
    let response = bench.close_account(1).unwrap();
    assert_eq!(events(&response, event::DEPOSIT_REFUNDED).len(), 2);
    assert_eq!((bench.gain("tenant"), bench.gain("friend")), (1_000, 0));
    bench.assert_books(0);
}

#[test]
fn scenarios_10_and_11_a_closed_account_takes_no_deposit_and_keeps_its_number() {
    let mut bench = Bench::new();
    bench.open_account(1, 10, vec![]).unwrap();
    bench.close_account(1).unwrap();
    let closed = EscrowError::AccountNotOpen { dseq: 1, state: CLOSED };
    assert_fails(bench.deposit("friend", 1, 5, vec![]), closed);
    assert_fails(
        bench.open_account(1, 10, vec![]),
        EscrowError::AccountExists { dseq: 1 },
    );
    assert_fails(
        bench.deposit("friend", 2, 5, vec![]),
        EscrowError::AccountNotFound { dseq: 2 },
    );
}

#[test]
fn scenarios_12_to_16_withdraw_close_payment_and_close_account() {
    let (mut bench, lease) = one_lease();
    bench.app.advance(10);
    bench.withdraw("provider", &lease).unwrap();
    assert_eq!(
        (bench.balance(1), bench.state(1), bench.purse("provider")),
        (700, OPEN, 300)
    );
    assert_eq!(bench.account(1).account.settled_at, bench.app.now());

    bench.app.advance(20);
    let response = bench.close_payment(&lease).unwrap();
    assert_eq!(events(&response, event::PAYMENT_CLOSED)[0]["earned"], "900");
    assert_eq!((bench.balance(1), bench.state(1)), (100, OPEN));
    assert_eq!(
        (bench.payment(&lease).state, bench.runs_dry_after(1)),
        (PaymentState::Closed {}, None)
    );

    // Changed from Akash: a closed payment still pays out what it earned.
    bench.app.advance(5);
    bench.withdraw("provider", &lease).unwrap();
    assert_eq!(bench.purse("provider"), 900);
    let again = bench.open_payment(&lease, per_second(30));
    assert_fails(again, EscrowError::PaymentExists { lease: lease.clone() });
    bench.close_account(1).unwrap();
    assert_eq!(bench.gain("tenant"), 100);
    bench.assert_books(0);
}

#[test]
fn scenario_17_an_account_runs_dry_at_second_33_however_late_it_is_noticed() {
    let (mut bench, lease) = one_lease();
    assert_eq!(bench.runs_dry_after(1), Some(33));
    bench.app.advance(105);
    bench.withdraw("provider", &lease).unwrap();
    let payment = bench.payment(&lease);
    assert_eq!((payment.earned.u128(), payment.withdrawn.u128()), (990, 990));
    assert_eq!(
        (payment.state, payment.settled_at),
        (PaymentState::Closed {}, bench.genesis + 33)
    );
    assert_eq!(
        (bench.state(1), bench.balance(1), bench.runs_dry_after(1)),
        (EXHAUSTED, 0, None)
    );
    assert_eq!((bench.purse("provider"), bench.gain("tenant")), (990, 10));
    bench.assert_books(0);
}

#[test]
fn scenarios_18_and_19_an_exhausted_account_stays_as_it_is() {
    let (mut bench, lease) = one_lease();
    bench.app.advance(34);
    bench.settle(1).unwrap();
    let before = bench.account(1);
    for _ in 0..2 {
        bench.app.advance(1);
        bench.close_account(1).unwrap();
        bench.settle(1).unwrap();
        bench.close_payment(&lease).unwrap();
    }
    assert_eq!(bench.account(1), before);
    let ended = EscrowError::AccountNotOpen {
        dseq: 1,
        state: EXHAUSTED,
    };
    assert_fails(bench.deposit("friend", 1, 1_000, vec![]), ended);
    bench.assert_books(0);
}

#[test]
fn the_run_dry_second_itself_can_still_be_saved_by_a_deposit() {
    let (mut bench, lease) = one_lease();
    bench.app.advance(33);
    bench.deposit("friend", 1, 20, vec![]).unwrap();
    assert_eq!(
        (bench.state(1), bench.balance(1), bench.runs_dry_after(1)),
        (OPEN, 30, Some(34))
    );
    bench.app.advance(2);
    let dry = EscrowError::AccountExhausted {
        dseq: 1,
        exhausted_at: bench.genesis + 34,
    };
    assert_fails(bench.deposit("friend", 1, 1_000, vec![]), dry);
    bench.settle(1).unwrap();
    assert_eq!(
        (bench.earned(&lease), bench.gain("friend"), bench.gain("tenant")),
        (1_020, -20, 0)
    );
}

#[test]
fn scenario_20_idle_time_is_not_billed() {
    let mut bench = Bench::new();
    let lease = bench.lease(1, 1, "provider");
    bench.open_account(1, 1_000, vec![]).unwrap();
    bench.app.advance(10);
    bench.open_payment(&lease, per_second(30)).unwrap();
    assert_eq!(
        (bench.balance(1), bench.account(1).account.settled_at),
        (1_000, bench.genesis + 10)
    );
    bench.app.advance(1);
    assert_eq!((bench.balance(1), bench.earned(&lease)), (970, 30));
}

#[test]
fn scenario_23_a_second_lease_does_not_cost_the_first_what_it_accrued() {
    let mut bench = Bench::new();
    let (first, second) = (bench.lease(1, 1, "provider"), bench.lease(1, 2, "other"));
    bench.open_account(1, 1_000, vec![]).unwrap();
    bench.open_payment(&first, per_second(10)).unwrap();
    bench.app.advance(5);
    bench.open_payment(&second, per_second(20)).unwrap();
    assert_eq!(
        (bench.earned(&first), bench.earned(&second), bench.balance(1)),
        (50, 0, 950)
    );
    bench.app.advance(5);
    assert_eq!(
        (bench.earned(&first), bench.earned(&second), bench.balance(1)),
        (100, 100, 800)
    );
    bench.withdraw("provider", &first).unwrap();
    assert_eq!(bench.purse("provider"), 100);
}

#[test]
fn scenarios_24_and_25_two_withdrawals_and_a_close_fit_one_second() {
    let (mut bench, lease) = one_lease();
    bench.app.advance(2);
    bench.withdraw("provider", &lease).unwrap();
    let response = bench.withdraw("provider", &lease).unwrap();
    assert_eq!(events(&response, event::PAYMENT_WITHDRAWN)[0]["amount"], "0");
    assert_eq!(bench.purse("provider"), 60);
    bench.close_payment(&lease).unwrap();
    assert_eq!(bench.payment(&lease).state, PaymentState::Closed {});
    bench.close_payment(&lease).unwrap();
}

#[test]
fn scenario_26_deployment_1_does_not_touch_deployment_10() {
    let mut bench = Bench::new();
    for dseq in [1, 10] {
        bench.open_account(dseq, 1_000, vec![]).unwrap();
        let lease = bench.lease(dseq, 1, "provider");
        bench.open_payment(&lease, per_second(10)).unwrap();
    }
    bench.app.advance(5);
    bench.close_account(1).unwrap();
    let other = bench.payment(&bench.lease(10, 1, "provider"));
    assert_eq!((other.state, other.earned), (PaymentState::Open {}, Uact::new(50)));
    assert_eq!((bench.state(10), bench.balance(10)), (OPEN, 950));
}

#[test]
fn scenario_27_the_oldest_deposit_is_spent_first() {
    let mut bench = Bench::new();
    let lease = bench.lease(1, 1, "provider");
    bench.open_account(1, 30, vec![]).unwrap();
    bench.deposit("friend", 1, 50, vec![]).unwrap();
    bench.open_payment(&lease, per_second(7)).unwrap();
    bench.app.advance(6);
    bench.close_account(1).unwrap();
    assert_eq!(
        (bench.earned(&lease), bench.gain("tenant"), bench.gain("friend")),
        (42, 0, -12)
    );
}

#[test]
fn scenarios_45_to_47_one_entry_per_source_spent_entry_gone_rest_refunded() {
    let mut bench = Bench::new();
    let budget = bench.create_budget("sponsor", 500_000, terms());
    let lease = bench.lease(1, 1, "provider");
    bench.open_account(1, 250_000, vec![]).unwrap();
    bench.deposit("tenant", 1, 250_000, vec![]).unwrap();
    bench
        .deposit("tenant", 1, 0, vec![crate::bench::draw(budget, 500_000)])
        .unwrap();
    bench.deposit("stranger", 1, 500_000, vec![]).unwrap();
    let (sponsored, strange) = (
        bench.budget_deposit(budget, "sponsor", 500_000),
        bench.wallet_deposit("stranger", 500_000),
    );
    let all = vec![
        bench.wallet_deposit("tenant", 500_000),
        sponsored.clone(),
        strange.clone(),
    ];
    assert_eq!(bench.account(1).account.deposits, all);

    bench.open_payment(&lease, per_second(500_000)).unwrap();
    bench.app.advance(1);
    bench.withdraw("provider", &lease).unwrap();
    assert_eq!(bench.account(1).account.deposits, vec![sponsored, strange]);
    assert_eq!((bench.purse("provider"), bench.balance(1)), (500_000, 1_000_000));
    bench.close_account(1).unwrap();
    assert_eq!((bench.balance(1), bench.account(1).account.deposits), (0, vec![]));
    assert_eq!(
        (bench.budget(budget).balance, bench.gain("stranger")),
        (Uact::new(500_000), 0)
    );
    bench.assert_books(0);
}

#[test]
fn an_expensive_lease_needs_funds_for_all_rates_times_the_grace() {
    let mut bench = Bench::new();
    let (first, second) = (bench.lease(1, 1, "provider"), bench.lease(1, 2, "provider"));
    bench.open_account(1, 1_000, vec![]).unwrap();
    let mut open = |lease: &supercloud_schema::id::LeaseId, rate: UnitPrice| {
        bench.execute(
            "market",
            &ExecuteMsg::OpenPayment {
                lease: lease.clone(),
                rate,
                grace_seconds: 10,
            },
            0,
        )
    };
    let short = |required| EscrowError::InsufficientRunway {
        dseq: 1,
        available: Uact::new(1_000),
        required: Uact::new(required),
        grace_seconds: 10,
    };
    let hair = UnitPrice::from_atomics(per_second(100).atomics() + 1);
    assert_fails(open(&first, hair), short(1_001));
    open(&first, per_second(60)).unwrap();
    assert_fails(
        open(&second, UnitPrice::from_atomics(per_second(40).atomics() + 1)),
        short(1_001),
    );
    open(&second, per_second(40)).unwrap();
    assert_eq!(bench.runs_dry_after(1), Some(10));
}

#[test]
fn payments_are_refused_for_wrong_accounts_rates_and_numbers() {
    let mut bench = Bench::new();
    bench.open_account(1, 1_000, vec![]).unwrap();
    let lease = bench.lease(1, 1, "provider");
    assert_fails(
        bench.open_payment(&lease, UnitPrice::ZERO),
        EscrowError::ZeroRate { lease: lease.clone() },
    );
    let stray = bench.lease(2, 1, "provider");
    assert_fails(
        bench.open_payment(&stray, per_second(1)),
        EscrowError::AccountNotFound { dseq: 2 },
    );
    let foreign = bench.lease_of("friend", 1, 1, "provider");
    let wrong = EscrowError::WrongOwner {
        lease: foreign.clone(),
        owner: bench.addr("tenant"),
    };
    assert_fails(bench.open_payment(&foreign, per_second(1)), wrong);
    for gseq in 1..=4 {
        let lease = bench.lease(1, gseq, "provider");
        bench.open_payment(&lease, per_second(1)).unwrap();
    }
    let fifth = bench.lease(1, 5, "provider");
    assert_fails(
        bench.open_payment(&fifth, per_second(1)),
        EscrowError::TooManyPayments { dseq: 1, limit: 4 },
    );
    let unknown = bench.lease(1, 6, "provider");
    assert_fails(
        bench.close_payment(&unknown),
        EscrowError::PaymentNotFound { lease: unknown.clone() },
    );
    bench.close_payment(&lease).unwrap();
    bench.open_payment(&fifth, per_second(1)).unwrap();
}

#[test]
fn strangers_fill_half_of_the_entries_and_the_owner_the_rest() {
    let mut bench = Bench::new();
    bench.open_account(1, 10, vec![]).unwrap();
    bench.deposit("friend", 1, 10, vec![]).unwrap();
    bench.deposit("stranger", 1, 10, vec![]).unwrap();
    assert_fails(
        bench.deposit("sponsor", 1, 10, vec![]),
        EscrowError::TooManyDeposits { dseq: 1, limit: 3 },
    );
    bench.deposit("friend", 1, 10, vec![]).unwrap();
    for _ in 0..3 {
        let budget = bench.create_budget("tenant", 10, terms());
        bench
            .deposit("tenant", 1, 0, vec![crate::bench::draw(budget, 10)])
            .unwrap();
    }
    let budget = bench.create_budget("tenant", 10, terms());
    let full = EscrowError::TooManyDeposits { dseq: 1, limit: 6 };
    assert_fails(
        bench.deposit("tenant", 1, 0, vec![crate::bench::draw(budget, 10)]),
        full,
    );
    assert_eq!(bench.account(1).account.deposits[1], bench.wallet_deposit("friend", 20));
}

#[test]
fn deposits_below_the_minimum_and_foreign_coins_are_refused() {
    let mut bench = Bench::with_params(supercloud_schema::escrow::Params {
        min_deposit: Uact::new(100),
        ..crate::bench::params()
    });
    let too_small = |deposited, minimum| EscrowError::DepositTooSmall {
        deposited: Uact::new(deposited),
        minimum: Uact::new(minimum),
    };
    assert_fails(bench.open_account(1, 0, vec![]), too_small(0, 1));
    bench.open_account(1, 1, vec![]).unwrap();
    assert_fails(bench.deposit("friend", 1, 99, vec![]), too_small(99, 100));
    bench.deposit("friend", 1, 100, vec![]).unwrap();
    assert_fails(bench.deposit("friend", 1, 0, vec![]), too_small(0, 100));

    let friend = bench.app.funded("friend", 7, "uakt");
    let (escrow, msg) = (
        bench.escrow.clone(),
        ExecuteMsg::Deposit {
            dseq: 1u64.into(),
            budgets: vec![],
        },
    );
    let outcome = bench
        .app
        .execute(&friend, &escrow, &msg, &cosmwasm_std::coins(7, "uakt"));
    assert_fails(
        outcome,
        EscrowError::UnexpectedFunds {
            denom: "uakt".to_string(),
            amount: 7u128.into(),
        },
    );
    assert_eq!(bench.gain("friend"), -100);
}

#[test]
fn queries_see_the_present_without_a_settlement_and_page_payments() {
    let mut bench = Bench::new();
    bench.open_account(1, 1_000, vec![]).unwrap();
    let leases: Vec<_> = (1..=3).map(|gseq| bench.lease(1, gseq, "provider")).collect();
    leases
        .iter()
        .for_each(|lease| drop(bench.open_payment(lease, per_second(10)).unwrap()));
    bench.close_payment(&leases[1]).unwrap();
    bench.app.advance(10);
    let response = bench.account(1);
    assert_eq!(
        (response.account.balance.u128(), response.account.settled_at),
        (800, bench.genesis + 10)
    );
    let earned: Vec<u128> = response.payments.iter().map(|payment| payment.earned.u128()).collect();
    assert_eq!(earned, [100, 0, 100]);

    let page = |start_after, limit| {
        let msg = QueryMsg::Payments {
            dseq: 1u64.into(),
            start_after,
            limit,
        };
        bench
            .app
            .query::<PaymentsResponse>(&bench.escrow, &msg)
            .unwrap()
            .payments
    };
    assert_eq!(page(None, None), response.payments);
    assert_eq!(page(Some(leases[0].clone()), Some(1)), response.payments[1..2]);
    assert_eq!(page(Some(leases[2].clone()), None), []);

    bench.app.advance(41);
    let dry = bench.account(1);
    assert_eq!(
        (dry.account.state, dry.account.balance, dry.account.settled_at),
        (EXHAUSTED, Uact::ZERO, bench.genesis + 50)
    );
    assert_eq!(bench.purse("tenant"), PURSE, "nothing is stored or sent by a query");
}
