//! What an update changes, and what leaves everything as it was.

use supercloud_pyth::PythError;
use supercloud_schema::pyth::event;
use supercloud_test_kit::{assert_fails, events};
use supercloud_verify_pyth::build::{Price, Update};
use supercloud_verify_pyth::network::AKT_USD;

use crate::support::{BTC, NOW, Suite, draft, forge, price_at, sign, update_at};

fn btc(publish_time: u64, price: i64) -> Price {
    Price {
        feed_id: BTC,
        ..price_at(publish_time, price)
    }
}

fn updated(outcome: cosmwasm_std::StdResult<cw_multi_test::AppResponse>) -> String {
    events(&outcome.unwrap(), "wasm")[0]["updated"].clone()
}

#[test]
fn a_newer_update_replaces_the_price() {
    let mut suite = Suite::new();
    assert_eq!(updated(suite.submit(update_at(NOW - 5, 50_000_000))), "1");
    assert_eq!(updated(suite.submit(update_at(NOW - 4, 51_000_000))), "1");
    assert_eq!(suite.mantissa(AKT_USD), 51_000_000);
}

#[test]
fn an_update_that_is_not_newer_is_a_success_without_any_cryptography() {
    let mut suite = Suite::new();
    suite.submit(update_at(NOW - 4, 51_000_000)).unwrap();
    assert_eq!(updated(suite.submit(forge(update_at(NOW - 5, 1)))), "0");
    assert_eq!(updated(suite.submit(forge(update_at(NOW - 4, 1)))), "0");
    assert_eq!(suite.mantissa(AKT_USD), 51_000_000);
}

#[test]
fn within_a_second_the_slot_decides() {
    let mut suite = Suite::new();
    let at_slot = |slot, price| {
        sign(&Update {
            slot,
            ..draft(vec![price_at(NOW, price)])
        })
    };
    assert_eq!(updated(suite.submit(at_slot(100, 50_000_000))), "1");
    assert_eq!(updated(suite.submit(at_slot(99, 60_000_000))), "0");
    assert_eq!(updated(suite.submit(at_slot(101, 61_000_000))), "1");
    assert_eq!(suite.mantissa(AKT_USD), 61_000_000);
}

#[test]
fn of_several_feeds_only_the_newer_ones_are_stored() {
    let mut suite = Suite::new();
    suite.submit(update_at(NOW - 1, 50_000_000)).unwrap();
    let both = sign(&draft(vec![price_at(NOW - 2, 1), btc(NOW - 2, 6_500)]));
    let response = suite.submit(both).unwrap();
    let told = events(&response, event::PRICE_UPDATED);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["price"], "6500");
    assert_eq!((suite.mantissa(AKT_USD), suite.mantissa(BTC)), (50_000_000, 6_500));
}

#[test]
fn feeds_that_are_not_kept_are_passed_over_wherever_they_stand() {
    let mut suite = Suite::new();
    let stranger = Price {
        feed_id: [9; 32],
        price: -1,
        ..price_at(NOW, 1)
    };
    let mixed = sign(&draft(vec![stranger, price_at(NOW, 52_000_000)]));
    assert_eq!(updated(suite.submit(mixed)), "1");
    assert_eq!(suite.mantissa(AKT_USD), 52_000_000);
    assert_fails(
        suite.feed([9; 32]),
        PythError::UnknownFeed {
            feed_id: [9; 32].into(),
        },
    );
}

#[test]
fn one_message_takes_several_updates_and_keeps_the_newest() {
    let mut suite = Suite::new();
    let data = vec![update_at(NOW - 1, 52_000_000), update_at(NOW - 2, 51_000_000)];
    assert_eq!(updated(suite.submit_with(data, &[])), "1");
    assert_eq!(suite.mantissa(AKT_USD), 52_000_000);
}

#[test]
fn an_update_that_brings_nothing_is_not_verified_beside_one_that_does() {
    let mut suite = Suite::new();
    suite.submit(update_at(NOW - 2, 51_000_000)).unwrap();
    let data = vec![forge(update_at(NOW - 2, 1)), update_at(NOW - 1, 52_000_000)];
    assert_eq!(updated(suite.submit_with(data, &[])), "1");
    assert_eq!(suite.mantissa(AKT_USD), 52_000_000);
}

#[test]
fn one_bad_update_spoils_the_message() {
    let mut suite = Suite::new();
    let data = vec![update_at(NOW - 2, 51_000_000), forge(update_at(NOW - 1, 52_000_000))];
    assert!(suite.submit_with(data, &[]).is_err());
    assert_fails(
        suite.feed(AKT_USD),
        PythError::NoPrice {
            feed_id: AKT_USD.into(),
        },
    );
}

#[test]
fn only_feeds_with_an_asset_are_told_to_the_oracle() {
    let mut suite = Suite::new();
    suite.submit(sign(&draft(vec![btc(NOW, 6_500)]))).unwrap();
    assert!(suite.oracle_price().is_err());
    suite.submit(update_at(NOW, 58_646_744)).unwrap();
    assert_eq!(suite.oracle_price().unwrap().mid.to_string(), "0.58646744");
}

#[test]
fn a_changed_exponent_is_normalised_by_the_message_itself() {
    let mut suite = Suite::new();
    let price = Price {
        price: 586,
        conf: 1,
        expo: -3,
        ema_price: 587,
        ..price_at(NOW, 0)
    };
    suite.submit(sign(&draft(vec![price]))).unwrap();
    let price = suite.oracle_price().unwrap();
    assert_eq!(
        [price.low, price.mid, price.high].map(|side| side.to_string()),
        ["0.585", "0.586", "0.587"]
    );
}
