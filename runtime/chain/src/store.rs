//! What the state machine needs of its storage. `supercloud-store` implements [`Store`].

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

/// Root hash of the committed state (`app_hash`).
pub type RootHash = [u8; 32];

/// One block's writes: `None` removes the key.
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A stored key with its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// Iteration direction of [`Reader::range`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// Why storage failed. A node stops on any of these: going on would fork it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A commit out of order.
    #[error("commit of height {got} after height {last}")]
    WrongHeight {
        /// Height asked for.
        got: u64,
        /// Last committed height.
        last: u64,
    },
    /// The medium failed.
    #[error("storage failed: {0}")]
    Io(String),
}

/// A read view of one committed version; does not change while it is held.
pub trait Reader: Send + Sync {
    /// Height of the version; 0 before the first commit.
    fn height(&self) -> u64;
    /// Root hash of the version.
    fn root(&self) -> RootHash;
    /// Value under `key`.
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;
    /// Entries with `start <= key < end` (`None` is unbounded), lazily.
    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = Entry> + 'a>;
}

/// Committed, versioned state. A commit is atomic: after a crash either all of it is there or none.
pub trait Store: Send {
    /// View of the last committed version.
    fn latest(&self) -> Arc<dyn Reader>;
    /// View of an older version, when it is still kept.
    fn at(&self, height: u64) -> Option<Arc<dyn Reader>>;
    /// Makes `changes` version `height` (last height + 1, or the first height of the chain) and returns its root.
    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError>;
}
