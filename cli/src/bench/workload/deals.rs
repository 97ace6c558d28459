//! The market's life in four transactions, over and over: a tenant creates a deployment, a provider bids, the tenant
//! takes the bid, the tenant closes the deployment and both deposits come back.
//!
//! A pair of tenant and provider has one deal at a time, and its next step is sent when the last one is in a block: what
//! a real tenant and a real provider see before they act.

use std::collections::VecDeque;

use anyhow::{Context, Result};
use cosmwasm_std::{HexBinary, Uint64};
use supercloud_client::{Any, Coin, message};
use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::cosmwasm::wasm::v1::MsgExecuteContractResponse;
use supercloud_proto::prost::Message;
use supercloud_schema::id::{BidId, DeploymentId};
use supercloud_schema::market::ExecuteMsg;
use supercloud_schema::money::{UACT, Uact, UnitPrice};
use supercloud_schema::resource::{
    Cpu, Endpoint, EndpointKind, Gpu, GroupSpec, Memory, PlacementRequirements, ResourceUnit, Resources, Storage,
};

use super::{Item, TxEnd, Workload};
use crate::bench::accounts::Account;

/// Deposits of deployments and bids: the least that the suite's parameters allow.
const DEPOSIT: Uact = Uact::new(500_000);
/// A thousandth of a cent an hour and more: one uact a second.
const PRICE: UnitPrice = UnitPrice::from_atomics(1_000_000_000_000_000_000);

/// Where a deal is: the transaction that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    CreateDeployment,
    CreateBid,
    CreateLease,
    CloseDeployment,
}

impl Step {
    pub(crate) const ALL: [Self; 4] = [
        Self::CreateDeployment,
        Self::CreateBid,
        Self::CreateLease,
        Self::CloseDeployment,
    ];

    fn after(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }
}

#[derive(Clone, Debug)]
struct Pair {
    tenant: String,
    provider: String,
    step: Step,
    dseq: Uint64,
}

impl Pair {
    fn bid(&self) -> BidId {
        self.deployment().group(1).order(1).bid(&*self.provider, 1)
    }

    fn deployment(&self) -> DeploymentId {
        DeploymentId {
            owner: self.tenant.clone(),
            dseq: self.dseq,
        }
    }

    /// Message of the step and what goes with it.
    fn message(&self) -> (ExecuteMsg, Vec<Coin>) {
        let deposit = || vec![DEPOSIT.coin(UACT)];
        match self.step {
            Step::CreateDeployment => {
                let create = ExecuteMsg::CreateDeployment {
                    groups: vec![group()],
                    hash: HexBinary::from([9; 32]),
                    budgets: Vec::new(),
                    reclamation_seconds: None,
                };
                (create, deposit())
            }
            Step::CreateBid => {
                let bid = ExecuteMsg::CreateBid {
                    order: self.bid().order(),
                    price: PRICE,
                    resources_offer: Vec::new(),
                    reclamation_seconds: None,
                };
                (bid, deposit())
            }
            Step::CreateLease => (ExecuteMsg::CreateLease { bid: self.bid() }, Vec::new()),
            Step::CloseDeployment => (ExecuteMsg::CloseDeployment { dseq: self.dseq }, Vec::new()),
        }
    }
}

fn group() -> GroupSpec {
    let resources = Resources {
        id: 1,
        cpu: Cpu {
            units: Uint64::new(500),
            attributes: Vec::new(),
        },
        memory: Memory {
            quantity: Uint64::new(512 << 20),
            attributes: Vec::new(),
        },
        storage: vec![Storage {
            name: "default".to_owned(),
            quantity: Uint64::new(1 << 30),
            attributes: Vec::new(),
        }],
        gpu: Gpu {
            units: Uint64::zero(),
            attributes: Vec::new(),
        },
        endpoints: vec![Endpoint {
            kind: EndpointKind::SharedHttp {},
            sequence_number: 0,
        }],
    };
    GroupSpec {
        name: "bench".to_owned(),
        requirements: PlacementRequirements::default(),
        resources: vec![ResourceUnit {
            resources,
            count: 1,
            price: PRICE,
        }],
    }
}

/// Deals of pairs: accounts `0..n` of a range are tenants, `n..2n` their providers, who are registered.
pub(crate) struct Deals {
    pairs: Vec<Pair>,
    first_account: usize,
    market: String,
    gas_limits: [u64; 4],
    ready: VecDeque<usize>,
}

impl Deals {
    /// Deals of the accounts whose first has index `first_account`; their number is even.
    pub(crate) fn new(accounts: &[Account], first_account: usize, market: &str, gas_limits: [u64; 4]) -> Self {
        let (tenants, providers) = accounts.split_at(accounts.len() / 2);
        let pair = |(tenant, provider): (&Account, &Account)| Pair {
            tenant: tenant.address.clone(),
            provider: provider.address.clone(),
            step: Step::CreateDeployment,
            dseq: Uint64::zero(),
        };
        let pairs: Vec<Pair> = tenants.iter().zip(providers).map(pair).collect();
        Self {
            ready: (0..pairs.len()).collect(),
            pairs,
            first_account,
            market: market.to_owned(),
            gas_limits,
        }
    }

    /// Which account signs the next step of a pair.
    pub(crate) fn signer(&self, actor: usize) -> usize {
        let provider = self.pairs[actor].step == Step::CreateBid;
        self.first_account + actor + if provider { self.pairs.len() } else { 0 }
    }

    /// The next step of a pair as a message.
    pub(crate) fn message(&self, actor: usize) -> Result<Any> {
        let pair = &self.pairs[actor];
        let sender = if pair.step == Step::CreateBid {
            &pair.provider
        } else {
            &pair.tenant
        };
        let (message, funds) = pair.message();
        Ok(message::execute(sender, &self.market, &message, funds)?)
    }

    /// Goes on after a step that succeeded.
    pub(crate) fn advance(&mut self, actor: usize, data: &[u8]) -> Result<()> {
        let pair = &mut self.pairs[actor];
        if pair.step == Step::CreateDeployment {
            pair.dseq = created_deployment(data)?.dseq;
        }
        pair.step = pair.step.after();
        Ok(())
    }

    /// The deployment that a pair created last.
    pub(crate) fn deployment(&self, actor: usize) -> DeploymentId {
        self.pairs[actor].deployment()
    }
}

/// What the market answered to a create.
fn created_deployment(data: &[u8]) -> Result<DeploymentId> {
    let responses = TxMsgData::decode(data).context("data of a transaction")?.msg_responses;
    let response = responses.first().context("a transaction without responses")?;
    let response = MsgExecuteContractResponse::decode(&*response.value).context("response of an execution")?;
    serde_json::from_slice(&response.data).context("the market's answer to a create")
}

impl Workload for Deals {
    fn next(&mut self) -> Option<Item> {
        let actor = self.ready.pop_front()?;
        Some(Item {
            actor,
            signer: self.signer(actor),
            messages: vec![self.message(actor).ok()?],
            gas_limit: self.gas_limits[self.pairs[actor].step as usize],
        })
    }

    fn accepted(&mut self, _: usize) {}

    fn refused(&mut self, actor: usize) {
        self.ready.push_front(actor);
    }

    fn committed(&mut self, actor: usize, end: Option<&TxEnd>) {
        let went_on = match end {
            Some(end) if end.code == 0 => self.advance(actor, &end.data).is_ok(),
            _ => false,
        };
        if !went_on {
            // Its failure is counted and shown; the pair begins a new deal.
            self.pairs[actor].step = Step::CreateDeployment;
        }
        self.ready.push_back(actor);
    }

    fn needs_results(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deals() -> Deals {
        let keys = crate::bench::accounts::derive_keys(b"test", 4).unwrap();
        let account = |key: supercloud_client::Key| Account {
            address: key.address("akash").unwrap(),
            key,
            number: 0,
            sequence: 0,
        };
        let accounts: Vec<Account> = keys.into_iter().map(account).collect();
        Deals::new(&accounts, 10, "market", [1, 2, 3, 4])
    }

    fn created(dseq: u64, owner: &str) -> Vec<u8> {
        let answer = serde_json::json!({ "owner": owner, "dseq": dseq.to_string() });
        let response = MsgExecuteContractResponse {
            data: answer.to_string().into_bytes(),
        };
        let any = supercloud_proto::prost_types::Any {
            type_url: String::new(),
            value: response.encode_to_vec(),
        };
        TxMsgData {
            msg_responses: vec![any],
            ..TxMsgData::default()
        }
        .encode_to_vec()
    }

    #[test]
    fn a_deal_goes_through_its_steps_signed_by_the_one_whose_turn_it_is() {
        let mut deals = deals();
        let mut signers = Vec::new();
        for step in 0..4u64 {
            let item = deals.next().unwrap();
            assert_eq!((item.actor, item.gas_limit), (0, step + 1));
            signers.push(item.signer);
            let end = TxEnd {
                data: created(77, "tenant"),
                ..TxEnd::default()
            };
            deals.committed(0, Some(&end));
            deals.ready.rotate_right(1);
        }
        assert_eq!(signers, [10, 12, 10, 10]);
        assert_eq!(deals.deployment(0).dseq.u64(), 77);
        assert_eq!(deals.pairs[0].step, Step::CreateDeployment);
    }

    #[test]
    fn a_deal_whose_step_failed_begins_anew() {
        let mut deals = deals();
        let item = deals.next().unwrap();
        deals.advance(item.actor, &created(5, "t")).unwrap();
        let end = TxEnd {
            code: 5,
            ..TxEnd::default()
        };
        deals.committed(item.actor, Some(&end));
        assert_eq!(deals.pairs[0].step, Step::CreateDeployment);
        assert_eq!(deals.ready, [1, 0]);
    }
}
