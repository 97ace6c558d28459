//! What is stored.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, StdResult, Storage};
use cw_storage_plus::{Item, Map};
use supercloud_schema::oracle::{Observation, Params};

use crate::error::OracleError;

/// Who governs, and the rules.
#[cw_serde]
pub(crate) struct Config {
    pub(crate) governance: Addr,
    pub(crate) params: Params,
}

/// The configuration.
pub(crate) const CONFIG: Item<Config> = Item::new("config");
/// Assets without a price by order of governance.
pub(crate) const FROZEN: Map<&str, Empty> = Map::new("frozen");
/// Last observation by (asset, source).
pub(crate) const OBSERVATIONS: Map<(&str, &str), Observation> = Map::new("observations");

/// The configuration, for its governance only.
pub(crate) fn load_as_governance(storage: &dyn Storage, sender: &Addr) -> Result<Config, OracleError> {
    let config = CONFIG.load(storage)?;
    if config.governance != sender {
        return Err(OracleError::Unauthorized {
            sender: sender.to_string(),
        });
    }
    Ok(config)
}

/// Last observations on an asset, in the order of the listed sources.
pub(crate) fn load_observations(storage: &dyn Storage, asset: &str, sources: &[String]) -> StdResult<Vec<Observation>> {
    let each = sources
        .iter()
        .map(|source| OBSERVATIONS.may_load(storage, (asset, source)));
    each.filter_map(Result::transpose).collect()
}
