//! Reading the log on opening, and cutting off what was not written to its end.

use std::fs::{self, OpenOptions};
use std::path::Path;

use crate::disk::config::LostBlocks;
use crate::disk::error::OpenError;
use crate::disk::log::record::parse_record;
use crate::disk::log::{LogRecord, encode_header, segment_path, sync_dir};

/// What recovery found and did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RecoveredLog {
    /// First heights of the segments that are left, ascending.
    pub(crate) segments: Vec<u64>,
    /// Bytes that were cut off.
    pub(crate) dropped_bytes: u64,
}

/// Reads all records in order and hands them to `visit`. Cuts off a torn record at the very end; a damaged record before
/// that is an error, unless lost blocks are accepted.
pub(crate) fn recover_log(
    dir: &Path,
    lost: LostBlocks,
    visit: &mut dyn FnMut(LogRecord) -> Result<(), OpenError>,
) -> Result<RecoveredLog, OpenError> {
    let mut segments = list_segments(dir)?;
    let mut dropped_bytes = 0;
    let mut next = None;
    let mut index = 0;
    while index < segments.len() {
        let path = segment_path(dir, segments[index]);
        let bytes = fs::read(&path).map_err(OpenError::io(&path))?;
        let (valid, reason) = read_segment(segments[index], &bytes, &mut next, visit)?;
        index += 1;
        let Some(reason) = reason else { continue };
        if index < segments.len() && lost == LostBlocks::Refuse {
            return Err(OpenError::Log {
                path,
                offset: valid as u64,
                reason: reason.to_owned(),
            });
        }
        dropped_bytes += cut(dir, &mut segments, index, valid, bytes.len())?;
    }
    Ok(RecoveredLog {
        segments,
        dropped_bytes,
    })
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
