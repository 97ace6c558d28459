//! What a check finds.

use crate::hash::Hash;

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The entries give another root than was committed.
    Root {
        /// Root that was committed.
        expected: Hash,
        /// Root of the entries.
        got: Hash,
    },
    /// The entry has another value than the tree says.
    Value {
        /// The key.
        key: Vec<u8>,
    },
    /// The entry is gone.
    Missing {
        /// The key.
        key: Vec<u8>,
    },
    /// The tree knows no such entry.
    Unexpected {
        /// The key.
        key: Vec<u8>,
    },
    /// The entries cannot be read to the end.
    Entries {
        /// The last key that was read.
        after: Option<Vec<u8>>,
        /// What the engine says.
        reason: String,
    },
    /// A page of the tree is missing or damaged. It can be built again: see [`crate::DiskStore::rebuild`].
    Page {
        /// What is wrong with which.
        what: String,
    },
    /// An older version cannot be read, or is not what was committed.
    History {
        /// What is wrong.
        what: String,
    },
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// Height of the last version, which was checked.
    pub height: u64,
    /// Its committed root.
    pub root: Hash,
    /// Its entries.
    pub entries: u64,
    /// The oldest version whose root was computed again.
    pub oldest: u64,
    /// Everything that is wrong; of entries, the first hundred.
    pub damage: Vec<Damage>,
}

impl CheckReport {
    /// Whether all is as it was written.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }
}
