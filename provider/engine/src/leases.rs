//! Leases: waiting for the manifest -> starting -> running -> (closed on chain) stopping -> stopped -> paid out.

use std::collections::BTreeSet;

use supercloud_schema::id::LeaseId;
use supercloud_schema::market::{Lease, LeaseState, reason};
use supercloud_schema::resource::GroupSpec;
use supercloud_schema::time::Seconds;
use supercloud_sdl::ManifestGroup;

use crate::effect::Effect;
use crate::engine::Engine;
use crate::placement::{self, Placement};

/// Most leases in one withdrawal: escrow's limit.
const WITHDRAW_MAX: usize = 30;

/// One lease of ours.
#[derive(Clone, Debug)]
pub(crate) struct LeaseEntry {
    pub(crate) lease: Lease,
    pub(crate) first_seen: Seconds,
    /// What was asked for, as far as it is known; needed to find room after a restart.
    pub(crate) spec: Option<GroupSpec>,
    pub(crate) placement: Option<Placement>,
    pub(crate) manifest: Option<ManifestGroup>,
    pub(crate) workload: Workload,
    /// A newer manifest arrived while the last one was being started.
    pub(crate) outdated: bool,
    /// Whether somebody is finding out what was asked for.
    pub(crate) spec_asked: bool,
    /// When a close for want of a manifest may be asked for; absent while an answer is awaited.
    pub(crate) close_from: Option<Seconds>,
    pub(crate) payout: Payout,
}

impl LeaseEntry {
    /// Whether it is known what the lease takes, or it takes nothing any more.
    pub(crate) fn is_sized(&self) -> bool {
        self.spec.is_some() || self.placement.is_some() || !runs(&self.lease)
    }
}

/// What runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// Nothing yet.
    None,
    /// Being started.
    Starting,
    /// Up.
    Running,
    /// Did not come up.
    Failed { error: String, retry_at: Seconds },
    /// Being stopped. `asked` is false when it has to be tried again.
    Stopping { asked: bool },
    /// Over for good.
    Stopped,
}

/// The last withdrawal, after the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payout {
    /// To be asked for at the end of the lease, from this second on.
    Due(Seconds),
    /// On its way.
    Asked,
    /// Done.
    Done,
}

fn runs(lease: &Lease) -> bool {
    matches!(lease.state, LeaseState::Active {} | LeaseState::Reclaiming {})
}

impl Engine {
    /// Adopts the complete list of our leases.
    pub(crate) fn apply_leases(&mut self, read_at: Seconds, leases: Vec<Lease>, effects: &mut Vec<Effect>) {
        let seen: BTreeSet<LeaseId> = leases.iter().map(|lease| lease.id.clone()).collect();
        for lease in leases {
            if runs(&lease) || self.leases.contains_key(&lease.id) {
                self.adopt_lease(lease);
            }
        }
        // Gone from the list without a trace: pruned by the chain, which it does only after the end. A lease that is
        // younger than the list (a manifest can be faster) is not meant.
        for (id, entry) in &mut self.leases {
            if !seen.contains(id) && runs(&entry.lease) && entry.lease.created_at < read_at {
                entry.lease.state = LeaseState::Closed {};
            }
        }
        self.ask_for_specs(effects);
        self.place_leases();
        self.stop_ended_workloads(effects);
        self.start_ready_workloads(effects);
        self.close_leases_without_manifest(effects);
        self.pay_out_ended(effects);
        self.leases.retain(|_, entry| {
            runs(&entry.lease) || entry.workload != Workload::Stopped || entry.payout != Payout::Done
        });
    }

    /// Takes a lease in, with the reservation of the order that it came from.
    fn adopt_lease(&mut self, lease: Lease) {
        let now = self.now;
        if let Some(entry) = self.leases.get_mut(&lease.id) {
            entry.lease = lease;
            return;
        }
        let origin = self.orders.remove(&lease.id.order());
        let spec = origin.as_ref().map(|entry| entry.order.spec.clone());
        let entry = LeaseEntry {
            first_seen: now,
            spec,
            placement: origin.and_then(crate::orders::OrderEntry::into_placement),
            manifest: None,
            workload: Workload::None,
            outdated: false,
            spec_asked: false,
            close_from: Some(0),
            payout: Payout::Due(0),
            lease,
        };
        self.leases.insert(entry.lease.id.clone(), entry);
    }

    fn ask_for_specs(&mut self, effects: &mut Vec<Effect>) {
        for (id, entry) in &mut self.leases {
            if !entry.is_sized() && !entry.spec_asked {
                entry.spec_asked = true;
                effects.push(Effect::FindSpec { lease: id.clone() });
            }
        }
    }

    pub(crate) fn spec_unknown(&mut self, lease: &LeaseId) {
        if let Some(entry) = self.leases.get_mut(lease) {
            entry.spec_asked = false;
        }
    }

    /// Finds room for leases that have none, from what was asked for or from the manifest.
    pub(crate) fn place_leases(&mut self) {
        let Some(inventory) = self.inventory.clone() else {
            return;
        };
        let homeless: Vec<LeaseId> = self
            .leases
            .iter()
            .filter(|(_, entry)| entry.placement.is_none() && runs(&entry.lease))
            .map(|(id, _)| id.clone())
            .collect();
        for id in homeless {
            let Some(spec) = self.leases.get(&id).and_then(|entry| entry.spec.clone()) else {
                continue;
            };
            let found = placement::place(&inventory, self.reservations(), &spec).ok();
            if let Some(entry) = self.leases.get_mut(&id) {
                entry.placement = found;
            }
        }
    }

    /// What a lease asked for, when it was not seen as an order (after a restart).
    pub(crate) fn learn_spec(&mut self, lease: &LeaseId, spec: GroupSpec, effects: &mut Vec<Effect>) {
        if let Some(entry) = self.leases.get_mut(lease) {
            entry.spec.get_or_insert(spec);
        }
        self.place_leases();
        self.start_ready_workloads(effects);
        self.reconsider_orders(effects);
    }

    pub(crate) fn apply_manifest(
        &mut self,
        lease: Lease,
        spec: GroupSpec,
        group: ManifestGroup,
        effects: &mut Vec<Effect>,
    ) {
        let id = lease.id.clone();
        if runs(&lease) {
            self.adopt_lease(lease);
        }
        let Some(entry) = self.leases.get_mut(&id) else { return };
        if !runs(&entry.lease) {
            return;
        }
        if entry.manifest.as_ref() != Some(&group) {
            entry.manifest = Some(group);
            match entry.workload {
                // The same call replaces what runs.
                Workload::Running | Workload::Failed { .. } => entry.workload = Workload::None,
                Workload::Starting => entry.outdated = true,
                _ => {}
            }
        }
        self.learn_spec(&id, spec, effects);
    }

    /// Starts what has a manifest and a place, and tries again what failed.
    pub(crate) fn start_ready_workloads(&mut self, effects: &mut Vec<Effect>) {
        for (id, entry) in &mut self.leases {
            let due = match &entry.workload {
                Workload::None => true,
                Workload::Failed { retry_at, .. } => *retry_at <= self.now,
                _ => false,
            };
            let (Some(group), Some(placement)) = (&entry.manifest, &entry.placement) else {
                continue;
            };
            if due && runs(&entry.lease) {
                effects.push(Effect::StartWorkload {
                    lease: id.clone(),
                    group: group.clone(),
                    placement: placement.clone(),
                });
                entry.workload = Workload::Starting;
            }
        }
    }

    /// Stops what the chain says is over. A start on its way is answered first.
    fn stop_ended_workloads(&mut self, effects: &mut Vec<Effect>) {
        for (id, entry) in &mut self.leases {
            if runs(&entry.lease) {
                continue;
            }
            match &mut entry.workload {
                Workload::None if entry.manifest.is_none() => {
                    entry.workload = Workload::Stopped;
                    entry.placement = None;
                }
                // With a manifest something may run from before: stopping what does not run does no harm.
                Workload::None | Workload::Running | Workload::Failed { .. } => {
                    effects.push(Effect::StopWorkload { lease: id.clone() });
                    entry.workload = Workload::Stopping { asked: true };
                }
                Workload::Stopping { asked } if !*asked => {
                    *asked = true;
                    effects.push(Effect::StopWorkload { lease: id.clone() });
                }
                _ => {}
            }
        }
    }

    fn close_leases_without_manifest(&mut self, effects: &mut Vec<Effect>) {
        for (id, entry) in &mut self.leases {
            let waited = self.now.saturating_sub(entry.first_seen);
            if runs(&entry.lease)
                && entry.manifest.is_none()
                && waited >= self.config.manifest_timeout
                && entry.close_from.is_some_and(|from| from <= self.now)
            {
                entry.close_from = None;
                effects.push(Effect::CloseBid {
                    bid: id.clone(),
                    reason: reason::MANIFEST_TIMEOUT,
                });
            }
        }
    }

    /// Our own close went through: as if the chain had said so.
    pub(crate) fn lease_closed_by_us(&mut self, lease: &LeaseId, effects: &mut Vec<Effect>) {
        if let Some(entry) = self.leases.get_mut(lease) {
            entry.lease.state = LeaseState::Closed {};
        }
        self.stop_ended_workloads(effects);
    }

    pub(crate) fn workload_started(&mut self, lease: &LeaseId, effects: &mut Vec<Effect>) {
        if let Some(entry) = self.leases.get_mut(lease)
            && entry.workload == Workload::Starting
        {
            let outdated = std::mem::take(&mut entry.outdated);
            entry.workload = if outdated { Workload::None } else { Workload::Running };
        }
        self.stop_ended_workloads(effects);
        self.start_ready_workloads(effects);
    }

    pub(crate) fn workload_failed(&mut self, lease: &LeaseId, error: String) {
        let retry_at = self.now + self.config.retry;
        if let Some(entry) = self.leases.get_mut(lease)
            && matches!(entry.workload, Workload::Starting | Workload::Running)
        {
            entry.workload = Workload::Failed { error, retry_at };
        }
    }

    /// Only now are the devices free.
    pub(crate) fn workload_stopped(&mut self, lease: &LeaseId, effects: &mut Vec<Effect>) {
        if let Some(entry) = self.leases.get_mut(lease)
            && matches!(entry.workload, Workload::Stopping { .. })
        {
            entry.workload = Workload::Stopped;
            entry.placement = None;
        }
        self.place_leases();
        self.start_ready_workloads(effects);
        self.reconsider_orders(effects);
    }

    pub(crate) fn workload_not_stopped(&mut self, lease: &LeaseId) {
        if let Some(Workload::Stopping { asked }) = self.leases.get_mut(lease).map(|entry| &mut entry.workload) {
            *asked = false;
        }
    }

    fn pay_out_ended(&mut self, effects: &mut Vec<Effect>) {
        let (now, redeem) = (self.now, self.config.redeem);
        let mut due = Vec::new();
        for (id, entry) in &mut self.leases {
            if !runs(&entry.lease) && matches!(entry.payout, Payout::Due(from) if from <= now) {
                entry.payout = Payout::Asked;
                due.push(id.clone());
            }
        }
        self.withdraw(due, redeem, effects);
    }

    /// Withdraws in portions that escrow takes.
    pub(crate) fn withdraw(&mut self, leases: Vec<LeaseId>, redeem: bool, effects: &mut Vec<Effect>) {
        for part in leases.chunks(WITHDRAW_MAX) {
            effects.push(Effect::Withdraw {
                leases: part.to_vec(),
                redeem,
            });
        }
    }

    pub(crate) fn withdraw_by_timer(&mut self, effects: &mut Vec<Effect>) {
        let interval = self.config.withdraw_interval;
        let last = *self.last_withdrawal.get_or_insert(self.now);
        if interval == 0 || self.now.saturating_sub(last) < interval {
            return;
        }
        self.last_withdrawal = Some(self.now);
        let running = self
            .leases
            .values()
            .filter(|entry| runs(&entry.lease))
            .map(|entry| entry.lease.id.clone());
        self.withdraw(running.collect(), self.config.redeem, effects);
    }

    pub(crate) fn withdrawn(&mut self, leases: &[LeaseId]) {
        self.set_payout(leases, Payout::Done);
    }

    pub(crate) fn not_withdrawn(&mut self, leases: &[LeaseId]) {
        self.set_payout(leases, Payout::Due(self.now + self.config.retry));
    }

    /// Only a withdrawal that was asked for after the end settles the matter.
    fn set_payout(&mut self, leases: &[LeaseId], payout: Payout) {
        for id in leases {
            if let Some(entry) = self.leases.get_mut(id)
                && entry.payout == Payout::Asked
            {
                entry.payout = payout;
            }
        }
    }
}
