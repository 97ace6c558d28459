//! Governance replaces what it names. The price of a feed that is dropped goes with it.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use supercloud_schema::pyth::{DataSource, FeedConfig};

use crate::config::{assert_data_sources, assert_feeds};
use crate::error::PythError;
use crate::state::{CONFIG, PRICES, load_as_governance};

/// What changes; absent fields stay.
pub(crate) struct Change {
    pub(crate) governance: Option<String>,
    pub(crate) data_sources: Option<Vec<DataSource>>,
    pub(crate) feeds: Option<Vec<FeedConfig>>,
    pub(crate) oracle: Option<String>,
}

pub(crate) fn update_config(deps: DepsMut<'_>, info: MessageInfo, change: Change) -> Result<Response, PythError> {
    let mut config = load_as_governance(deps.storage, &info.sender)?;
    if let Some(governance) = change.governance {
        config.governance = deps.api.addr_validate(&governance)?;
    }
    if let Some(data_sources) = change.data_sources {
        assert_data_sources(&data_sources)?;
        config.data_sources = data_sources;
    }
    if let Some(feeds) = change.feeds {
        assert_feeds(&feeds)?;
        for dropped in config
            .feeds
            .iter()
            .filter(|old| feeds.iter().all(|new| new.id != old.id))
        {
            PRICES.remove(deps.storage, &dropped.id);
        }
        config.feeds = feeds;
    }
    if let Some(oracle) = change.oracle {
        config.oracle = Some(deps.api.addr_validate(&oracle)?);
    }
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new())
}
