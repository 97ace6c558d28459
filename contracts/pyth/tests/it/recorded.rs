//! A production update of AKT/USD, from the wire to the oracle's price.

use serde_json::Value;
use supercloud_schema::oracle::AKT_USD;
use supercloud_schema::pyth::event;
use supercloud_test_kit::events;
use supercloud_verify_pyth::network;

use crate::support::Suite;

const RECORDED: &str = include_str!("../../../../verify/pyth/tests/data/01_akt_usd_router_set0_20260709.json");

fn recorded() -> Vec<u8> {
    let vector: Value = serde_json::from_str(RECORDED).unwrap();
    hex::decode(vector["accumulator_hex"].as_str().unwrap()).unwrap()
}

#[test]
fn the_routers_akt_price_reaches_the_oracle() {
    let mut suite = Suite::new();
    let response = suite.submit(recorded()).unwrap();
    let told = &events(&response, event::PRICE_UPDATED)[0];
    assert_eq!(told["price"], "58646744");
    assert_eq!(told["conf"], "56631");
    assert_eq!(told["expo"], "-8");
    assert_eq!(told["publish_time"], "1783572461");
    assert_eq!(told["slot"], "35671449220");
    assert_eq!(told["set_index"], "0");
    assert_eq!(
        told["feed_id"],
        "4ea5bb4d2f5900cc2e97ba534240950740b4d3b89fe712a94a7304fd2fd92702"
    );

    let feed = suite.feed(network::AKT_USD).unwrap().price_feed;
    assert_eq!(feed.price.price.i64(), 58_646_744);
    assert_eq!(feed.ema_price.price.i64(), 58_793_853);
    assert_eq!(feed.ema_price.conf.u64(), 32_435);

    let price = suite.oracle_price().unwrap();
    assert_eq!(price.asset, AKT_USD);
    assert_eq!(price.mid.to_string(), "0.58646744");
    assert_eq!(price.low.to_string(), "0.58590113");
    assert_eq!(price.high.to_string(), "0.58793853");
    assert_eq!(price.publish_time, 1_783_572_461);
}

#[test]
fn the_same_bytes_again_change_nothing() {
    let mut suite = Suite::new();
    suite.submit(recorded()).unwrap();
    let response = suite.submit(recorded()).unwrap();
    assert_eq!(events(&response, "wasm")[0]["updated"], "0");
    assert_eq!(events(&response, event::PRICE_UPDATED).len(), 0);
}
