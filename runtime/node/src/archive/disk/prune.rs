//! Forgetting old blocks: whole segments of the log, once every block in them is older than those that are to be kept.
//!
//! Readers see nothing of such a segment at once. Then its rows leave the index, a few with each new block and the lowest
//! first; when they are gone for good, so is the file. What an interruption left over is finished on opening, which knows it
//! by the missing row of the segment's first block.

use std::path::Path;

use super::index::Index;
use super::log::{segment_path, sync_dir};
use super::{ArchiveError, DiskArchive, load_at, lock};
use crate::archive::Archive;

/// Blocks that leave the index with each new one: more than one, so that it gets done.
const BLOCKS_AT_ONCE: u64 = 2;

/// Whether all blocks before `next_segment` may go.
fn may_go(keep: u64, next_segment: u64, latest: u64) -> bool {
    let end = next_segment.checked_add(keep);
    keep != 0 && end.is_some_and(|end| end <= latest.saturating_add(1))
}

impl DiskArchive {
    /// First height of the segment that may go, and of the one after it.
    fn prunable(&self) -> Option<(u64, u64)> {
        let latest = self.latest()?.header.height;
        let [first, next] = lock(&self.log).first_segments()?;
        may_go(self.keep, next, latest).then_some((first, next))
    }

    /// Lowest height that readers see.
    pub(super) fn lowest_shown(&self) -> Option<u64> {
        let first = lock(&self.log).first_height()?;
        Some(self.prunable().map_or(first, |(_, next)| next.max(first)))
    }

    /// One step; called with each new block.
    pub(super) fn prune_some(&self) -> Result<(), ArchiveError> {
        let Some((first, next)) = self.prunable() else {
            return Ok(());
        };
        let dir = lock(&self.log).dir().to_owned();
        let mut pruned = lock(&self.pruned_below);
        let from = (*pruned).max(first);
        let to = next.min(from.saturating_add(BLOCKS_AT_ONCE));
        remove_rows(&self.index, &dir, from..to)?;
        *pruned = to;
        if to == next {
            self.index.sync()?;
            lock(&self.log).drop_first_segment()?;
        }
        Ok(())
    }
}

fn remove_rows(index: &Index, dir: &Path, heights: std::ops::Range<u64>) -> Result<(), ArchiveError> {
    for height in heights {
        if let Some(place) = index.place(height)? {
            let (record, _) = load_at(dir, height, &place)?;
            index.remove(&record, &place)?;
        }
    }
    Ok(())
}

/// Finishes what was interrupted: the first segment's first row is gone, others or the file are not.
pub(super) fn finish(index: &Index, dir: &Path, segments: &mut Vec<u64>, keep: u64) -> Result<(), ArchiveError> {
    let Some((latest, _)) = index.last()? else {
        return Ok(());
    };
    while let [first, next, ..] = segments[..] {
        let is_interrupted =
            may_go(keep, next, latest) && index.place(first)?.is_none() && index.place(next)?.is_some();
        if !is_interrupted {
            return Ok(());
        }
        remove_rows(index, dir, first..next)?;
        index.sync()?;
        let path = segment_path(dir, first);
        std::fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
        sync_dir(dir).map_err(ArchiveError::io(dir))?;
        segments.remove(0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_blocks_as_wanted_are_kept_at_least() {
        // Blocks 1 to 9 may go when 10 to 14 are the five last.
        assert!(may_go(5, 10, 14));
        assert!(!may_go(5, 10, 13));
        assert!(!may_go(0, 10, 1_000_000));
        assert!(!may_go(u64::MAX, 10, u64::MAX));
    }
}
