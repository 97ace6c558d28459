//! Tree pages from the tables, as of one snapshot, through a cache that all versions share.

use std::sync::Arc;

use fjall::{Keyspace, Readable, Snapshot};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::hash::{EMPTY, Hash};
use crate::tree::{Page, PageSource, Path, TreeError, decode_page};

use super::rows::page_key;

/// Pages by their root: two pages of the same root are the same page.
pub(crate) type PageCache = Cache<Hash, Arc<Page>, PageWeight>;

#[derive(Clone)]
pub(crate) struct PageWeight;

impl Weighter<Hash, Arc<Page>> for PageWeight {
    fn weight(&self, _root: &Hash, page: &Arc<Page>) -> u64 {
        page.weight() as u64
    }
}

pub(crate) fn new_page_cache(bytes: usize) -> PageCache {
    Cache::with_weighter(bytes / 2048, bytes as u64, PageWeight)
}

#[derive(Clone)]
pub(crate) struct DiskPages {
    pub(crate) table: Keyspace,
    pub(crate) snapshot: Snapshot,
    pub(crate) cache: Arc<PageCache>,
}

impl PageSource for DiskPages {
    fn load(&self, path: &Path, root: &Hash) -> Result<Arc<Page>, TreeError> {
        if let Some(page) = self.cache.get(root) {
            return Ok(page);
        }
        if *root == EMPTY {
            return Ok(Arc::new(Page::empty()));
        }
        let row = self
            .snapshot
            .get(&self.table, page_key(&path.encode()))
            .map_err(|error| TreeError::new(path, error.to_string()))?
            .ok_or_else(|| TreeError::new(path, "is missing on disk"))?;
        let page = Arc::new(decode_page(&row, path, root)?);
        self.cache.insert(*root, page.clone());
        Ok(page)
    }
}
