//! The store on disk: durable, versioned, authenticated.
//!
//! ```text
//! commit ──► log (durable) ──► head (durable) ──► returns
//!   └──► memtable, tree in memory ──(checkpoint, in the background)──► tables: blocks, past, latest, pages
//! ```
//!
//! A commit appends its changes to the log, computes the new root in memory and notes height and root in the head; then it
//! returns. From time to time a checkpoint moves what gathered in memory to the tables, and the log before it goes. Opening
//! reads the log from the tables' height on and must arrive at the committed root. The tree is derived from the entries:
//! when its pages are damaged, it is built again.

mod before;
mod check;
mod checkpoint;
mod commit;
mod config;
mod engine;
mod error;
mod head;
mod history;
mod log;
mod memtable;
mod old_trees;
mod open;
mod pages;
mod range;
mod reader;
mod rebuild;
mod recover;
mod restore;
mod retention;
mod rollback;
mod row_cache;
mod rows;
mod shared;
mod switch;
mod view;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use supercloud_chain::store::{Changes, Reader, RootHash, Store, StoreError};

pub use check::{CheckReport, Damage};
pub use config::{DiskConfig, LostBlocks, Pruning, SyncPolicy};
pub use error::OpenError;
pub use recover::Recovery;
pub use restore::RestoreError;

use crate::tree::{Path, Tree};
use head::Head;
use history::TreeAt;
use log::Log;
use reader::DiskReader;
use shared::Shared;
use switch::Running;
use view::View;

/// State on disk. One process has it open at a time; readers are snapshots for any number of threads.
pub struct DiskStore {
    dir: PathBuf,
    config: DiskConfig,
    shared: Arc<Shared>,
    log: Log,
    head: Head,
    view: Arc<View>,
    latest: Arc<DiskReader>,
    /// Last committed height; none before the first commit.
    committed: Option<u64>,
    tree: Tree,
    /// Trees of the last versions, oldest first, with the bytes of their own pages.
    recent: VecDeque<(u64, Tree, usize)>,
    /// Pages with stamps up to this are on disk.
    written: u64,
    /// Pages that are no more since then.
    removed: Vec<Path>,
    /// Bytes of pages that are only in memory, and that no running checkpoint writes.
    unwritten: usize,
    running: Option<Running>,
    /// Frees memory of the last checkpoint.
    freeing: Option<std::thread::JoinHandle<()>>,
    /// Why no further commit is possible.
    broken: Option<StoreError>,
    recovery: Recovery,
}

impl DiskStore {
    /// What opening found and did.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The store's folder.
    pub fn path(&self) -> &std::path::Path {
        &self.dir
    }

    /// Bytes of the tables on disk; the log comes on top.
    pub fn disk_bytes(&self) -> u64 {
        self.shared.engine.disk_bytes()
    }

    /// Last committed height; none before the first commit.
    pub fn committed_height(&self) -> Option<u64> {
        self.committed
    }

    fn reader(&self, height: u64, root: RootHash, tree: TreeAt) -> DiskReader {
        DiskReader {
            height,
            root,
            view: self.view.clone(),
            tree,
            shared: self.shared.clone(),
            fault: std::sync::OnceLock::new(),
        }
    }

    /// The tree of `height`, or how to get it from the nearest newer one.
    fn tree_at(&self, height: u64) -> TreeAt {
        let newer = self.recent.iter().find(|(at, ..)| *at >= height);
        let (from, tree) = newer.map_or((self.latest.height, &self.tree), |(at, tree, _)| (*at, tree));
        let tree = tree.clone();
        if from == height {
            TreeAt::Here(tree)
        } else {
            TreeAt::Undo { height: from, tree }
        }
    }
}

impl Store for DiskStore {
    fn latest(&self) -> Arc<dyn Reader> {
        self.latest.clone()
    }

    fn at(&self, height: u64) -> Option<Arc<dyn Reader>> {
        let committed = self.committed?;
        if height == committed {
            return Some(self.latest.clone());
        }
        if !self.shared.retention.is_kept(height, committed) {
            return None;
        }
        let block = self.shared.load_block(height).ok()??;
        Some(Arc::new(self.reader(height, block.root, self.tree_at(height))))
    }

    fn oldest(&self) -> u64 {
        self.committed
            .map_or(0, |committed| self.shared.retention.floor(committed))
    }

    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        self.commit_block(height, changes)
    }
}

/// What pages made by the commit of a height are marked with; 0 is for pages read from disk.
fn stamp(height: u64) -> u64 {
    height + 1
}
