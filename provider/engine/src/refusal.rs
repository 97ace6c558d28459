//! Why an order gets no bid: typed, with the values seen, because "no bid" is the question operators ask most.

use serde::{Deserialize, Serialize};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::time::Seconds;
use thiserror::Error;

/// One reason.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// The registry does not know this provider.
    #[error("this provider is not registered")]
    NotRegistered,
    /// A provider may not serve its own orders.
    #[error("the order is this provider's own")]
    OwnOrder,
    /// The required attributes, or the auditors' signatures on them, are not there.
    #[error("placement: {problem}")]
    Placement {
        /// In the words of the market's own rule.
        problem: String,
    },
    /// The machines have it, but the registry's record does not say so, and the market would refuse the bid.
    #[error("not advertised: {problem}")]
    NotAdvertised {
        /// In the words of the market's own rule.
        problem: String,
    },
    /// More notice is demanded than this provider gives.
    #[error("{demanded} s notice of reclamation are demanded, this provider gives {offered:?}")]
    Reclamation {
        /// Demanded.
        demanded: Seconds,
        /// Given.
        offered: Option<Seconds>,
    },
    /// Too many volumes in a unit.
    #[error("unit {unit} has {volumes} volumes, at most {max} are served")]
    Volumes {
        /// Resources id.
        unit: u32,
        /// Asked for.
        volumes: usize,
        /// Served.
        max: usize,
    },
    /// Addresses of the tenant's own are not offered.
    #[error("unit {unit} asks for a leased address, none are offered")]
    LeasedIp {
        /// Resources id.
        unit: u32,
    },
    /// A GPU attribute that cannot be read.
    #[error("unit {unit}: gpu attribute {key:?} is not understood")]
    GpuAttribute {
        /// Resources id.
        unit: u32,
        /// The key.
        key: String,
    },
    /// No device is of the wanted kind, busy or not.
    #[error("unit {unit}: no device matches {wanted:?}")]
    NoSuchGpu {
        /// Resources id.
        unit: u32,
        /// Wanted keys.
        wanted: Vec<String>,
    },
    /// The machines have it but not free, or not on one node.
    #[error("unit {unit}: no room for replica {replica} of {count}: {lacking}")]
    Capacity {
        /// Resources id.
        unit: u32,
        /// Which replica did not fit, from 1.
        replica: u32,
        /// Replicas wanted.
        count: u32,
        /// What the best node lacks: `cpu`, `memory`, `gpu` or `storage`.
        lacking: String,
    },
    /// There is no price for something that is asked for.
    #[error("there is no price for {what}")]
    Unpriced {
        /// What.
        what: String,
    },
    /// The tenant would pay less.
    #[error("our price {ours} is above the order's highest price {max}")]
    Price {
        /// Our rate.
        ours: UnitPrice,
        /// The order's.
        max: UnitPrice,
    },
    /// The rate does not fit the chain's number.
    #[error("the price does not fit 128 bits")]
    PriceOverflow,
    /// The chain refused the bid.
    #[error("the chain refused the bid: {error}")]
    Chain {
        /// Its words.
        error: String,
    },
    /// Our bid stood too long and was taken back.
    #[error("a bid was open for {after} s and was taken back")]
    Expired {
        /// Seconds.
        after: Seconds,
    },
}

impl Refusal {
    /// Whether a change of inventory or of the provider's record may change the answer.
    pub(crate) fn may_change(&self) -> bool {
        !matches!(self, Self::Chain { .. } | Self::Expired { .. } | Self::OwnOrder)
    }
}
