//! Trees that were made for proofs of old versions, kept for more proofs of the same.
//!
//! One is made at a time: each costs as much as a very large block, and whoever waits for the same height finds it done.
//! A tree reads the pages it does not have from the tables as they were when it was made, which keeps replaced files on
//! disk; so none outlives the next checkpoint. Nor do they take more than their share of memory.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use supercloud_chain::store::StoreError;

use crate::tree::Tree;

/// A tree with the bytes of its own pages.
pub(crate) struct OldTree {
    pub(crate) tree: Tree,
    pub(crate) bytes: usize,
}

pub(crate) struct OldTrees {
    limit: usize,
    /// Held while a tree is made.
    making: Mutex<()>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Height of the tables that trees may read from.
    base: Option<u64>,
    /// By height, the oldest first.
    trees: VecDeque<(u64, OldTree)>,
}

impl OldTrees {
    /// Keeps none yet, and never more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            making: Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// The tree of `height`, from `make` when it is not there. It is kept if it reads from the tables of today: `base` is the
    /// height of those that it does read from.
    pub(crate) fn get_or_make(
        &self,
        height: u64,
        base: Option<u64>,
        make: impl FnOnce() -> Result<OldTree, StoreError>,
    ) -> Result<Tree, StoreError> {
        if let Some(tree) = self.find(height) {
            return Ok(tree);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = self.find(height) {
            return Ok(tree);
        }
        let made = make()?;
        let tree = made.tree.clone();
        self.keep(height, base, made);
        Ok(tree)
    }

    /// Lets go of all trees, as the tables are of height `base` now. Returns them: to free them takes a while.
    pub(crate) fn renew(&self, base: Option<u64>) -> VecDeque<(u64, OldTree)> {
        let mut kept = self.lock();
        kept.base = base;
        std::mem::take(&mut kept.trees)
    }

    fn find(&self, height: u64) -> Option<Tree> {
        let kept = self.lock();
        let found = kept.trees.iter().find(|(at, _)| *at == height);
        found.map(|(_, old)| old.tree.clone())
    }

    fn keep(&self, height: u64, base: Option<u64>, made: OldTree) {
        let mut kept = self.lock();
        if kept.base != base || made.bytes > self.limit {
            return;
        }
        let mut bytes = made.bytes + kept.trees.iter().map(|(_, old)| old.bytes).sum::<usize>();
        while bytes > self.limit {
            bytes -= kept.trees.pop_front().map_or(bytes, |(_, old)| old.bytes);
        }
        kept.trees.push_back((height, made));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use supercloud_chain::store::{Changes, Store};

    use super::*;
    use crate::disk::{DiskConfig, DiskStore};

    fn old(bytes: usize) -> OldTree {
        let tree = Tree::empty();
        OldTree { tree, bytes }
    }

    /// Heights that are kept, the oldest first.
    fn heights(trees: &OldTrees) -> Vec<u64> {
        trees.lock().trees.iter().map(|(height, _)| *height).collect()
    }

    fn make(trees: &OldTrees, height: u64, base: Option<u64>, bytes: usize) {
        trees.get_or_make(height, base, || Ok(old(bytes))).map(drop).unwrap();
    }

    #[test]
    fn trees_are_kept_up_to_the_limit_and_the_oldest_leave() {
        let trees = OldTrees::new(100);
        make(&trees, 1, None, 60);
        make(&trees, 2, None, 40);
        assert_eq!(heights(&trees), [1, 2]);
        make(&trees, 3, None, 1);
        assert_eq!(heights(&trees), [2, 3]);
        make(&trees, 4, None, 101);
        assert_eq!(heights(&trees), [2, 3], "it is more than all may have");
        make(&trees, 5, None, 100);
        assert_eq!(heights(&trees), [5]);
    }

    #[test]
    fn trees_over_replaced_tables_are_not_kept() {
        let trees = OldTrees::new(100);
        make(&trees, 1, None, 1);
        assert_eq!(trees.renew(Some(7)).len(), 1);
        assert_eq!(heights(&trees), [0; 0]);
        // Begun before the checkpoint was done.
        make(&trees, 2, None, 1);
        assert_eq!(heights(&trees), [0; 0]);
        make(&trees, 3, Some(7), 1);
        assert_eq!(heights(&trees), [3]);
    }

    #[test]
    fn one_tree_is_made_at_a_time_and_each_height_once() {
        let trees = OldTrees::new(1_000);
        let (made, at_work) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let begin = Barrier::new(12);
        std::thread::scope(|scope| {
            for thread in 0..12 {
                let (trees, begin, made, at_work) = (&trees, &begin, &made, &at_work);
                scope.spawn(move || {
                    begin.wait();
                    let tree = trees.get_or_make(thread % 3, None, || {
                        assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0);
                        std::thread::sleep(std::time::Duration::from_millis(5));
                        made.fetch_add(1, Ordering::SeqCst);
                        at_work.fetch_sub(1, Ordering::SeqCst);
                        Ok(old(1))
                    });
                    assert!(tree.is_ok());
                });
            }
        });
        assert_eq!(made.into_inner(), 3);
    }

    #[test]
    fn checkpoints_let_go_of_old_trees() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = DiskStore::open(dir.path(), DiskConfig::default()).unwrap();
        for height in 1..=5u64 {
            let changes = Changes::from([(vec![height as u8], Some(vec![1]))]);
            store.commit(height, changes).unwrap();
        }
        // Without the tree in memory.
        store.recent.clear();
        store.at(2).unwrap().prove(&[1]).unwrap();
        assert_eq!(heights(&store.shared.old_trees), [2]);
        let held = store.at(3).unwrap();
        store.checkpoint().unwrap();
        assert_eq!(heights(&store.shared.old_trees), [0; 0]);
        held.prove(&[1]).unwrap();
        assert_eq!(heights(&store.shared.old_trees), [0; 0]);
        store.at(2).unwrap().prove(&[1]).unwrap();
        assert_eq!(heights(&store.shared.old_trees), [2]);
    }
}
