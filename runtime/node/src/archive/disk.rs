//! The archive on disk.
//!
//! ```text
//! propose ──► log: block (durable) ──► state is executed and committed ──► finish ──► log: results
//!                                                                                        │
//!                                                              readers ◄── index ◄── show┘
//! ```
//!
//! The [log](log) is the truth: segments to which records are only ever appended. A block is on the medium before its
//! state is, so a committed state never lacks its block. Results follow after the state; when they are lost with the
//! machine, the last block is run once more. The [index](index) says where blocks, transactions and events are; it is
//! derived, follows the log on opening, and is made anew when it is damaged or gone.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use supercloud_rpc::{BlockRecord, Hash, Query, SearchError, TxLocation};

use super::{Archive, ProposedBlock};

mod check;
mod error;
mod index;
mod log;
mod open;
mod prune;
mod record;
mod search;
mod stored;
#[cfg(test)]
mod tests;
mod truncate;

pub use error::ArchiveError;
pub(crate) use open::{ArchiveConfig, ArchiveRecovery, Cut};
pub(crate) use record::{decode_record, encode_record};

use index::{Index, Place};
use log::Log;
use search::LIMITS;

/// Bytes of blocks that are kept in memory, as they are on disk; the decoded ones take about twice that.
const CACHE_BYTES: u64 = 32 << 20;

/// Blocks on disk.
pub(crate) struct DiskArchive {
    log: Mutex<Log>,
    index: Index,
    /// The last block with results.
    tip: RwLock<Option<Arc<BlockRecord>>>,
    /// Blocks with results that the index does not have yet, the oldest first.
    finished: Mutex<VecDeque<(Arc<BlockRecord>, Place)>>,
    /// Held while blocks are shown, so that they are in order.
    showing: Mutex<()>,
    /// The last block that readers see.
    latest: RwLock<Option<Arc<BlockRecord>>>,
    /// A block without results at the end of the log: its execution was not finished.
    unfinished: Mutex<Option<(ProposedBlock, Place)>>,
    cache: Mutex<Cache>,
    /// Least number of last blocks that are kept; 0: all are.
    keep: u64,
    /// Blocks below have left the index.
    pruned_below: Mutex<u64>,
    /// The first failure of a read: nothing is added any more.
    fault: OnceLock<ArchiveError>,
    recovery: ArchiveRecovery,
}

/// Decoded blocks, the oldest entries leave first.
#[derive(Default)]
struct Cache {
    blocks: BTreeMap<u64, (Arc<BlockRecord>, u64)>,
    order: VecDeque<u64>,
    bytes: u64,
}

impl Cache {
    fn insert(&mut self, record: Arc<BlockRecord>, bytes: u64) {
        let height = record.header.height;
        if self.blocks.insert(height, (record, bytes)).is_some() {
            return;
        }
        self.bytes += bytes;
        self.order.push_back(height);
        while self.bytes > CACHE_BYTES && self.order.len() > 1 {
            let oldest = self.order.pop_front().and_then(|oldest| self.blocks.remove(&oldest));
            self.bytes -= oldest.map_or(0, |(_, bytes)| bytes);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DiskArchive {
    /// What opening found and did.
    pub(crate) fn recovery(&self) -> &ArchiveRecovery {
        &self.recovery
    }

    /// Last height in the log, results or not.
    pub(crate) fn logged_height(&self) -> Option<u64> {
        let unfinished = lock(&self.unfinished).as_ref().map(|(block, _)| block.height());
        unfinished.or_else(|| self.tip().map(|record| record.header.height))
    }

    /// The block whose execution was not finished.
    pub(crate) fn unfinished(&self) -> Option<ProposedBlock> {
        lock(&self.unfinished).as_ref().map(|(block, _)| block.clone())
    }

    fn load(&self, height: u64) -> Result<Option<Arc<BlockRecord>>, ArchiveError> {
        let is_gone = || self.lowest_shown().is_some_and(|lowest| height < lowest);
        if is_gone() {
            return Ok(None);
        }
        match self.load_kept(height) {
            // Its segment went away while it was read.
            Err(_) if is_gone() => Ok(None),
            loaded => loaded,
        }
    }

    fn load_kept(&self, height: u64) -> Result<Option<Arc<BlockRecord>>, ArchiveError> {
        if let Some((record, _)) = lock(&self.cache).blocks.get(&height) {
            return Ok(Some(record.clone()));
        }
        let Some(place) = self.index.place(height)? else {
            return Ok(None);
        };
        let dir = lock(&self.log).dir().to_owned();
        let (record, bytes) = load_at(&dir, height, &place)?;
        let record = Arc::new(record);
        lock(&self.cache).insert(record.clone(), bytes);
        Ok(Some(record))
    }

    /// Reads cannot fail for those who ask: a failure is told, remembered, and ends block making.
    fn remember<T>(&self, result: Result<T, ArchiveError>) -> Option<T> {
        result
            .inspect_err(|error| tracing::error!(%error, "the archive of blocks cannot be read"))
            .map_err(|error| {
                // Later failures follow from the first.
                let _ = self.fault.set(error);
            })
            .ok()
    }

    fn assert_sound(&self) -> Result<(), ArchiveError> {
        self.fault.get().map_or(Ok(()), |error| Err(error.copy()))
    }
}

/// Reads both records of a block, and says how many bytes they have.
fn load_at(dir: &Path, height: u64, place: &Place) -> Result<(BlockRecord, u64), ArchiveError> {
    let segment = log::segment_path(dir, place.segment);
    let mut file = std::fs::File::open(&segment).map_err(ArchiveError::io(&segment))?;
    let (block, block_bytes) = record::read_block(&mut file, &segment, place.block)?;
    let (output, output_bytes) = record::read_results(&mut file, &segment, place.results)?;
    let record = block.executed(output);
    if record.header.height != height {
        return Err(ArchiveError::Damaged {
            path: segment,
            offset: place.block,
            reason: format!("it is of height {}, not {height}", record.header.height),
        });
    }
    Ok((record, block_bytes + output_bytes))
}

impl Archive for DiskArchive {
    fn propose(&self, block: &ProposedBlock) -> Result<(), ArchiveError> {
        self.assert_sound()?;
        let expected = self.logged_height().map(|last| last + 1);
        if lock(&self.unfinished).is_some() || expected.is_some_and(|expected| expected != block.height()) {
            return Err(ArchiveError::OutOfOrder {
                got: block.height(),
                last: self.logged_height(),
            });
        }
        let encoded = record::encode_block(block);
        let place = lock(&self.log).append_block(block.height(), &encoded)?;
        *lock(&self.unfinished) = Some((block.clone(), place));
        Ok(())
    }

    fn finish(&self, record: BlockRecord) -> Result<(), ArchiveError> {
        self.assert_sound()?;
        let height = record.header.height;
        let mut unfinished = lock(&self.unfinished);
        let place = match &*unfinished {
            Some((block, place)) if block.height() == height => *place,
            _ => {
                return Err(ArchiveError::OutOfOrder {
                    got: height,
                    last: self.tip().map(|record| record.header.height),
                });
            }
        };
        let encoded = record::encode_results(&record);
        let place = lock(&self.log).append_results(place, &encoded)?;
        let record = Arc::new(record);
        lock(&self.finished).push_back((record.clone(), place));
        *self.tip.write().unwrap_or_else(PoisonError::into_inner) = Some(record);
        *unfinished = None;
        Ok(())
    }

    fn show(&self) -> Result<(), ArchiveError> {
        let _turn = lock(&self.showing);
        loop {
            let next = lock(&self.finished).front().cloned();
            let Some((record, place)) = next else {
                return Ok(());
            };
            self.index.add(&record, &place)?;
            lock(&self.cache).insert(record.clone(), place.end - place.block);
            *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(record);
            lock(&self.finished).pop_front();
            self.prune_some()?;
        }
    }

    fn tip(&self) -> Option<Arc<BlockRecord>> {
        self.tip.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn earliest(&self) -> Option<u64> {
        self.lowest_shown()
    }

    fn latest(&self) -> Option<Arc<BlockRecord>> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.remember(self.load(height)).flatten()
    }

    fn height_of(&self, hash: &Hash) -> Option<u64> {
        let height = self.remember(self.index.height_of(hash)).flatten();
        height.filter(|height| Some(*height) >= self.earliest())
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        let lowest = self.earliest().unwrap_or_default();
        self.remember(self.index.locate_tx(hash, lowest)).flatten()
    }

    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError> {
        self.search_txs_within(query, LIMITS)
    }

    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError> {
        self.search_blocks_within(query, LIMITS)
    }
}

impl DiskArchive {
    /// Puts the first block into an empty archive: one that another archive had.
    pub(crate) fn begin_with(&self, record: BlockRecord) -> Result<(), ArchiveError> {
        self.propose(&ProposedBlock::from(&record))?;
        self.push(record)
    }
}
