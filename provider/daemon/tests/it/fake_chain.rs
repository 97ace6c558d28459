//! A chain in memory, with a switch that makes it unreachable.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cosmwasm_std::{HexBinary, Uint64};
use supercloud_provider::{BidTerms, BoxFuture, Chain, ChainError, TxError, Withdrawal};
use supercloud_provider_engine::{ChainView, ProviderRecord};
use supercloud_rules::pricing::compute_max_price;
use supercloud_schema::id::{BidId, DeploymentId, LeaseId, OrderId};
use supercloud_schema::market::{
    Deployment, DeploymentResponse, DeploymentState, Group, GroupState, Lease, LeaseState, Order, OrderState,
};
use supercloud_schema::money::Uact;
use supercloud_schema::registry::{ProviderInfo, ProviderProfile};
use supercloud_schema::resource::GroupSpec;

#[derive(Default)]
pub(crate) struct FakeChain {
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) now: u64,
    pub(crate) down: bool,
    pub(crate) provider: String,
    pub(crate) attributes: Vec<supercloud_schema::resource::Attribute>,
    pub(crate) deployments: Vec<DeploymentResponse>,
    pub(crate) orders: Vec<Order>,
    pub(crate) bids: Vec<(BidId, BidTerms)>,
    pub(crate) leases: Vec<Lease>,
    pub(crate) closed: Vec<(BidId, u32)>,
    pub(crate) withdrawals: Vec<(Vec<LeaseId>, bool)>,
}

impl FakeChain {
    pub(crate) fn new(provider: &str, attributes: Vec<supercloud_schema::resource::Attribute>) -> Self {
        let state = State {
            now: 1000,
            provider: provider.to_owned(),
            attributes,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A deployment with one open order per group.
    pub(crate) fn deploy(&self, owner: &str, dseq: u64, hash: [u8; 32], specs: Vec<GroupSpec>) -> OrderId {
        let id = DeploymentId {
            owner: owner.to_owned(),
            dseq: Uint64::new(dseq),
        };
        let mut state = self.state();
        let mut groups = Vec::new();
        for (spec, gseq) in specs.into_iter().zip(1..) {
            let group = id.group(gseq);
            state.orders.push(Order {
                id: group.order(1),
                state: OrderState::Open {},
                max_price: compute_max_price(&spec).unwrap(),
                spec: spec.clone(),
                reclamation_seconds: None,
                created_at: 1000,
            });
            groups.push(Group {
                id: group,
                state: GroupState::Open {},
                spec,
                last_oseq: 1,
            });
        }
        let count = groups.len().try_into().unwrap();
        let deployment = Deployment {
            id: id.clone(),
            state: DeploymentState::Active {},
            hash: HexBinary::from(hash),
            created_at: 1000,
            groups: count,
            reclamation_seconds: None,
        };
        state.deployments.push(DeploymentResponse { deployment, groups });
        id.group(1).order(1)
    }

    /// The tenant takes the first bid on the order.
    pub(crate) fn accept(&self, order: &OrderId) -> LeaseId {
        let mut state = self.state();
        let (id, terms) = state
            .bids
            .iter()
            .find(|(bid, _)| bid.order() == *order)
            .cloned()
            .unwrap();
        state.orders.retain(|open| open.id != *order);
        let created_at = state.now;
        state.leases.push(Lease {
            id: id.clone(),
            state: LeaseState::Active {},
            price: terms.price,
            created_at,
            closed_at: None,
            closed_reason: None,
            reclamation_seconds: None,
            reclaim: None,
        });
        id
    }

    pub(crate) fn end(&self, lease: &LeaseId) {
        let mut state = self.state();
        state.leases.iter_mut().find(|known| known.id == *lease).unwrap().state = LeaseState::Closed {};
    }

    fn read<T: Send + 'static>(&self, answer: impl FnOnce(&State) -> T) -> BoxFuture<'_, Result<T, ChainError>> {
        let state = self.state();
        let result = if state.down {
            Err(ChainError("down".into()))
        } else {
            Ok(answer(&state))
        };
        Box::pin(std::future::ready(result))
    }

    fn write<T: Send + 'static>(&self, change: impl FnOnce(&mut State) -> T) -> BoxFuture<'_, Result<T, TxError>> {
        let mut state = self.state();
        let result = if state.down {
            Err(TxError::NotSent("down".into()))
        } else {
            Ok(change(&mut state))
        };
        Box::pin(std::future::ready(result))
    }
}

impl Chain for FakeChain {
    fn view(&self) -> BoxFuture<'_, Result<ChainView, ChainError>> {
        self.read(|state| ChainView {
            now: state.now,
            orders: state.orders.clone(),
            leases: state.leases.clone(),
        })
    }

    fn provider(&self) -> BoxFuture<'_, Result<Option<(ProviderProfile, ProviderRecord)>, ChainError>> {
        self.read(|state| {
            let attributes = state.attributes.clone();
            let profile = ProviderProfile {
                host_uri: "https://provider.invalid".into(),
                tls_key_sha256: HexBinary::from([0; 32]),
                attributes: attributes.clone(),
                info: ProviderInfo::default(),
            };
            Some((
                profile,
                ProviderRecord {
                    attributes,
                    audited: vec![],
                },
            ))
        })
    }

    fn own_bid<'a>(&'a self, order: &'a OrderId) -> BoxFuture<'a, Result<Option<BidId>, ChainError>> {
        self.read(|state| {
            state
                .bids
                .iter()
                .map(|(bid, _)| bid)
                .find(|bid| bid.order() == *order)
                .cloned()
        })
    }

    fn spec<'a>(&'a self, order: &'a OrderId) -> BoxFuture<'a, Result<GroupSpec, ChainError>> {
        let group = order.group();
        self.read(|state| {
            let mut groups = state.deployments.iter().flat_map(|deployment| &deployment.groups);
            groups.find(|known| known.id == group).unwrap().spec.clone()
        })
    }

    fn deployment<'a>(
        &'a self,
        owner: &'a str,
        dseq: u64,
    ) -> BoxFuture<'a, Result<Option<DeploymentResponse>, ChainError>> {
        self.read(|state| {
            let found = state
                .deployments
                .iter()
                .find(|known| known.deployment.id.owner == owner && known.deployment.id.dseq.u64() == dseq);
            found.map(|known| DeploymentResponse {
                deployment: known.deployment.clone(),
                groups: known.groups.clone(),
            })
        })
    }

    fn leases_of(&self, dseq: u64) -> BoxFuture<'_, Result<Vec<Lease>, ChainError>> {
        self.read(|state| {
            state
                .leases
                .iter()
                .filter(|lease| lease.id.dseq.u64() == dseq)
                .cloned()
                .collect()
        })
    }

    fn publish(&self, profile: ProviderProfile) -> BoxFuture<'_, Result<(), TxError>> {
        self.write(|state| state.attributes = profile.attributes)
    }

    fn submit_bid(&self, terms: BidTerms) -> BoxFuture<'_, Result<BidId, TxError>> {
        self.write(|state| {
            let bid = terms.order.bid(state.provider.clone(), 1);
            state.bids.push((bid.clone(), terms));
            bid
        })
    }

    fn close_bid(&self, bid: BidId, reason: u32) -> BoxFuture<'_, Result<(), TxError>> {
        self.write(|state| {
            state.closed.push((bid.clone(), reason));
            state.bids.retain(|(known, _)| *known != bid);
            for lease in state.leases.iter_mut().filter(|lease| lease.id == bid) {
                lease.state = LeaseState::Closed {};
            }
        })
    }

    fn withdraw(&self, leases: Vec<LeaseId>, redeem: bool) -> BoxFuture<'_, Result<Withdrawal, TxError>> {
        self.write(|state| {
            state.withdrawals.push((leases, redeem));
            Withdrawal {
                amount: Uact::new(7),
                tx_hash: Some("AB".into()),
            }
        })
    }
}
