//! Orders: looked up -> refused, or reserved and bid on -> bid open -> gone (lost), leased, or taken back.

use std::collections::BTreeSet;

use supercloud_schema::id::{BidId, OrderId};
use supercloud_schema::market::{Order, reason};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::time::Seconds;

use crate::effect::Effect;
use crate::engine::Engine;
use crate::placement::{self, Placement};
use crate::refusal::Refusal;
use crate::requirements;

/// One open order.
#[derive(Clone, Debug)]
pub(crate) struct OrderEntry {
    pub(crate) order: Order,
    pub(crate) stage: Stage,
    /// Whether the last complete look at the chain still had it.
    pub(crate) open: bool,
}

/// How far we are with an order.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Being asked whether a bid of ours exists; a reservation may be held for one that may exist.
    Looking { asked: bool, held: Option<Placement> },
    /// No bid, and why.
    Refused(Refusal),
    /// The bid is on its way.
    Bidding { placement: Placement },
    /// The bid stands. After a restart the placement is found anew and may be missing.
    Bid {
        bid: BidId,
        since: Seconds,
        placement: Option<Placement>,
    },
    /// The bid is being taken back; `ask_from` is when to ask (again), absent while an answer is awaited.
    Closing {
        bid: BidId,
        placement: Option<Placement>,
        ask_from: Option<Seconds>,
    },
}

impl OrderEntry {
    /// The reservation, if there is one.
    pub(crate) fn placement(&self) -> Option<&Placement> {
        match &self.stage {
            Stage::Looking { held, .. } => held.as_ref(),
            Stage::Refused(_) => None,
            Stage::Bidding { placement } => Some(placement),
            Stage::Bid { placement, .. } | Stage::Closing { placement, .. } => placement.as_ref(),
        }
    }

    /// Gives the reservation away.
    pub(crate) fn into_placement(self) -> Option<Placement> {
        match self.stage {
            Stage::Looking { held, .. } => held,
            Stage::Refused(_) => None,
            Stage::Bidding { placement } => Some(placement),
            Stage::Bid { placement, .. } | Stage::Closing { placement, .. } => placement,
        }
    }
}

impl Engine {
    /// Adopts the complete list of open orders.
    pub(crate) fn apply_orders(&mut self, orders: Vec<Order>, effects: &mut Vec<Effect>) {
        let open: BTreeSet<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
        // A bid on its way may still arrive, so its reservation stays until the answer is there.
        let mut freed = false;
        self.orders.retain(|id, entry| {
            entry.open = open.contains(id);
            let stays = entry.open || matches!(entry.stage, Stage::Bidding { .. });
            freed |= !stays && entry.placement().is_some();
            stays
        });
        for order in orders {
            let leased = self.leases.keys().any(|lease| lease.order() == order.id);
            if !leased {
                let stage = Stage::Looking {
                    asked: false,
                    held: None,
                };
                self.orders.entry(order.id.clone()).or_insert(OrderEntry {
                    order,
                    stage,
                    open: true,
                });
            }
        }
        self.ask_for_own_bids(effects);
        self.take_back_old_bids(effects);
        if freed {
            self.reconsider_orders(effects);
        }
    }

    fn ask_for_own_bids(&mut self, effects: &mut Vec<Effect>) {
        for (id, entry) in &mut self.orders {
            if let Stage::Looking { asked, .. } = &mut entry.stage
                && !*asked
            {
                *asked = true;
                effects.push(Effect::FindOwnBid { order: id.clone() });
            }
        }
    }

    fn take_back_old_bids(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now;
        for entry in self.orders.values_mut() {
            if let Stage::Bid { bid, since, placement } = &mut entry.stage
                && now.saturating_sub(*since) >= self.config.bid_timeout
            {
                let (bid, placement) = (bid.clone(), placement.take());
                entry.stage = Stage::Closing {
                    bid,
                    placement,
                    ask_from: Some(now),
                };
            }
            if let Stage::Closing { bid, ask_from, .. } = &mut entry.stage
                && ask_from.is_some_and(|from| from <= now)
            {
                *ask_from = None;
                effects.push(Effect::CloseBid {
                    bid: bid.clone(),
                    reason: reason::UNSPECIFIED,
                });
            }
        }
    }

    /// Looks again at refused orders, after something of ours changed.
    pub(crate) fn reconsider_orders(&mut self, effects: &mut Vec<Effect>) {
        if !self.is_ready() {
            return;
        }
        let waiting: Vec<OrderId> = self
            .orders
            .iter()
            .filter(|(_, entry)| matches!(&entry.stage, Stage::Refused(refusal) if refusal.may_change()))
            .map(|(id, _)| id.clone())
            .collect();
        for id in waiting {
            self.consider(&id, effects);
        }
    }

    /// Reserves and bids, or refuses.
    fn consider(&mut self, id: &OrderId, effects: &mut Vec<Effect>) {
        let Some(entry) = self.orders.get(id) else { return };
        let order = entry.order.clone();
        let earlier = match &entry.stage {
            Stage::Refused(refusal) => Some(refusal.clone()),
            _ => None,
        };
        let stage = match self.decide(&order) {
            Ok((price, placement)) => {
                effects.push(Effect::SubmitBid {
                    order: id.clone(),
                    price,
                    offer: placement::offer(&order.spec, &placement),
                    reclamation: order.reclamation_seconds.and(self.config.reclamation),
                });
                Stage::Bidding { placement }
            }
            Err(refusal) => {
                if earlier.as_ref() != Some(&refusal) {
                    effects.push(Effect::ReportRefusal {
                        order: id.clone(),
                        refusal: refusal.clone(),
                    });
                }
                Stage::Refused(refusal)
            }
        };
        if let Some(entry) = self.orders.get_mut(id) {
            entry.stage = stage;
        }
    }

    /// The price and the place that an order would get from us now.
    pub(crate) fn decide(&self, order: &Order) -> Result<(UnitPrice, Placement), Refusal> {
        requirements::assert_serves(&self.config, self.provider.as_ref(), order)?;
        let inventory = self.inventory.clone().unwrap_or_default();
        let placement = placement::place(&inventory, self.reservations(), &order.spec)?;
        requirements::assert_advertised(self.provider.as_ref().ok_or(Refusal::NotRegistered)?, order)?;
        let ours = self.config.pricing.compute_price(&order.spec, &placement)?;
        if ours > order.max_price {
            return Err(Refusal::Price {
                ours,
                max: order.max_price,
            });
        }
        Ok((ours, placement))
    }

    pub(crate) fn own_bid_found(&mut self, id: &OrderId, bid: Option<BidId>, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(entry) = self.orders.get_mut(id) else { return };
        let Stage::Looking { held, .. } = &mut entry.stage else {
            return;
        };
        match (bid, held.take()) {
            (Some(bid), placement) => {
                let found_anew = placement.is_none();
                entry.stage = Stage::Bid {
                    bid,
                    since: now,
                    placement,
                };
                if found_anew {
                    self.reserve_for_bid(id);
                }
            }
            // Without a bid a held reservation goes back to the pool and the order is considered afresh.
            (None, _) => {
                entry.stage = Stage::Looking {
                    asked: false,
                    held: None,
                };
                if self.is_ready() {
                    self.consider(id, effects);
                }
            }
        }
    }

    /// Room for a bid that was made before a restart. Without room the bid stands all the same: it may win, and then
    /// the lease waits for room.
    fn reserve_for_bid(&mut self, id: &OrderId) {
        let Some(order) = self.orders.get(id).map(|entry| entry.order.clone()) else {
            return;
        };
        let inventory = self.inventory.clone().unwrap_or_default();
        let found = placement::place(&inventory, self.reservations(), &order.spec).ok();
        if let Some(Stage::Bid { placement, .. }) = self.orders.get_mut(id).map(|entry| &mut entry.stage) {
            *placement = found;
        }
    }

    pub(crate) fn own_bid_unknown(&mut self, id: &OrderId) {
        if let Some(Stage::Looking { asked, .. }) = self.orders.get_mut(id).map(|entry| &mut entry.stage) {
            *asked = false;
        }
    }

    pub(crate) fn bid_placed(&mut self, bid: BidId, effects: &mut Vec<Effect>) {
        let now = self.now;
        let id = bid.order();
        let Some(entry) = self.orders.get_mut(&id) else { return };
        if !entry.open {
            // Lost before we heard of it; the market gives the deposit back by itself.
            self.orders.remove(&id);
            self.reconsider_orders(effects);
            return;
        }
        if let Stage::Bidding { placement } = &mut entry.stage {
            let placement = Some(std::mem::take(placement));
            entry.stage = Stage::Bid {
                bid,
                since: now,
                placement,
            };
        }
    }

    pub(crate) fn bid_refused(&mut self, id: OrderId, error: String, effects: &mut Vec<Effect>) {
        let Some(entry) = self.orders.get_mut(&id) else { return };
        if !matches!(entry.stage, Stage::Bidding { .. }) {
            return;
        }
        if !entry.open {
            self.orders.remove(&id);
        } else {
            let refusal = Refusal::Chain { error };
            entry.stage = Stage::Refused(refusal.clone());
            effects.push(Effect::ReportRefusal { order: id, refusal });
        }
        self.reconsider_orders(effects);
    }

    /// The reservation is held until it is known whether the bid exists.
    pub(crate) fn bid_unknown(&mut self, id: &OrderId, effects: &mut Vec<Effect>) {
        let Some(entry) = self.orders.get_mut(id) else { return };
        if let Stage::Bidding { placement } = &mut entry.stage {
            let held = Some(std::mem::take(placement));
            entry.stage = Stage::Looking { asked: false, held };
        }
        self.ask_for_own_bids(effects);
    }

    /// A bid of ours is closed: its reservation is free, and other orders may fit.
    pub(crate) fn bid_closed(&mut self, bid: &BidId, effects: &mut Vec<Effect>) {
        if self.leases.contains_key(bid) {
            self.lease_closed_by_us(bid, effects);
            return;
        }
        let after = self.config.bid_timeout;
        if let Some(entry) = self.orders.get_mut(&bid.order())
            && matches!(&entry.stage, Stage::Closing { bid: closing, .. } if closing == bid)
        {
            entry.stage = Stage::Refused(Refusal::Expired { after });
            self.reconsider_orders(effects);
        }
    }

    pub(crate) fn bid_not_closed(&mut self, bid: &BidId) {
        let again = self.now + self.config.retry;
        if let Some(lease) = self.leases.get_mut(bid) {
            lease.close_from = Some(again);
        }
        if let Some(Stage::Closing { ask_from, .. }) = self.orders.get_mut(&bid.order()).map(|entry| &mut entry.stage) {
            *ask_from = Some(again);
        }
    }
}
