//! The log of blocks: segments `<first height>.blocks`, each a header and then records; see [`super::record`].
//!
//! A block's record is on the medium when [`Log::append_block`] returns, when the policy says so. The record of its results
//! follows it in the same segment; it reaches the medium with the next block at the latest.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use supercloud_store::SyncPolicy;

use super::ArchiveError;
use super::index::Place;

const MAGIC: &[u8; 8] = b"SCBLOG01";
/// Bytes of a segment's header.
pub(super) const HEADER: u64 = 16;

/// The log, open for appending.
pub(super) struct Log {
    dir: PathBuf,
    sync: SyncPolicy,
    segment_bytes: u64,
    /// First heights of the segments, ascending.
    segments: Vec<u64>,
    /// The last segment and its length; none before the first block.
    last: Option<(File, u64)>,
}

impl Log {
    /// Goes on after recovery. The last segment ends where its last good record does.
    pub(super) fn open(
        dir: &Path,
        sync: SyncPolicy,
        segment_bytes: u64,
        segments: Vec<u64>,
    ) -> Result<Self, ArchiveError> {
        let last = match segments.last() {
            Some(first) => {
                let path = segment_path(dir, *first);
                let file = OpenOptions::new()
                    .append(true)
                    .open(&path)
                    .map_err(ArchiveError::io(&path))?;
                let len = file.metadata().map_err(ArchiveError::io(&path))?.len();
                Some((file, len))
            }
            None => None,
        };
        Ok(Self {
            dir: dir.to_owned(),
            sync,
            segment_bytes,
            segments,
            last,
        })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn first_height(&self) -> Option<u64> {
        self.segments.first().copied()
    }

    /// First heights of the first two segments.
    pub(super) fn first_segments(&self) -> Option<[u64; 2]> {
        self.segments.first_chunk().copied()
    }

    /// Removes the first segment, which is not the last.
    pub(super) fn drop_first_segment(&mut self) -> Result<(), ArchiveError> {
        let Some([first, _]) = self.first_segments() else {
            return Ok(());
        };
        let path = segment_path(&self.dir, first);
        std::fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
        self.segments.remove(0);
        sync_dir(&self.dir).map_err(ArchiveError::io(&self.dir))
    }

    /// Appends the record of a block, in a new segment when the last one is full.
    pub(super) fn append_block(&mut self, height: u64, record: &[u8]) -> Result<Place, ArchiveError> {
        if self.last.as_ref().is_none_or(|(_, len)| *len >= self.segment_bytes) {
            self.begin_segment(height)?;
        }
        let block = self.append(record)?;
        if self.sync == SyncPolicy::EveryBlock
            && let Some((file, _)) = &self.last
        {
            file.sync_data().map_err(ArchiveError::io(&self.dir))?;
        }
        let end = block + record.len() as u64;
        Ok(Place {
            segment: self.segments.last().copied().unwrap_or(height),
            block,
            results: end,
            end,
        })
    }

    /// Appends the record of a block's results right behind it.
    pub(super) fn append_results(&mut self, place: Place, record: &[u8]) -> Result<Place, ArchiveError> {
        let results = self.append(record)?;
        Ok(Place {
            results,
            end: results + record.len() as u64,
            ..place
        })
    }

    fn append(&mut self, record: &[u8]) -> Result<u64, ArchiveError> {
        let (file, len) = self.last.as_mut().ok_or_else(|| ArchiveError::Io {
            path: self.dir.clone(),
            source: io::ErrorKind::NotFound.into(),
        })?;
        let offset = *len;
        file.write_all(record).map_err(ArchiveError::io(&self.dir))?;
        *len += record.len() as u64;
        Ok(offset)
    }

    fn begin_segment(&mut self, first: u64) -> Result<(), ArchiveError> {
        let path = segment_path(&self.dir, first);
        let begin = || {
            if let Some((file, _)) = &self.last {
                file.sync_data()?;
            }
            let mut file = OpenOptions::new().append(true).create_new(true).open(&path)?;
            file.write_all(&encode_header(first))?;
            file.sync_all()?;
            sync_dir(&self.dir)?;
            Ok(file)
        };
        let file = begin().map_err(ArchiveError::io(&path))?;
        self.segments.push(first);
        self.last = Some((file, HEADER));
        Ok(())
    }
}

/// What a segment begins with.
pub(super) fn encode_header(first: u64) -> [u8; HEADER as usize] {
    let mut header = [0; HEADER as usize];
    header[..8].copy_from_slice(MAGIC);
    header[8..].copy_from_slice(&first.to_be_bytes());
    header
}

pub(super) fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}.blocks"))
}

/// First heights of the segments in a folder, ascending.
pub(super) fn list_segments(dir: &Path) -> Result<Vec<u64>, ArchiveError> {
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(ArchiveError::io(dir))? {
        let name = entry.map_err(ArchiveError::io(dir))?.file_name();
        let first: Option<u64> = name
            .to_str()
            .and_then(|name| name.strip_suffix(".blocks")?.parse().ok());
        segments.extend(first);
    }
    segments.sort_unstable();
    Ok(segments)
}

/// Makes file creations and removals in a folder durable.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}
