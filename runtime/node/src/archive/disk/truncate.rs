//! Dropping the last blocks, for a rollback.

use std::fs::{self, OpenOptions};
use std::path::Path;

use super::log::{segment_path, sync_dir};
use super::{ArchiveConfig, ArchiveError, DiskArchive, load_at, lock};
use crate::archive::Archive;

impl DiskArchive {
    /// Opens the archive in `dir` without the blocks above `height`, which are gone for good. An interruption leaves all
    /// of them or a part of them, in order.
    pub(crate) fn truncate(dir: &Path, config: ArchiveConfig, height: u64) -> Result<Self, ArchiveError> {
        let archive = Self::open(dir, config)?;
        let latest = archive.latest().map(|record| record.header.height);
        if archive.logged_height().is_none_or(|last| last <= height) {
            return Ok(archive);
        }
        let log_dir = lock(&archive.log).dir().to_owned();
        // The index goes first: it may always be behind the log, never ahead of it.
        let mut end = lock(&archive.unfinished)
            .as_ref()
            .map(|(_, place)| (place.segment, place.block));
        for dropped in (height + 1..=latest.unwrap_or_default()).rev() {
            let Some(place) = archive.index.place(dropped)? else {
                break;
            };
            let (record, _) = load_at(&log_dir, dropped, &place)?;
            archive.index.remove(&record, &place)?;
            end = Some((place.segment, place.block));
        }
        archive.index.sync()?;
        let segments = super::log::list_segments(&log_dir)?;
        drop(archive);
        if let Some((segment, offset)) = end {
            for first in segments.iter().rev().filter(|first| **first > segment) {
                remove(&segment_path(&log_dir, *first))?;
            }
            cut(&log_dir, segment, offset)?;
        }
        Self::open(dir, config)
    }
}

/// Ends a segment before a block; the whole segment goes when that is its first.
fn cut(dir: &Path, first: u64, offset: u64) -> Result<(), ArchiveError> {
    let path = segment_path(dir, first);
    if offset <= super::log::HEADER {
        remove(&path)?;
    } else {
        let file = OpenOptions::new()
            .write(true)
            .open(&path)
            .map_err(ArchiveError::io(&path))?;
        file.set_len(offset).map_err(ArchiveError::io(&path))?;
        file.sync_all().map_err(ArchiveError::io(&path))?;
    }
    sync_dir(dir).map_err(ArchiveError::io(dir))
}

fn remove(path: &Path) -> Result<(), ArchiveError> {
    fs::remove_file(path).map_err(ArchiveError::io(path))
}
