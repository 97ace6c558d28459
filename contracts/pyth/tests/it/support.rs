//! A receiver that trusts the production routers (set 0) and five test keys (set 1), and an oracle that listens to it.

use cosmwasm_std::{Addr, Binary, Coin, HexBinary, StdResult};
use cw_multi_test::AppResponse;
use supercloud_pyth::contract;
use supercloud_schema::money::Uakt;
use supercloud_schema::oracle::{self, AKT_USD};
use supercloud_schema::pyth::{
    ConfigResponse, DataSource, ExecuteMsg, FeedConfig, InstantiateMsg, Params, PriceFeedResponse, QueryMsg, Quorum,
    SignerSet,
};
use supercloud_test_kit::{TestApp, TypedContract};
use supercloud_verify_pyth::build::{Price, Signer, Update};
use supercloud_verify_pyth::network::{self, ROUTER_ORIGIN, ROUTER_SET_0};

pub(crate) const NOW: u64 = 1_783_572_470;
pub(crate) const BTC: [u8; 32] = [0xb7; 32];

pub(crate) struct Suite {
    pub(crate) app: TestApp,
    pub(crate) code_id: u64,
    pub(crate) governance: Addr,
    pub(crate) relayer: Addr,
    pub(crate) oracle: Addr,
    pub(crate) pyth: Addr,
}

pub(crate) fn code() -> TypedContract {
    TypedContract::new(contract::instantiate, contract::execute, contract::query).with_migrate(contract::migrate)
}

impl Suite {
    pub(crate) fn new() -> Self {
        Self::with_fee(0)
    }

    pub(crate) fn with_fee(fee: u128) -> Self {
        let mut app = TestApp::starting_at(NOW);
        let governance = app.addr("governance");
        let relayer = app.funded("relayer", 1_000, "uakt");
        app.fund(&relayer, 1_000, "uact");
        let code_id = app.store(code());
        let listener = app.store(TypedContract::new(
            supercloud_oracle::contract::instantiate,
            supercloud_oracle::contract::execute,
            supercloud_oracle::contract::query,
        ));
        let source = app.predict(code_id, &governance, "pyth");
        let oracle = app
            .instantiate(listener, &governance, &oracle_setup(&governance, &source), &[])
            .unwrap();
        let msg = setup(&governance, Some(&oracle), fee);
        let pyth = app.instantiate2(code_id, &governance, &msg, "pyth").unwrap();
        assert_eq!(pyth, source);
        Self {
            app,
            code_id,
            governance,
            relayer,
            oracle,
            pyth,
        }
    }

    pub(crate) fn submit_with(&mut self, data: Vec<Vec<u8>>, funds: &[Coin]) -> StdResult<AppResponse> {
        let data = data.into_iter().map(Binary::from).collect();
        self.app
            .execute(&self.relayer, &self.pyth, &ExecuteMsg::UpdatePriceFeeds { data }, funds)
    }

    pub(crate) fn submit(&mut self, data: Vec<u8>) -> StdResult<AppResponse> {
        self.submit_with(vec![data], &[])
    }

    pub(crate) fn govern(&mut self, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        self.app.execute(&self.governance, &self.pyth, msg, &[])
    }

    pub(crate) fn feed(&self, id: [u8; 32]) -> StdResult<PriceFeedResponse> {
        self.app.query(&self.pyth, &QueryMsg::PriceFeed { id: id.into() })
    }

    pub(crate) fn mantissa(&self, id: [u8; 32]) -> i64 {
        self.feed(id).unwrap().price_feed.price.price.i64()
    }

    pub(crate) fn config(&self) -> ConfigResponse {
        self.app.query(&self.pyth, &QueryMsg::Config {}).unwrap()
    }

    pub(crate) fn oracle_price(&self) -> StdResult<oracle::PriceResponse> {
        let use_case = oracle::UseCase::Settle {};
        self.app.query(
            &self.oracle,
            &oracle::QueryMsg::Price {
                asset: AKT_USD.to_string(),
                use_case,
            },
        )
    }
}

fn oracle_setup(governance: &Addr, source: &Addr) -> oracle::InstantiateMsg {
    oracle::InstantiateMsg {
        governance: governance.to_string(),
        params: oracle::Params {
            sources: vec![source.to_string()],
            assets: vec![AKT_USD.to_string()],
            min_sources: 1,
            max_age_mint: 600,
            max_age_refund: 300,
            max_age_settle: 300,
            max_future: 10,
            max_confidence_bps: 100,
            max_source_gap_bps: 300,
        },
    }
}

pub(crate) fn setup(governance: &Addr, oracle: Option<&Addr>, fee: u128) -> InstantiateMsg {
    InstantiateMsg {
        governance: governance.to_string(),
        signer_sets: vec![set_of(0, &ROUTER_SET_0), test_set(1)],
        data_sources: vec![DataSource {
            chain: ROUTER_ORIGIN.chain,
            emitter: ROUTER_ORIGIN.emitter.into(),
        }],
        feeds: vec![
            FeedConfig {
                id: network::AKT_USD.into(),
                asset: Some(AKT_USD.to_string()),
            },
            FeedConfig {
                id: BTC.into(),
                asset: None,
            },
        ],
        oracle: oracle.map(Addr::to_string),
        fee_denom: "uakt".to_string(),
        params: Params {
            max_age: 60,
            max_future: 10,
            fee_per_update: Uakt::new(fee),
        },
    }
}

pub(crate) fn set_of(index: u32, addresses: &[[u8; 20]]) -> SignerSet {
    let addresses = addresses.iter().map(|address| HexBinary::from(*address)).collect();
    SignerSet {
        index,
        addresses,
        quorum: Quorum::Half {},
        expires_at: None,
    }
}

pub(crate) fn signers() -> [Signer; 5] {
    [1, 2, 3, 4, 5].map(|byte| Signer::from_secret(&[byte; 32]).unwrap())
}

pub(crate) fn test_set(index: u32) -> SignerSet {
    set_of(index, &signers().map(|signer| signer.address()))
}

pub(crate) fn price_at(publish_time: u64, price: i64) -> Price {
    Price {
        feed_id: network::AKT_USD,
        price,
        conf: 56_631,
        expo: -8,
        publish_time: publish_time as i64,
        prev_publish_time: publish_time as i64 - 1,
        ema_price: 58_793_853,
        ema_conf: 32_435,
    }
}

/// An update as routers make it: the slot counts fiftieths of a second.
pub(crate) fn draft(prices: Vec<Price>) -> Update {
    let time = prices.first().map_or(0, |price| price.publish_time) as u64;
    Update {
        set_index: 1,
        origin: ROUTER_ORIGIN,
        slot: time * 20,
        timestamp: time as u32,
        prices,
    }
}

pub(crate) fn sign(draft: &Update) -> Vec<u8> {
    let signers = signers();
    draft
        .sign(&[(0, &signers[0]), (2, &signers[2]), (4, &signers[4])])
        .unwrap()
}

pub(crate) fn update_at(publish_time: u64, price: i64) -> Vec<u8> {
    sign(&draft(vec![price_at(publish_time, price)]))
}

/// Breaks the first signature without touching what is checked before signatures.
pub(crate) fn forge(mut update: Vec<u8>) -> Vec<u8> {
    // PNAU header 10, VAA header 6, signer index 1: the byte after is in r.
    update[20] ^= 1;
    update
}
