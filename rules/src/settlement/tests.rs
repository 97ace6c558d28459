//! Worked examples of market.md section 5 per second, and the properties of settlement.

use proptest::prelude::*;

use super::*;

const UACT_PER_SECOND: u128 = ATOMICS_PER_UACT;

fn rate(atomics: u128) -> UnitPrice {
    UnitPrice::from_atomics(atomics)
}

fn whole(uact_per_second: u128) -> UnitPrice {
    rate(uact_per_second * UACT_PER_SECOND)
}

fn opened(rate: UnitPrice, opened_at: Seconds) -> Accrual {
    Accrual {
        rate,
        opened_at,
        earned: Uact::ZERO,
    }
}

fn settle(balance: u128, payments: &[Accrual], now: Seconds) -> Settlement {
    compute_settlement(
        Books {
            settled_at: 0,
            balance: Uact::new(balance),
            payments,
        },
        now,
    )
    .unwrap()
}

fn amounts(values: &[u128]) -> Vec<Uact> {
    values.iter().copied().map(Uact::new).collect()
}

#[test]
fn scenario_1_two_rates_are_paid_out_of_one_balance() {
    let settlement = settle(100, &[opened(whole(1), 0), opened(whole(2), 0)], 5);
    assert_eq!(settlement.earned, amounts(&[5, 10]));
    assert_eq!((settlement.paid, settlement.exhausted), (Uact::new(15), false));
}

#[test]
fn scenario_2_an_account_spent_to_the_last_unit_is_not_exhausted_in_that_second() {
    let settlement = settle(100, &[opened(whole(10), 0), opened(whole(10), 0)], 5);
    assert_eq!(settlement.earned, amounts(&[50, 50]));
    assert_eq!((settlement.paid, settlement.exhausted), (Uact::new(100), false));
}

#[test]
fn scenario_3_one_second_later_it_is_exhausted_at_the_run_dry_second() {
    let settlement = settle(100, &[opened(whole(10), 0), opened(whole(10), 0)], 6);
    assert_eq!(settlement.earned, amounts(&[50, 50]));
    assert_eq!(
        (settlement.settled_at, settlement.paid, settlement.exhausted),
        (5, Uact::new(100), true)
    );
}

#[test]
fn scenarios_4_to_7_two_equal_rates_drain_200() {
    let payments = [opened(whole(10), 0), opened(whole(10), 0)];
    for (now, paid, exhausted) in [(5, 100, false), (6, 120, false), (10, 200, false), (11, 200, true)] {
        let settlement = settle(200, &payments, now);
        assert_eq!(
            (settlement.paid, settlement.exhausted),
            (Uact::new(paid), exhausted),
            "at {now}"
        );
    }
}

#[test]
fn scenario_17_there_is_no_debt_after_105_seconds() {
    let settlement = settle(1_000, &[opened(whole(30), 0)], 105);
    assert_eq!(
        (settlement.settled_at, settlement.paid, settlement.exhausted),
        (33, Uact::new(990), true)
    );
}

#[test]
fn scenario_20_idle_time_is_not_billed() {
    let books = Books {
        settled_at: 10,
        balance: Uact::new(100),
        payments: &[opened(whole(30), 10)],
    };
    assert_eq!(compute_settlement(books, 10).unwrap().paid, Uact::ZERO);
    assert_eq!(compute_settlement(books, 12).unwrap().paid, Uact::new(60));
}

#[test]
fn scenario_27_first_deposit_is_spent_first() {
    assert_eq!(
        compute_draw(&amounts(&[30, 50]), Uact::new(42)).unwrap(),
        amounts(&[30, 12])
    );
    assert_eq!(
        compute_draw(&amounts(&[30, 50]), Uact::new(80)).unwrap(),
        amounts(&[30, 50])
    );
    let short = MoneyError::Insufficient {
        available: 80u128.into(),
        taken: 81u128.into(),
    };
    assert_eq!(
        compute_draw(&amounts(&[30, 50]), Uact::new(81)),
        Err(SettlementError::Money(short))
    );
}

#[test]
fn rate_of_six_tenths_earns_six_in_ten_seconds_however_often_it_is_settled() {
    let six_tenths = rate(UACT_PER_SECOND / 10 * 6);
    let mut payment = opened(six_tenths, 0);
    let mut balance = Uact::new(10);
    for now in 1..=10 {
        let books = Books {
            settled_at: now - 1,
            balance,
            payments: &[payment],
        };
        let settlement = compute_settlement(books, now).unwrap();
        balance = balance.checked_sub(settlement.paid).unwrap();
        payment.earned = settlement.earned[0];
    }
    assert_eq!((payment.earned, balance), (Uact::new(6), Uact::new(4)));
    assert_eq!(settle(10, &[opened(six_tenths, 0)], 10).paid, Uact::new(6));
}

#[test]
fn run_dry_second_counts_the_fraction_that_floors_put_off() {
    // 10 uact at 0.6 a second: 16 s earn 9.6, 17 s earn 10.2 -> floor 10, 18 s earn 10.8 -> floor 10, 19 s earn 11.4.
    fn books(payments: &[Accrual]) -> Books<'_> {
        Books {
            settled_at: 0,
            balance: Uact::new(10),
            payments,
        }
    }
    assert_eq!(
        compute_runs_dry_at(books(&[opened(rate(UACT_PER_SECOND / 10 * 6), 0)])),
        Some(18)
    );
    assert_eq!(compute_runs_dry_at(books(&[])), None);
    assert_eq!(compute_runs_dry_at(books(&[opened(UnitPrice::ZERO, 0)])), None);
}

#[test]
fn slowest_rate_runs_dry_at_the_end_of_time() {
    let books = Books {
        settled_at: 5,
        balance: Uact::new(u128::MAX),
        payments: &[opened(rate(1), 5)],
    };
    assert_eq!(compute_runs_dry_at(books), Some(u64::MAX));
    let settlement = compute_settlement(books, u64::MAX).unwrap();
    assert_eq!((settlement.paid, settlement.exhausted), (Uact::new(18), false));
}

#[test]
fn empty_account_with_a_whole_rate_runs_dry_at_once() {
    let payments = [opened(whole(1), 7)];
    let books = Books {
        settled_at: 7,
        balance: Uact::ZERO,
        payments: &payments,
    };
    assert_eq!(compute_runs_dry_at(books), Some(7));
}

#[test]
fn settlement_cannot_go_back_in_time() {
    let books = Books {
        settled_at: 9,
        balance: Uact::ZERO,
        payments: &[],
    };
    let error = SettlementError::BeforeLastSettlement { now: 8, settled_at: 9 };
    assert_eq!(compute_settlement(books, 8), Err(error));
    assert_eq!(compute_settlement(books, 9).unwrap().settled_at, 9);
}

#[test]
fn earnings_beyond_128_bits_are_refused() {
    assert!(compute_earned(rate(u128::MAX), 1_000_000_000_000_000_000).is_ok());
    assert!(matches!(
        compute_earned(rate(u128::MAX), 1_000_000_000_000_000_001),
        Err(SettlementError::Money(MoneyError::Overflow(_)))
    ));
}

#[test]
fn cost_is_rounded_up_once_over_all_rates() {
    let third = rate(UACT_PER_SECOND / 3);
    assert_eq!(compute_cost(&[third, third, third], 1).unwrap(), Uact::new(1));
    assert_eq!(compute_cost(&[whole(2), third], 3).unwrap(), Uact::new(7));
    assert_eq!(compute_cost(&[whole(2), whole(3)], 10).unwrap(), Uact::new(50));
    assert_eq!(compute_cost(&[], 10).unwrap(), Uact::ZERO);
}

/// An account whose payments all opened at its last settlement or before, with the right earnings credited.
fn account() -> impl Strategy<Value = (Seconds, u128, Vec<Accrual>)> {
    let rates = prop_oneof![1..UACT_PER_SECOND, UACT_PER_SECOND..1_000_000 * UACT_PER_SECOND];
    let payments = prop::collection::vec((rates, 0u64..10_000), 1..6);
    (payments, 10_000u64..20_000, 0u128..1_000_000_000).prop_map(|(payments, settled_at, balance)| {
        let accrual = |(atomics, opened_at)| {
            let earned = compute_earned(rate(atomics), settled_at - opened_at).unwrap();
            Accrual {
                rate: rate(atomics),
                opened_at,
                earned,
            }
        };
        (settled_at, balance, payments.into_iter().map(accrual).collect())
    })
}

fn spent_by(payments: &[Accrual], at: Seconds) -> u128 {
    payments
        .iter()
        .map(|p| compute_earned(p.rate, at - p.opened_at).unwrap().u128() - p.earned.u128())
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn run_dry_second_is_covered_and_the_next_is_not((settled_at, balance, payments) in account()) {
        let books = Books { settled_at, balance: Uact::new(balance), payments: &payments };
        let dry = compute_runs_dry_at(books).unwrap();
        prop_assert!(spent_by(&payments, dry) <= balance);
        if dry < u64::MAX {
            prop_assert!(spent_by(&payments, dry + 1) > balance);
        }
    }

    #[test]
    fn what_is_paid_does_not_depend_on_when_it_is_settled(
        (settled_at, balance, payments) in account(),
        mut stops in prop::collection::vec(0u64..100_000, 0..12),
    ) {
        let end = settled_at + 100_000;
        let books = Books { settled_at, balance: Uact::new(balance), payments: &payments };
        let once = compute_settlement(books, end).unwrap();

        stops.sort_unstable();
        stops.push(100_000);
        let (mut at, mut left, mut open) = (settled_at, Uact::new(balance), payments.clone());
        let mut exhausted = false;
        for stop in stops {
            let books = Books { settled_at: at, balance: left, payments: &open };
            let step = compute_settlement(books, settled_at + stop).unwrap();
            left = left.checked_sub(step.paid).unwrap();
            open.iter_mut().zip(&step.earned).for_each(|(payment, earned)| payment.earned = *earned);
            at = step.settled_at;
            exhausted = step.exhausted;
            if exhausted {
                break;
            }
        }
        prop_assert_eq!(open.iter().map(|p| p.earned).collect::<Vec<_>>(), once.earned);
        prop_assert_eq!((at, exhausted), (once.settled_at, once.exhausted));
        prop_assert_eq!(left.u128() + once.paid.u128(), balance);
    }

    #[test]
    fn deposits_in_equal_earnings_and_refunds(
        (settled_at, _, payments) in account(),
        deposits in prop::collection::vec(0u128..1_000_000, 1..8),
        wait in 0u64..1_000_000,
    ) {
        let deposits = amounts(&deposits);
        let total: u128 = deposits.iter().map(|d| d.u128()).sum();
        let books = Books { settled_at, balance: Uact::new(total), payments: &payments };
        let settlement = compute_settlement(books, settled_at + wait).unwrap();
        let draws = compute_draw(&deposits, settlement.paid).unwrap();
        let refunds: u128 = deposits.iter().zip(&draws).map(|(d, draw)| d.checked_sub(*draw).unwrap().u128()).sum();
        prop_assert_eq!(settlement.paid.u128() + refunds, total);
        let first_left = deposits.iter().zip(&draws).position(|(d, draw)| d != draw).unwrap_or(draws.len());
        prop_assert!(draws.iter().skip(first_left + 1).all(|draw| draw.is_zero()));
    }
}
