//! What a store and all its readers share.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use fjall::Readable;
use supercloud_chain::store::StoreError;

use crate::disk::engine::{Engine, failed};
use crate::disk::old_trees::OldTrees;
use crate::disk::pages::{DiskPages, PageCache};
use crate::disk::retention::Retention;
use crate::disk::row_cache::RowCache;
use crate::disk::rows::{BlockRecord, block_key, parse_block};

pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) retention: Arc<Retention>,
    pub(crate) page_cache: Arc<PageCache>,
    pub(crate) rows: RowCache,
    /// Blocks that are not in the tables yet.
    pub(crate) blocks: RwLock<BTreeMap<u64, Arc<BlockRecord>>>,
    pub(crate) old_trees: OldTrees,
    pub(crate) proof_changes: usize,
}

impl Shared {
    /// Root and changed keys of a height, when they are kept.
    pub(crate) fn load_block(&self, height: u64) -> Result<Option<Arc<BlockRecord>>, StoreError> {
        if let Some(block) = self.read_blocks().get(&height) {
            return Ok(Some(block.clone()));
        }
        let table = &self.engine.blocks;
        let row = self.engine.snapshot().get(table, block_key(height));
        let Some(row) = row.map_err(|error| failed(table, &error))? else {
            return Ok(None);
        };
        let block = parse_block(&row).ok_or_else(|| StoreError::Damaged {
            what: format!("table blocks, row of height {height}"),
        })?;
        Ok(Some(Arc::new(block)))
    }

    pub(crate) fn read_blocks(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<u64, Arc<BlockRecord>>> {
        self.blocks.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write_blocks(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<u64, Arc<BlockRecord>>> {
        self.blocks.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Source of the tree's pages in the tables as they are now.
    pub(crate) fn pages(&self) -> Arc<DiskPages> {
        Arc::new(DiskPages {
            table: self.engine.pages(),
            snapshot: self.engine.snapshot(),
            cache: self.page_cache.clone(),
        })
    }
}
