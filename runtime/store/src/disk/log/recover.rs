//! Reading the log on opening, and cutting off what was not written to its end.
//!
//! Nothing is changed while the log is read: the cut is the last step, once all that was found is known to be enough.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use crate::disk::config::LostBlocks;
use crate::disk::error::OpenError;
use crate::disk::log::record::{SHORTEST, has_record, parse_record};
use crate::disk::log::{LogRecord, encode_header, segment_path, sync_dir};

/// What recovery found and did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RecoveredLog {
    /// First heights of the segments that are left, ascending.
    pub(crate) segments: Vec<u64>,
    /// Bytes that were cut off.
    pub(crate) dropped_bytes: u64,
}

/// A log that was read, and where it is to be cut.
pub(crate) struct ReadLog {
    dir: PathBuf,
    segments: Vec<u64>,
    cut: Option<Cut>,
}

/// The log ends after `valid` of the `len` bytes of the segment before `end`.
struct Cut {
    end: usize,
    valid: usize,
    len: usize,
}

/// Reads all records in order and hands them to `visit`. A torn record at the very end, after which no whole one follows,
/// is for [`ReadLog::finish`]; a damaged one before that is an error, unless lost blocks are accepted.
pub(crate) fn read_log(
    dir: &Path,
    lost: LostBlocks,
    visit: &mut dyn FnMut(LogRecord) -> Result<(), OpenError>,
) -> Result<ReadLog, OpenError> {
    let segments = list_segments(dir)?;
    let mut next = None;
    let mut cut = None;
    for (index, &first) in segments.iter().enumerate() {
        let path = segment_path(dir, first);
        let bytes = fs::read(&path).map_err(OpenError::io(&path))?;
        let (valid, reason) = read_segment(first, &bytes, &mut next, visit)?;
        let Some(reason) = reason else { continue };
        let end = index + 1;
        let is_torn = end == segments.len() && !goes_on(&bytes[valid..], next.unwrap_or(first));
        if !is_torn && lost == LostBlocks::Refuse {
            return Err(OpenError::Log {
                path,
                offset: valid as u64,
                reason: reason.to_owned(),
            });
        }
        let len = bytes.len();
        cut = Some(Cut { end, valid, len });
        break;
    }
    let dir = dir.to_owned();
    Ok(ReadLog { dir, segments, cut })
}

/// Whether a whole record begins here, or further on one that may follow.
fn goes_on(bytes: &[u8], next: u64) -> bool {
    let most = (bytes.len() / SHORTEST) as u64;
    parse_record(bytes).is_ok() || has_record(bytes, &(next..=next.saturating_add(most)))
}

impl ReadLog {
    /// Cuts off the end that is no whole record.
    pub(crate) fn finish(mut self) -> Result<RecoveredLog, OpenError> {
        let mut dropped_bytes = 0;
        if let Some(Cut { end, valid, len }) = self.cut {
            dropped_bytes = cut(&self.dir, &mut self.segments, end, valid, len)?;
        }
        Ok(RecoveredLog {
            segments: self.segments,
            dropped_bytes,
        })
    }
}

/// Reads the records of one segment; says how many bytes are good, and what is wrong after them.
fn read_segment(
    first: u64,
    bytes: &[u8],
    next: &mut Option<u64>,
    visit: &mut dyn FnMut(LogRecord) -> Result<(), OpenError>,
) -> Result<(usize, Option<&'static str>), OpenError> {
    let header = encode_header(first);
    if !bytes.starts_with(&header) {
        return Ok((0, Some("the segment's header is not whole")));
    }
    let mut offset = header.len();
    while offset < bytes.len() {
        let (record, len) = match parse_record(&bytes[offset..]) {
            Ok(parsed) => parsed,
            Err(reason) => return Ok((offset, Some(reason))),
        };
        if next.is_some_and(|next| next != record.height) {
            return Ok((offset, Some("the record is not of the next height")));
        }
        *next = record.height.checked_add(1);
        visit(record)?;
        offset += len;
    }
    Ok((offset, None))
}

/// Drops all records above `height`; the log must be whole.
pub(crate) fn cut_log_after(dir: &Path, height: u64) -> Result<(), OpenError> {
    let mut segments = list_segments(dir)?;
    for index in 0..segments.len() {
        let path = segment_path(dir, segments[index]);
        let bytes = fs::read(&path).map_err(OpenError::io(&path))?;
        let mut offset = encode_header(0).len();
        while let Ok((record, len)) = parse_record(bytes.get(offset..).unwrap_or_default()) {
            if record.height > height {
                cut(dir, &mut segments, index + 1, offset, bytes.len())?;
                return Ok(());
            }
            offset += len;
        }
    }
    Ok(())
}

/// Ends the log after `valid` bytes of the segment before `end`; returns how many bytes that drops.
fn cut(dir: &Path, segments: &mut Vec<u64>, end: usize, valid: usize, len: usize) -> Result<u64, OpenError> {
    let mut dropped = (len - valid) as u64;
    for first in segments.drain(end..) {
        let path = segment_path(dir, first);
        dropped += path.metadata().map_err(OpenError::io(&path))?.len();
        fs::remove_file(&path).map_err(OpenError::io(&path))?;
    }
    let Some(&last) = segments.last() else {
        return Ok(dropped);
    };
    let path = segment_path(dir, last);
    if valid == 0 {
        fs::remove_file(&path).map_err(OpenError::io(&path))?;
        segments.pop();
    } else {
        let file = OpenOptions::new()
            .write(true)
            .open(&path)
            .map_err(OpenError::io(&path))?;
        file.set_len(valid as u64).map_err(OpenError::io(&path))?;
        file.sync_all().map_err(OpenError::io(&path))?;
    }
    sync_dir(dir).map_err(OpenError::io(dir))?;
    Ok(dropped)
}

fn list_segments(dir: &Path) -> Result<Vec<u64>, OpenError> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(dir).map_err(OpenError::io(dir))? {
        let name = entry.map_err(OpenError::io(dir))?.file_name();
        let first: Option<u64> = name.to_str().and_then(|name| name.strip_suffix(".log")?.parse().ok());
        segments.extend(first);
    }
    segments.sort_unstable();
    Ok(segments)
}
