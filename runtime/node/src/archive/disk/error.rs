//! Why the archive on disk fails.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why blocks cannot be kept or read. The node stops on any of these.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// A file could not be used.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The same process or another has the archive open.
    #[error("{path} is in use by another process")]
    Locked {
        /// The index's folder.
        path: PathBuf,
    },
    /// A record of the log is not what was written.
    #[error("block log {path} is damaged at byte {offset}: {reason}; restore a snapshot")]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Where the record begins.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// The end of the log is damaged, and more than a record that was not written to its end would be lost with it.
    #[error(
        "block log {path} is damaged at byte {offset}, after block {last}: {reason}; but {why}, so it is left as it is: \
         restore a snapshot, or go back with `supercloud node rollback --height {last}`"
    )]
    DamagedEnd {
        /// The last segment.
        path: PathBuf,
        /// Where the first record begins that cannot be read.
        offset: u64,
        /// What is wrong with it.
        reason: String,
        /// Height of the last block before it.
        last: u64,
        /// Why it is not cut off.
        why: String,
    },
    /// A segment is missing.
    #[error("block log {path}: blocks {expected} to {} are missing; restore a snapshot", found - 1)]
    Gap {
        /// The segment that does not follow.
        path: PathBuf,
        /// Height that should come next.
        expected: u64,
        /// Height that does.
        found: u64,
    },
    /// The index failed.
    #[error("index of blocks: {0}")]
    Index(String),
    /// A block that does not follow.
    #[error(
        "block {got} cannot be kept after {}",
        .last.map_or_else(|| "nothing".to_owned(), |last| format!("block {last}"))
    )]
    OutOfOrder {
        /// Its height.
        got: u64,
        /// Last height kept.
        last: Option<u64>,
    },
}

impl ArchiveError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// The error again: it cannot be cloned, as it may come from the system.
    pub(super) fn copy(&self) -> Self {
        Self::Index(self.to_string())
    }
}

impl From<fjall::Error> for ArchiveError {
    fn from(error: fjall::Error) -> Self {
        Self::Index(error.to_string())
    }
}
