//! A readable picture of the engine's state.

use serde::{Deserialize, Serialize};
use supercloud_schema::id::{LeaseId, OrderId};
use supercloud_schema::time::Seconds;

use crate::engine::Engine;
use crate::inventory::GpuDevice;
use crate::leases::Workload;
use crate::orders::Stage;
use crate::placement::{self, Needs, Placement};
use crate::refusal::Refusal;

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineStatus {
    /// Block time of the last look at the chain.
    pub now: Seconds,
    /// Whether the registry knows this provider.
    pub registered: bool,
    /// What is free, by node.
    pub nodes: Vec<NodeStatus>,
    /// Open orders.
    pub orders: Vec<OrderStatus>,
    /// Leases that run or are being wound up.
    pub leases: Vec<LeaseStatus>,
}

/// What is free on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeStatus {
    /// Node.
    pub name: String,
    /// Free processor, memory and storage.
    pub free: Needs,
    /// Free devices.
    pub free_gpus: Vec<GpuDevice>,
}

/// How far we are with an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStatus {
    /// The order.
    pub order: OrderId,
    /// `looking`, `refused`, `bidding`, `bid` or `closing`.
    pub stage: String,
    /// Why there is no bid.
    pub refusal: Option<Refusal>,
}

/// How far a workload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum WorkloadPhase {
    /// The manifest has not arrived.
    WaitingForManifest,
    /// There is no room (after the inventory shrank, or a restart with fewer machines).
    WaitingForRoom,
    /// Being started.
    Starting,
    /// Up.
    Running,
    /// Did not come up; tried again.
    Failed {
        /// Why.
        error: String,
    },
    /// Being stopped.
    Stopping,
    /// Over.
    Stopped,
}

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseStatus {
    /// The lease.
    pub lease: LeaseId,
    /// Its workload.
    pub workload: WorkloadPhase,
    /// Where it runs.
    pub placement: Option<Placement>,
}

pub(crate) fn of(engine: &Engine) -> EngineStatus {
    let inventory = engine.inventory.clone().unwrap_or_default();
    EngineStatus {
        now: engine.now,
        registered: engine.provider.is_some(),
        nodes: placement::report(&inventory, engine.reservations())
            .into_iter()
            .map(|(name, free, free_gpus)| NodeStatus { name, free, free_gpus })
            .collect(),
        orders: engine
            .orders
            .iter()
            .map(|(id, entry)| {
                let (stage, refusal) = match &entry.stage {
                    Stage::Looking { .. } => ("looking", None),
                    Stage::Refused(refusal) => ("refused", Some(refusal.clone())),
                    Stage::Bidding { .. } => ("bidding", None),
                    Stage::Bid { .. } => ("bid", None),
                    Stage::Closing { .. } => ("closing", None),
                };
                OrderStatus {
                    order: id.clone(),
                    stage: stage.to_owned(),
                    refusal,
                }
            })
            .collect(),
        leases: engine
            .leases
            .iter()
            .map(|(id, entry)| LeaseStatus {
                lease: id.clone(),
                workload: match &entry.workload {
                    Workload::None if entry.manifest.is_none() => WorkloadPhase::WaitingForManifest,
                    Workload::None => WorkloadPhase::WaitingForRoom,
                    Workload::Starting => WorkloadPhase::Starting,
                    Workload::Running => WorkloadPhase::Running,
                    Workload::Failed { error, .. } => WorkloadPhase::Failed { error: error.clone() },
                    Workload::Stopping { .. } => WorkloadPhase::Stopping,
                    Workload::Stopped => WorkloadPhase::Stopped,
                },
                placement: entry.placement.clone(),
            })
            .collect(),
    }
}
