//! What the oracle refuses, and which guard leaves an asset without a price.

use cosmwasm_std::{Decimal, StdError};
use supercloud_schema::time::Seconds;
use thiserror::Error;

/// Why a message or a question fails.
#[derive(Debug, Error)]
pub enum OracleError {
    /// Storage, addresses, JSON.
    #[error(transparent)]
    Std(#[from] StdError),
    /// The sender may not do this.
    #[error("{sender} may not do this")]
    Unauthorized {
        /// Who asked.
        sender: String,
    },
    /// No message takes funds.
    #[error("message takes no funds, got {coin}")]
    UnexpectedFunds {
        /// First coin attached.
        coin: String,
    },
    /// A parameter is out of bounds.
    #[error("{name} is {value}, {bound}")]
    InvalidParam {
        /// Parameter.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        bound: &'static str,
    },
    /// The asset is not kept.
    #[error("asset {asset} is not kept")]
    UnknownAsset {
        /// Asset name.
        asset: String,
    },
    /// A price must be positive.
    #[error("price of {asset} is zero")]
    ZeroPrice {
        /// Asset name.
        asset: String,
    },
    /// The observation is dated too far ahead.
    #[error("observation of {asset} is dated {publish_time}, more than {max_future} s after {now}")]
    FromTheFuture {
        /// Asset name.
        asset: String,
        /// Its date.
        publish_time: Seconds,
        /// Block time.
        now: Seconds,
        /// Tolerance.
        max_future: Seconds,
    },
    /// Governance took the price away.
    #[error("asset {asset} is frozen")]
    Frozen {
        /// Asset name.
        asset: String,
    },
    /// Guard `min_sources`: not enough listed sources have ever reported.
    #[error("{asset} has {observed} sources, {needed} are needed")]
    TooFewSources {
        /// Asset name.
        asset: String,
        /// Listed sources with an observation.
        observed: u32,
        /// Sources needed.
        needed: u32,
    },
    /// Guard on age: without the old observations too few are left.
    #[error("{asset} has {usable} fresh sources and {stale} older than {max_age} s, {needed} are needed")]
    Stale {
        /// Asset name.
        asset: String,
        /// Observations that pass.
        usable: u32,
        /// Observations that are too old.
        stale: u32,
        /// Most age for this use.
        max_age: Seconds,
        /// Sources needed.
        needed: u32,
    },
    /// Guard `max_future`: without the observations dated ahead too few are left.
    #[error(
        "{asset} has {usable} usable sources and {ahead} dated more than {max_future} s ahead, {needed} are needed"
    )]
    Ahead {
        /// Asset name.
        asset: String,
        /// Observations that pass.
        usable: u32,
        /// Observations dated too far ahead.
        ahead: u32,
        /// Tolerance.
        max_future: Seconds,
        /// Sources needed.
        needed: u32,
    },
    /// Guard on confidence: without the uncertain observations too few are left.
    #[error("{asset} has {usable} certain sources and {wide} wider than {limit_bps} basis points, {needed} are needed")]
    ConfidenceTooWide {
        /// Asset name.
        asset: String,
        /// Observations that pass.
        usable: u32,
        /// Observations that are too uncertain.
        wide: u32,
        /// Widest interval over price.
        limit_bps: u16,
        /// Sources needed.
        needed: u32,
    },
    /// Guard on the gap between sources.
    #[error("sources of {asset} lie between {lowest} and {highest}, wider than {limit_bps} basis points of the median")]
    SourcesDisagree {
        /// Asset name.
        asset: String,
        /// Lowest price.
        lowest: Decimal,
        /// Highest price.
        highest: Decimal,
        /// Widest gap over the median.
        limit_bps: u16,
    },
    /// The uncertainty reaches down to zero.
    #[error("low side of {asset} is not positive")]
    LowNotPositive {
        /// Asset name.
        asset: String,
    },
    /// A sum does not fit.
    #[error("high side of {asset} overflows")]
    Overflow {
        /// Asset name.
        asset: String,
    },
    /// The stored contract is another one.
    #[error("cannot migrate from {stored}, this is {ours}")]
    WrongContract {
        /// Stored name.
        stored: String,
        /// This contract's name.
        ours: &'static str,
    },
    /// The stored contract is newer.
    #[error("cannot migrate from version {stored} to {ours}")]
    Downgrade {
        /// Stored version.
        stored: String,
        /// This contract's version.
        ours: &'static str,
    },
}
