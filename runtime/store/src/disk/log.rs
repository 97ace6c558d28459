//! The log: one record per block, on the medium before the commit returns.
//!
//! A segment is a file `<first height>.log`: a header and then records `length ‖ checksum ‖ payload`. A new one begins with
//! every checkpoint, and segments go when the tables hold all of their blocks. A record that was not written to its end is
//! cut off on opening; it was never acknowledged, or else the [head](super::head) knows better.

mod record;
mod recover;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::disk::config::SyncPolicy;

pub(crate) use record::{LogEntry, LogRecord, encode_record};
pub(crate) use recover::{cut_log_after, read_log};

const MAGIC: &[u8; 8] = b"SCSLOG01";

/// The log, open for appending.
pub(crate) struct Log {
    dir: PathBuf,
    sync: SyncPolicy,
    /// First heights of the segments, ascending.
    segments: Vec<u64>,
    /// The last segment; none before the first block.
    file: Option<File>,
}

impl Log {
    /// Goes on after recovery.
    pub(crate) fn open(dir: &Path, sync: SyncPolicy, segments: Vec<u64>) -> io::Result<Self> {
        let file = segments
            .last()
            .map(|first| OpenOptions::new().append(true).open(segment_path(dir, *first)))
            .transpose()?;
        Ok(Self {
            dir: dir.to_owned(),
            sync,
            segments,
            file,
        })
    }

    /// Appends an encoded record; on return it is as safe as the policy says.
    pub(crate) fn append(&mut self, height: u64, record: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            self.begin_segment(height)?;
        }
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.write_all(record)?;
        match self.sync {
            SyncPolicy::EveryBlock => file.sync_data(),
            SyncPolicy::OperatingSystem => Ok(()),
        }
    }

    /// The next record begins a new segment.
    pub(crate) fn end_segment(&mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.sync_data()?;
        }
        Ok(())
    }

    /// Removes the segments that hold only blocks up to `height`.
    pub(crate) fn remove_through(&mut self, height: u64) -> io::Result<()> {
        // The last segment may go when it is closed; otherwise the next one's first height bounds each.
        let done = match self.segments.as_slice() {
            [] => 0,
            segments => {
                let bounded = segments.windows(2).take_while(|pair| pair[1] <= height + 1).count();
                let all = self.file.is_none() && bounded + 1 == segments.len();
                if all { segments.len() } else { bounded }
            }
        };
        for first in self.segments.drain(..done) {
            std::fs::remove_file(segment_path(&self.dir, first))?;
        }
        sync_dir(&self.dir)
    }

    fn begin_segment(&mut self, first: u64) -> io::Result<()> {
        let path = segment_path(&self.dir, first);
        let mut file = OpenOptions::new().append(true).create_new(true).open(path)?;
        file.write_all(&encode_header(first))?;
        file.sync_all()?;
        sync_dir(&self.dir)?;
        self.segments.push(first);
        self.file = Some(file);
        Ok(())
    }
}

fn encode_header(first: u64) -> [u8; 16] {
    let mut header = [0; 16];
    header[..8].copy_from_slice(MAGIC);
    header[8..].copy_from_slice(&first.to_be_bytes());
    header
}

fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}.log"))
}

/// Makes a folder and those above it that are missing, durably.
pub(crate) fn create_dir(dir: &Path) -> io::Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    std::fs::create_dir_all(dir)?;
    let parents = missing.into_iter().filter_map(Path::parent);
    parents
        .filter(|parent| !parent.as_os_str().is_empty())
        .try_for_each(sync_dir)
}

/// Makes file creations and removals in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests;
