//! A burn-mint contract that may mint both denoms, an oracle, and users with AKT.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Coin, StdResult, Uint64, Uint128, coin};
use cw_multi_test::AppResponse;
use supercloud_bme::contract;
use supercloud_schema::bme::{
    CancelReason, ExecuteMsg, InstantiateMsg, Params, QueryMsg, Request, RequestResponse, RequestStatus,
    RequestsResponse, Status, StatusResponse, SudoMsg, VaultResponse,
};
use supercloud_schema::money::{Uact, Uakt};
use supercloud_schema::oracle::{self, AKT_USD};
use supercloud_schema::solvency::SolvencyResponse;
use supercloud_test_kit::{MINT_TYPE_URL, TestApp, TypedContract, data, events};

pub(crate) const UAKT: &str = "uakt";
pub(crate) const UACT: &str = "uact";
/// One AKT or one ACT in base units.
pub(crate) const ONE: u128 = 1_000_000;

pub(crate) struct Suite {
    pub(crate) app: TestApp,
    pub(crate) code_id: u64,
    pub(crate) governance: Addr,
    pub(crate) feeder: Addr,
    pub(crate) oracle: Addr,
    pub(crate) bme: Addr,
}

pub(crate) fn code() -> TypedContract {
    TypedContract::new(contract::instantiate, contract::execute, contract::query)
        .with_reply(contract::reply)
        .with_sudo(contract::sudo)
        .with_migrate(contract::migrate)
}

pub(crate) fn params() -> Params {
    Params {
        asset: AKT_USD.to_string(),
        mint_spread_bps: 25,
        redeem_spread_bps: 25,
        warn_ratio_bps: 9_500,
        halt_ratio_bps: 9_000,
        min_mint: Uact::new(10 * ONE),
        min_redeem: Uact::new(ONE),
        max_per_process: 50,
        mint_akt: true,
    }
}

pub(crate) fn setup(app: &TestApp, oracle: &Addr, params: Params) -> InstantiateMsg {
    InstantiateMsg {
        governance: app.addr("governance").to_string(),
        guardian: Some(app.addr("guardian").to_string()),
        oracle: oracle.to_string(),
        akt_denom: UAKT.to_string(),
        act_denom: UACT.to_string(),
        mint_type_url: MINT_TYPE_URL.to_string(),
        params,
    }
}

fn start_oracle(app: &mut TestApp, governance: &Addr, feeder: &Addr) -> Addr {
    let code_id = app.store(TypedContract::new(
        supercloud_oracle::contract::instantiate,
        supercloud_oracle::contract::execute,
        supercloud_oracle::contract::query,
    ));
    let params = oracle::Params {
        sources: vec![feeder.to_string()],
        assets: vec![AKT_USD.to_string()],
        min_sources: 1,
        max_age_mint: 600,
        max_age_refund: 300,
        max_age_settle: 300,
        max_future: 10,
        max_confidence_bps: 1_000,
        max_source_gap_bps: 300,
    };
    let msg = oracle::InstantiateMsg {
        governance: governance.to_string(),
        params,
    };
    app.instantiate(code_id, governance, &msg, &[]).unwrap()
}

impl Suite {
    pub(crate) fn new() -> Self {
        Self::with(params())
    }

    pub(crate) fn without_spreads() -> Self {
        Self::with(Params {
            mint_spread_bps: 0,
            redeem_spread_bps: 0,
            ..params()
        })
    }

    pub(crate) fn with(params: Params) -> Self {
        let mut app = TestApp::new();
        let (governance, feeder) = (app.addr("governance"), app.addr("feeder"));
        let oracle = start_oracle(&mut app, &governance, &feeder);
        let code_id = app.store(code());
        let msg = setup(&app, &oracle, params);
        let bme = app.instantiate(code_id, &governance, &msg, &[]).unwrap();
        app.restrict(UACT, &[&bme]);
        app.set_mint_admin(UACT, &bme);
        app.set_mint_admin(UAKT, &bme);
        for user in ["alice", "bob", "carol"] {
            app.funded(user, 1_000_000 * ONE, UAKT);
        }
        Self {
            app,
            code_id,
            governance,
            feeder,
            oracle,
            bme,
        }
    }

    pub(crate) fn execute(&mut self, sender: &str, msg: &ExecuteMsg, funds: &[Coin]) -> StdResult<AppResponse> {
        let sender = self.app.addr(sender);
        self.app.execute(&sender, &self.bme, msg, funds)
    }

    pub(crate) fn mint(&mut self, user: &str, uakt: u128) -> u64 {
        let msg = ExecuteMsg::RequestMint { min_out: None };
        data::<Uint64>(&self.execute(user, &msg, &[coin(uakt, UAKT)]).unwrap()).u64()
    }

    pub(crate) fn redeem(&mut self, user: &str, uact: u128) -> u64 {
        let msg = ExecuteMsg::RequestRedeem {
            beneficiary: None,
            min_out: None,
        };
        data::<Uint64>(&self.execute(user, &msg, &[coin(uact, UACT)]).unwrap()).u64()
    }

    pub(crate) fn cancel(&mut self, user: &str, id: u64) -> StdResult<AppResponse> {
        self.execute(user, &ExecuteMsg::CancelRequest { id: id.into() }, &[])
    }

    /// A second later, the feeder says `price` with `confidence`.
    pub(crate) fn publish_with(&mut self, price: &str, confidence: &str) {
        self.app.advance(1);
        let msg = oracle::ExecuteMsg::Observe {
            asset: AKT_USD.to_string(),
            price: price.parse().unwrap(),
            confidence: confidence.parse().unwrap(),
            ema: None,
            publish_time: self.app.now(),
            sequence: Uint64::one(),
        };
        self.app.execute(&self.feeder, &self.oracle, &msg, &[]).unwrap();
    }

    pub(crate) fn publish(&mut self, price: &str) {
        self.publish_with(price, "0");
    }

    pub(crate) fn process_raw(&mut self, limit: u32) -> AppResponse {
        self.app.sudo(&self.bme, &SudoMsg::Process { limit }).unwrap()
    }

    /// Processed requests, and why the queues of mints and redeems went no further.
    pub(crate) fn process(&mut self, limit: u32) -> (String, String, String) {
        summary(&self.process_raw(limit))
    }

    /// A conversion from request to payout at one price.
    pub(crate) fn minted(&mut self, user: &str, uakt: u128, price: &str) -> u64 {
        let id = self.mint(user, uakt);
        self.publish(price);
        assert_eq!(self.process(50).0, "1");
        id
    }

    pub(crate) fn request(&self, id: u64) -> Request {
        let answer: RequestResponse = self.app.query(&self.bme, &QueryMsg::Request { id: id.into() }).unwrap();
        answer.request
    }

    pub(crate) fn status_of(&self, id: u64) -> RequestStatus {
        self.request(id).status
    }

    pub(crate) fn pending(&self, start_after: Option<u64>, limit: Option<u32>) -> Vec<u64> {
        let msg = QueryMsg::PendingRequests {
            start_after: start_after.map(Uint64::new),
            limit,
        };
        let answer: RequestsResponse = self.app.query(&self.bme, &msg).unwrap();
        answer.requests.iter().map(|request| request.id.u64()).collect()
    }

    pub(crate) fn vault(&self) -> VaultResponse {
        self.app.query(&self.bme, &QueryMsg::Vault {}).unwrap()
    }

    pub(crate) fn status(&self) -> (Status, Option<u64>) {
        let answer: StatusResponse = self.app.query(&self.bme, &QueryMsg::Status {}).unwrap();
        (answer.status, answer.collateral_ratio_bps.map(|ratio| ratio.u64()))
    }

    pub(crate) fn balance(&self, user: &str, denom: &str) -> u128 {
        self.app.balance(&self.app.addr(user), denom)
    }

    /// Books against the bank: solvent, and each total explained by the supply.
    pub(crate) fn assert_books(&self, funded: u128) {
        let answer: SolvencyResponse = self.app.query(&self.bme, &QueryMsg::Solvency {}).unwrap();
        let [act, akt] = answer.coins.as_slice() else {
            panic!("{answer:?}")
        };
        assert!(act.solvent && akt.solvent, "{answer:?}");
        assert_eq!((act.denom.as_str(), act.surplus.u128()), (UACT, 0));
        assert_eq!((akt.denom.as_str(), akt.surplus.u128()), (UAKT, funded));
        let vault = self.vault();
        assert_eq!(akt.owed, vault.queued_akt.checked_add(vault.remint_credits).unwrap().0);
        assert_eq!(act.owed, vault.queued_act.0);
        assert_eq!(
            self.app.supply(UACT),
            vault
                .total_minted_act
                .checked_sub(vault.total_burned_act)
                .unwrap()
                .u128()
        );
        self.app.assert_supply_is_conserved(UACT);
        self.app.assert_supply_is_conserved(UAKT);
    }

    pub(crate) fn publish_time(&self) -> u64 {
        self.app.now()
    }
}

pub(crate) fn summary(response: &AppResponse) -> (String, String, String) {
    let attributes: &BTreeMap<String, String> = &events(response, "wasm")[0];
    let of = |key: &str| attributes[key].clone();
    (of("processed"), of("mint_queue"), of("redeem_queue"))
}

pub(crate) fn words(processed: &str, mints: &str, redeems: &str) -> (String, String, String) {
    (processed.to_string(), mints.to_string(), redeems.to_string())
}

pub(crate) fn cancelled(reason: CancelReason, at: u64) -> RequestStatus {
    RequestStatus::Cancelled {
        reason,
        cancelled_at: at,
    }
}

pub(crate) struct Outcome {
    pub(crate) paid: u128,
    pub(crate) spread: u128,
    pub(crate) from_credits: u128,
    pub(crate) minted_akt: u128,
    pub(crate) price: &'static str,
    pub(crate) at: u64,
}

/// An execution in the second in which its price was published.
pub(crate) fn executed(outcome: Outcome) -> RequestStatus {
    RequestStatus::Executed {
        paid: Uint128::new(outcome.paid),
        spread: Uint128::new(outcome.spread),
        from_credits: Uakt::new(outcome.from_credits),
        minted_akt: Uakt::new(outcome.minted_akt),
        price: supercloud_schema::money::UsdPrice(outcome.price.parse().unwrap()),
        publish_time: outcome.at,
        executed_at: outcome.at,
    }
}
