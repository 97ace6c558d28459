//! The authenticated tree: a binary sparse Merkle tree over key hashes, kept in pages of four levels.
//!
//! A [`Tree`] is one version and never changes; an update gives a new one that shares all pages it did not touch. So
//! readers hold versions for as long as they like, and nobody waits. Pages that are on disk need not be in memory: they
//! are read through a [`PageSource`] and checked against the hash that the page above has for them.

mod codec;
mod locate;
mod page;
mod path;
mod source;
mod update;
mod walk;

use std::sync::Arc;

use supercloud_chain::store::StoreError;
use thiserror::Error;

use crate::hash::Hash;

pub(crate) use codec::{decode_page, encode_page};
pub(crate) use locate::Side;
pub(crate) use page::Page;
pub(crate) use path::Path;
pub(crate) use source::{NoPages, PageSource};
pub(crate) use update::Change;
pub(crate) use walk::Release;

use update::Update;

/// A page that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("tree page {path}: {reason}")]
pub(crate) struct TreeError {
    pub(crate) path: String,
    pub(crate) reason: String,
}

impl TreeError {
    pub(crate) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.to_string(),
            reason: reason.into(),
        }
    }
}

impl From<TreeError> for StoreError {
    fn from(error: TreeError) -> Self {
        Self::Damaged {
            what: error.to_string(),
        }
    }
}

/// A leaf with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyedLeaf {
    pub(crate) key_hash: Hash,
    pub(crate) key: Vec<u8>,
    pub(crate) value_hash: Hash,
}

/// One version of the tree.
#[derive(Clone)]
pub(crate) struct Tree {
    top: Arc<Page>,
    source: Arc<dyn PageSource>,
}

/// A new version, and what it cost.
pub(crate) struct Updated {
    pub(crate) tree: Tree,
    /// Pages that are no more.
    pub(crate) removed: Vec<Path>,
    /// By how much the bytes of pages that are only in memory grew.
    pub(crate) unwritten: isize,
    /// Bytes of new pages.
    pub(crate) built: usize,
}

impl Tree {
    /// A tree without leaves, in memory.
    pub(crate) fn empty() -> Self {
        Self {
            top: Arc::new(Page::empty()),
            source: Arc::new(NoPages),
        }
    }

    /// The version with this root, read from disk as needed.
    pub(crate) fn open(root: &Hash, source: Arc<dyn PageSource>) -> Result<Self, TreeError> {
        let top = source.load(&Path::ROOT, root)?;
        Ok(Self { top, source })
    }

    pub(crate) fn root(&self) -> Hash {
        self.top.root().hash
    }

    /// The version after `changes`; its new pages get the stamp `born`. Pages with stamps up to `written` are on disk. The
    /// changes are put in order of key hash; each key once.
    pub(crate) fn update(&self, born: u64, written: u64, changes: &mut [Change<'_>]) -> Result<Updated, TreeError> {
        changes.sort_unstable_by_key(|change| change.key_hash);
        let update = Update::new(&*self.source, born, written);
        let top = if changes.is_empty() {
            self.top.clone()
        } else {
            update.apply(&self.top, Path::ROOT, changes)?
        };
        let (removed, unwritten, built) = update.into_parts();
        Ok(Updated {
            tree: Self {
                top,
                source: self.source.clone(),
            },
            removed,
            unwritten,
            built,
        })
    }
}

#[cfg(test)]
mod tests;
