//! Identifiers. Later ids extend earlier ones: deployment, group, order, bid = lease.
//!
//! Counters are monotonic for ever: a pruned record never frees its number.

use std::fmt;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint64;

/// A deployment. `dseq` is given out by the market contract and is unique across owners.
#[cw_serde]
#[derive(Eq, PartialOrd, Ord)]
pub struct DeploymentId {
    /// Tenant's address.
    pub owner: String,
    /// Deployment number, from 1.
    pub dseq: Uint64,
}

/// One group of a deployment.
#[cw_serde]
#[derive(Eq, PartialOrd, Ord)]
pub struct GroupId {
    /// Tenant's address.
    pub owner: String,
    /// Deployment number.
    pub dseq: Uint64,
    /// Position of the group in the deployment, from 1.
    pub gseq: u32,
}

/// One order of a group. A group has at most one order that is not closed.
#[cw_serde]
#[derive(Eq, PartialOrd, Ord)]
pub struct OrderId {
    /// Tenant's address.
    pub owner: String,
    /// Deployment number.
    pub dseq: Uint64,
    /// Group number.
    pub gseq: u32,
    /// Order number within the group, from 1.
    pub oseq: u32,
}

/// One bid on an order.
#[cw_serde]
#[derive(Eq, PartialOrd, Ord)]
pub struct BidId {
    /// Tenant's address.
    pub owner: String,
    /// Deployment number.
    pub dseq: Uint64,
    /// Group number.
    pub gseq: u32,
    /// Order number.
    pub oseq: u32,
    /// Provider's address.
    pub provider: String,
    /// Bid number of this provider on this order, from 1.
    pub bseq: u32,
}

/// A lease has the id of the bid that won it.
pub type LeaseId = BidId;

impl DeploymentId {
    /// The group at position `gseq`.
    pub fn group(&self, gseq: u32) -> GroupId {
        GroupId {
            owner: self.owner.clone(),
            dseq: self.dseq,
            gseq,
        }
    }
}

impl GroupId {
    /// The deployment that the group belongs to.
    pub fn deployment(&self) -> DeploymentId {
        DeploymentId {
            owner: self.owner.clone(),
            dseq: self.dseq,
        }
    }

    /// The order with number `oseq`.
    pub fn order(&self, oseq: u32) -> OrderId {
        OrderId {
            owner: self.owner.clone(),
            dseq: self.dseq,
            gseq: self.gseq,
            oseq,
        }
    }
}

impl OrderId {
    /// The group that the order belongs to.
    pub fn group(&self) -> GroupId {
        GroupId {
            owner: self.owner.clone(),
            dseq: self.dseq,
            gseq: self.gseq,
        }
    }

    /// A bid on this order.
    pub fn bid(&self, provider: impl Into<String>, bseq: u32) -> BidId {
        BidId {
            owner: self.owner.clone(),
            dseq: self.dseq,
            gseq: self.gseq,
            oseq: self.oseq,
            provider: provider.into(),
            bseq,
        }
    }
}

impl BidId {
    /// The order that was bid on.
    pub fn order(&self) -> OrderId {
        OrderId {
            owner: self.owner.clone(),
            dseq: self.dseq,
            gseq: self.gseq,
            oseq: self.oseq,
        }
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.dseq)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.owner, self.dseq, self.gseq)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.owner, self.dseq, self.gseq, self.oseq)
    }
}

impl fmt::Display for BidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}/{}/{}/{}",
            self.owner, self.dseq, self.gseq, self.oseq, self.provider, self.bseq
        )
    }
}
