//! Pyth pull-oracle receiver: verifies signed price updates and passes them on.
//!
//! `UpdatePriceFeeds`, `PriceFeed`, `GetUpdateFee` and `GetValidTimePeriod` have the very JSON of `pyth-sdk-cw` 1.2, so
//! a consumer written against that crate can query this contract (oracle.md 1.3). That crate itself cannot be linked
//! into a contract: it brings cosmwasm-std 1, whose exported symbols collide.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Binary, Coin, HexBinary, Int64, Uint64};

use crate::money::Uakt;
use crate::solvency::SolvencyResponse;
use crate::time::Seconds;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may change the configuration.
    pub governance: String,
    /// Signer sets that are trusted from the start, by ascending index.
    pub signer_sets: Vec<SignerSet>,
    /// Who may emit prices.
    pub data_sources: Vec<DataSource>,
    /// Feeds that are kept.
    pub feeds: Vec<FeedConfig>,
    /// Oracle contract that gets each new price; this contract must be among its sources.
    pub oracle: Option<String>,
    /// Bank denom of the update fee.
    pub fee_denom: String,
    /// Parameters.
    pub params: Params,
}

/// How many of a set must sign.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum Quorum {
    /// `2n/3 + 1`: Wormhole guardians.
    TwoThirds {},
    /// `n/2 + 1`: Pyth routers.
    Half {},
}

/// Keys that sign updates.
#[cw_serde]
#[derive(Eq)]
pub struct SignerSet {
    /// Index named in a message.
    pub index: u32,
    /// Ethereum-style addresses, 20 bytes each, 1 to 32, no repeats, none zero.
    pub addresses: Vec<HexBinary>,
    /// How many must sign.
    pub quorum: Quorum,
    /// Not valid from this second on.
    pub expires_at: Option<Seconds>,
}

/// A message origin.
#[cw_serde]
#[derive(Eq)]
pub struct DataSource {
    /// Wormhole chain id.
    pub chain: u16,
    /// Emitter address, 32 bytes.
    pub emitter: HexBinary,
}

/// A feed that is kept.
#[cw_serde]
#[derive(Eq)]
pub struct FeedConfig {
    /// Feed id, 32 bytes.
    pub id: HexBinary,
    /// Asset name at the oracle; absent when the oracle is not told.
    pub asset: Option<String>,
}

/// Parameters, replaced as a whole by governance.
#[cw_serde]
#[derive(Eq)]
pub struct Params {
    /// An update may be at most this old when it arrives.
    pub max_age: Seconds,
    /// An update may be dated at most this far ahead of block time.
    pub max_future: Seconds,
    /// Fee per kept update, may be zero.
    pub fee_per_update: Uakt,
}

/// What the receiver does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Verifies and stores updates. Funds: exactly the fee. An update that is not newer is accepted and ignored.
    UpdatePriceFeeds {
        /// 1 to 4 accumulator messages (`PNAU`), at most 16 KiB each.
        data: Vec<Binary>,
    },
    /// Adds a signer set. Governance only.
    AddSignerSet {
        /// The set; its index must be new.
        set: SignerSet,
    },
    /// Ends a signer set. Governance only.
    ExpireSignerSet {
        /// Its index.
        index: u32,
        /// From when on; at once when absent or past.
        at: Option<Seconds>,
    },
    /// Replaces the data sources, the feeds or the oracle. Governance only; absent fields stay.
    UpdateConfig {
        /// New governance.
        governance: Option<String>,
        /// New origins.
        data_sources: Option<Vec<DataSource>>,
        /// New feeds.
        feeds: Option<Vec<FeedConfig>>,
        /// New oracle.
        oracle: Option<String>,
    },
    /// Replaces the parameters. Governance only.
    UpdateParams {
        /// All of them.
        params: Params,
    },
    /// Sends collected fees. Governance only.
    WithdrawFees {
        /// Receiver.
        to: String,
    },
}

/// A price as Pyth writes it: `price * 10^expo`.
#[cw_serde]
#[derive(Eq)]
pub struct Price {
    /// Mantissa.
    pub price: Int64,
    /// Confidence interval, same scale.
    pub conf: Uint64,
    /// Exponent.
    pub expo: i32,
    /// When it was published, seconds since the Unix epoch.
    pub publish_time: i64,
}

/// A feed's last price.
#[cw_serde]
#[derive(Eq)]
pub struct PriceFeed {
    /// Feed id, 32 bytes as 64 hex digits.
    pub id: HexBinary,
    /// Spot price.
    pub price: Price,
    /// Moving average.
    pub ema_price: Price,
}

/// Answer to `PriceFeed`, as in `pyth-sdk-cw`.
#[cw_serde]
pub struct PriceFeedResponse {
    /// The feed.
    pub price_feed: PriceFeed,
}

/// A duration as Rust's `std::time::Duration` serialises.
#[cw_serde]
#[derive(Eq, Copy)]
pub struct ValidTimePeriodResponse {
    /// Whole seconds.
    pub secs: u64,
    /// Always 0 here.
    pub nanos: u32,
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
    /// Signer sets by index, expired ones included.
    pub signer_sets: Vec<SignerSet>,
    /// Origins.
    pub data_sources: Vec<DataSource>,
    /// Feeds.
    pub feeds: Vec<FeedConfig>,
    /// Oracle contract.
    pub oracle: Option<String>,
    /// Bank denom of the fee.
    pub fee_denom: String,
    /// Parameters.
    pub params: Params,
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Last price of a feed.
    #[returns(PriceFeedResponse)]
    PriceFeed {
        /// Feed id, 64 hex digits.
        id: HexBinary,
    },
    /// Fee for submitting these messages.
    #[returns(Coin)]
    GetUpdateFee {
        /// Accumulator messages.
        vaas: Vec<Binary>,
    },
    /// How long a price counts as valid; a bare string in JSON, as in `pyth-sdk-cw`.
    #[returns(ValidTimePeriodResponse)]
    GetValidTimePeriod,
    /// The configuration.
    #[returns(ConfigResponse)]
    Config {},
    /// The contract's books.
    #[returns(SolvencyResponse)]
    Solvency {},
}

/// Runs the migration steps that are due.
#[cw_serde]
pub struct MigrateMsg {}

/// Event types and attribute keys.
pub mod event {
    /// `feed_id`, `price`, `conf`, `expo`, `publish_time`, `slot`, `set_index`
    pub const PRICE_UPDATED: &str = "price_updated";
    /// `index`
    pub const SIGNER_SET_ADDED: &str = "signer_set_added";
    /// `index`, `expires_at`
    pub const SIGNER_SET_EXPIRED: &str = "signer_set_expired";
}
