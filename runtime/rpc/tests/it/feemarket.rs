//! The floor of gas prices in the words of the fee market that CosmJS and Keplr know, over a chain whose floor moves and one
//! whose floor stands still.

use std::sync::Arc;

use serde_json::{Value, json};
use supercloud_chain::{Chain, Genesis, GenesisCoin, GenesisFeeMarket};
use supercloud_proto::cosmos::base::v1beta1::DecCoin;
use supercloud_proto::feemarket::feemarket::v1::{GasPricesRequest, GasPricesResponse};
use supercloud_proto::prost::Message;
use supercloud_store::MemoryStore;
use supercloud_vm::{VmConfig, WasmtimeVm};

use crate::fake::{CHAIN_ID, FakeChain, Served};

/// At one and a half of its least prices, when it moves.
async fn serve(market: Option<GenesisFeeMarket>) -> Served {
    let mut genesis = Genesis::new(CHAIN_ID, "2023-11-14T22:13:20Z");
    genesis.fees.min_gas_prices = [("uakt", "0.025"), ("factory/akash1a/gold", "2")]
        .map(|(denom, amount)| GenesisCoin {
            denom: denom.to_owned(),
            amount: amount.to_owned(),
        })
        .to_vec();
    genesis.fees.market = market;
    let vm = Arc::new(WasmtimeVm::new(VmConfig::default()).unwrap());
    let chain = FakeChain::of(Chain::init(&genesis, Box::new(MemoryStore::new()), vm).unwrap());
    chain.push_block(vec![], vec![]);
    Served::over(Arc::new(chain)).await
}

async fn serve_moving() -> Served {
    serve(Some(GenesisFeeMarket {
        target_block_gas: 10_000_000,
        max_change_permille: 125,
        max_multiplier_permille: 2_000,
        multiplier_millionths: 1_500_000,
    }))
    .await
}

fn uakt(amount: &str) -> Value {
    json!({ "denom": "uakt", "amount": amount })
}

#[tokio::test]
async fn a_moving_floor_is_a_market_that_is_on() {
    let served = serve_moving().await;
    let (_, params) = served.rest("/feemarket/v1/params").await;
    assert_eq!(
        params,
        json!({ "params": {
            "alpha": "0.000000000000000000", "beta": "1.000000000000000000", "gamma": "0.000000000000000000",
            "delta": "0.000000000000000000", "min_base_gas_price": "0.025000000000000000",
            "min_learning_rate": "0.125000000000000000", "max_learning_rate": "0.125000000000000000",
            "max_block_utilization": "20000000", "window": "1", "fee_denom": "uakt", "enabled": true,
            "distribute_fees": true,
        } })
    );
    let (_, state) = served.rest("/feemarket/v1/state").await;
    assert_eq!(
        state,
        json!({ "state": { "base_gas_price": "0.037500000000000000", "learning_rate": "0.125000000000000000",
            "window": ["0"], "index": "0" } })
    );
    let (_, price) = served.rest("/feemarket/v1/gas_price/uakt").await;
    assert_eq!(price, json!({ "price": uakt("0.037500000000000000") }));
    let gold = json!({ "denom": "factory/akash1a/gold", "amount": "3.000000000000000000" });
    let (_, price) = served.rest("/feemarket/v1/gas_price/factory/akash1a/gold").await;
    assert_eq!(price, json!({ "price": gold }));
    let (_, prices) = served.rest("/feemarket/v1/gas_prices").await;
    assert_eq!(prices, json!({ "prices": [uakt("0.037500000000000000"), gold] }));
}

#[tokio::test]
async fn a_floor_that_stands_still_is_a_market_that_is_off() {
    let served = serve(None).await;
    let (_, params) = served.rest("/feemarket/v1/params").await;
    let params = &params["params"];
    assert_eq!(
        (&params["enabled"], &params["min_base_gas_price"]),
        (&json!(false), &json!("0.025000000000000000"))
    );
    assert_eq!(params["max_learning_rate"], "0.000000000000000000");
    let (_, price) = served.rest("/feemarket/v1/gas_price/uakt").await;
    assert_eq!(price, json!({ "price": uakt("0.025000000000000000") }));
}

#[tokio::test]
async fn a_denom_without_a_price_is_not_found() {
    let served = serve_moving().await;
    let (status, answer) = served.rest("/feemarket/v1/gas_price/uatom").await;
    let words = "no gas price in \"uatom\": denoms with a price are uakt, factory/akash1a/gold";
    assert_eq!(
        (status, answer),
        (404, json!({ "code": 5, "message": words, "details": [] }))
    );
}

/// CosmJS writes the denom into field 1 and takes the last price.
#[tokio::test]
async fn cosmjs_gets_the_price_of_its_denom_in_integers() {
    let served = serve_moving().await;
    let request = GasPricesRequest { denom: "uakt".into() };
    let params = json!({ "path": "/feemarket.feemarket.v1.Query/GasPrices",
        "data": hex::encode(request.encode_to_vec()), "prove": false });
    let answer = served.result("abci_query", params).await;
    let value = answer["response"]["value"].as_str().unwrap();
    let value = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, value).unwrap();
    let prices = GasPricesResponse::decode(&*value).unwrap().prices;
    let expected = DecCoin {
        denom: "uakt".into(),
        amount: "37500000000000000".into(),
    };
    assert_eq!(prices, [expected]);
}
