//! Who may report, and what replaces what.

use cosmwasm_std::coin;
use supercloud_oracle::OracleError;
use supercloud_schema::oracle::{AKT_USD, ExecuteMsg, event};
use supercloud_test_kit::{assert_fails, events};

use crate::support::{START, Suite, dec, seen};

#[test]
fn only_listed_sources_report() {
    let mut suite = Suite::new(1);
    let sender = suite.app.addr("stranger").to_string();
    let outcome = suite.execute("stranger", &seen("1", "0", None, START, 1));
    assert_fails(outcome, OracleError::Unauthorized { sender });
}

#[test]
fn a_report_carries_no_funds() {
    let mut suite = Suite::new(1);
    let source = suite.app.funded("one", 5, "uakt");
    let oracle = suite.oracle.clone();
    let outcome = suite
        .app
        .execute(&source, &oracle, &seen("1", "0", None, START, 1), &[coin(5, "uakt")]);
    assert_fails(
        outcome,
        OracleError::UnexpectedFunds {
            coin: "5uakt".to_string(),
        },
    );
}

#[test]
fn only_kept_assets_are_reported_on() {
    let mut suite = Suite::new(1);
    let ExecuteMsg::Observe {
        price,
        confidence,
        ema,
        publish_time,
        sequence,
        ..
    } = seen("1", "0", None, START, 1)
    else {
        unreachable!()
    };
    let asset = "BTC/USD".to_string();
    let msg = ExecuteMsg::Observe {
        asset: asset.clone(),
        price,
        confidence,
        ema,
        publish_time,
        sequence,
    };
    assert_fails(suite.execute("one", &msg), OracleError::UnknownAsset { asset });
}

#[test]
fn prices_are_positive() {
    let mut suite = Suite::new(1);
    let refused = || OracleError::ZeroPrice {
        asset: AKT_USD.to_string(),
    };
    assert_fails(suite.execute("one", &seen("0", "0", None, START, 1)), refused());
    assert_fails(suite.execute("one", &seen("1", "0", Some("0"), START, 1)), refused());
    suite
        .execute("one", &seen("0.000000000000000001", "0", None, START, 1))
        .unwrap();
}

#[test]
fn a_report_is_dated_at_most_ten_seconds_ahead() {
    let mut suite = Suite::new(1);
    suite.execute("one", &seen("1", "0", None, START + 10, 1)).unwrap();
    assert_fails(
        suite.execute("one", &seen("1", "0", None, START + 11, 1)),
        OracleError::FromTheFuture {
            asset: AKT_USD.to_string(),
            publish_time: START + 11,
            now: START,
            max_future: 10,
        },
    );
}

#[test]
fn reports_are_ordered_by_time_and_sequence() {
    let mut suite = Suite::new(1);
    let mut accepted = |price: &str, publish_time, sequence| {
        let response = suite
            .execute("one", &seen(price, "0", None, publish_time, sequence))
            .unwrap();
        let accepted = events(&response, event::PRICE_OBSERVED)[0]["accepted"].clone();
        (accepted, suite.observations().observations[0].price)
    };
    assert_eq!(accepted("1", START, 5), ("true".to_string(), dec("1")));
    assert_eq!(accepted("2", START, 5), ("false".to_string(), dec("1")));
    assert_eq!(accepted("3", START, 4), ("false".to_string(), dec("1")));
    assert_eq!(accepted("4", START - 1, 9), ("false".to_string(), dec("1")));
    assert_eq!(accepted("5", START, 6), ("true".to_string(), dec("5")));
    assert_eq!(accepted("6", START + 1, 0), ("true".to_string(), dec("6")));
}

#[test]
fn sources_do_not_order_each_other() {
    let mut suite = Suite::new(1);
    suite.execute("one", &seen("1", "0", None, START, 5)).unwrap();
    suite.execute("two", &seen("2", "0", None, START - 5, 1)).unwrap();
    let prices: Vec<_> = suite
        .observations()
        .observations
        .iter()
        .map(|seen| seen.price)
        .collect();
    assert_eq!(prices, [dec("1"), dec("2")]);
}
