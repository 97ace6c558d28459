//! All contracts on a chain, with a tenant, and the sentences that scenarios are made of.

use std::collections::BTreeSet;
use std::fmt::Display;

use cosmwasm_std::{Coin, HexBinary, Uint64, coin};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use supercloud_schema::bme;
use supercloud_schema::escrow::{self, AccountResponse, PaymentResponse};
use supercloud_schema::id::{BidId, DeploymentId, LeaseId, OrderId};
use supercloud_schema::market::{self, GroupState};
use supercloud_schema::money::{UACT, UAKT, UnitPrice};
use supercloud_schema::registry::{self, ProviderInfo, ProviderProfile};
use supercloud_schema::resource::{
    Attribute, Cpu, Gpu, GroupSpec, Memory, PlacementRequirements, ResourceUnit, Resources, Storage,
};
use supercloud_schema::solvency::SolvencyResponse;

use crate::setup;
use crate::world::{Contract, Happening, Outcome, Refusal, World};

/// One ACT or AKT in base units.
pub const ONE: u128 = 1_000_000;
/// What tenants and providers begin with, in uact.
pub const PURSE: u128 = 1_000 * ONE;
/// Deposit of a bid.
pub const BID_DEPOSIT: u128 = 500_000;
/// Funds that a lease must have for its start, in seconds.
pub const LEASE_GRACE: u64 = 1;
/// Within this time a provider may leave a lease without loss.
pub const MANIFEST_GRACE: u64 = 300;
/// Seconds of an hour.
pub const HOUR: u64 = 3_600;

/// A lease as the market tells it.
pub type Lease = market::Lease;

/// Addresses of the contracts.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Registry.
    pub registry: String,
    /// Market.
    pub market: String,
    /// Escrow.
    pub escrow: String,
    /// Burn-mint.
    pub bme: String,
    /// Oracle.
    pub oracle: String,
    /// Pyth receiver.
    pub pyth: String,
    /// Attestation.
    pub attestation: String,
}

/// The contracts on a chain.
pub struct Suite<W> {
    /// The chain.
    pub world: W,
    /// The contracts.
    pub at: Addresses,
    /// May change everything.
    pub governance: String,
    /// A source of the oracle.
    pub feeder: String,
    /// Has a purse.
    pub tenant: String,
    known: BTreeSet<String>,
}

/// A rate in whole uact per second.
pub fn rate(uact_per_second: u128) -> UnitPrice {
    UnitPrice::from_atomics(uact_per_second * 10u128.pow(18))
}

/// Coins of ACT; none for nothing.
pub fn act(amount: u128) -> Vec<Coin> {
    if amount == 0 { vec![] } else { vec![coin(amount, UACT)] }
}

/// A key with a value.
pub fn attribute(key: &str, value: &str) -> Attribute {
    Attribute {
        key: key.to_string(),
        value: value.to_string(),
    }
}

/// One unit of one replica that costs at most one ACT per second.
pub fn group(name: &str) -> GroupSpec {
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
            price: rate(ONE),
        }],
    }
}

pub(crate) fn json(msg: &impl Serialize) -> Value {
    serde_json::to_value(msg).unwrap()
}

impl<W: World> Suite<W> {
    /// Instantiates all contracts at predicted addresses and gives the tenant a purse.
    pub fn deploy(mut world: W) -> Self {
        let governance = world.account("governance");
        let feeder = world.account("feeder");
        let tenant = world.account("tenant");
        let mut codes = vec![];
        let mut place = |world: &mut W, contract: Contract| {
            let code = world.store(contract);
            codes.push((contract, code));
            world.predict(code, &governance, contract.name())
        };
        let at = Addresses {
            registry: place(&mut world, Contract::Registry),
            market: place(&mut world, Contract::Market),
            escrow: place(&mut world, Contract::Escrow),
            bme: place(&mut world, Contract::Bme),
            oracle: place(&mut world, Contract::Oracle),
            pyth: place(&mut world, Contract::Pyth),
            attestation: place(&mut world, Contract::Attestation),
        };
        for (contract, code) in codes {
            let msg = setup::message(contract, &at, &governance, &feeder);
            world.instantiate2(code, &governance, &msg, contract.name()).unwrap();
        }
        world.restrict(UACT, &[&at.market, &at.escrow, &at.bme]);
        world.set_mint_admin(UACT, &at.bme);
        world.set_mint_admin(UAKT, &at.bme);
        let known = [
            &governance,
            &feeder,
            &at.registry,
            &at.market,
            &at.escrow,
            &at.bme,
            &at.oracle,
            &at.pyth,
        ];
        let known = known.into_iter().chain([&at.attestation]).cloned().collect();
        let mut suite = Self {
            world,
            at,
            governance,
            feeder,
            tenant: tenant.clone(),
            known,
        };
        suite.endow(&tenant, PURSE, UACT);
        suite
    }

    /// Gives an account coins and watches it from then on.
    pub fn endow(&mut self, account: &str, amount: u128, denom: &str) {
        self.known.insert(account.to_string());
        self.world.fund(account, amount, denom);
    }

    /// A named account with an ACT purse.
    pub fn purse(&mut self, name: &str) -> String {
        let account = self.world.account(name);
        self.endow(&account, PURSE, UACT);
        account
    }

    /// A registered provider with an ACT purse.
    pub fn provider(&mut self, name: &str, attributes: Vec<Attribute>) -> String {
        let account = self.purse(name);
        let profile = ProviderProfile {
            host_uri: "https://provider.example:8443".to_string(),
            tls_key_sha256: HexBinary::from([9; 32]),
            attributes,
            info: ProviderInfo::default(),
        };
        let registry = self.at.registry.clone();
        self.execute(
            &account,
            &registry,
            &registry::ExecuteMsg::RegisterProvider { profile },
            &[],
        )
        .unwrap();
        account
    }

    /// Sends a message and asserts that money is conserved whatever became of it.
    pub fn execute(
        &mut self,
        sender: &str,
        contract: &str,
        msg: &impl Serialize,
        funds: &[Coin],
    ) -> Result<Outcome, Refusal> {
        self.known.insert(sender.to_string());
        let outcome = self.world.execute(sender, contract, &json(msg), funds);
        self.assert_conserved();
        outcome
    }

    /// Sends the market a message with ACT.
    pub fn market(&mut self, sender: &str, msg: &market::ExecuteMsg, uact: u128) -> Result<Outcome, Refusal> {
        let contract = self.at.market.clone();
        self.execute(sender, &contract, msg, &act(uact))
    }

    /// Sends escrow a message with ACT.
    pub fn escrow(&mut self, sender: &str, msg: &escrow::ExecuteMsg, uact: u128) -> Result<Outcome, Refusal> {
        let contract = self.at.escrow.clone();
        self.execute(sender, &contract, msg, &act(uact))
    }

    /// Calls a contract as the cron does.
    pub fn sudo(&mut self, contract: &str, msg: &impl Serialize) -> Outcome {
        let outcome = self.world.sudo(contract, &json(msg)).unwrap();
        self.assert_conserved();
        outcome
    }

    /// Asks a contract.
    pub fn ask<T: DeserializeOwned>(&self, contract: &str, msg: &impl Serialize) -> T {
        serde_json::from_value(self.world.query(contract, &json(msg)).unwrap()).unwrap()
    }

    /// No coin appears or vanishes outside minting and burning, who holds money has what it owes, the market holds none.
    pub fn assert_conserved(&self) {
        for denom in [UACT, UAKT] {
            let sum: u128 = self
                .known
                .iter()
                .map(|account| self.world.balance(account, denom))
                .sum();
            assert_eq!(sum, self.world.supply(denom), "sum of balances and supply of {denom}");
            assert_eq!(self.world.balance(&self.at.market, denom), 0, "market holds {denom}");
        }
        let books: [SolvencyResponse; 2] = [
            self.ask(&self.at.escrow, &escrow::QueryMsg::Solvency {}),
            self.ask(&self.at.bme, &bme::QueryMsg::Solvency {}),
        ];
        for coin in books.into_iter().flat_map(|books| books.coins) {
            assert!(coin.solvent, "{coin:?}");
        }
    }

    /// Lets time pass.
    pub fn advance(&mut self, seconds: u64) {
        self.world.advance(seconds);
    }

    /// Balance in uact.
    pub fn act_of(&self, account: &str) -> u128 {
        self.world.balance(account, UACT)
    }

    /// The tenant asks for groups with a deposit of its own.
    pub fn create(&mut self, groups: Vec<GroupSpec>, deposit: u128) -> DeploymentId {
        self.create_with(groups, vec![], None, deposit)
    }

    /// The tenant asks for groups with budgets and a reclamation window as well.
    pub fn create_with(
        &mut self,
        groups: Vec<GroupSpec>,
        budgets: Vec<escrow::BudgetDraw>,
        reclamation_seconds: Option<u64>,
        deposit: u128,
    ) -> DeploymentId {
        let hash = HexBinary::from([1; 32]);
        let msg = market::ExecuteMsg::CreateDeployment {
            groups,
            hash,
            budgets,
            reclamation_seconds,
        };
        let tenant = self.tenant.clone();
        data(&self.market(&tenant, &msg, deposit).unwrap())
    }

    /// A provider bids in whole uact per second.
    pub fn bid(&mut self, provider: &str, order: &OrderId, price: u128) -> BidId {
        data(&self.try_bid(provider, order, price, None).unwrap())
    }

    /// A provider bids with a reclamation window, or is refused.
    pub fn try_bid(
        &mut self,
        provider: &str,
        order: &OrderId,
        price: u128,
        window: Option<u64>,
    ) -> Result<Outcome, Refusal> {
        let (order, price) = (order.clone(), rate(price));
        let msg = market::ExecuteMsg::CreateBid {
            order,
            price,
            resources_offer: vec![],
            reclamation_seconds: window,
        };
        self.market(provider, &msg, BID_DEPOSIT)
    }

    /// The tenant accepts a bid.
    pub fn accept(&mut self, bid: &BidId) -> Outcome {
        self.as_tenant(&market::ExecuteMsg::CreateLease { bid: bid.clone() })
            .unwrap()
    }

    /// A provider bids and the tenant accepts.
    pub fn lease(&mut self, provider: &str, order: &OrderId, price: u128) -> LeaseId {
        let bid = self.bid(provider, order, price);
        self.accept(&bid);
        bid
    }

    /// The tenant sends the market a message without coins.
    pub fn as_tenant(&mut self, msg: &market::ExecuteMsg) -> Result<Outcome, Refusal> {
        let tenant = self.tenant.clone();
        self.market(&tenant, msg, 0)
    }

    /// The tenant closes a deployment.
    pub fn close(&mut self, id: &DeploymentId) -> Outcome {
        self.as_tenant(&market::ExecuteMsg::CloseDeployment { dseq: id.dseq })
            .unwrap()
    }

    /// A provider closes a bid or its lease.
    pub fn close_bid(&mut self, provider: &str, bid: &BidId) -> Result<Outcome, Refusal> {
        self.market(
            provider,
            &market::ExecuteMsg::CloseBid {
                bid: bid.clone(),
                reason: 10_000,
            },
            0,
        )
    }

    /// A provider takes what a lease earned.
    pub fn withdraw(&mut self, provider: &str, lease: &LeaseId) -> Result<Outcome, Refusal> {
        let msg = escrow::ExecuteMsg::Withdraw {
            leases: vec![lease.clone()],
            redeem: false,
        };
        self.escrow(provider, &msg, 0)
    }

    /// A lease.
    pub fn lease_of(&self, id: &LeaseId) -> Lease {
        let answer: market::LeaseResponse = self.ask(&self.at.market, &market::QueryMsg::Lease { id: id.clone() });
        answer.lease
    }

    /// A bid.
    pub fn bid_of(&self, id: &BidId) -> market::Bid {
        let answer: market::BidResponse = self.ask(&self.at.market, &market::QueryMsg::Bid { id: id.clone() });
        answer.bid
    }

    /// States of a deployment's groups.
    pub fn groups_of(&self, id: &DeploymentId) -> Vec<GroupState> {
        let msg = market::QueryMsg::Deployment { id: id.clone() };
        let answer: market::DeploymentResponse = self.ask(&self.at.market, &msg);
        answer.groups.into_iter().map(|group| group.state).collect()
    }

    /// A deployment's account.
    pub fn account(&self, id: &DeploymentId) -> escrow::Account {
        let answer: AccountResponse = self.ask(&self.at.escrow, &escrow::QueryMsg::Account { dseq: id.dseq });
        answer.account
    }

    /// All that a lease earned so far, in uact.
    pub fn earned(&self, lease: &LeaseId) -> u128 {
        let answer: PaymentResponse = self.ask(&self.at.escrow, &escrow::QueryMsg::Payment { lease: lease.clone() });
        answer.payment.earned.u128()
    }
}

/// A response's data, read as JSON.
#[track_caller]
pub fn data<T: DeserializeOwned>(outcome: &Outcome) -> T {
    serde_json::from_slice(outcome.data.as_ref().expect("response carries data")).unwrap()
}

/// The events with a name.
pub fn events<'a>(outcome: &'a Outcome, name: &str) -> Vec<&'a Happening> {
    outcome.events.iter().filter(|event| event.name == name).collect()
}

/// Asserts that a message was refused with exactly this error of a contract.
#[track_caller]
pub fn assert_refused(outcome: Result<Outcome, Refusal>, error: &impl Display) {
    let refusal = outcome.expect_err("message is refused");
    assert!(refusal.0.contains(&error.to_string()), "{refusal} is not {error}");
}
