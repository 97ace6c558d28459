//! The JSON of `pyth-sdk-cw` 1.2, byte for byte. That crate is here natively only; see the README for why.

use cosmwasm_std::{Binary, HexBinary, Int64, Uint64, coin, to_json_string};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use supercloud_schema::pyth::{ExecuteMsg, Price, PriceFeed, PriceFeedResponse, QueryMsg, ValidTimePeriodResponse};
use supercloud_verify_pyth::network::AKT_USD;

use crate::support::{NOW, Suite, update_at};

/// Our JSON is read by their type and written back unchanged.
fn assert_same_json<Theirs: Serialize + DeserializeOwned>(ours: &impl Serialize) {
    let ours = to_json_string(ours).unwrap();
    let theirs: Theirs = serde_json::from_str(&ours).unwrap();
    assert_eq!(serde_json::to_string(&theirs).unwrap(), ours);
}

fn response() -> PriceFeedResponse {
    let price = |price, conf| Price {
        price: Int64::new(price),
        conf: Uint64::new(conf),
        expo: -8,
        publish_time: 1_783_572_461,
    };
    let (price, ema_price) = (price(58_646_744, 56_631), price(58_793_853, 32_435));
    PriceFeedResponse {
        price_feed: PriceFeed {
            id: AKT_USD.into(),
            price,
            ema_price,
        },
    }
}

#[test]
fn messages_and_queries_have_the_same_json() {
    let blobs = vec![Binary::from(b"PNAU"), Binary::from([255; 3])];
    assert_same_json::<pyth_sdk_cw::ExecuteMsg>(&ExecuteMsg::UpdatePriceFeeds { data: blobs.clone() });
    assert_same_json::<pyth_sdk_cw::QueryMsg>(&QueryMsg::PriceFeed { id: AKT_USD.into() });
    assert_same_json::<pyth_sdk_cw::QueryMsg>(&QueryMsg::GetUpdateFee { vaas: blobs });
    assert_same_json::<pyth_sdk_cw::QueryMsg>(&QueryMsg::GetValidTimePeriod);
    assert_eq!(
        to_json_string(&QueryMsg::GetValidTimePeriod).unwrap(),
        r#""get_valid_time_period""#
    );
}

#[test]
fn answers_have_the_same_json() {
    assert_same_json::<pyth_sdk_cw::PriceFeedResponse>(&response());
    assert_same_json::<std::time::Duration>(&ValidTimePeriodResponse { secs: 60, nanos: 0 });
    assert_eq!(
        to_json_string(&response()).unwrap(),
        concat!(
            r#"{"price_feed":{"id":"4ea5bb4d2f5900cc2e97ba534240950740b4d3b89fe712a94a7304fd2fd92702","#,
            r#""price":{"price":"58646744","conf":"56631","expo":-8,"publish_time":1783572461},"#,
            r#""ema_price":{"price":"58793853","conf":"32435","expo":-8,"publish_time":1783572461}}}"#
        )
    );
}

#[test]
fn their_answers_are_read_by_our_types() {
    let identifier = pyth_sdk_cw::PriceIdentifier::new(AKT_USD);
    let price = pyth_sdk_cw::Price {
        price: -5,
        conf: 3,
        expo: -8,
        publish_time: 7,
    };
    let feed = pyth_sdk_cw::PriceFeed::new(identifier, price, price);
    let theirs = serde_json::to_string(&pyth_sdk_cw::PriceFeedResponse { price_feed: feed }).unwrap();
    let ours: PriceFeedResponse = cosmwasm_std::from_json(&theirs).unwrap();
    assert_eq!(ours.price_feed.price.price, Int64::new(-5));
    assert_eq!(ours.price_feed.id, HexBinary::from(AKT_USD));
}

/// What their mock answers to a query: unwrapped from the two nested results of cosmwasm-std 1.
fn ask_mock(mock: &pyth_sdk_cw::testing::MockPyth, query: &QueryMsg) -> Value {
    let bytes = Binary::from(to_json_string(query).unwrap().into_bytes());
    let request = serde_json::to_string(&bytes).unwrap();
    let answer = mock.handle_wasm_query(&serde_json::from_str(&request).unwrap());
    let answer = serde_json::to_value(answer).unwrap();
    let data: Binary = serde_json::from_value(answer["ok"]["ok"].clone()).unwrap();
    cosmwasm_std::from_json::<Value>(&data).unwrap()
}

#[test]
fn their_mock_and_this_contract_answer_alike() {
    let mut suite = Suite::with_fee(7);
    let update = update_at(NOW, 58_646_744);
    suite.submit_with(vec![update.clone()], &[coin(7, "uakt")]).unwrap();
    let feed: pyth_sdk_cw::PriceFeedResponse =
        serde_json::from_str(&to_json_string(&suite.feed(AKT_USD).unwrap()).unwrap()).unwrap();
    let period = std::time::Duration::from_secs(60);
    let fee = serde_json::from_str(r#"{"denom":"uakt","amount":"7"}"#).unwrap();
    let mock = pyth_sdk_cw::testing::MockPyth::new(period, fee, &[feed.price_feed]);
    let queries = [
        QueryMsg::PriceFeed { id: AKT_USD.into() },
        QueryMsg::GetUpdateFee {
            vaas: vec![update.into()],
        },
        QueryMsg::GetValidTimePeriod,
    ];
    for query in queries {
        let ours: Value = suite.app.query(&suite.pyth, &query).unwrap();
        assert_eq!(ask_mock(&mock, &query), ours);
    }
}
