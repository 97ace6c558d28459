//! Oracle: one price per asset from the observations of listed sources, with its age and uncertainty.
//!
//! Health is computed when asked, never stored. A consumer names its use, and each use has its own guards
//! (oracle.md 5.4). The contract holds no funds.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Decimal, Uint64};

use crate::money::UsdPrice;
use crate::time::Seconds;

/// Asset name of the network token in US dollars.
pub const AKT_USD: &str = "AKT/USD";

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may change parameters.
    pub governance: String,
    /// Parameters.
    pub params: Params,
}

/// Parameters, replaced as a whole by governance.
#[cw_serde]
#[derive(Eq)]
pub struct Params {
    /// Addresses that may submit observations, at most 16.
    pub sources: Vec<String>,
    /// Assets that are kept, at most 16, such as `AKT/USD`.
    pub assets: Vec<String>,
    /// Fewest fresh sources for a price, at least 1.
    pub min_sources: u32,
    /// An observation older than this is no use for minting.
    pub max_age_mint: Seconds,
    /// The same for refunds (redeeming by users).
    pub max_age_refund: Seconds,
    /// The same for settling.
    pub max_age_settle: Seconds,
    /// An observation may be dated at most this far ahead of block time.
    pub max_future: Seconds,
    /// Greatest confidence interval over price for minting and refunds, in basis points.
    pub max_confidence_bps: u16,
    /// Greatest distance between fresh sources over the median, in basis points.
    pub max_source_gap_bps: u16,
}

/// What the oracle does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Adds an observation. Listed sources only. One that is not newer than the source's last is accepted and ignored.
    Observe {
        /// Asset name.
        asset: String,
        /// Price in USD, positive.
        price: Decimal,
        /// Confidence interval in USD.
        confidence: Decimal,
        /// Moving average of the price in USD, when the source has one.
        ema: Option<Decimal>,
        /// When the source published it.
        publish_time: Seconds,
        /// Orders observations within a second.
        sequence: Uint64,
    },
    /// Replaces the parameters. Governance only.
    UpdateParams {
        /// All of them.
        params: Params,
    },
    /// Freezes or releases an asset: while frozen it has no price. Governance only.
    SetFrozen {
        /// Asset name.
        asset: String,
        /// Whether it has no price.
        frozen: bool,
    },
    /// Hands governance over. Governance only.
    UpdateGovernance {
        /// New governance address.
        governance: String,
    },
}

/// What a price is used for.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum UseCase {
    /// Minting ACT: all guards.
    Mint {},
    /// Redeeming ACT: all guards.
    Refund {},
    /// Settling: fresh, positive, enough sources.
    Settle {},
}

/// A price with its two sides.
#[cw_serde]
#[derive(Eq)]
pub struct PriceResponse {
    /// Asset name.
    pub asset: String,
    /// What AKT coming in is worth at least.
    pub low: UsdPrice,
    /// Median of the sources.
    pub mid: UsdPrice,
    /// What AKT going out is worth at most.
    pub high: UsdPrice,
    /// Oldest publish time among the observations that were used.
    pub publish_time: Seconds,
    /// How many sources were used.
    pub sources: u32,
}

/// Last observation of one source.
#[cw_serde]
#[derive(Eq)]
pub struct Observation {
    /// Source address.
    pub source: String,
    /// Price in USD.
    pub price: Decimal,
    /// Confidence interval in USD.
    pub confidence: Decimal,
    /// Moving average in USD.
    pub ema: Option<Decimal>,
    /// When it was published.
    pub publish_time: Seconds,
    /// Order within the second.
    pub sequence: Uint64,
    /// Block time of arrival.
    pub observed_at: Seconds,
}

/// Last observations on one asset.
#[cw_serde]
pub struct ObservationsResponse {
    /// By source.
    pub observations: Vec<Observation>,
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
    /// Parameters.
    pub params: Params,
    /// Frozen assets.
    pub frozen: Vec<String>,
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The configuration.
    #[returns(ConfigResponse)]
    Config {},
    /// The price for a use; an error that says which guard failed when there is none.
    #[returns(PriceResponse)]
    Price {
        /// Asset name.
        asset: String,
        /// What it is for.
        use_case: UseCase,
    },
    /// Last observation of every source.
    #[returns(ObservationsResponse)]
    Observations {
        /// Asset name.
        asset: String,
    },
}

/// Runs the migration steps that are due.
#[cw_serde]
pub struct MigrateMsg {}

/// Event types and attribute keys.
pub mod event {
    /// `asset`, `source`, `price`, `publish_time`, `accepted` (`true` or `false`)
    pub const PRICE_OBSERVED: &str = "price_observed";
}
