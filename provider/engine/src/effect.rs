//! Everything that the engine wants done.

use supercloud_schema::id::{BidId, LeaseId, OrderId};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::ResourceOffer;
use supercloud_schema::time::Seconds;
use supercloud_sdl::ManifestGroup;

use crate::placement::Placement;
use crate::refusal::Refusal;

/// One thing to do. Each names the [`Outcome`](crate::Outcome)s that answer it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Find out whether there is an open bid of ours on the order (after a restart there may be). Answered by `OwnBid`
    /// or `OwnBidUnknown`.
    FindOwnBid {
        /// The order.
        order: OrderId,
    },
    /// Find out what a lease asked for, when its order was not seen (after a restart). Answered by `Spec` or
    /// `SpecUnknown`.
    FindSpec {
        /// The lease.
        lease: LeaseId,
    },
    /// Bid. Answered by `BidPlaced`, `BidRefused` or `BidUnknown`.
    SubmitBid {
        /// The order.
        order: OrderId,
        /// Rate for the whole group.
        price: UnitPrice,
        /// What would be given; empty for exactly what is asked.
        offer: Vec<ResourceOffer>,
        /// Notice that would be given.
        reclamation: Option<Seconds>,
    },
    /// Take a bid back, or end its lease. Answered by `BidClosed` or `BidNotClosed`.
    CloseBid {
        /// The bid.
        bid: BidId,
        /// A provider's reason code.
        reason: u32,
    },
    /// Run the services, or replace the ones that run. Answered by `WorkloadStarted` or `WorkloadFailed`.
    StartWorkload {
        /// The lease.
        lease: LeaseId,
        /// The services.
        group: ManifestGroup,
        /// Where, and with which devices.
        placement: Placement,
    },
    /// Stop everything of the lease. Answered by `WorkloadStopped` or `WorkloadNotStopped`.
    StopWorkload {
        /// The lease.
        lease: LeaseId,
    },
    /// Withdraw earnings, at most 30 leases. Answered by `Withdrawn` or `NotWithdrawn`.
    Withdraw {
        /// Which leases.
        leases: Vec<LeaseId>,
        /// Whether to file a redeem request instead of taking ACT.
        redeem: bool,
    },
    /// Tell the operator why an order gets no bid. Not answered.
    ReportRefusal {
        /// The order.
        order: OrderId,
        /// Why.
        refusal: Refusal,
    },
}
