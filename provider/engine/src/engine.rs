//! The engine's state, and one function that routes an input to the part that decides.

use std::collections::BTreeMap;

use supercloud_schema::id::{LeaseId, OrderId};
use supercloud_schema::time::Seconds;

use crate::config::EngineConfig;
use crate::effect::Effect;
use crate::input::{ChainView, Input, Outcome, ProviderRecord};
use crate::inventory::Inventory;
use crate::leases::LeaseEntry;
use crate::orders::OrderEntry;
use crate::placement::Placement;
use crate::pricing::PricingError;
use crate::status::{self, EngineStatus};

/// All decisions of one provider.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) config: EngineConfig,
    pub(crate) provider: Option<ProviderRecord>,
    /// `None` until the first report: nothing is decided without one.
    pub(crate) inventory: Option<Inventory>,
    pub(crate) now: Seconds,
    pub(crate) orders: BTreeMap<OrderId, OrderEntry>,
    pub(crate) leases: BTreeMap<LeaseId, LeaseEntry>,
    pub(crate) last_withdrawal: Option<Seconds>,
}

impl Engine {
    /// An engine that knows nothing yet. Refuses prices that cannot be meant.
    pub fn new(config: EngineConfig) -> Result<Self, PricingError> {
        config.pricing.check()?;
        Ok(Self {
            config,
            provider: None,
            inventory: None,
            now: 0,
            orders: BTreeMap::new(),
            leases: BTreeMap::new(),
            last_withdrawal: None,
        })
    }

    /// Takes one input and says what is to be done, in this order.
    pub fn step(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Provider(record) => {
                if self.provider != record {
                    self.provider = record;
                    self.reconsider_orders(&mut effects);
                }
            }
            Input::Inventory(inventory) => {
                if self.inventory.as_ref() != Some(&inventory) {
                    self.inventory = Some(inventory);
                    self.place_leases();
                    self.start_ready_workloads(&mut effects);
                    self.reconsider_orders(&mut effects);
                }
            }
            Input::Chain(view) => self.apply_chain(view, &mut effects),
            Input::Manifest { lease, spec, group } => self.apply_manifest(lease, spec, group, &mut effects),
            Input::Withdraw { leases, redeem } => self.withdraw(leases, redeem, &mut effects),
            Input::Outcome(outcome) => self.apply_outcome(outcome, &mut effects),
        }
        effects
    }

    /// What is known and decided, for people and monitors.
    pub fn status(&self) -> EngineStatus {
        status::of(self)
    }

    /// Every reservation there is.
    pub fn reservations(&self) -> impl Iterator<Item = &Placement> {
        self.orders
            .values()
            .filter_map(OrderEntry::placement)
            .chain(self.leases.values().filter_map(|lease| lease.placement.as_ref()))
    }

    /// Nothing is reserved anew before it is known what is there and what the running leases take of it.
    pub(crate) fn is_ready(&self) -> bool {
        self.inventory.is_some() && self.leases.values().all(LeaseEntry::is_sized)
    }

    /// Leases first: an order that became a lease hands its reservation over before anything else is placed.
    fn apply_chain(&mut self, view: ChainView, effects: &mut Vec<Effect>) {
        self.now = self.now.max(view.now);
        self.apply_leases(view.now, view.leases, effects);
        self.apply_orders(view.orders, effects);
        self.withdraw_by_timer(effects);
    }

    fn apply_outcome(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        match outcome {
            Outcome::OwnBid { order, bid } => self.own_bid_found(&order, bid, effects),
            Outcome::OwnBidUnknown { order } => self.own_bid_unknown(&order),
            Outcome::Spec { lease, spec } => self.learn_spec(&lease, spec, effects),
            Outcome::SpecUnknown { lease } => self.spec_unknown(&lease),
            Outcome::BidPlaced { bid } => self.bid_placed(bid, effects),
            Outcome::BidRefused { order, error } => self.bid_refused(order, error, effects),
            Outcome::BidUnknown { order } => self.bid_unknown(&order, effects),
            Outcome::BidClosed { bid } => self.bid_closed(&bid, effects),
            Outcome::BidNotClosed { bid } => self.bid_not_closed(&bid),
            Outcome::WorkloadStarted { lease } => self.workload_started(&lease, effects),
            Outcome::WorkloadFailed { lease, error } => self.workload_failed(&lease, error),
            Outcome::WorkloadStopped { lease } => self.workload_stopped(&lease, effects),
            Outcome::WorkloadNotStopped { lease } => self.workload_not_stopped(&lease),
            Outcome::Withdrawn { leases } => self.withdrawn(&leases),
            Outcome::NotWithdrawn { leases } => self.not_withdrawn(&leases),
        }
    }
}
