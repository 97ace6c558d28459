//! Moving committed blocks from memory and log to the tables, in the background.
//!
//! In this order, each step atomic and safe to repeat: `blocks` (which also says from where on history is whole), `past`,
//! `latest`, `pages`. Only then the log of these blocks may go. A crash in between leaves tables of different heights, each
//! with its marker, and a log that reaches back to the lowest.

use std::collections::BTreeMap;
use std::sync::Arc;

use fjall::Snapshot;
use supercloud_chain::store::StoreError;

use crate::disk::before::BeforeFinder;
use crate::disk::engine::{Engine, Ingestion};
use crate::disk::memtable::{Before, Memtable, Versions};
use crate::disk::pages::PageCache;
use crate::disk::retention::keeps_block;
use crate::disk::rows::{block_key, encode_block, encode_past, encode_versioned, latest_key, page_key, past_key};
use crate::disk::shared::Shared;
use crate::hash::Hash;
use crate::tree::{Page, Path, Tree, encode_page};

/// What one checkpoint writes.
pub(crate) struct Checkpoint {
    pub(crate) shared: Arc<Shared>,
    /// All changes since the last checkpoint, up to `height`.
    pub(crate) memtable: Arc<Memtable>,
    /// The tables as of the last checkpoint.
    pub(crate) before: Snapshot,
    pub(crate) height: u64,
    pub(crate) pages: PageWrite,
}

/// Tree pages to write.
pub(crate) struct PageWrite {
    pub(crate) tree: Tree,
    /// Pages with stamps up to this are on disk.
    pub(crate) written: u64,
    /// Pages that are no more.
    pub(crate) removed: Vec<Path>,
}

impl Checkpoint {
    pub(crate) fn run(self) -> Result<(), StoreError> {
        self.write_blocks()?;
        self.write_values()?;
        let marker = height_and_root(self.height, &self.pages.tree.root());
        self.pages.write(&self.shared.engine, &self.shared.page_cache, &marker)
    }

    fn write_blocks(&self) -> Result<(), StoreError> {
        let retention = &self.shared.retention;
        let [_, every, every_since] = retention.numbers();
        let marker = [self.height, retention.floor(self.height), every, every_since];
        let mut rows = Ingestion::begin(&self.shared.engine.blocks, &marker)?;
        let blocks: Vec<_> = {
            let blocks = self.shared.read_blocks();
            blocks
                .range(..=self.height)
                .map(|(height, block)| (*height, block.clone()))
                .collect()
        };
        for (height, block) in blocks {
            let key = block_key(height);
            if keeps_block(retention, &key, &[]) {
                rows.put(key, encode_block(&block))?;
            }
        }
        rows.finish()?;
        // From here on a restart knows what is gone, so it may go.
        retention.advance(self.height);
        Ok(())
    }

    fn write_values(&self) -> Result<(), StoreError> {
        let engine = &self.shared.engine;
        let mut finder = BeforeFinder::new(&engine.latest, &self.before, &self.memtable);
        let mut past = Ingestion::begin(&engine.past, &[self.height])?;
        let marker = height_and_root(self.height, &self.pages.tree.root());
        let mut latest = Ingestion::begin(&engine.latest, &marker)?;
        self.memtable.for_each(|key, versions| {
            self.write_past(key, versions, &mut finder, &mut past)?;
            let Some((since, last)) = versions.writes.last() else {
                return Ok(());
            };
            match last {
                Some(value) => latest.put(latest_key(key), encode_versioned(*since, value)),
                None if matches!(versions.before, Before::Known(None)) => Ok(()),
                None => latest.remove(latest_key(key)),
            }
        })?;
        past.finish()?;
        latest.finish()
    }

    /// What the key had before each of its changes, as far as a kept version has it.
    fn write_past(
        &self,
        key: &[u8],
        versions: &Versions,
        finder: &mut BeforeFinder<'_>,
        past: &mut Ingestion<'_>,
    ) -> Result<(), StoreError> {
        let needs = |since: u64, until: u64| self.shared.retention.needs(since, until);
        let Some((first, _)) = versions.writes.first() else {
            return Ok(());
        };
        if needs(0, *first) {
            let before = match &versions.before {
                Before::Known(row) => row.as_ref().map(|(since, value)| encode_past(Some((*since, value)))),
                Before::InTables => finder.find(key)?,
            };
            past.put(past_key(key, *first), before.unwrap_or_default())?;
        }
        for pair in versions.writes.windows(2) {
            let [(since, value), (until, _)] = pair else { continue };
            if needs(*since, *until) {
                let before = value.as_ref().map(|value| (*since, &**value));
                past.put(past_key(key, *until), encode_past(before))?;
            }
        }
        Ok(())
    }
}

impl PageWrite {
    /// Writes all pages that are only in memory, and the marker.
    pub(crate) fn write(self, engine: &Engine, cache: &PageCache, marker: &[u64]) -> Result<(), StoreError> {
        let mut rows: BTreeMap<Path, Option<Arc<Page>>> = self.removed.into_iter().map(|path| (path, None)).collect();
        let pages = self.tree.collect_pages_after(self.written);
        rows.extend(pages.into_iter().map(|(path, page)| (path, Some(page))));
        let pages_table = engine.pages();
        let mut table = Ingestion::begin(&pages_table, marker)?;
        for (path, page) in rows {
            put_page(&mut table, &path, page.as_ref())?;
            if let Some(page) = page {
                cache.insert(page.root().hash, page);
            }
        }
        table.finish()
    }
}

fn put_page(table: &mut Ingestion<'_>, path: &Path, page: Option<&Arc<Page>>) -> Result<(), StoreError> {
    let key = page_key(&path.encode());
    match page {
        Some(page) => table.put(key, encode_page(page)),
        None => table.remove(key),
    }
}

/// Numbers of a marker: height, then the root.
pub(crate) fn height_and_root(height: u64, root: &Hash) -> [u64; 5] {
    let (words, _) = root.as_chunks::<8>();
    std::array::from_fn(|index| match index.checked_sub(1) {
        None => height,
        Some(word) => u64::from_be_bytes(words[word]),
    })
}

/// Height and root of such a marker.
pub(crate) fn parse_height_and_root(marker: &[u64]) -> Option<(u64, Hash)> {
    let [height, words @ ..] = marker else { return None };
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    Some((*height, bytes.try_into().ok()?))
}
