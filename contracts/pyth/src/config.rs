//! Bounds of the configuration.

use std::collections::BTreeSet;

use supercloud_schema::pyth::{DataSource, FeedConfig};
use supercloud_verify_pyth::Origin;

use crate::error::PythError;

/// Most feeds: an update looks each of its messages up among them.
const MAX_FEEDS: usize = 32;
/// Most data sources.
const MAX_DATA_SOURCES: usize = 16;

pub(crate) fn assert_feeds(feeds: &[FeedConfig]) -> Result<(), PythError> {
    if feeds.len() > MAX_FEEDS {
        return Err(invalid("feeds", feeds.len(), "at most 32"));
    }
    let (mut ids, mut assets) = (BTreeSet::new(), BTreeSet::new());
    for feed in feeds {
        if feed.id.len() != size_of::<[u8; 32]>() {
            return Err(invalid("feed id", &feed.id, "32 bytes"));
        }
        if !ids.insert(feed.id.as_slice()) {
            return Err(invalid("feed id", &feed.id, "each feed once"));
        }
        if let Some(asset) = feed.asset.as_deref().filter(|asset| !assets.insert(*asset)) {
            return Err(invalid("asset", asset, "each asset once"));
        }
    }
    Ok(())
}

pub(crate) fn assert_data_sources(sources: &[DataSource]) -> Result<(), PythError> {
    if sources.len() > MAX_DATA_SOURCES {
        return Err(invalid("data sources", sources.len(), "at most 16"));
    }
    origins_of(sources).map(|_| ())
}

/// The emitters to believe.
pub(crate) fn origins_of(sources: &[DataSource]) -> Result<Vec<Origin>, PythError> {
    let origin = |source: &DataSource| {
        let emitter = source.emitter.as_slice().try_into();
        let emitter = emitter.map_err(|_| invalid("emitter", &source.emitter, "32 bytes"))?;
        Ok(Origin {
            chain: source.chain,
            emitter,
        })
    };
    sources.iter().map(origin).collect()
}

pub(crate) fn invalid(name: &'static str, value: impl ToString, bound: &'static str) -> PythError {
    PythError::InvalidConfig {
        name,
        value: value.to_string(),
        bound,
    }
}
