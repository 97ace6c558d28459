//! An oracle with up to three sources.

use cosmwasm_std::{Addr, Decimal, StdResult, Uint64};
use cw_multi_test::AppResponse;
use supercloud_oracle::contract;
use supercloud_schema::oracle::{
    AKT_USD, ExecuteMsg, InstantiateMsg, ObservationsResponse, Params, PriceResponse, QueryMsg, UseCase,
};
use supercloud_test_kit::{TestApp, TypedContract};

pub(crate) const START: u64 = 1_783_572_470;

pub(crate) struct Suite {
    pub(crate) app: TestApp,
    pub(crate) code_id: u64,
    pub(crate) governance: Addr,
    pub(crate) oracle: Addr,
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn code() -> TypedContract {
    TypedContract::new(contract::instantiate, contract::execute, contract::query).with_migrate(contract::migrate)
}

impl Suite {
    pub(crate) fn new(min_sources: u32) -> Self {
        let mut app = TestApp::starting_at(START);
        let governance = app.addr("governance");
        let code_id = app.store(code());
        let params = params(&app, min_sources);
        let msg = InstantiateMsg {
            governance: governance.to_string(),
            params,
        };
        let oracle = app.instantiate(code_id, &governance, &msg, &[]).unwrap();
        Self {
            app,
            code_id,
            governance,
            oracle,
        }
    }

    pub(crate) fn execute(&mut self, sender: &str, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        let sender = self.app.addr(sender);
        self.app.execute(&sender, &self.oracle, msg, &[])
    }

    pub(crate) fn observe(&mut self, source: &str, price: &str, confidence: &str) {
        let publish_time = self.app.now();
        let msg = seen(price, confidence, None, publish_time, 1);
        self.execute(source, &msg).unwrap();
    }

    pub(crate) fn price(&self, use_case: UseCase) -> StdResult<PriceResponse> {
        self.app.query(
            &self.oracle,
            &QueryMsg::Price {
                asset: AKT_USD.to_string(),
                use_case,
            },
        )
    }

    pub(crate) fn observations(&self) -> ObservationsResponse {
        self.app
            .query(
                &self.oracle,
                &QueryMsg::Observations {
                    asset: AKT_USD.to_string(),
                },
            )
            .unwrap()
    }
}

pub(crate) fn params(app: &TestApp, min_sources: u32) -> Params {
    Params {
        sources: ["one", "two", "three"].map(|name| app.addr(name).to_string()).to_vec(),
        assets: vec![AKT_USD.to_string()],
        min_sources,
        max_age_mint: 600,
        max_age_refund: 300,
        max_age_settle: 120,
        max_future: 10,
        max_confidence_bps: 100,
        max_source_gap_bps: 300,
    }
}

pub(crate) fn seen(price: &str, confidence: &str, ema: Option<&str>, publish_time: u64, sequence: u64) -> ExecuteMsg {
    ExecuteMsg::Observe {
        asset: AKT_USD.to_string(),
        price: dec(price),
        confidence: dec(confidence),
        ema: ema.map(dec),
        publish_time,
        sequence: Uint64::new(sequence),
    }
}
