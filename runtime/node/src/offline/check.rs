//! The integrity check of a home.

use serde::Serialize;
use supercloud_chain::store::Store;

use crate::archive::Archive;
use crate::archive::disk::DiskArchive;
use crate::config::DiskStorage;
use crate::error::NodeError;
use crate::resume::open_state;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeReport {
    /// Height of the last state.
    pub height: u64,
    /// Its root, hex.
    pub app_hash: String,
    /// Entries of the state.
    pub entries: u64,
    /// The oldest state whose root was computed again.
    pub oldest_state: u64,
    /// Lowest and highest block.
    pub blocks: Option<(u64, u64)>,
    /// Transactions in them.
    pub txs: u64,
    /// Whether the tree of the state was built again.
    pub rebuilt: bool,
    /// Everything that is wrong.
    pub damage: Vec<String>,
}

/// What to do about damage that can be repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDamage {
    /// Only report it.
    Report,
    /// Build again what is derived from the rest.
    Repair,
}

/// Reads the whole home: computes the state's root again, and seals every block again after the one before. `progress` hears
/// of block heights. What a start would repair is repaired.
///
/// # Errors
///
/// A home that is in use, or so damaged that it does not open.
pub fn check(
    storage: &DiskStorage,
    on_damage: OnDamage,
    progress: &mut dyn FnMut(u64),
) -> Result<HomeReport, NodeError> {
    let home = &storage.home;
    let _lock = home.lock()?;
    let validator = home.load_validator()?;
    let archive = DiskArchive::open(&home.blocks_dir(), storage.archive_config())?;
    let mut store = open_state(storage, &archive)?;
    let mut state = store.check();
    let mut rebuilt = false;
    let is_page = |damage: &supercloud_store::Damage| matches!(damage, supercloud_store::Damage::Page { .. });
    if on_damage == OnDamage::Repair && !state.damage.is_empty() && state.damage.iter().all(is_page) {
        store.rebuild().map_err(supercloud_store::OpenError::from)?;
        rebuilt = true;
        state = store.check();
    }
    let mut damage: Vec<String> = state.damage.iter().map(|damage| format!("state: {damage:?}")).collect();
    let blocks = archive.check(validator.public(), progress);
    damage.extend(blocks.damage);
    let latest = archive.latest().filter(|record| record.header.height == state.height);
    if let Some(record) = latest
        && record.app_hash != store.latest().root()
    {
        damage.push(format!(
            "the state's root is not the app hash of block {}",
            state.height
        ));
    }
    Ok(HomeReport {
        height: state.height,
        app_hash: hex::encode_upper(state.root),
        entries: state.entries,
        oldest_state: state.oldest,
        blocks: blocks.heights,
        txs: blocks.txs,
        rebuilt,
        damage,
    })
}
