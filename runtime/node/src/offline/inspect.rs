//! What a home holds.

use serde::Serialize;

use crate::archive::Archive;
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::resume::resume;

/// What a home holds. Inspecting repairs what a start would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeStatus {
    /// The chain's name.
    pub chain_id: String,
    /// Last height.
    pub height: u64,
    /// Root of the last state, hex.
    pub app_hash: String,
    /// Time of the last block, or of genesis, in nanoseconds since 1970.
    pub time_nanos: u64,
    /// Lowest height whose block is kept.
    pub earliest_block: Option<u64>,
    /// Lowest height whose state is kept.
    pub earliest_state: u64,
    /// Address of the validator, hex.
    pub validator: String,
}

/// Opens the home and says what is in it.
///
/// # Errors
///
/// A home that is in use or damaged.
pub fn inspect(storage: &DiskStorage) -> Result<HomeStatus, NodeError> {
    let genesis = storage.home.load_genesis()?;
    let resumed = resume(&genesis, storage)?;
    Ok(HomeStatus {
        chain_id: resumed.chain.chain_id().to_owned(),
        height: resumed.chain.height(),
        app_hash: hex::encode_upper(resumed.chain.app_hash()),
        time_nanos: resumed.chain.time_nanos(),
        earliest_block: resumed.archive.earliest(),
        earliest_state: resumed.chain.oldest_height(),
        validator: hex::encode_upper(resumed.validator.public().address),
    })
}
