//! What is stored.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Storage};
use cw_storage_plus::{Item, Map};
use supercloud_schema::money::Uakt;
use supercloud_schema::pyth::{DataSource, FeedConfig, Params, PriceFeed, SignerSet};

use crate::error::PythError;

/// Who governs, and what is kept.
#[cw_serde]
pub(crate) struct Config {
    pub(crate) governance: Addr,
    pub(crate) data_sources: Vec<DataSource>,
    pub(crate) feeds: Vec<FeedConfig>,
    pub(crate) oracle: Option<Addr>,
    pub(crate) fee_denom: String,
    pub(crate) params: Params,
}

/// A feed's last price.
#[cw_serde]
pub(crate) struct StoredFeed {
    pub(crate) feed: PriceFeed,
    pub(crate) slot: u64,
}

impl StoredFeed {
    /// Orders updates of a feed, within a second too.
    pub(crate) fn order(&self) -> (i64, u64) {
        (self.feed.price.publish_time, self.slot)
    }
}

/// The configuration.
pub(crate) const CONFIG: Item<Config> = Item::new("config");
/// Signer sets by index.
pub(crate) const SIGNER_SETS: Map<u32, SignerSet> = Map::new("signer_sets");
/// Last price by feed id.
pub(crate) const PRICES: Map<&[u8], StoredFeed> = Map::new("prices");
/// Fees taken and not yet withdrawn: what is owed to governance.
pub(crate) const FEES: Item<Uakt> = Item::new("fees");

/// The configuration, for its governance only.
pub(crate) fn load_as_governance(storage: &dyn Storage, sender: &Addr) -> Result<Config, PythError> {
    let config = CONFIG.load(storage)?;
    if config.governance != sender {
        return Err(PythError::Unauthorized {
            sender: sender.to_string(),
        });
    }
    Ok(config)
}
