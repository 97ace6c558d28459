//! Searches: the index names candidates, and what it cannot decide is looked up in the blocks.
//!
//! A search that would go through too much is refused: it would keep others waiting, and nobody reads a million results.

use std::ops::RangeInclusive;

use supercloud_rpc::{Query, SearchError, TxLocation};

use super::DiskArchive;
use super::index::Candidates;
use crate::archive::Archive;

/// How much one search may go through.
#[derive(Clone, Copy, Debug)]
pub(super) struct SearchLimits {
    /// Rows of the index.
    pub(super) entries: usize,
    /// Blocks that are read and decoded.
    pub(super) blocks: usize,
}

/// About a second of one processor each.
pub(super) const LIMITS: SearchLimits = SearchLimits {
    entries: 1_000_000,
    blocks: 10_000,
};

impl SearchLimits {
    fn assert_entries(&self, count: u64) -> Result<(), SearchError> {
        let limit = self.entries;
        if count > limit as u64 {
            return Err(SearchError::TooManyEntries { limit });
        }
        Ok(())
    }

    fn assert_blocks(&self, count: u64) -> Result<(), SearchError> {
        let limit = self.blocks;
        if count > limit as u64 {
            return Err(SearchError::TooManyBlocks { limit });
        }
        Ok(())
    }
}

impl DiskArchive {
    pub(super) fn search_txs_within(
        &self,
        query: &Query,
        limits: SearchLimits,
    ) -> Result<Vec<TxLocation>, SearchError> {
        let Some(heights) = self.heights_of(query) else {
            return Ok(Vec::new());
        };
        let matches = |at: &TxLocation| match (self.block(at.height), usize::try_from(at.index)) {
            (Some(record), Ok(index)) => query.matches_tx(&record, index),
            _ => false,
        };
        if let Some(hash) = query.tx_hash() {
            let place = hash.and_then(|hash| self.locate_tx(&hash));
            return Ok(place.into_iter().filter(matches).collect());
        }
        let found = self.remember(self.index.txs_with(query, &heights, limits.entries));
        let mut candidates = match found.unwrap_or(Candidates::At(Vec::new())) {
            Candidates::At(places) => places,
            Candidates::All => {
                limits.assert_blocks(count(&heights))?;
                self.all_txs(heights)
            }
            Candidates::TooMany => {
                let limit = limits.entries;
                return Err(SearchError::TooManyEntries { limit });
            }
        };
        candidates.retain(|at| query.allows_tx_at(at.height));
        if !query.is_decided_by_values() {
            let blocks = candidates.chunk_by(|one, next| one.height == next.height);
            limits.assert_blocks(blocks.count() as u64)?;
            candidates.retain(matches);
        }
        Ok(candidates)
    }

    pub(super) fn search_blocks_within(&self, query: &Query, limits: SearchLimits) -> Result<Vec<u64>, SearchError> {
        let Some(heights) = self.heights_of(query) else {
            return Ok(Vec::new());
        };
        let found = self.remember(self.index.blocks_with(query, &heights, limits.entries));
        let mut candidates = match found.unwrap_or(Candidates::At(Vec::new())) {
            Candidates::At(heights) => heights,
            Candidates::All => {
                limits.assert_entries(count(&heights))?;
                heights.collect()
            }
            Candidates::TooMany => {
                let limit = limits.entries;
                return Err(SearchError::TooManyEntries { limit });
            }
        };
        candidates.retain(|height| query.allows_block_at(*height));
        if !query.is_decided_by_values() {
            limits.assert_blocks(candidates.len() as u64)?;
            candidates.retain(|height| self.block(*height).is_some_and(|record| query.matches_block(&record)));
        }
        Ok(candidates)
    }

    /// Heights that are kept and that the query allows.
    fn heights_of(&self, query: &Query) -> Option<RangeInclusive<u64>> {
        let latest = self.latest()?.header.height;
        Some(query.heights(self.earliest()?..=latest))
    }

    fn all_txs(&self, heights: RangeInclusive<u64>) -> Vec<TxLocation> {
        let of_block = |height| {
            let count = self.block(height).map_or(0, |record| record.txs.len());
            (0u32..).take(count).map(move |index| TxLocation { height, index })
        };
        heights.flat_map(of_block).collect()
    }
}

fn count(heights: &RangeInclusive<u64>) -> u64 {
    if heights.is_empty() {
        return 0;
    }
    (heights.end() - heights.start()).saturating_add(1)
}
