//! When checkpoints begin, and what changes in memory when one is done.

use std::sync::Arc;
use std::thread::JoinHandle;

use supercloud_chain::store::{Reader, StoreError};

use crate::disk::checkpoint::{Checkpoint, PageWrite};
use crate::disk::history::TreeAt;
use crate::disk::memtable::Memtable;
use crate::disk::reader::copy_error;
use crate::disk::view::View;
use crate::disk::{DiskStore, stamp};
use crate::tree::{Page, Release, Tree};

/// Blocks after which a checkpoint begins, however small they were: bounds the time that opening takes.
const MAX_BLOCKS: u64 = 10_000;
/// Trees that are kept for proofs, however small their changes.
pub(super) const MAX_RECENT: usize = 256;

/// A checkpoint in the background.
pub(super) struct Running {
    height: u64,
    /// What it moves, which is in memory until it is done.
    bytes: usize,
    thread: JoinHandle<Result<(), StoreError>>,
}

impl DiskStore {
    /// Moves all committed blocks from the log to the tables, and waits for it. Opening is fastest after this.
    pub fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.finish_checkpoint()?;
        self.begin_checkpoint()?;
        self.finish_checkpoint()
    }

    /// Drops everything from disk that only versions which are no longer kept needed. Takes long on large stores; the
    /// engine does it piece by piece anyway.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        self.checkpoint()?;
        self.shared.engine.compact()
    }

    /// Begins a checkpoint when enough has gathered since the last one began. One that is still at work may go on until
    /// this much has gathered twice, or three times together with what it moves.
    pub(super) fn begin_checkpoint_if_due(&mut self) -> Result<(), StoreError> {
        let limit = self.config.write_buffer_bytes;
        let (bytes, blocks) = (self.active_bytes(), self.active_blocks());
        if bytes < limit && blocks < MAX_BLOCKS {
            return Ok(());
        }
        if let Some(running) = &self.running
            && !running.thread.is_finished()
            && bytes + running.bytes < 3 * limit
            && blocks < 2 * MAX_BLOCKS
        {
            return Ok(());
        }
        // Commits that are faster than the disk wait here.
        self.finish_checkpoint()?;
        self.begin_checkpoint()
    }

    pub(super) fn finish_checkpoint_if_done(&mut self) -> Result<(), StoreError> {
        let is_done = self
            .running
            .as_ref()
            .is_some_and(|running| running.thread.is_finished());
        if is_done { self.finish_checkpoint() } else { Ok(()) }
    }

    /// Pages with stamps up to this are on disk, or will be when the running checkpoint is done.
    pub(super) fn sealed(&self) -> u64 {
        self.running
            .as_ref()
            .map_or(self.written, |running| stamp(running.height))
    }

    /// Changes and tree pages since the last checkpoint began.
    fn active_bytes(&self) -> usize {
        let changes = self.view.memtables.first().map_or(0, |memtable| memtable.bytes());
        changes + self.unwritten
    }

    /// Blocks since the last checkpoint began.
    fn active_blocks(&self) -> u64 {
        let sealed = self.running.as_ref().map(|running| running.height);
        match (self.committed, sealed.or(self.view.base)) {
            (Some(committed), Some(sealed)) => committed - sealed,
            _ => self.shared.read_blocks().len() as u64,
        }
    }

    fn begin_checkpoint(&mut self) -> Result<(), StoreError> {
        if let Some(error) = &self.broken {
            return Err(copy_error(error));
        }
        let Some(height) = self.committed.filter(|height| self.view.base < Some(*height)) else {
            return Ok(());
        };
        self.log
            .end_segment()
            .map_err(|error| StoreError::Io(format!("log: {error}")))?;
        let bytes = self.active_bytes();
        let sealed = self.view.memtables[0].clone();
        let checkpoint = Checkpoint {
            shared: self.shared.clone(),
            memtable: sealed.clone(),
            before: self.view.snapshot.clone(),
            height,
            pages: PageWrite {
                tree: self.tree.clone(),
                written: self.written,
                removed: std::mem::take(&mut self.removed),
            },
        };
        self.set_view(vec![Arc::new(Memtable::default()), sealed], self.view.base);
        let thread = std::thread::Builder::new()
            .name("supercloud-checkpoint".to_owned())
            .spawn(move || checkpoint.run())
            .map_err(|error| StoreError::Io(format!("checkpoint thread: {error}")))?;
        self.running = Some(Running { height, bytes, thread });
        self.unwritten = 0;
        Ok(())
    }

    /// Waits for the running checkpoint, if there is one, and lets go what it wrote.
    fn finish_checkpoint(&mut self) -> Result<(), StoreError> {
        let Some(Running { height, thread, .. }) = self.running.take() else {
            return Ok(());
        };
        let panicked = |_| Err(StoreError::Io("the checkpoint's thread panicked".to_owned()));
        if let Err(error) = thread.join().unwrap_or_else(panicked) {
            self.broken = Some(copy_error(&error));
            return Err(error);
        }
        let old_view = self.view.clone();
        let old_trees = (self.tree.clone(), std::mem::take(&mut self.recent), self.latest.clone());

        self.written = stamp(height);
        let mut release = Release::new(self.written, self.shared.pages());
        self.tree = release.tree(&self.tree);
        let kept = old_trees.1.iter().filter(|(at, ..)| *at >= height);
        self.recent = kept
            .map(|(at, tree, built)| (*at, release.tree(tree), *built))
            .collect();
        let unwritten = self.tree.collect_pages_after(self.written);
        self.unwritten = unwritten.iter().map(|(_, page): &(_, Arc<Page>)| page.weight()).sum();
        self.set_view(vec![old_view.memtables[0].clone()], Some(height));
        let proved = self.shared.old_trees.renew(Some(height));
        let blocks = {
            let mut blocks = self.shared.write_blocks();
            let kept = blocks.split_off(&(height + 1));
            std::mem::replace(&mut *blocks, kept)
        };
        self.log
            .remove_through(height)
            .map_err(|error| StoreError::Io(format!("log: {error}")))?;
        // Freeing this much takes a while, and no commit needs to wait for it.
        self.join_freeing();
        let old = (old_view, old_trees, unwritten, release, proved, blocks);
        self.freeing = Some(std::thread::spawn(move || drop(old)));
        Ok(())
    }

    /// Goes on with a tree of the same version, all of whose pages are on disk.
    pub(super) fn use_rebuilt(&mut self, tree: Tree) {
        self.tree = tree;
        self.recent.clear();
        self.written = stamp(self.latest.height);
        self.removed.clear();
        self.unwritten = 0;
        drop(self.shared.old_trees.renew(self.view.base));
        self.set_view(self.view.memtables.clone(), self.view.base);
    }

    fn join_freeing(&mut self) {
        if let Some(thread) = self.freeing.take() {
            // It only drops memory: there is no result.
            let _ = thread.join();
        }
    }

    /// Changes what the last version is read from, with the tables as they are now unless they stay at their height.
    fn set_view(&mut self, memtables: Vec<Arc<Memtable>>, base: Option<u64>) {
        let snapshot = if base == self.view.base {
            self.view.snapshot.clone()
        } else {
            self.shared.engine.snapshot()
        };
        self.view = Arc::new(View {
            memtables,
            snapshot,
            latest: self.view.latest.clone(),
            past: self.view.past.clone(),
            base,
        });
        let (height, root) = (self.latest.height, self.latest.root());
        self.latest = Arc::new(self.reader(height, root, TreeAt::Here(self.tree.clone())));
    }
}

impl Drop for DiskStore {
    /// Waits for a running checkpoint: the next process to open the store must not find it at work.
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            // Nobody is left to tell; the log still has what the checkpoint may have failed to write.
            let _ = running.thread.join();
        }
        self.join_freeing();
    }
}

#[cfg(test)]
mod tests;
