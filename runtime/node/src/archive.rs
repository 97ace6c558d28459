//! Committed blocks with their results, and the index that finds transactions in them. In memory only.
//!
//! Invariant: the block at position `i` has height `i + 1`, and the archive is never empty once the node serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use supercloud_rpc::{BlockRecord, Hash, Query, TxLocation};

#[derive(Debug, Default)]
pub(crate) struct Archive {
    blocks: Vec<Arc<BlockRecord>>,
    by_hash: BTreeMap<Hash, u64>,
    by_tx: BTreeMap<Hash, TxLocation>,
    /// `(type.key, value)` of every indexed attribute of a transaction; places ascend and may repeat.
    by_attribute: BTreeMap<(String, String), Vec<TxLocation>>,
}

impl Archive {
    pub(crate) fn push(&mut self, record: BlockRecord) {
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
        self.blocks.push(Arc::new(record));
    }

    pub(crate) fn latest(&self) -> Option<&Arc<BlockRecord>> {
        self.blocks.last()
    }

    pub(crate) fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.blocks.get(usize::try_from(height.checked_sub(1)?).ok()?).cloned()
    }

    pub(crate) fn height_of(&self, hash: &Hash) -> Option<u64> {
        self.by_hash.get(hash).copied()
    }

    pub(crate) fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        self.by_tx.get(hash).copied()
    }

    /// Transactions that match, ascending. Starts from the hash, else from the rarest indexed value, else from all.
    pub(crate) fn search_txs(&self, query: &Query) -> Vec<TxLocation> {
        let matches = |at: &TxLocation| match (self.block(at.height), usize::try_from(at.index)) {
            (Some(record), Ok(index)) => query.matches_tx(&record, index),
            _ => false,
        };
        if let Some(hash) = query.tx_hash() {
            return hash
                .and_then(|hash| self.locate_tx(&hash))
                .into_iter()
                .filter(matches)
                .collect();
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
        candidates.retain(matches);
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

    pub(crate) fn search_blocks(&self, query: &Query) -> Vec<u64> {
        self.blocks
            .iter()
            .filter(|record| query.matches_block(record))
            .map(|record| record.header.height)
            .collect()
    }
}
