//! A chain with registry, escrow and market, a tenant and providers.

use cosmwasm_std::{Addr, Coin, HexBinary, StdResult, Uint64, coin};
use cw_multi_test::AppResponse;
use serde::de::DeserializeOwned;
use supercloud_schema::escrow::{self, AccountResponse, BidDepositResponse};
use supercloud_schema::id::{BidId, DeploymentId, LeaseId, OrderId};
use supercloud_schema::market::{
    Bid, BidResponse, BidsResponse, Deployment, DeploymentResponse, ExecuteMsg, Group, InstantiateMsg, Lease,
    LeaseResponse, Order, OrderResponse, Params, QueryMsg,
};
use supercloud_schema::money::{UACT, Uact, UnitPrice};
use supercloud_schema::registry::{self, ProviderInfo, ProviderProfile};
use supercloud_schema::resource::{
    Attribute, Cpu, Gpu, GroupSpec, Memory, PlacementRequirements, ResourceUnit, Resources, Storage,
};
use supercloud_schema::solvency::SolvencyResponse;
use supercloud_test_kit::{TestApp, TypedContract, data};

pub(crate) const DEPOSIT: u128 = 1_000_000;
pub(crate) const BID_DEPOSIT: u128 = 500_000;
/// What tenants and providers begin with.
pub(crate) const PURSE: u128 = 100_000_000;
pub(crate) const LEASE_GRACE: u64 = 60;
pub(crate) const MANIFEST_GRACE: u64 = 300;
pub(crate) const HOUR: u64 = 3_600;

pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) governance: Addr,
    pub(crate) guardian: Addr,
    pub(crate) registry: Addr,
    pub(crate) escrow: Addr,
    pub(crate) market: Addr,
    pub(crate) tenant: Addr,
}

pub(crate) fn rate(uact_per_second: u128) -> UnitPrice {
    UnitPrice::from_atomics(uact_per_second * 1_000_000_000_000_000_000)
}

pub(crate) fn act(amount: u128) -> Vec<Coin> {
    if amount == 0 { vec![] } else { vec![coin(amount, UACT)] }
}

pub(crate) fn attribute(key: &str, value: &str) -> Attribute {
    Attribute {
        key: key.to_string(),
        value: value.to_string(),
    }
}

/// One unit of one replica, at most 10 uact per second.
pub(crate) fn group(name: &str) -> GroupSpec {
    let resources = Resources {
        id: 1,
        cpu: Cpu {
            units: Uint64::new(1000),
            attributes: vec![],
        },
        memory: Memory {
            quantity: Uint64::new(1 << 30),
            attributes: vec![],
        },
        storage: vec![Storage {
            name: "default".to_string(),
            quantity: Uint64::new(1 << 30),
            attributes: vec![],
        }],
        gpu: Gpu {
            units: Uint64::zero(),
            attributes: vec![],
        },
        endpoints: vec![],
    };
    GroupSpec {
        name: name.to_string(),
        requirements: PlacementRequirements::default(),
        resources: vec![ResourceUnit {
            resources,
            count: 1,
            price: rate(10),
        }],
    }
}

pub(crate) fn hash(byte: u8) -> HexBinary {
    HexBinary::from([byte; 32])
}

pub(crate) fn params() -> Params {
    Params {
        order_max_bids: 32,
        deployment_min_deposit: Uact::new(500_000),
        bid_min_deposit: Uact::new(BID_DEPOSIT),
        lease_grace_seconds: LEASE_GRACE,
        manifest_grace_seconds: MANIFEST_GRACE,
        min_reclamation_seconds: HOUR,
        max_reclamation_seconds: 720 * HOUR,
        max_groups: 20,
        max_units: 20,
    }
}

pub(crate) fn market_contract() -> TypedContract {
    use supercloud_market::contract::{execute, instantiate, migrate, query, sudo};
    TypedContract::new(instantiate, execute, query)
        .with_migrate(migrate)
        .with_sudo(sudo)
}

fn escrow_contract() -> TypedContract {
    use supercloud_escrow::contract::{execute, instantiate, query, reply};
    TypedContract::new(instantiate, execute, query).with_reply(reply)
}

fn registry_contract() -> TypedContract {
    use supercloud_registry::contract::{execute, instantiate, query};
    TypedContract::new(instantiate, execute, query)
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_params(params())
    }

    pub(crate) fn with_params(params: Params) -> Self {
        let mut app = TestApp::new();
        let (governance, guardian) = (app.addr("governance"), app.addr("guardian"));
        let codes = [registry_contract(), escrow_contract(), market_contract()].map(|contract| app.store(contract));
        let [registry, escrow, market] = [(0, "registry"), (1, "escrow"), (2, "market")]
            .map(|(code, salt)| app.predict(codes[code], &governance, salt));
        app.restrict(UACT, &[&escrow, &market]);

        let msg = registry::InstantiateMsg {
            governance: governance.to_string(),
        };
        app.instantiate2(codes[0], &governance, &msg, "registry").unwrap();
        let msg = escrow::InstantiateMsg {
            governance: governance.to_string(),
            market: market.to_string(),
            bme: app.addr("bme").to_string(),
            act_denom: UACT.to_string(),
            params: escrow::Params {
                min_deposit: Uact::new(1),
                max_deposits: 10,
                max_payments: 20,
                runway_warning_seconds: LEASE_GRACE,
            },
        };
        app.instantiate2(codes[1], &governance, &msg, "escrow").unwrap();
        let msg = InstantiateMsg {
            governance: governance.to_string(),
            guardian: Some(guardian.to_string()),
            registry: registry.to_string(),
            escrow: escrow.to_string(),
            act_denom: UACT.to_string(),
            params,
        };
        app.instantiate2(codes[2], &governance, &msg, "market").unwrap();
        let tenant = app.funded("tenant", PURSE, UACT);
        Self {
            app,
            governance,
            guardian,
            registry,
            escrow,
            market,
            tenant,
        }
    }

    /// A registered provider with a purse.
    pub(crate) fn provider(&mut self, name: &str) -> Addr {
        self.provider_with(name, vec![])
    }

    pub(crate) fn provider_with(&mut self, name: &str, attributes: Vec<Attribute>) -> Addr {
        let provider = self.app.funded(name, PURSE, UACT);
        let profile = profile(attributes);
        let msg = registry::ExecuteMsg::RegisterProvider { profile };
        self.app.execute(&provider, &self.registry.clone(), &msg, &[]).unwrap();
        provider
    }

    pub(crate) fn run(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: u128) -> StdResult<AppResponse> {
        let outcome = self.app.execute(sender, &self.market.clone(), msg, &act(funds));
        self.check();
        outcome
    }

    pub(crate) fn run_escrow(
        &mut self,
        sender: &Addr,
        msg: &escrow::ExecuteMsg,
        funds: u128,
    ) -> StdResult<AppResponse> {
        let outcome = self.app.execute(sender, &self.escrow.clone(), msg, &act(funds));
        self.check();
        outcome
    }

    /// No coin appears or vanishes, the market holds nothing, and escrow has what it owes and no more.
    pub(crate) fn check(&self) {
        self.app.assert_supply_is_conserved(UACT);
        assert_eq!(self.app.balance(&self.market, UACT), 0);
        let books: SolvencyResponse = self.app.query(&self.escrow, &escrow::QueryMsg::Solvency {}).unwrap();
        for coin in books.coins {
            assert!(coin.solvent && coin.surplus.is_zero(), "{coin:?}");
        }
    }

    pub(crate) fn create(&mut self, groups: Vec<GroupSpec>) -> DeploymentId {
        self.create_with(groups, None, DEPOSIT)
    }

    pub(crate) fn create_with(&mut self, groups: Vec<GroupSpec>, window: Option<u64>, deposit: u128) -> DeploymentId {
        let tenant = self.tenant.clone();
        data(&self.run(&tenant, &create_msg(groups, window), deposit).unwrap())
    }

    pub(crate) fn bid(&mut self, provider: &Addr, order: &OrderId, price: u128) -> BidId {
        self.bid_with(provider, order, price, None)
    }

    pub(crate) fn bid_with(&mut self, provider: &Addr, order: &OrderId, price: u128, window: Option<u64>) -> BidId {
        data(
            &self
                .run(provider, &bid_msg(order, rate(price), window), BID_DEPOSIT)
                .unwrap(),
        )
    }

    pub(crate) fn accept(&mut self, bid: &BidId) -> AppResponse {
        let tenant = self.tenant.clone();
        self.run(&tenant, &ExecuteMsg::CreateLease { bid: bid.clone() }, 0)
            .unwrap()
    }

    /// A deployment of one group with a lease of the provider at 10 uact per second.
    pub(crate) fn lease(&mut self, provider: &Addr) -> LeaseId {
        self.lease_with(provider, None)
    }

    pub(crate) fn lease_with(&mut self, provider: &Addr, window: Option<u64>) -> LeaseId {
        let order = self.create(vec![group("g")]).group(1).order(1);
        let bid = self.bid_with(provider, &order, 10, window);
        self.accept(&bid);
        bid
    }

    pub(crate) fn close_bid(&mut self, provider: &Addr, bid: &BidId) -> StdResult<AppResponse> {
        self.run(
            provider,
            &ExecuteMsg::CloseBid {
                bid: bid.clone(),
                reason: 10_000,
            },
            0,
        )
    }

    pub(crate) fn as_tenant(&mut self, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        let tenant = self.tenant.clone();
        self.run(&tenant, msg, 0)
    }

    pub(crate) fn ask<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app.query(&self.market, msg).unwrap()
    }

    pub(crate) fn deployment(&self, id: &DeploymentId) -> (Deployment, Vec<Group>) {
        let answer: DeploymentResponse = self.ask(&QueryMsg::Deployment { id: id.clone() });
        (answer.deployment, answer.groups)
    }

    pub(crate) fn order(&self, id: &OrderId) -> Order {
        self.ask::<OrderResponse>(&QueryMsg::Order { id: id.clone() }).order
    }

    pub(crate) fn bid_of(&self, id: &BidId) -> Bid {
        self.ask::<BidResponse>(&QueryMsg::Bid { id: id.clone() }).bid
    }

    pub(crate) fn bids_of(&self, order: &OrderId) -> Vec<Bid> {
        self.ask::<BidsResponse>(&QueryMsg::Bids { order: order.clone() }).bids
    }

    pub(crate) fn lease_of(&self, id: &LeaseId) -> Lease {
        self.ask::<LeaseResponse>(&QueryMsg::Lease { id: id.clone() }).lease
    }

    pub(crate) fn act_of(&self, account: &Addr) -> u128 {
        self.app.balance(account, UACT)
    }

    pub(crate) fn locked(&self, bid: &BidId) -> Option<u128> {
        let question = escrow::QueryMsg::BidDeposit { bid: bid.clone() };
        let answer: BidDepositResponse = self.app.query(&self.escrow, &question).unwrap();
        answer.deposit.map(|deposit| deposit.amount.u128())
    }

    pub(crate) fn account(&self, id: &DeploymentId) -> AccountResponse {
        self.app
            .query(&self.escrow, &escrow::QueryMsg::Account { dseq: id.dseq })
            .unwrap()
    }
}

pub(crate) fn profile(attributes: Vec<Attribute>) -> ProviderProfile {
    ProviderProfile {
        host_uri: "https://provider.example:8443".to_string(),
        tls_key_sha256: hash(9),
        attributes,
        info: ProviderInfo::default(),
    }
}

pub(crate) fn create_msg(groups: Vec<GroupSpec>, window: Option<u64>) -> ExecuteMsg {
    ExecuteMsg::CreateDeployment {
        groups,
        hash: hash(1),
        budgets: vec![],
        reclamation_seconds: window,
    }
}

pub(crate) fn bid_msg(order: &OrderId, price: UnitPrice, window: Option<u64>) -> ExecuteMsg {
    ExecuteMsg::CreateBid {
        order: order.clone(),
        price,
        resources_offer: vec![],
        reclamation_seconds: window,
    }
}
