//! The archive in memory: gone with the process.
//!
//! Invariant: the block at position `i` has the height of the first block plus `i`.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use supercloud_rpc::{BlockRecord, Hash, Query, SearchError, TxLocation};

use super::{Archive, ArchiveError, ProposedBlock};

/// Blocks in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryArchive(RwLock<Blocks>);

impl MemoryArchive {
    fn read(&self) -> RwLockReadGuard<'_, Blocks> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Archive for MemoryArchive {
    fn propose(&self, _: &ProposedBlock) -> Result<(), ArchiveError> {
        Ok(())
    }

    /// Shows it, too: nothing here takes long.
    fn finish(&self, record: BlockRecord) -> Result<(), ArchiveError> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(record);
        Ok(())
    }

    fn show(&self) -> Result<(), ArchiveError> {
        Ok(())
    }

    fn take_back(&self, height: u64) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::take(&mut *kept);
        let remaining = old
            .blocks
            .into_iter()
            .take_while(|record| record.header.height <= height);
        remaining.for_each(|record| kept.add(record));
    }

    fn earliest(&self) -> Option<u64> {
        self.read().first_height()
    }

    fn tip(&self) -> Option<Arc<BlockRecord>> {
        self.latest()
    }

    fn latest(&self) -> Option<Arc<BlockRecord>> {
        self.read().blocks.last().cloned()
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.read().block(height)
    }

    fn height_of(&self, hash: &Hash) -> Option<u64> {
        self.read().by_hash.get(hash).copied()
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        self.read().locate_tx(hash)
    }

    /// Everything is in memory, so nothing is refused. The lock is not held over the search: it would hold up blocks.
    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError> {
        let mut candidates = self.read().tx_candidates(query);
        candidates.retain(|at| query.allows_tx_at(at.height) && self.is_match(at, query));
        Ok(candidates)
    }

    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError> {
        let mut heights = self.read().heights_of(query);
        heights.retain(|height| self.block(*height).is_some_and(|record| query.matches_block(&record)));
        Ok(heights)
    }
}

impl MemoryArchive {
    fn is_match(&self, at: &TxLocation, query: &Query) -> bool {
        match (self.block(at.height), usize::try_from(at.index)) {
            (Some(record), Ok(index)) => query.matches_tx(&record, index),
            _ => false,
        }
    }
}

#[derive(Debug, Default)]
struct Blocks {
    blocks: Vec<Arc<BlockRecord>>,
    by_hash: BTreeMap<Hash, u64>,
    by_tx: BTreeMap<Hash, TxLocation>,
    /// `(type.key, value)` of every indexed attribute of a transaction; places ascend and may repeat.
    by_attribute: BTreeMap<(String, String), Vec<TxLocation>>,
}

impl Blocks {
    fn push(&mut self, record: BlockRecord) {
        self.add(Arc::new(record));
    }

    fn add(&mut self, record: Arc<BlockRecord>) {
        let height = record.header.height;
        self.by_hash.insert(record.id.hash, height);
        for (index, (hash, result)) in (0u32..).zip(record.tx_hashes.iter().zip(&record.results)) {
            let location = TxLocation { height, index };
            // As in CometBFT: the first success under a hash is not replaced by a later failure.
            if result.code == 0 || !self.by_tx.contains_key(hash) {
                self.by_tx.insert(*hash, location);
            }
            for event in &result.events {
                for attribute in event.attributes.iter().filter(|attribute| attribute.index) {
                    let key = (format!("{}.{}", event.kind, attribute.key), attribute.value.clone());
                    self.by_attribute.entry(key).or_default().push(location);
                }
            }
        }
        self.blocks.push(record);
    }

    fn first_height(&self) -> Option<u64> {
        self.blocks.first().map(|record| record.header.height)
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        let index = height.checked_sub(self.first_height()?)?;
        self.blocks.get(usize::try_from(index).ok()?).cloned()
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        self.by_tx.get(hash).copied()
    }

    /// Transactions that may match, ascending: that of the hash, else those with the rarest indexed value, else all.
    fn tx_candidates(&self, query: &Query) -> Vec<TxLocation> {
        if let Some(hash) = query.tx_hash() {
            return hash.and_then(|hash| self.locate_tx(&hash)).into_iter().collect();
        }
        let places = |(key, value): (&str, &str)| {
            self.by_attribute
                .get(&(key.to_owned(), value.to_owned()))
                .map_or(&[][..], Vec::as_slice)
        };
        let mut candidates = match query.equalities().map(places).min_by_key(|places| places.len()) {
            Some(rarest) => rarest.to_vec(),
            None => self.all_txs().collect(),
        };
        candidates.dedup();
        candidates
    }

    fn all_txs(&self) -> impl Iterator<Item = TxLocation> {
        self.blocks.iter().flat_map(|record| {
            let height = record.header.height;
            (0u32..)
                .take(record.txs.len())
                .map(move |index| TxLocation { height, index })
        })
    }

    fn heights_of(&self, query: &Query) -> Vec<u64> {
        let last = self.blocks.last().map(|record| record.header.height);
        match (self.first_height(), last) {
            (Some(first), Some(last)) => query.heights(first..=last).collect(),
            _ => Vec::new(),
        }
    }
}
