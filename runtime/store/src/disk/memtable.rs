//! Changes that are not in the tables yet, with all their versions.
//!
//! One commit writes at a time; readers see only versions up to their own height, so they need not wait for it.

use std::ops::Bound;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crossbeam_skiplist::SkipMap;

/// A value, or its absence.
pub(crate) type Write = Option<Arc<[u8]>>;

/// Memory of a version besides its bytes, about: headers of the allocations, places in lists, among them in that of the
/// block's keys.
const VERSION_OVERHEAD: usize = 96;
/// Memory of a key besides its bytes, about.
const KEY_OVERHEAD: usize = 128;

/// What a key had before its first change here.
#[derive(Clone, Debug)]
pub(crate) enum Before {
    /// Known from memory: the value with the height that wrote it, or nothing.
    Known(Option<(u64, Arc<[u8]>)>),
    /// To be looked up in the tables.
    InTables,
}

impl Before {
    fn bytes(&self) -> usize {
        match self {
            Self::Known(Some((_, value))) => value.len(),
            Self::Known(None) | Self::InTables => 0,
        }
    }
}

/// Versions of one key, oldest first.
#[derive(Debug)]
pub(crate) struct Versions {
    pub(crate) before: Before,
    pub(crate) writes: Vec<(u64, Write)>,
}

/// Changes of a range of heights.
#[derive(Default)]
pub(crate) struct Memtable {
    entries: SkipMap<Arc<[u8]>, RwLock<Versions>>,
    bytes: AtomicUsize,
}

impl Memtable {
    /// Adds a version; `before` is asked for at the key's first.
    pub(crate) fn insert(&self, key: &Arc<[u8]>, height: u64, value: Write, before: impl FnOnce() -> Before) {
        let size = value.as_ref().map_or(0, |value| value.len()) + VERSION_OVERHEAD;
        self.bytes.fetch_add(size, Ordering::Relaxed);
        let entry = self.entries.get_or_insert_with(key.clone(), || {
            let before = before();
            let size = key.len() + before.bytes() + KEY_OVERHEAD;
            self.bytes.fetch_add(size, Ordering::Relaxed);
            RwLock::new(Versions {
                before,
                writes: Vec::with_capacity(1),
            })
        });
        let mut versions = entry.value().write().unwrap_or_else(PoisonError::into_inner);
        versions.writes.push((height, value));
    }

    /// The last version up to `height`; none when there is none here.
    pub(crate) fn get(&self, key: &[u8], height: u64) -> Option<(u64, Write)> {
        let entry = self.entries.get(key)?;
        last_until(entry.value(), height)
    }

    /// Keys in the bounds with their last version up to `height`, from both ends.
    pub(crate) fn range<'a>(
        &'a self,
        start: Bound<Arc<[u8]>>,
        end: Bound<Arc<[u8]>>,
        height: u64,
    ) -> impl DoubleEndedIterator<Item = (Arc<[u8]>, Write)> + 'a {
        self.entries.range((start, end)).filter_map(move |entry| {
            let (_, write) = last_until(entry.value(), height)?;
            Some((entry.key().clone(), write))
        })
    }

    /// Calls `visit` with each key and its versions, in order.
    pub(crate) fn for_each<E>(&self, mut visit: impl FnMut(&Arc<[u8]>, &Versions) -> Result<(), E>) -> Result<(), E> {
        self.entries.iter().try_for_each(|entry| {
            let versions = entry.value().read().unwrap_or_else(PoisonError::into_inner);
            visit(entry.key(), &versions)
        })
    }

    /// Memory used, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

fn last_until(versions: &RwLock<Versions>, height: u64) -> Option<(u64, Write)> {
    let versions = versions.read().unwrap_or_else(PoisonError::into_inner);
    let end = versions.writes.partition_point(|(written, _)| *written <= height);
    versions.writes[..end].last().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_that_are_held_are_counted() {
        let table = Memtable::default();
        let key: Arc<[u8]> = [1; 10].as_slice().into();
        let value = |len: usize| Arc::from(vec![0; len]);
        table.insert(&key, 5, Some(value(1_000)), || Before::Known(Some((4, value(500)))));
        assert_eq!(table.bytes(), 1_510 + KEY_OVERHEAD + VERSION_OVERHEAD);
        table.insert(&key, 6, None, || Before::InTables);
        assert_eq!(table.bytes(), 1_510 + KEY_OVERHEAD + 2 * VERSION_OVERHEAD);
    }

    #[test]
    fn readers_see_versions_up_to_their_height() {
        let table = Memtable::default();
        let key: Arc<[u8]> = b"a".as_slice().into();
        let value = |byte: u8| Some(Arc::from([byte].as_slice()));
        table.insert(&key, 5, value(1), || Before::InTables);
        table.insert(&key, 7, None, || unreachable!("not the first change"));
        table.insert(&key, 8, value(2), || unreachable!("not the first change"));
        assert_eq!(table.get(b"a", 4), None);
        assert_eq!(table.get(b"a", 6), Some((5, value(1))));
        assert_eq!(table.get(b"a", 7), Some((7, None)));
        assert_eq!(table.get(b"a", 99), Some((8, value(2))));
        assert_eq!(table.get(b"b", 99), None);
        let all = |height| table.range(Bound::Unbounded, Bound::Unbounded, height);
        assert_eq!(all(4).count(), 0);
        assert_eq!(all(7).collect::<Vec<_>>(), [(key, None)]);
    }
}
