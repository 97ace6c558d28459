//! What is stored, and under which key.
//!
//! Invariants:
//! - `OPEN_ORDERS` holds exactly the orders whose state is open; a group has at most one order that is not closed.
//! - An order has at most one lease for ever, so a lease is stored under its order's key; `PROVIDER_LEASES` holds all.
//! - A bid's state is not stored: it follows from its `withdrawn` mark, its order's state and its order's lease.
//! - `ORDER_BIDS` lists an order's bids that were not withdrawn, by arrival: at most `order_max_bids`, so at most 32.
//! - `PENDING_RELEASES` holds the closed orders whose bid deposits escrow was not told to release yet.
//!
//! Stored types are apart from the messages and accept unknown fields, so that either may change without the other.

use cosmwasm_std::{Addr, Empty, HexBinary};
use cw_storage_plus::{Item, Map};
use serde::{Deserialize, Serialize};
use supercloud_schema::market::{DeploymentState, GroupState, LeaseState, OrderState, Params, Reclaim};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::{GroupSpec, ResourceOffer};
use supercloud_schema::time::Seconds;

/// `(dseq, gseq)`
pub(crate) type GroupKey = (u64, u32);
/// `(dseq, gseq, oseq)`
pub(crate) type OrderKey = (u64, u32, u32);

pub(crate) const CONFIG: Item<Config> = Item::new("config");
pub(crate) const PARAMS: Item<Params> = Item::new("params");
pub(crate) const PAUSED: Item<bool> = Item::new("paused");
/// Last deployment number given out.
pub(crate) const LAST_DSEQ: Item<u64> = Item::new("last_dseq");

pub(crate) const DEPLOYMENTS: Map<u64, StoredDeployment> = Map::new("deployments");
/// Owner, `dseq`.
pub(crate) const OWNER_DEPLOYMENTS: Map<(&Addr, u64), Empty> = Map::new("owner_deployments");
pub(crate) const GROUPS: Map<GroupKey, StoredGroup> = Map::new("groups");
/// Written once; a group's orders share it.
pub(crate) const SPECS: Map<GroupKey, GroupSpec> = Map::new("specs");

pub(crate) const ORDERS: Map<OrderKey, StoredOrder> = Map::new("orders");
pub(crate) const OPEN_ORDERS: Map<OrderKey, Empty> = Map::new("open_orders");

/// Order, provider, `bseq`.
pub(crate) const BIDS: Map<(OrderKey, &Addr, u32), StoredBid> = Map::new("bids");
/// Order, provider; the provider's last `bseq` on the order.
pub(crate) const LAST_BSEQ: Map<(OrderKey, &Addr), u32> = Map::new("last_bseq");
/// Order, arrival.
pub(crate) const ORDER_BIDS: Map<(OrderKey, u32), BidRef> = Map::new("order_bids");

pub(crate) const LEASES: Map<OrderKey, StoredLease> = Map::new("leases");
/// Provider, order.
pub(crate) const PROVIDER_LEASES: Map<(&Addr, OrderKey), Empty> = Map::new("provider_leases");
pub(crate) const PENDING_RELEASES: Map<OrderKey, Empty> = Map::new("pending_releases");

/// Peers and powers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) governance: Addr,
    pub(crate) guardian: Option<Addr>,
    pub(crate) registry: Addr,
    pub(crate) escrow: Addr,
    pub(crate) act_denom: String,
    /// Block time of the upgrade to 0.2.0; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upgraded_at: Option<Seconds>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredDeployment {
    pub(crate) owner: Addr,
    pub(crate) state: DeploymentState,
    pub(crate) hash: HexBinary,
    pub(crate) created_at: Seconds,
    pub(crate) groups: u32,
    pub(crate) reclamation_seconds: Option<Seconds>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredGroup {
    pub(crate) state: GroupState,
    pub(crate) last_oseq: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredOrder {
    pub(crate) state: OrderState,
    pub(crate) max_price: UnitPrice,
    pub(crate) created_at: Seconds,
    /// Bids in `ORDER_BIDS`.
    pub(crate) listed_bids: u32,
    pub(crate) next_arrival: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredBid {
    pub(crate) price: UnitPrice,
    pub(crate) resources_offer: Vec<ResourceOffer>,
    pub(crate) reclamation_seconds: Option<Seconds>,
    pub(crate) created_at: Seconds,
    pub(crate) arrival: u32,
    /// Taken back by the provider before a lease was made.
    pub(crate) withdrawn: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BidRef {
    pub(crate) provider: Addr,
    pub(crate) bseq: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredLease {
    pub(crate) winner: BidRef,
    pub(crate) state: LeaseState,
    pub(crate) price: UnitPrice,
    pub(crate) created_at: Seconds,
    pub(crate) closed_at: Option<Seconds>,
    pub(crate) closed_reason: Option<u32>,
    pub(crate) reclamation_seconds: Option<Seconds>,
    pub(crate) reclaim: Option<Reclaim>,
}
