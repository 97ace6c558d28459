//! The index: where blocks are in the log, and which transactions and blocks have which hashes and event attributes.
//!
//! | table | key | value |
//! |---|---|---|
//! | `blocks` | height | segment, offsets of block and results, end |
//! | `hashes` | block hash | height |
//! | `txs` | tx hash, height, position | whether it succeeded |
//! | `tx_events` | attribute, height, position | |
//! | `block_events` | attribute, height | |
//!
//! An attribute is the first half of the SHA-256 of `type.key ‖ 0 ‖ value`: who searches compares what was found. Each
//! block's rows are one atomic batch, so the last row of `blocks` says how far the index has come.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use sha2::{Digest, Sha256};
use supercloud_chain::Event;
use supercloud_rpc::{BlockRecord, Hash, Query, TxLocation};

use super::ArchiveError;

/// Memory for blocks of files.
const CACHE_BYTES: u64 = 32 << 20;
/// Memory of one table's rows that are not in its files yet.
const MEMTABLE_BYTES: u64 = 8 << 20;
/// Bytes of the engine's own log, which opening reads.
const JOURNAL_BYTES: u64 = 64 << 20;
/// Threads that write and merge files: the rest of the machine is for blocks.
const WORKERS: usize = 1;

/// First half of a SHA-256.
type AttributeHash = [u8; 16];

/// Where a block is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// First height of the segment.
    pub(super) segment: u64,
    /// Where the block's record begins.
    pub(super) block: u64,
    /// Where the record of its results begins.
    pub(super) results: u64,
    /// Where that ends.
    pub(super) end: u64,
}

impl Place {
    fn encode(&self) -> [u8; 32] {
        let mut row = [0; 32];
        for (bytes, number) in row
            .chunks_exact_mut(8)
            .zip([self.segment, self.block, self.results, self.end])
        {
            bytes.copy_from_slice(&number.to_be_bytes());
        }
        row
    }

    fn parse(row: &[u8]) -> Option<Self> {
        let (numbers, []) = row.as_chunks::<8>() else {
            return None;
        };
        let [segment, block, results, end] = *numbers else {
            return None;
        };
        Some(Self {
            segment: u64::from_be_bytes(segment),
            block: u64::from_be_bytes(block),
            results: u64::from_be_bytes(results),
            end: u64::from_be_bytes(end),
        })
    }
}

/// The open index.
pub(super) struct Index {
    db: Database,
    blocks: Keyspace,
    hashes: Keyspace,
    txs: Keyspace,
    tx_events: Keyspace,
    block_events: Keyspace,
}

/// What a batch does with each row of a block.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
}

impl Index {
    pub(super) fn open(path: &Path) -> Result<Self, ArchiveError> {
        let db = Database::builder(path)
            .cache_size(CACHE_BYTES)
            .worker_threads(WORKERS)
            .max_journaling_size(JOURNAL_BYTES)
            .open()
            .map_err(|error| match error {
                fjall::Error::Locked => ArchiveError::Locked { path: path.to_owned() },
                error => error.into(),
            })?;
        let table = |name: &str| {
            let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES);
            db.keyspace(name, options)
        };
        Ok(Self {
            blocks: table("blocks")?,
            hashes: table("hashes")?,
            txs: table("txs")?,
            tx_events: table("tx_events")?,
            block_events: table("block_events")?,
            db,
        })
    }

    /// Adds all rows of a block at once. With the operating system, not on the medium: the log can tell again.
    pub(super) fn add(&self, record: &BlockRecord, place: &Place) -> Result<(), ArchiveError> {
        self.change(record, place, Change::Add)
    }

    /// Removes all rows of a block at once.
    pub(super) fn remove(&self, record: &BlockRecord, place: &Place) -> Result<(), ArchiveError> {
        self.change(record, place, Change::Remove)
    }

    fn change(&self, record: &BlockRecord, place: &Place, change: Change) -> Result<(), ArchiveError> {
        let mut batch = self.db.batch();
        let mut put = |table: &Keyspace, key: Vec<u8>, value: &[u8]| match change {
            Change::Add => batch.insert(table, key, value),
            Change::Remove => batch.remove(table, key),
        };
        let height = record.header.height.to_be_bytes();
        put(&self.blocks, height.to_vec(), &place.encode());
        put(&self.hashes, record.id.hash.to_vec(), &height);
        for attribute in attributes_of(&record.events) {
            put(&self.block_events, [attribute.as_slice(), &height].concat(), &[]);
        }
        for (index, (hash, result)) in (0u32..).zip(record.tx_hashes.iter().zip(&record.results)) {
            let position = index.to_be_bytes();
            let key = [hash.as_slice(), &height, &position].concat();
            put(&self.txs, key, &[u8::from(result.is_ok())]);
            for attribute in attributes_of(&result.events) {
                let key = [attribute.as_slice(), &height, &position].concat();
                put(&self.tx_events, key, &[]);
            }
        }
        Ok(batch.commit()?)
    }

    /// Brings everything to the medium.
    pub(super) fn sync(&self) -> Result<(), ArchiveError> {
        Ok(self.db.persist(fjall::PersistMode::SyncAll)?)
    }

    /// The last block, and where it is.
    pub(super) fn last(&self) -> Result<Option<(u64, Place)>, ArchiveError> {
        let Some(row) = self.blocks.last_key_value() else {
            return Ok(None);
        };
        let (key, value) = row.into_inner()?;
        let height = number(&key, 0).ok_or_else(|| damaged("blocks", &key))?;
        let place = Place::parse(&value).ok_or_else(|| damaged("blocks", &key))?;
        Ok(Some((height, place)))
    }

    pub(super) fn place(&self, height: u64) -> Result<Option<Place>, ArchiveError> {
        let key = height.to_be_bytes();
        let row = self.blocks.get(key)?;
        row.map(|row| Place::parse(&row).ok_or_else(|| damaged("blocks", &key)))
            .transpose()
    }

    pub(super) fn height_of(&self, hash: &Hash) -> Result<Option<u64>, ArchiveError> {
        let row = self.hashes.get(hash)?;
        row.map(|row| number(&row, 0).ok_or_else(|| damaged("hashes", hash)))
            .transpose()
    }

    /// As in CometBFT: the last success under the hash, else the first failure; of heights from `lowest` on.
    pub(super) fn locate_tx(&self, hash: &Hash, lowest: u64) -> Result<Option<TxLocation>, ArchiveError> {
        let mut found = None;
        for row in self.txs.prefix(hash) {
            let (key, value) = row.into_inner()?;
            let at = location(&key, hash.len()).ok_or_else(|| damaged("txs", &key))?;
            if at.height >= lowest && (*value == [1] || found.is_none()) {
                found = Some(at);
            }
        }
        Ok(found)
    }

    /// Transactions that have all values that the query asks for. At most `limit` rows are gone through.
    pub(super) fn txs_with(
        &self,
        query: &Query,
        heights: &RangeInclusive<u64>,
        limit: usize,
    ) -> Result<Candidates<TxLocation>, ArchiveError> {
        let parse = |key: &[u8]| location(key, size_of::<AttributeHash>()).ok_or_else(|| damaged("tx_events", key));
        candidates(&self.tx_events, query, heights, limit, parse)
    }

    /// Blocks that have all values that the query asks for. At most `limit` rows are gone through.
    pub(super) fn blocks_with(
        &self,
        query: &Query,
        heights: &RangeInclusive<u64>,
        limit: usize,
    ) -> Result<Candidates<u64>, ArchiveError> {
        let parse = |key: &[u8]| number(key, size_of::<AttributeHash>()).ok_or_else(|| damaged("block_events", key));
        candidates(&self.block_events, query, heights, limit, parse)
    }
}

/// What a query asks the index for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Candidates<T> {
    /// No value: the index does not help.
    All,
    /// These places have all values; ascending.
    At(Vec<T>),
    /// More rows than allowed would have to be gone through.
    TooMany,
}

fn candidates<T>(
    table: &Keyspace,
    query: &Query,
    heights: &RangeInclusive<u64>,
    limit: usize,
    parse: impl Fn(&[u8]) -> Result<T, ArchiveError>,
) -> Result<Candidates<T>, ArchiveError> {
    let values = query.equalities();
    let mut attributes: Vec<AttributeHash> = values.map(|(key, value)| hash_attribute(key, value)).collect();
    if attributes.is_empty() {
        return Ok(Candidates::All);
    }
    if heights.is_empty() {
        return Ok(Candidates::At(Vec::new()));
    }
    let Some(rarest) = find_rarest(table, &attributes, heights, limit)? else {
        return Ok(Candidates::TooMany);
    };
    let rarest = attributes.swap_remove(rarest);
    let mut found = Vec::new();
    for row in table.range(rows_of(&rarest, heights)) {
        let key = row.key()?;
        let place = &key[size_of::<AttributeHash>()..];
        let mut has_all = true;
        for other in &attributes {
            has_all = has_all && table.contains_key([other.as_slice(), place].concat())?;
        }
        if has_all {
            found.push(parse(&key)?);
        }
    }
    Ok(Candidates::At(found))
}

/// Which value has the fewest rows. All are read in turns until the first one ends, so a rare value costs little however
/// common the others are. `None` when that takes more than `limit` rows.
fn find_rarest(
    table: &Keyspace,
    attributes: &[AttributeHash],
    heights: &RangeInclusive<u64>,
    limit: usize,
) -> Result<Option<usize>, ArchiveError> {
    let rows = |attribute: &AttributeHash| table.range(rows_of(attribute, heights));
    let mut iterators: Vec<_> = attributes.iter().map(rows).collect();
    let mut read = 0;
    loop {
        for (index, iterator) in iterators.iter_mut().enumerate() {
            let Some(row) = iterator.next() else {
                return Ok(Some(index));
            };
            row.key()?;
            read += 1;
            if read > limit {
                return Ok(None);
            }
        }
    }
}

fn rows_of(attribute: &AttributeHash, heights: &RangeInclusive<u64>) -> RangeInclusive<Vec<u8>> {
    let from = [attribute.as_slice(), &heights.start().to_be_bytes()].concat();
    let to = [attribute.as_slice(), &heights.end().to_be_bytes(), &[u8::MAX; 4]].concat();
    from..=to
}

fn attributes_of(events: &[Event]) -> BTreeSet<AttributeHash> {
    let mut attributes = BTreeSet::new();
    for event in events {
        for attribute in event.attributes.iter().filter(|attribute| attribute.index) {
            let key = format!("{}.{}", event.kind, attribute.key);
            attributes.insert(hash_attribute(&key, &attribute.value));
        }
    }
    attributes
}

fn hash_attribute(key: &str, value: &str) -> AttributeHash {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(key)
        .chain_update([0])
        .chain_update(value)
        .finalize()
        .into();
    std::array::from_fn(|i| digest[i])
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn location(key: &[u8], at: usize) -> Option<TxLocation> {
    let index = u32::from_be_bytes(*key.get(at + 8..)?.first_chunk()?);
    let height = number(key, at)?;
    Some(TxLocation { height, index })
}

fn damaged(table: &str, key: &[u8]) -> ArchiveError {
    ArchiveError::Index(format!("table {table}, row {} is damaged", hex::encode(key)))
}
