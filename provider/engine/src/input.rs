//! Everything that the engine is told.

use serde::{Deserialize, Serialize};
use supercloud_rules::matching::Candidate;
use supercloud_schema::id::{BidId, LeaseId, OrderId};
use supercloud_schema::market::{Lease, Order};
use supercloud_schema::registry::AuditedAttributes;
use supercloud_schema::resource::{Attribute, GroupSpec};
use supercloud_schema::time::Seconds;
use supercloud_sdl::ManifestGroup;

use crate::inventory::Inventory;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// This provider's record in the registry; `None` while it is not registered.
    Provider(Option<ProviderRecord>),
    /// What the machines have in total.
    Inventory(Inventory),
    /// A complete look at the chain. Also the timer.
    Chain(ChainView),
    /// A tenant sent the manifest of a lease, and it has been checked against the chain. The lease comes along because
    /// the manifest may be faster than the next look at the chain.
    Manifest {
        /// The lease, active and ours.
        lease: Lease,
        /// What was asked for.
        spec: GroupSpec,
        /// The services to run.
        group: ManifestGroup,
    },
    /// The operator wants these earnings now.
    Withdraw {
        /// Which leases.
        leases: Vec<LeaseId>,
        /// Whether to file a redeem request instead of taking ACT.
        redeem: bool,
    },
    /// How an effect went.
    Outcome(Outcome),
}

/// What matching needs to know of this provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRecord {
    /// Self-declared attributes as registered.
    pub attributes: Vec<Attribute>,
    /// Auditors' signatures.
    pub audited: Vec<AuditedAttributes>,
}

impl ProviderRecord {
    pub(crate) fn candidate(&self) -> Candidate<'_> {
        Candidate {
            declared: &self.attributes,
            audited: &self.audited,
        }
    }
}

/// All open orders and all leases of ours that are not closed, read completely.
///
/// Orders must be read before leases: an order that turned into our lease in between is then seen as the lease.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChainView {
    /// Block time before the orders were read.
    pub now: Seconds,
    /// Every order that takes bids.
    pub orders: Vec<Order>,
    /// Every lease of this provider. Closed ones may be included.
    pub leases: Vec<Lease>,
}

/// How an effect went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This provider's own open bid on an order, or that there is none.
    OwnBid {
        /// The order.
        order: OrderId,
        /// The bid.
        bid: Option<BidId>,
    },
    /// It could not be found out; asked again later.
    OwnBidUnknown {
        /// The order.
        order: OrderId,
    },
    /// What a lease asked for.
    Spec {
        /// The lease.
        lease: LeaseId,
        /// Its group.
        spec: GroupSpec,
    },
    /// It could not be found out; asked again later.
    SpecUnknown {
        /// The lease.
        lease: LeaseId,
    },
    /// The bid is on chain.
    BidPlaced {
        /// The bid.
        bid: BidId,
    },
    /// The chain refused the bid.
    BidRefused {
        /// The order.
        order: OrderId,
        /// Why.
        error: String,
    },
    /// Nobody knows whether the bid is on chain.
    BidUnknown {
        /// The order.
        order: OrderId,
    },
    /// The bid or lease is closed on chain.
    BidClosed {
        /// The bid.
        bid: BidId,
    },
    /// It could not be closed (yet).
    BidNotClosed {
        /// The bid.
        bid: BidId,
    },
    /// The services are up.
    WorkloadStarted {
        /// The lease.
        lease: LeaseId,
    },
    /// The services did not come up.
    WorkloadFailed {
        /// The lease.
        lease: LeaseId,
        /// Why.
        error: String,
    },
    /// Nothing of the lease runs any more.
    WorkloadStopped {
        /// The lease.
        lease: LeaseId,
    },
    /// Something may still run; stopping is tried again.
    WorkloadNotStopped {
        /// The lease.
        lease: LeaseId,
    },
    /// Earnings were withdrawn, or there was nothing to withdraw.
    Withdrawn {
        /// Which leases.
        leases: Vec<LeaseId>,
    },
    /// Earnings could not be withdrawn.
    NotWithdrawn {
        /// Which leases.
        leases: Vec<LeaseId>,
    },
}
