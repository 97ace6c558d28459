//! The price and its guards, on both sides of each limit.

use proptest::prelude::*;
use supercloud_oracle::OracleError;
use supercloud_schema::money::UsdPrice;
use supercloud_schema::oracle::{AKT_USD, ExecuteMsg, PriceResponse, UseCase};
use supercloud_test_kit::{assert_fails, error_of};

use crate::support::{START, Suite, dec, seen};

const MINT: UseCase = UseCase::Mint {};
const REFUND: UseCase = UseCase::Refund {};
const SETTLE: UseCase = UseCase::Settle {};

fn akt() -> String {
    AKT_USD.to_string()
}

fn figures(price: &PriceResponse) -> [String; 3] {
    [price.low, price.mid, price.high].map(|side| side.to_string())
}

#[test]
fn one_source_gives_its_own_price_with_two_sides() {
    let mut suite = Suite::new(1);
    suite
        .execute(
            "one",
            &seen(
                "0.58646744",
                "0.00056631",
                Some("0.58793853"),
                START - 9,
                35_671_449_220,
            ),
        )
        .unwrap();
    let price = suite.price(SETTLE).unwrap();
    assert_eq!(figures(&price), ["0.58590113", "0.58646744", "0.58793853"]);
    assert_eq!((price.publish_time, price.sources), (START - 9, 1));
    assert_eq!(price, suite.price(MINT).unwrap());
}

#[test]
fn without_a_moving_average_the_sides_are_the_confidence_interval() {
    let mut suite = Suite::new(1);
    suite.observe("one", "2", "0.01");
    assert_eq!(figures(&suite.price(MINT).unwrap()), ["1.99", "2", "2.01"]);
}

#[test]
fn a_fallen_price_keeps_the_average_as_its_high_side() {
    let mut suite = Suite::new(1);
    suite.execute("one", &seen("1.8", "0.01", Some("2"), START, 1)).unwrap();
    assert_eq!(figures(&suite.price(MINT).unwrap()), ["1.79", "1.8", "2"]);
}

#[test]
fn each_use_has_its_own_age() {
    let mut suite = Suite::new(1);
    suite.observe("one", "1", "0");
    let stale = |max_age| OracleError::Stale {
        asset: akt(),
        usable: 0,
        stale: 1,
        max_age,
        needed: 1,
    };
    suite.app.advance(120);
    assert!(suite.price(SETTLE).is_ok());
    suite.app.advance(1);
    assert_fails(suite.price(SETTLE), stale(120));
    suite.app.advance(179);
    assert!(suite.price(REFUND).is_ok());
    suite.app.advance(1);
    assert_fails(suite.price(REFUND), stale(300));
    suite.app.advance(299);
    assert!(suite.price(MINT).is_ok());
    suite.app.advance(1);
    assert_fails(suite.price(MINT), stale(600));
}

#[test]
fn uncertain_prices_are_for_settling_only() {
    let mut suite = Suite::new(1);
    suite.observe("one", "1", "0.01");
    assert!(suite.price(MINT).is_ok());
    suite.app.advance(1);
    suite.observe("one", "1", "0.010000000000000001");
    let wide = || OracleError::ConfidenceTooWide {
        asset: akt(),
        usable: 0,
        wide: 1,
        limit_bps: 100,
        needed: 1,
    };
    assert_fails(suite.price(MINT), wide());
    assert_fails(suite.price(REFUND), wide());
    assert!(suite.price(SETTLE).is_ok());
}

#[test]
fn an_uncertainty_as_large_as_the_price_leaves_no_low_side() {
    let mut suite = Suite::new(1);
    suite.observe("one", "1", "1");
    assert_fails(suite.price(SETTLE), OracleError::LowNotPositive { asset: akt() });
}

#[test]
fn too_few_sources_give_no_price() {
    let mut suite = Suite::new(2);
    let few = |observed| OracleError::TooFewSources {
        asset: akt(),
        observed,
        needed: 2,
    };
    assert_fails(suite.price(MINT), few(0));
    suite.observe("one", "1", "0");
    assert_fails(suite.price(MINT), few(1));
    suite.observe("two", "1", "0");
    assert_eq!(suite.price(MINT).unwrap().sources, 2);
}

#[test]
fn two_sources_give_their_mean_and_the_outer_sides_and_the_older_time() {
    let mut suite = Suite::new(2);
    suite
        .execute("one", &seen("1.00", "0.001", None, START - 7, 1))
        .unwrap();
    suite
        .execute("two", &seen("1.01", "0.002", None, START - 3, 1))
        .unwrap();
    let price = suite.price(MINT).unwrap();
    assert_eq!(figures(&price), ["0.999", "1.005", "1.012"]);
    assert_eq!(price.publish_time, START - 7);
}

#[test]
fn the_mean_of_two_is_rounded_down() {
    let mut suite = Suite::new(2);
    suite.observe("one", "1", "0");
    suite.observe("two", "1.000000000000000001", "0");
    assert_eq!(suite.price(MINT).unwrap().mid, UsdPrice(dec("1")));
}

#[test]
fn two_sources_three_percent_of_their_middle_apart_halt() {
    let mut suite = Suite::new(1);
    suite.observe("one", "0.985", "0");
    suite.observe("two", "1.015", "0");
    assert_eq!(suite.price(MINT).unwrap().mid, UsdPrice(dec("1")));
    suite.app.advance(1);
    suite.observe("two", "1.0151", "0");
    for use_case in [MINT, REFUND, SETTLE] {
        assert_fails(
            suite.price(use_case),
            OracleError::SourcesDisagree {
                asset: akt(),
                lowest: dec("0.985"),
                highest: dec("1.0151"),
                limit_bps: 300,
            },
        );
    }
}

#[test]
fn one_of_three_that_strays_from_the_median_is_left_out() {
    let mut suite = Suite::new(2);
    suite.observe("one", "1", "0");
    suite.observe("two", "1.002", "0");
    suite.observe("three", "1.01703", "0");
    // 1.5 % of the median 1.002 is 0.01503.
    let price = suite.price(MINT).unwrap();
    assert_eq!((price.sources, price.mid), (3, UsdPrice(dec("1.002"))));
    suite.app.advance(1);
    suite.observe("three", "1.01704", "0");
    let price = suite.price(MINT).unwrap();
    assert_eq!((price.sources, price.mid), (2, UsdPrice(dec("1.001"))));
}

#[test]
fn outliers_may_not_cost_the_quorum_of_sources() {
    let mut suite = Suite::new(3);
    suite.observe("one", "1", "0");
    suite.observe("two", "1", "0");
    suite.observe("three", "2", "0");
    assert_fails(
        suite.price(MINT),
        OracleError::SourcesDisagree {
            asset: akt(),
            lowest: dec("1"),
            highest: dec("2"),
            limit_bps: 300,
        },
    );
}

#[test]
fn a_silent_source_drops_out_and_the_price_says_how_many_are_left() {
    let mut suite = Suite::new(1);
    suite.observe("one", "1", "0");
    suite.app.advance(601);
    suite.observe("two", "3", "0");
    let price = suite.price(MINT).unwrap();
    assert_eq!((price.sources, price.mid), (1, UsdPrice(dec("3"))));
}

#[test]
fn a_tightened_tolerance_leaves_out_what_is_dated_ahead() {
    let mut suite = Suite::new(1);
    suite.execute("one", &seen("1", "0", None, START + 10, 1)).unwrap();
    let mut params = crate::support::params(&suite.app, 1);
    params.max_future = 9;
    suite
        .execute("governance", &ExecuteMsg::UpdateParams { params })
        .unwrap();
    assert_fails(
        suite.price(MINT),
        OracleError::Ahead {
            asset: akt(),
            usable: 0,
            ahead: 1,
            max_future: 9,
            needed: 1,
        },
    );
}

#[test]
fn a_price_dated_ahead_counts_from_its_arrival() {
    let mut suite = Suite::new(1);
    suite.execute("one", &seen("1", "0", None, START + 10, 1)).unwrap();
    suite.app.advance(20);
    assert_eq!(suite.price(MINT).unwrap().publish_time, START);
}

#[test]
fn a_frozen_asset_has_no_price_until_released() {
    let mut suite = Suite::new(1);
    suite.observe("one", "1", "0");
    suite
        .execute(
            "governance",
            &ExecuteMsg::SetFrozen {
                asset: akt(),
                frozen: true,
            },
        )
        .unwrap();
    assert_fails(suite.price(SETTLE), OracleError::Frozen { asset: akt() });
    suite
        .execute(
            "governance",
            &ExecuteMsg::SetFrozen {
                asset: akt(),
                frozen: false,
            },
        )
        .unwrap();
    assert!(suite.price(SETTLE).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mid_lies_between_the_sides_and_within_what_sources_said(
        prices in prop::collection::vec((1u64..2_000_000, 0u64..30_000, prop::option::of(1u64..2_000_000)), 1..=3),
    ) {
        let mut suite = Suite::new(1);
        let millionths = |units: u64| format!("{}.{:06}", units / 1_000_000, units % 1_000_000);
        for ((price, confidence, ema), source) in prices.iter().zip(["one", "two", "three"]) {
            let ema = ema.map(millionths);
            let msg = seen(&millionths(*price), &millionths(*confidence), ema.as_deref(), START, 1);
            suite.execute(source, &msg).unwrap();
        }
        match suite.price(SETTLE) {
            Ok(price) => {
                prop_assert!(price.low <= price.mid && price.mid <= price.high);
                prop_assert!(price.low > UsdPrice::default());
                let said = |units: u64| UsdPrice(dec(&millionths(units)));
                let lowest = prices.iter().map(|(price, ..)| *price).min().unwrap();
                let highest = prices.iter().map(|(price, ..)| *price).max().unwrap();
                prop_assert!(said(lowest) <= price.mid && price.mid <= said(highest));
            }
            outcome => {
                let refused: OracleError = error_of(outcome);
                let named = matches!(
                    refused,
                    OracleError::SourcesDisagree { .. } | OracleError::LowNotPositive { .. }
                );
                prop_assert!(named, "{refused}");
            }
        }
    }
}
