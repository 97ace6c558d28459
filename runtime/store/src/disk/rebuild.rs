//! Building the tree again from the entries.

use std::sync::Arc;

use supercloud_chain::store::{Direction, StoreError};

use crate::changes::{HashedChange, hash_changes};
use crate::disk::checkpoint::{PageWrite, height_and_root};
use crate::disk::range::KeyRange;
use crate::disk::shared::Shared;
use crate::disk::view::View;
use crate::disk::{DiskStore, stamp};
use crate::tree::{Path, Tree};

/// Entries that go into the tree at once.
const CHUNK: usize = 50_000;
/// In a marker: the table is not complete.
const INCOMPLETE: [u64; 1] = [0];

/// Grows a tree from nothing and writes its pages as they come, in bounded memory.
pub(crate) struct TreeBuilder<'a> {
    shared: &'a Arc<Shared>,
    height: u64,
    limit: usize,
    tree: Tree,
    /// Stamp of the last pages that are on disk.
    written: u64,
    stamp: u64,
    unwritten: usize,
    removed: Vec<Path>,
    chunk: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> TreeBuilder<'a> {
    /// The table of pages is empty.
    pub(crate) fn new(shared: &'a Arc<Shared>, height: u64, limit: usize) -> Self {
        Self {
            shared,
            height,
            limit,
            tree: Tree::empty(),
            written: 0,
            stamp: 0,
            unwritten: 0,
            removed: Vec::new(),
            chunk: Vec::with_capacity(CHUNK),
        }
    }

    pub(crate) fn add(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.chunk.push((key, value));
        if self.chunk.len() == CHUNK {
            self.apply_chunk()?;
            if self.unwritten >= self.limit {
                self.write(&INCOMPLETE)?;
            }
        }
        Ok(())
    }

    /// The tree, with all its pages on disk.
    pub(crate) fn finish(mut self) -> Result<Tree, StoreError> {
        self.apply_chunk()?;
        let marker = height_and_root(self.height, &self.tree.root());
        self.write(&marker)?;
        Ok(self.tree)
    }

    fn apply_chunk(&mut self) -> Result<(), StoreError> {
        self.stamp += 1;
        let hashed = hash_changes(self.chunk.iter().map(|(key, value)| (&**key, Some(&**value))));
        let mut changes: Vec<_> = hashed.iter().map(HashedChange::as_change).collect();
        let updated = self.tree.update(self.stamp, self.written, &mut changes)?;
        self.tree = updated.tree;
        self.removed.extend(updated.removed);
        self.unwritten = self.unwritten.saturating_add_signed(updated.unwritten);
        self.chunk.clear();
        Ok(())
    }

    fn write(&mut self, marker: &[u64]) -> Result<(), StoreError> {
        let pages = PageWrite {
            tree: self.tree.clone(),
            written: self.written,
            removed: std::mem::take(&mut self.removed),
        };
        pages.write(&self.shared.engine, &self.shared.page_cache, marker)?;
        self.written = self.stamp;
        self.unwritten = 0;
        // Every page is on disk, whatever its stamp will mean later.
        self.tree = self.tree.release(stamp(u64::MAX - 1), self.shared.pages());
        Ok(())
    }
}

impl DiskStore {
    /// Builds the tree again from the entries: what [`DiskStore::check`] asks for when only pages are damaged. Fails when
    /// the entries do not give the committed root.
    pub fn rebuild(&mut self) -> Result<(), StoreError> {
        self.checkpoint()?;
        let height = self.latest.height;
        if self.committed.is_none() {
            return Ok(());
        }
        self.shared.page_cache.clear();
        let tree = rebuild_tree(&self.shared, &self.view, height, self.config.write_buffer_bytes)?;
        if tree.root() != self.latest.root {
            return Err(StoreError::Damaged {
                what: format!("entries of height {height}: they give another root than was committed"),
            });
        }
        self.use_rebuilt(tree);
        Ok(())
    }
}

pub(crate) fn rebuild_tree(
    shared: &Arc<Shared>,
    view: &View,
    height: u64,
    write_buffer_bytes: usize,
) -> Result<Tree, StoreError> {
    shared.engine.renew_pages()?;
    let mut builder = TreeBuilder::new(shared, height, write_buffer_bytes);
    let all = KeyRange {
        start: None,
        end: None,
        direction: Direction::Ascending,
    };
    for entry in view.range(all, height) {
        let (key, value) = entry?;
        builder.add(key, value)?;
    }
    builder.finish()
}
