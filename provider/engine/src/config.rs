//! What the operator sets.

use serde::{Deserialize, Serialize};
use supercloud_schema::time::Seconds;

use crate::pricing::Pricing;

/// Settings of the engine. Times are seconds of block time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineConfig {
    /// The provider's address.
    pub provider: String,
    /// What resources cost.
    pub pricing: Pricing,
    /// An open bid that nobody accepted is taken back after this long, so that its reservation is free again.
    #[serde(default = "five_minutes")]
    pub bid_timeout: Seconds,
    /// A lease without a manifest is closed after this long. Keep it below the market's manifest grace: a close without
    /// notice after that forfeits the bid deposit.
    #[serde(default = "five_minutes")]
    pub manifest_timeout: Seconds,
    /// Earnings of running leases are withdrawn this often; 0 for only on command and at the end of a lease.
    #[serde(default = "one_day")]
    pub withdraw_interval: Seconds,
    /// Whether withdrawals by the timer file a redeem request (ACT to AKT) instead of taking ACT.
    #[serde(default)]
    pub redeem: bool,
    /// What failed (starting a workload, closing a bid, a last withdrawal) is tried again after this long.
    #[serde(default = "ten_seconds")]
    pub retry: Seconds,
    /// Notice that this provider gives before it takes resources back; orders that demand more are refused.
    #[serde(default)]
    pub reclamation: Option<Seconds>,
    /// Most volumes in one unit.
    #[serde(default = "four")]
    pub max_volumes: usize,
}

impl EngineConfig {
    /// Defaults for a provider with these prices.
    pub fn new(provider: impl Into<String>, pricing: Pricing) -> Self {
        Self {
            provider: provider.into(),
            pricing,
            bid_timeout: five_minutes(),
            manifest_timeout: five_minutes(),
            withdraw_interval: one_day(),
            redeem: false,
            retry: ten_seconds(),
            reclamation: None,
            max_volumes: four(),
        }
    }
}

fn five_minutes() -> Seconds {
    300
}

fn one_day() -> Seconds {
    86_400
}

fn ten_seconds() -> Seconds {
    10
}

fn four() -> usize {
    4
}
