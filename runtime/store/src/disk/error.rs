//! Why a store on disk does not open, or cannot be made.

use std::path::{Path, PathBuf};

use supercloud_chain::store::StoreError;
use thiserror::Error;

/// Why a store on disk does not open, or cannot be made.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A file or folder could not be used.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another process has the store open.
    #[error("{path} is in use by another process")]
    Locked {
        /// The store's folder.
        path: PathBuf,
    },
    /// The folder holds something else, or a store of another version.
    #[error("{path} is not a store of format 1: {reason}")]
    Format {
        /// The store's folder.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The folder holds a store already, where a new one was to be made.
    #[error("{path} is not empty")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A restore was interrupted.
    #[error("{path} was not restored to the end; remove it and restore the snapshot again")]
    Incomplete {
        /// The store's folder.
        path: PathBuf,
    },
    /// The tables do not open.
    #[error("tables in {path} do not open: {reason}; restore a snapshot or sync again")]
    Tables {
        /// The folder of the tables.
        path: PathBuf,
        /// What the engine says.
        reason: String,
    },
    /// A record of the log is damaged, and records follow it.
    #[error(
        "log {path} is damaged at byte {offset}: {reason}; open it with lost blocks accepted and execute them again, or \
         restore a snapshot"
    )]
    Log {
        /// The segment.
        path: PathBuf,
        /// Where the damaged record begins.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// Log records are missing between the tables and the rest of the log.
    #[error("the log goes on at height {found}, but the tables end before height {expected}")]
    LogGap {
        /// Height that should come next.
        expected: u64,
        /// Height that does.
        found: u64,
    },
    /// The store ends before a height that was committed.
    #[error(
        "the store ends at {} but height {acknowledged} was committed: the end of its log is lost; open it with lost \
         blocks accepted and execute them again, or restore a snapshot",
        .found.map_or_else(|| "nothing".to_owned(), |height| format!("height {height}"))
    )]
    LostBlocks {
        /// Last height that is whole.
        found: Option<u64>,
        /// Last height whose commit returned.
        acknowledged: u64,
    },
    /// The entries give another root than was committed.
    #[error("state at height {height} has root {got}, but {expected} was committed; restore a snapshot")]
    RootMismatch {
        /// The height.
        height: u64,
        /// Root that was committed, hex.
        expected: String,
        /// Root that the entries give, hex.
        got: String,
    },
    /// Reading or writing failed on the way.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
