//! From the tables and the log to the last committed version.

mod replay;
mod tree;

use std::path::Path;
use std::sync::Arc;

use supercloud_chain::store::StoreError;

use crate::disk::checkpoint::parse_height_and_root;
use crate::disk::config::{DiskConfig, LostBlocks};
use crate::disk::error::OpenError;
use crate::disk::head::Acknowledged;
use crate::disk::log::read_log;
use crate::disk::shared::Shared;
use crate::disk::view::View;
use crate::hash::Hash;

use replay::{Replay, set_root};
pub(crate) use tree::RecoveredTree;
use tree::TreeRecovery;

/// What opening found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Blocks that were read from the log.
    pub replayed_blocks: u64,
    /// Bytes at the end of the log that were not a whole record, and were cut off.
    pub dropped_log_bytes: u64,
    /// Committed blocks that are gone, when that was accepted.
    pub lost_blocks: u64,
    /// The head file was lost or behind, and was written again.
    pub head_rewritten: bool,
    /// Pages of the tree were missing or damaged, and it was built again from the entries.
    pub tree_rebuilt: bool,
}

/// The last version, ready for use.
pub(crate) struct Recovered {
    pub(crate) committed: Option<u64>,
    pub(crate) tree: RecoveredTree,
    pub(crate) view: View,
    pub(crate) segments: Vec<u64>,
    pub(crate) recovery: Recovery,
}

/// Heights of the tables, and the roots that two of them name.
struct Bases {
    latest: Option<(u64, Hash)>,
    pages: Option<(u64, Hash)>,
    blocks: Option<u64>,
    past: Option<u64>,
}

pub(crate) fn recover(
    shared: &Arc<Shared>,
    log_dir: &Path,
    config: &DiskConfig,
    acknowledged: Option<Acknowledged>,
) -> Result<Recovered, OpenError> {
    let bases = load_bases(shared)?;
    let mut replay = Replay::default();
    let log = read_log(log_dir, config.lost_blocks, &mut |record| {
        replay.add(record, &bases, shared)
    })?;
    let committed = replay
        .last
        .as_ref()
        .map(|record| record.height)
        .max(bases.latest.map(|(height, _)| height));
    // Refused before anything is cut off.
    let lost_blocks = assert_nothing_lost(committed, acknowledged, &bases, config.lost_blocks)?;
    let log = log.finish()?;
    let mut recovery = Recovery {
        replayed_blocks: replay.blocks,
        dropped_log_bytes: log.dropped_bytes,
        lost_blocks,
        head_rewritten: committed > acknowledged.map(|acknowledged| acknowledged.height),
        tree_rebuilt: false,
    };

    let view = View {
        memtables: vec![Arc::new(std::mem::take(&mut replay.memtable))],
        snapshot: shared.engine.snapshot(),
        latest: shared.engine.latest.clone(),
        past: shared.engine.past.clone(),
        base: bases.latest.map(|(height, _)| height),
    };
    let expected = acknowledged
        .filter(|acknowledged| Some(acknowledged.height) == committed)
        .map(|acknowledged| acknowledged.root);
    let trees = TreeRecovery {
        shared,
        view: &view,
        bases: &bases,
        committed,
        expected,
    };
    let tree = match trees.replay(&replay) {
        Ok(recovered) => recovered,
        Err(_damaged) => {
            recovery.tree_rebuilt = true;
            trees.rebuild(&replay, config.write_buffer_bytes)?
        }
    };
    if let Some(record) = &replay.last {
        set_root(shared, record.height, tree.tree.root());
    }
    Ok(Recovered {
        committed,
        tree,
        view,
        segments: log.segments,
        recovery,
    })
}

fn load_bases(shared: &Shared) -> Result<Bases, OpenError> {
    let engine = &shared.engine;
    let with_root = |table| -> Result<Option<(u64, Hash)>, StoreError> {
        let marker = engine.load_marker(table)?;
        Ok(marker.as_deref().and_then(parse_height_and_root))
    };
    let blocks = engine.load_marker(&engine.blocks)?;
    if let Some(&[_, cut, every, every_since]) = blocks.as_deref() {
        shared.retention.restore(cut, every, every_since);
    }
    let height = |marker: Option<Vec<u64>>| marker.and_then(|numbers| numbers.first().copied());
    let bases = Bases {
        latest: with_root(&engine.latest)?,
        // What cannot be read here is built again.
        pages: with_root(&engine.pages()).unwrap_or_default(),
        blocks: height(blocks),
        past: height(engine.load_marker(&engine.past)?),
    };
    let latest = bases.latest.map(|(height, _)| height);
    for (table, base) in [("blocks", bases.blocks), ("past", bases.past)] {
        if base < latest {
            return Err(StoreError::Damaged {
                what: format!("table {table} ends at height {base:?}, before table latest at {latest:?}"),
            }
            .into());
        }
    }
    Ok(bases)
}

/// Counts the blocks that were committed and are gone.
fn assert_nothing_lost(
    committed: Option<u64>,
    acknowledged: Option<Acknowledged>,
    bases: &Bases,
    lost_blocks: LostBlocks,
) -> Result<u64, OpenError> {
    // Tables hold only what was committed; what they have of lost blocks could not be told from what replaces them.
    let in_tables = bases.blocks.max(bases.past);
    let acknowledged = acknowledged.map(|acknowledged| acknowledged.height);
    let lost = |acknowledged| OpenError::LostBlocks {
        found: committed,
        acknowledged,
    };
    if let Some(height) = in_tables.filter(|height| Some(*height) > committed) {
        return Err(lost(height));
    }
    match acknowledged.filter(|height| Some(*height) > committed) {
        None => Ok(0),
        Some(height) if lost_blocks == LostBlocks::Refuse => Err(lost(height)),
        Some(height) => Ok(committed.map_or(height.saturating_add(1), |committed| height - committed)),
    }
}
