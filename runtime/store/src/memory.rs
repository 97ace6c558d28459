//! State in memory. Versions share structure, so a snapshot costs a pointer and a commit costs its changes. The root is
//! that of the store on disk.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;
use supercloud_chain::store::{Changes, Direction, Entry, Proved, Reader, RootHash, Store, StoreError};

use crate::changes::{HashedChange, assert_keys, hash_changes};
use crate::prove::prove;
use crate::tree::Tree;

/// Versions that stay readable unless another number is asked for.
pub const DEFAULT_KEPT_VERSIONS: usize = 1_000;

/// Versioned state in memory; gone when the process ends. Cloning it is a fork: the copies share all versions so far
/// and then go their own ways.
#[derive(Clone)]
pub struct MemoryStore {
    latest: Arc<Version>,
    kept: BTreeMap<u64, Arc<Version>>,
    keep: usize,
}

struct Version {
    height: u64,
    tree: Tree,
    entries: RedBlackTreeMapSync<Vec<u8>, Vec<u8>>,
}

impl MemoryStore {
    /// An empty store that keeps [`DEFAULT_KEPT_VERSIONS`].
    pub fn new() -> Self {
        Self::with_kept_versions(DEFAULT_KEPT_VERSIONS)
    }

    /// An empty store whose last `keep` versions stay readable (at least one).
    pub fn with_kept_versions(keep: usize) -> Self {
        let empty = Version {
            height: 0,
            tree: Tree::empty(),
            entries: RedBlackTreeMapSync::new_sync(),
        };
        Self {
            latest: Arc::new(empty),
            kept: BTreeMap::new(),
            keep: keep.max(1),
        }
    }

    fn assert_next(&self, height: u64) -> Result<(), StoreError> {
        let last = self.latest.height;
        let first_commit = self.kept.is_empty();
        if first_commit || height == last + 1 {
            Ok(())
        } else {
            Err(StoreError::WrongHeight { got: height, last })
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryStore {
    fn latest(&self) -> Arc<dyn Reader> {
        self.latest.clone()
    }

    fn at(&self, height: u64) -> Option<Arc<dyn Reader>> {
        self.kept.get(&height).map(|version| version.clone() as Arc<dyn Reader>)
    }

    fn oldest(&self) -> u64 {
        self.kept.keys().next().copied().unwrap_or_default()
    }

    fn fork(&self) -> Option<Box<dyn Store>> {
        Some(Box::new(self.clone()))
    }

    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        self.assert_next(height)?;
        assert_keys(&changes)?;
        let hashed = hash_changes(changes.iter().map(|(key, value)| (key.as_slice(), value.as_deref())));
        let mut tree_changes: Vec<_> = hashed.iter().map(HashedChange::as_change).collect();
        let updated = self.latest.tree.update(0, 0, &mut tree_changes)?;
        let tree = updated.tree;
        let root = tree.root();
        let mut entries = self.latest.entries.clone();
        for (key, value) in changes {
            match value {
                Some(value) => entries.insert_mut(key, value),
                None => {
                    entries.remove_mut(&key);
                }
            }
        }
        self.latest = Arc::new(Version { height, tree, entries });
        self.kept.insert(height, self.latest.clone());
        while self.kept.len() > self.keep {
            self.kept.pop_first();
        }
        Ok(root)
    }
}

impl Reader for Version {
    fn height(&self) -> u64 {
        self.height
    }

    fn root(&self) -> RootHash {
        self.tree.root()
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.entries.get(key).cloned()
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = Entry> + 'a> {
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Box::new(std::iter::empty());
        }
        // The iterator keeps its bounds, so they must be owned.
        let lower = start.map_or(Bound::Unbounded, |start| Bound::Included(start.to_vec()));
        let upper = end.map_or(Bound::Unbounded, |end| Bound::Excluded(end.to_vec()));
        let entries = self
            .entries
            .range((lower, upper))
            .map(|(key, value)| (key.clone(), value.clone()));
        match direction {
            Direction::Ascending => Box::new(entries),
            Direction::Descending => Box::new(entries.rev()),
        }
    }

    fn prove(&self, key: &[u8]) -> Result<Proved, StoreError> {
        prove(&self.tree, key, &|key| Ok(self.get(key)))
    }
}

#[cfg(test)]
mod tests;
