//! What the state machine and those who ask it need of storage. `supercloud-store` implements [`Store`].

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

/// Root hash of the committed state (`app_hash`).
pub type RootHash = [u8; 32];

/// Longest key, in bytes. A commit with a longer or an empty key is refused, so what writes keys checks them before.
pub const MAX_KEY_BYTES: usize = 32_000;

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
    /// A key that cannot be stored.
    #[error("key of {len} bytes; keys have 1 to {limit} bytes")]
    KeyLength {
        /// Bytes of the key.
        len: usize,
        /// [`MAX_KEY_BYTES`].
        limit: usize,
    },
    /// What is stored is not what was written.
    #[error("stored data is damaged: {what}; check the disk, then repair the store or restore a snapshot")]
    Damaged {
        /// Which part, and what is wrong with it.
        what: String,
    },
    /// A proof that this store cannot give.
    #[error("no proof at height {height}: {reason}")]
    NotProvable {
        /// Height asked for.
        height: u64,
        /// Why, and what would be provable.
        reason: String,
    },
    /// The medium failed.
    #[error("storage failed: {0}")]
    Io(String),
}

/// An entry, or its absence, with the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// Value under the key, when there is one.
    pub value: Option<Vec<u8>>,
    /// Protobuf `cosmos.ics23.v1.CommitmentProof` against the version's root.
    pub proof: Vec<u8>,
}

/// A read view of one committed version; does not change while it is held, and never holds up a commit.
///
/// Reads cannot fail, so a view that meets a failing medium answers "nothing" and remembers: whoever acts on what a view
/// said asks [`Reader::check`] afterwards. The store itself refuses to commit from then on.
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
    /// The entry `key`, or its absence, with a proof against [`Reader::root`].
    fn prove(&self, _key: &[u8]) -> Result<Proved, StoreError> {
        Err(StoreError::NotProvable {
            height: self.height(),
            reason: "this view keeps no tree".to_owned(),
        })
    }
    /// Fails when a read of this view failed, so that its answers cannot be trusted.
    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Committed, versioned state. A commit is atomic: after a crash either all of it is there or none.
pub trait Store: Send {
    /// View of the last committed version.
    fn latest(&self) -> Arc<dyn Reader>;
    /// View of an older version, when it is still kept.
    fn at(&self, height: u64) -> Option<Arc<dyn Reader>>;
    /// Lowest height from which on every version is kept.
    fn oldest(&self) -> u64 {
        self.latest().height()
    }
    /// A copy that goes its own way from here on; none of a store that cannot be copied.
    fn fork(&self) -> Option<Box<dyn Store>> {
        None
    }
    /// Makes `changes` version `height` (last height + 1, or the first height of the chain) and returns its root.
    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError>;
}
