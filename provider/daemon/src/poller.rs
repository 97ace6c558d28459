//! Looks at the chain, at the registry, at the machines and at running workloads, and tells the engine.
//!
//! A failed look is logged and changes nothing.

use std::sync::Arc;
use std::time::Duration;

use supercloud_provider_engine::{ChainView, Input, Inventory, Outcome, WorkloadPhase};
use supercloud_schema::market::LeaseState;
use tokio::time::{MissedTickBehavior, interval};

use crate::actor::EngineLink;
use crate::devices::Devices;
use crate::effects::World;
use crate::journal::Entry;

/// How often our record in the registry is read.
const RECORD_EVERY: Duration = Duration::from_secs(10);
/// How often the machines are asked.
const MACHINES_EVERY: Duration = Duration::from_secs(10);
/// How often running workloads are looked at.
const HEALTH_EVERY: Duration = Duration::from_secs(1);

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Feeds chain views. `stored` are manifests from before a restart; they go in with the first view that has their lease.
pub(crate) async fn watch_chain(world: World, link: EngineLink, every: Duration, mut stored: Vec<Entry>) {
    let mut ticks = ticks(every);
    loop {
        ticks.tick().await;
        let view = match world.chain.view().await {
            Ok(view) => view,
            Err(error) => {
                tracing::warn!(%error, "no look at the chain");
                continue;
            }
        };
        let restored = restore(&world, &view, std::mem::take(&mut stored));
        if !link.tell(Input::Chain(view)).await {
            return;
        }
        for input in restored {
            link.tell(input).await;
        }
    }
}

/// A complete view decides about every stored manifest: its lease runs, or the manifest is not needed any more.
fn restore(world: &World, view: &ChainView, stored: Vec<Entry>) -> Vec<Input> {
    let mut inputs = Vec::new();
    for Entry { lease: id, spec, group } in stored {
        match view.leases.iter().find(|lease| lease.id == id) {
            Some(lease) if matches!(lease.state, LeaseState::Active {} | LeaseState::Reclaiming {}) => {
                inputs.push(Input::Manifest {
                    lease: lease.clone(),
                    spec,
                    group,
                });
            }
            _ => world.journal.remove(&id),
        }
    }
    inputs
}

/// Feeds our record in the registry.
pub(crate) async fn watch_record(world: World, link: EngineLink) {
    let mut ticks = ticks(RECORD_EVERY);
    loop {
        ticks.tick().await;
        match world.chain.provider().await {
            Ok(found) => {
                if !link.tell(Input::Provider(found.map(|(_, record)| record))).await {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "own record not read"),
        }
    }
}

/// Feeds the inventory after the first report, which the start waits for.
pub(crate) async fn watch_machines(devices: Arc<dyn Devices>, link: EngineLink, mut last: Inventory) {
    let mut ticks = ticks(MACHINES_EVERY);
    loop {
        ticks.tick().await;
        match devices.inventory().await {
            Ok(inventory) if inventory == last => {}
            Ok(inventory) => {
                tracing::info!(nodes = inventory.nodes.len(), "inventory changed");
                last = inventory.clone();
                if !link.tell(Input::Inventory(inventory)).await {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "inventory not read"),
        }
    }
}

/// Reports workloads whose services have ended by themselves; the engine starts them again after a while.
pub(crate) async fn watch_workloads(world: World, link: EngineLink) {
    let mut ticks = ticks(HEALTH_EVERY);
    loop {
        ticks.tick().await;
        for entry in link.status().leases {
            if entry.workload != WorkloadPhase::Running {
                continue;
            }
            let Some(status) = world.cluster.status(&entry.lease).await else {
                continue;
            };
            let broken = status.services.iter().find_map(|(name, service)| {
                service
                    .failure
                    .as_ref()
                    .map(|failure| format!("service {name:?} ended: {failure}"))
            });
            if let Some(error) = broken {
                tracing::warn!(lease = %entry.lease, %error, "workload broke");
                link.tell(Input::Outcome(Outcome::WorkloadFailed {
                    lease: entry.lease,
                    error,
                }))
                .await;
            }
        }
    }
}
