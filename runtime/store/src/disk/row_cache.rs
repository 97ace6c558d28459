//! Values of the last version that were read or written lately.
//!
//! A cached row is always what the last committed version has: a commit replaces the rows of its keys before its version
//! can be read, and a value read from the tables is put in only if no commit began since. So a row that is not newer than
//! a view is what the view has.
//!
//! Heavy rows are not kept. The cache would not take them either, but would then leave the place of a reader at work as it
//! is, who could put in the replaced value.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::{Cache, GuardResult};

use crate::disk::memtable::Write;

/// Memory of a row besides its bytes, about.
const ROW_OVERHEAD: u64 = 120;

/// A value with the height that it is known to be unchanged since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) since: u64,
    pub(crate) value: Write,
}

#[derive(Clone)]
struct RowWeight;

impl Weighter<Vec<u8>, Row> for RowWeight {
    fn weight(&self, key: &Vec<u8>, row: &Row) -> u64 {
        weigh(key, row)
    }
}

fn weigh(key: &[u8], row: &Row) -> u64 {
    ROW_OVERHEAD + key.len() as u64 + row.value.as_ref().map_or(0, |value| value.len() as u64)
}

pub(crate) struct RowCache {
    rows: Cache<Vec<u8>, Row, RowWeight>,
    /// Weight of the heaviest row that is kept.
    max_weight: u64,
    /// Height of the last commit that began to replace rows.
    height: AtomicU64,
}

impl RowCache {
    pub(crate) fn new(bytes: usize) -> Self {
        let rows = Cache::with_weighter(bytes / 256, bytes as u64, RowWeight);
        Self {
            // A shard takes what is lighter than its hot part, which is nearly all of it.
            max_weight: rows.shard_capacity() / 2,
            rows,
            height: AtomicU64::new(0),
        }
    }

    /// The row of the last version, when it is cached.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Row> {
        self.rows.get(key)
    }

    /// The value that a view of `height` has; `load` reads the row from there when the cache does not say.
    pub(crate) fn get_or_load<E>(
        &self,
        key: &[u8],
        height: u64,
        load: impl FnOnce() -> Result<Row, E>,
    ) -> Result<Write, E> {
        match self.rows.get_value_or_guard(key, Some(Duration::ZERO)) {
            GuardResult::Value(row) if row.since <= height => Ok(row.value),
            GuardResult::Value(_) | GuardResult::Timeout => Ok(load()?.value),
            GuardResult::Guard(guard) => {
                // The guard is in place: a commit that begins after this look replaces it, and the insertion fails.
                let is_last = self.height.load(Ordering::SeqCst) == height;
                let row = load()?;
                if is_last && self.is_kept(key, &row) {
                    // Fails when a commit was faster, which has put in a newer row.
                    let _ = guard.insert(row.clone());
                }
                Ok(row.value)
            }
        }
    }

    /// The commit of `height` begins: what views of earlier heights read may no longer be put in.
    pub(crate) fn begin_commit(&self, height: u64) {
        self.height.store(height, Ordering::SeqCst);
    }

    /// A change of the commit that began.
    pub(crate) fn replace(&self, key: &[u8], row: Row) {
        if self.is_kept(key, &row) {
            self.rows.insert(key.to_vec(), row);
        } else {
            // Also drops the place that a reader holds for the value before.
            self.rows.remove(key);
        }
    }

    fn is_kept(&self, key: &[u8], row: &Row) -> bool {
        weigh(key, row) <= self.max_weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(since: u64, byte: u8) -> Row {
        Row {
            since,
            value: Some([byte].as_slice().into()),
        }
    }

    fn load(cache: &RowCache, height: u64, row: Row) -> Write {
        cache.get_or_load(b"k", height, || Ok::<_, ()>(row)).unwrap()
    }

    #[test]
    fn read_rows_are_kept_and_replaced_by_commits() {
        let cache = RowCache::new(1 << 20);
        cache.begin_commit(5);
        assert_eq!(load(&cache, 5, row(3, 1)), row(3, 1).value);
        assert_eq!(cache.get(b"k"), Some(row(3, 1)));
        cache.begin_commit(6);
        cache.replace(b"k", row(6, 2));
        assert_eq!(load(&cache, 6, row(0, 9)), row(6, 2).value);
        assert_eq!(
            load(&cache, 5, row(3, 1)),
            row(3, 1).value,
            "an older view reads its own"
        );
        assert_eq!(cache.get(b"k"), Some(row(6, 2)));
    }

    #[test]
    fn older_views_do_not_fill_the_cache() {
        let cache = RowCache::new(1 << 20);
        cache.begin_commit(5);
        assert_eq!(load(&cache, 4, row(3, 1)), row(3, 1).value);
        assert_eq!(cache.get(b"k"), None);
    }

    #[test]
    fn value_read_while_a_commit_replaces_it_is_not_kept() {
        let cache = RowCache::new(1 << 20);
        cache.begin_commit(5);
        let read = cache.get_or_load(b"k", 5, || {
            cache.begin_commit(6);
            cache.replace(b"k", row(6, 2));
            Ok::<_, ()>(row(3, 1))
        });
        assert_eq!(read, Ok(row(3, 1).value));
        assert_eq!(cache.get(b"k"), Some(row(6, 2)));
    }

    fn large(since: u64, len: usize) -> Row {
        Row {
            since,
            value: Some(vec![2; len].into()),
        }
    }

    #[test]
    fn value_read_while_a_commit_replaces_it_by_a_large_one_is_not_kept() {
        let cache = RowCache::new(64 << 10);
        cache.begin_commit(5);
        let read = cache.get_or_load(b"k", 5, || {
            cache.begin_commit(6);
            cache.replace(b"k", large(6, 1 << 20));
            Ok::<_, ()>(row(3, 1))
        });
        assert_eq!(read, Ok(row(3, 1).value));
        assert_eq!(cache.get(b"k"), None);
        assert_eq!(load(&cache, 6, large(6, 1 << 20)), large(6, 1 << 20).value);
    }

    #[test]
    fn rows_are_kept_up_to_half_of_a_shard_and_heavier_ones_drop_what_was_there() {
        let cache = RowCache::new(64 << 10);
        let most = (cache.max_weight - ROW_OVERHEAD) as usize - 1;
        cache.begin_commit(5);
        cache.replace(b"k", large(5, most));
        assert_eq!(cache.get(b"k"), Some(large(5, most)));
        cache.begin_commit(6);
        cache.replace(b"k", large(6, most + 1));
        assert!(cache.get(b"k").is_none());
        assert_eq!(load(&cache, 6, large(6, most + 1)), large(6, most + 1).value);
        assert!(cache.get(b"k").is_none(), "reads do not keep it either");
    }

    #[test]
    fn failed_read_leaves_nothing_behind() {
        let cache = RowCache::new(1 << 20);
        cache.begin_commit(5);
        assert_eq!(cache.get_or_load(b"k", 5, || Err::<Row, _>("disk")), Err("disk"));
        assert_eq!(load(&cache, 5, row(3, 1)), row(3, 1).value);
    }
}
