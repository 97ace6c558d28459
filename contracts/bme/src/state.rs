//! What is stored.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, Storage};
use cw_storage_plus::{Item, Map};
use supercloud_schema::bme::{Params, Request};
use supercloud_schema::money::{Uact, Uakt};

use crate::error::BmeError;
use crate::settlement::Terms;

/// Who governs, and with whom this contract deals.
#[cw_serde]
pub(crate) struct Config {
    pub(crate) governance: Addr,
    pub(crate) guardian: Option<Addr>,
    pub(crate) oracle: Addr,
    pub(crate) akt_denom: String,
    pub(crate) act_denom: String,
    pub(crate) mint_type_url: String,
    pub(crate) mint_paused: bool,
    pub(crate) params: Params,
}

/// Sums over all requests.
#[cw_serde]
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) remint_credits: Uakt,
    pub(crate) queued_akt: Uakt,
    pub(crate) queued_act: Uact,
    pub(crate) total_minted_act: Uact,
    pub(crate) total_burned_act: Uact,
    pub(crate) total_minted_akt: Uakt,
}

/// A request, and who filed it when that is not its owner.
#[cw_serde]
pub(crate) struct StoredRequest {
    pub(crate) request: Request,
    pub(crate) filer: Option<Addr>,
}

/// A redeem that waits for AKT to be minted, within one call.
#[cw_serde]
pub(crate) struct InFlight {
    pub(crate) id: u64,
    pub(crate) terms: Terms,
}

/// The configuration.
pub(crate) const CONFIG: Item<Config> = Item::new("config");
/// The books.
pub(crate) const BOOKS: Item<Books> = Item::new("books");
/// Number of the last request.
pub(crate) const LAST_ID: Item<u64> = Item::new("last_id");
/// All requests by number.
pub(crate) const REQUESTS: Map<u64, StoredRequest> = Map::new("requests");
/// Pending mints, in order of arrival.
pub(crate) const MINT_QUEUE: Map<u64, Empty> = Map::new("mint_queue");
/// Pending redeems, in order of arrival.
pub(crate) const REDEEM_QUEUE: Map<u64, Empty> = Map::new("redeem_queue");
/// Set only between a mint of AKT and its reply.
pub(crate) const IN_FLIGHT: Item<InFlight> = Item::new("in_flight");

/// The configuration, for its governance only.
pub(crate) fn load_as_governance(storage: &dyn Storage, sender: &Addr) -> Result<Config, BmeError> {
    let config = CONFIG.load(storage)?;
    if config.governance != sender {
        return Err(BmeError::Unauthorized {
            sender: sender.to_string(),
        });
    }
    Ok(config)
}
