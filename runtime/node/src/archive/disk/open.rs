//! Opening the archive: the log to its last good record, then the index up to there.

use std::collections::VecDeque;
use std::fs::{self, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use supercloud_chain::BlockOutput;
use supercloud_rpc::BlockRecord;
use supercloud_store::SyncPolicy;

use super::index::{Index, Place};
use super::log::{HEADER, Log, encode_header, list_segments, segment_path, sync_dir};
use super::record::{Record, damaged, follows_damaged, parse, read_results};
use super::{ArchiveError, Cache, DiskArchive, load_at, prune};
use crate::archive::ProposedBlock;
use crate::home::make_dir;

/// Bytes at which a segment ends.
const SEGMENT_BYTES: u64 = 64 << 20;
const LOG_DIR: &str = "log";
pub(super) const INDEX_DIR: &str = "index";

/// How an archive is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArchiveConfig {
    /// What [`crate::archive::Archive::propose`] waits for.
    pub(crate) sync: SyncPolicy,
    /// Bytes at which a segment of the log ends.
    pub(crate) segment_bytes: u64,
    /// Least number of last blocks that are kept; 0: all are.
    pub(crate) keep: u64,
    /// What may be cut off the end of the log.
    pub(crate) cut: Cut,
}

/// What opening may cut off the end of the log, when there is something that is no whole record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A record that was not written to its end: none follows, and the block of this height, the state's, is before it.
    Torn {
        /// Height of the state; 0 when it is not known or has no block.
        state: u64,
    },
    /// Whatever follows the block of this height, whole or not.
    After {
        /// The last height that is wanted.
        height: u64,
    },
}

impl Default for ArchiveConfig {
    fn default() -> Self {
        Self {
            sync: SyncPolicy::EveryBlock,
            segment_bytes: SEGMENT_BYTES,
            keep: 0,
            cut: Cut::Torn { state: 0 },
        }
    }
}

/// What opening found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArchiveRecovery {
    /// Blocks that the index did not have.
    pub(crate) indexed_blocks: u64,
    /// Bytes at the end of the log that were not a whole record, and were cut off.
    pub(crate) dropped_bytes: u64,
    /// Why the index was made anew, if it was.
    pub(crate) index_rebuilt: Option<String>,
}

/// What reading the log has found so far.
struct Scan<'a> {
    index: &'a Index,
    dir: &'a Path,
    /// Height that the next block must have.
    next: Option<u64>,
    block: Option<(ProposedBlock, Place)>,
    last: Option<(u64, Place)>,
    indexed: u64,
    cut: Cut,
}

impl DiskArchive {
    /// Opens the archive in `dir`, or makes an empty one.
    pub(crate) fn open(dir: &Path, config: ArchiveConfig) -> Result<Self, ArchiveError> {
        let log_dir = dir.join(LOG_DIR);
        make_dir(&log_dir).map_err(ArchiveError::io(&log_dir))?;
        let mut segments = list_segments(&log_dir)?;
        let mut recovery = ArchiveRecovery::default();
        drop_empty_segment(&log_dir, &mut segments, &mut recovery)?;
        let index = open_index(
            &dir.join(INDEX_DIR),
            &log_dir,
            &mut segments,
            config.keep,
            &mut recovery,
        )?;
        let last = index.last()?;
        if let Some((_, place)) = last {
            assert_earlier_segments(&log_dir, &index, &segments, place.segment)?;
        }
        let mut scan = Scan {
            index: &index,
            dir: &log_dir,
            next: last.map(|(height, _)| height + 1),
            block: None,
            last,
            indexed: 0,
            cut: config.cut,
        };
        let from = last.map(|(_, place)| (place.segment, place.end));
        recovery.dropped_bytes += scan.run(&segments, from)?;
        recovery.indexed_blocks = scan.indexed;
        let Scan { block, last, .. } = scan;
        let latest = match last {
            Some((height, place)) => Some(Arc::new(load_at(&log_dir, height, &place)?.0)),
            None => None,
        };
        Ok(Self {
            log: Mutex::new(Log::open(&log_dir, config.sync, config.segment_bytes, segments)?),
            index,
            tip: RwLock::new(latest.clone()),
            finished: Mutex::new(VecDeque::new()),
            showing: Mutex::new(()),
            latest: RwLock::new(latest),
            unfinished: Mutex::new(block),
            cache: Mutex::new(Cache::default()),
            keep: config.keep,
            pruned_below: Mutex::new(0),
            fault: OnceLock::new(),
            recovery,
        })
    }
}

/// The last segment may have been begun and got no header: then nothing was in it.
fn drop_empty_segment(dir: &Path, segments: &mut Vec<u64>, recovery: &mut ArchiveRecovery) -> Result<(), ArchiveError> {
    let Some(&last) = segments.last() else { return Ok(()) };
    let path = segment_path(dir, last);
    let len = fs::metadata(&path).map_err(ArchiveError::io(&path))?.len();
    if len < HEADER {
        fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
        sync_dir(dir).map_err(ArchiveError::io(dir))?;
        segments.pop();
        recovery.dropped_bytes += len;
    }
    Ok(())
}

/// Opens the index; makes it anew when it does not open or does not fit the log.
fn open_index(
    path: &Path,
    log_dir: &Path,
    segments: &mut Vec<u64>,
    keep: u64,
    recovery: &mut ArchiveRecovery,
) -> Result<Index, ArchiveError> {
    // A damaged file may break an assumption of the engine.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let index = Index::open(path)?;
        prune::finish(&index, log_dir, segments, keep)?;
        let misfit = find_misfit(&index, log_dir, segments)?;
        Ok((index, misfit))
    }));
    let reason = match opened {
        Ok(Ok((index, None))) => return Ok(index),
        Ok(Ok((index, Some(misfit)))) => {
            // It must not be open when it is removed.
            drop(index);
            misfit
        }
        Ok(Err(error @ ArchiveError::Locked { .. })) => return Err(error),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the engine ended abnormally".to_owned(),
    };
    tracing::warn!(reason, "the index of blocks is made anew");
    fs::remove_dir_all(path).map_err(ArchiveError::io(path))?;
    recovery.index_rebuilt = Some(reason);
    Index::open(path)
}

/// Says why the index cannot belong to the log, if so.
fn find_misfit(index: &Index, log_dir: &Path, segments: &[u64]) -> Result<Option<String>, ArchiveError> {
    let Some((height, place)) = index.last()? else {
        return Ok(None);
    };
    let first = segments.first().copied().unwrap_or_default();
    if !segments.contains(&place.segment) {
        return Ok(Some(format!("block {height} is in a segment that is gone")));
    }
    let path = segment_path(log_dir, place.segment);
    if fs::metadata(&path).map_err(ArchiveError::io(&path))?.len() < place.end {
        return Ok(Some(format!("the log ends before block {height}")));
    }
    if index.place(first)?.is_none() {
        return Ok(Some(format!("it has nothing of block {first}")));
    }
    let loaded = load_at(log_dir, height, &place);
    Ok(loaded.err().map(|error| format!("block {height}: {error}")))
}

/// Segments before the one that reading begins in must end with the block before the next one's first.
fn assert_earlier_segments(dir: &Path, index: &Index, segments: &[u64], begin: u64) -> Result<(), ArchiveError> {
    for pair in segments.windows(2).filter(|pair| pair[1] <= begin) {
        let (first, next) = (pair[0], pair[1]);
        let path = segment_path(dir, first);
        let place = index.place(next - 1)?.filter(|place| place.segment == first);
        let Some(place) = place else {
            return Err(ArchiveError::Index(format!(
                "there is no row of block {}; remove the folder data/blocks/index to have it made anew",
                next - 1
            )));
        };
        let len = fs::metadata(&path).map_err(ArchiveError::io(&path))?.len();
        if len != place.end {
            let reason = format!("the segment has {len} bytes, its last block ends at {}", place.end);
            return Err(damaged(&path, len.min(place.end), reason));
        }
        let mut file = fs::File::open(&path).map_err(ArchiveError::io(&path))?;
        read_results(&mut file, &path, place.results)?;
    }
    Ok(())
}

impl Scan<'_> {
    /// Reads from this place on and returns how many bytes were cut off at the end.
    fn run(&mut self, segments: &[u64], from: Option<(u64, u64)>) -> Result<u64, ArchiveError> {
        let begin = from.map_or(0, |(segment, _)| segment);
        for (index, &first) in segments.iter().enumerate().filter(|(_, first)| **first >= begin) {
            let path = segment_path(self.dir, first);
            let bytes = fs::read(&path).map_err(ArchiveError::io(&path))?;
            let offset = from.filter(|(segment, _)| *segment == first).map(|(_, offset)| offset);
            let is_last = index + 1 == segments.len();
            let (valid, reason) = self.read_segment(first, &bytes, offset)?;
            let Some(reason) = reason else {
                if self.block.is_some() && !is_last {
                    return Err(damaged(&path, bytes.len() as u64, "a block has no results".to_owned()));
                }
                continue;
            };
            if !is_last {
                return Err(damaged(&path, valid, reason));
            }
            let last = self.next.unwrap_or(first).saturating_sub(1);
            self.assert_may_cut(last, follows_damaged(&bytes[valid as usize..]))
                .map_err(|why| ArchiveError::DamagedEnd {
                    path: path.clone(),
                    offset: valid,
                    reason: reason.clone(),
                    last,
                    why,
                })?;
            tracing::warn!(path = %path.display(), offset = valid, reason, "the end of the block log is cut off");
            let file = OpenOptions::new()
                .write(true)
                .open(&path)
                .map_err(ArchiveError::io(&path))?;
            file.set_len(valid).map_err(ArchiveError::io(&path))?;
            file.sync_all().map_err(ArchiveError::io(&path))?;
            return Ok(bytes.len() as u64 - valid);
        }
        Ok(0)
    }

    /// Says why what follows block `last` must stay, if so.
    fn assert_may_cut(&self, last: u64, goes_on: bool) -> Result<(), String> {
        match self.cut {
            Cut::Torn { .. } if goes_on => Err("whole records follow".to_owned()),
            Cut::Torn { state } if state > last => Err(format!("the state is at height {state}")),
            Cut::After { height } if height > last => Err(format!("height {height} is asked for")),
            Cut::Torn { .. } | Cut::After { .. } => Ok(()),
        }
    }

    /// Reads one segment: says how many bytes are good, and what is wrong after them.
    fn read_segment(
        &mut self,
        first: u64,
        bytes: &[u8],
        offset: Option<u64>,
    ) -> Result<(u64, Option<String>), ArchiveError> {
        let path = segment_path(self.dir, first);
        if !bytes.starts_with(&encode_header(first)) {
            return Err(damaged(&path, 0, "the segment's header is not one".to_owned()));
        }
        if offset.is_none()
            && let Some(expected) = self.next.filter(|next| *next != first)
        {
            return Err(ArchiveError::Gap {
                path,
                expected,
                found: first,
            });
        }
        let mut offset = offset.unwrap_or(HEADER);
        while offset < bytes.len() as u64 {
            let (record, len) = match parse(&bytes[offset as usize..]) {
                Ok(parsed) => parsed,
                Err(reason) => return Ok((offset, Some(reason))),
            };
            let end = offset + len as u64;
            if let Err(reason) = self.add(record, first, offset, end)? {
                return Err(damaged(&path, offset, reason));
            }
            offset = end;
        }
        Ok((offset, None))
    }

    fn add(&mut self, record: Record, segment: u64, offset: u64, end: u64) -> Result<Result<(), String>, ArchiveError> {
        match (record, self.block.take()) {
            (Record::Block(block), None) => {
                let height = block.height();
                if let Some(next) = self.next.filter(|next| *next != height) {
                    return Ok(Err(format!("block {height} is in place of block {next}")));
                }
                self.next = Some(height + 1);
                let place = Place {
                    segment,
                    block: offset,
                    results: end,
                    end,
                };
                self.block = Some((*block, place));
            }
            (Record::Results(height, output), Some((block, place))) if block.height() == height => {
                let place = Place { end, ..place };
                self.finish(block, place, output)?;
            }
            (Record::Block(block), Some(_)) => {
                return Ok(Err(format!("block {} follows one without results", block.height())));
            }
            (Record::Results(height, _), _) => {
                return Ok(Err(format!("results of block {height} do not follow it")));
            }
        }
        Ok(Ok(()))
    }

    fn finish(&mut self, block: ProposedBlock, place: Place, output: BlockOutput) -> Result<(), ArchiveError> {
        let record: BlockRecord = block.executed(output);
        self.index.add(&record, &place)?;
        self.indexed += 1;
        self.last = Some((record.header.height, place));
        if self.indexed.is_multiple_of(10_000) {
            tracing::info!(height = record.header.height, "indexing blocks");
        }
        Ok(())
    }
}
