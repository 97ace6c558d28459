//! Iteration over one version in the order of keys, either way.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::ops::Bound;
use std::sync::Arc;

use fjall::Readable;
use supercloud_chain::store::{Direction, Entry, StoreError};

use crate::disk::engine::failed;
use crate::disk::rows::{latest_key, parse_latest_key, parse_past_key, parse_versioned, past_key, past_prefix};
use crate::disk::view::{View, damaged};

/// A key with its value, or with the fact that it has none.
type Found = Result<(Vec<u8>, Option<Vec<u8>>), StoreError>;
type Source<'a> = Peekable<Box<dyn Iterator<Item = Found> + 'a>>;

/// Keys with `start <= key < end`.
#[derive(Clone, Copy)]
pub(crate) struct KeyRange<'k> {
    pub(crate) start: Option<&'k [u8]>,
    pub(crate) end: Option<&'k [u8]>,
    pub(crate) direction: Direction,
}

impl View {
    /// Entries of `height` in the range; ends with the first error.
    pub(crate) fn range<'a>(
        &'a self,
        keys: KeyRange<'_>,
        height: u64,
    ) -> Box<dyn Iterator<Item = Result<Entry, StoreError>> + 'a> {
        if let (Some(start), Some(end)) = (keys.start, keys.end)
            && start >= end
        {
            return Box::new(std::iter::empty());
        }
        let sources = if self.is_past(height) {
            vec![self.replaced_in(keys, height), self.latest_in(keys, Some(height))]
        } else {
            let memtables = self.memtables.iter();
            let mut sources: Vec<_> = memtables.map(|table| memtable_in(table, keys, height)).collect();
            sources.push(self.latest_in(keys, None));
            sources
        };
        Box::new(Merged {
            sources,
            direction: keys.direction,
            failed: false,
        })
    }

    /// Rows of `latest`, without those that are newer than `until`.
    fn latest_in<'a>(&'a self, keys: KeyRange<'_>, until: Option<u64>) -> Source<'a> {
        let start = latest_key(keys.start.unwrap_or_default());
        let end = keys.end.map(latest_key);
        let rows = self.snapshot.range(
            &self.latest,
            (Bound::Included(start), end.map_or(Bound::Unbounded, Bound::Excluded)),
        );
        let parse = move |(row, value): (&[u8], &[u8])| -> Result<Option<Entry>, StoreError> {
            let key = parse_latest_key(row).ok_or_else(|| damaged("latest", row))?;
            let found = parse_versioned(value).ok_or_else(|| damaged("latest", key))?;
            let visible = until.is_none_or(|until| found.since <= until);
            Ok(visible.then(|| (key.to_vec(), found.value)))
        };
        let found = Directed::new(rows, keys.direction).filter_map(move |guard| {
            let row = guard.into_inner().map_err(|error| failed(&self.latest, &error));
            let parsed = row.and_then(|(row, value)| parse((&row, &value)));
            parsed
                .map(|entry| entry.map(|(key, value)| (key, Some(value))))
                .transpose()
        });
        boxed(found)
    }

    /// Keys that changed after `height`, with what they had then.
    fn replaced_in<'a>(&'a self, keys: KeyRange<'_>, height: u64) -> Source<'a> {
        let start = past_prefix(keys.start.unwrap_or_default());
        let end = keys.end.map(past_prefix);
        let mut next = Some((Bound::Included(start), end.map_or(Bound::Unbounded, Bound::Excluded)));
        let direction = keys.direction;
        let found = std::iter::from_fn(move || {
            loop {
                let bounds = next.take()?;
                let row = Directed::new(self.snapshot.range(&self.past, bounds.clone()), direction).next()?;
                let row = row.key().map_err(|error| failed(&self.past, &error));
                let parsed = row.and_then(|row| parse_past_key(&row).ok_or_else(|| damaged("past", &row)));
                let (key, _) = match parsed {
                    Ok(parsed) => parsed,
                    Err(error) => return Some(Err(error)),
                };
                // One step from key to key: past all versions of this one.
                next = Some(match direction {
                    Direction::Ascending => (Bound::Excluded(past_key(&key, u64::MAX)), bounds.1),
                    Direction::Descending => (bounds.0, Bound::Excluded(past_prefix(&key))),
                });
                match self.get_changed_after(&key, height) {
                    Ok(None) => {}
                    Ok(Some(before)) => return Some(Ok((key, before))),
                    Err(error) => return Some(Err(error)),
                }
            }
        });
        boxed(found)
    }

    /// What `key` had at `height`, if it changed after that.
    fn get_changed_after(&self, key: &[u8], height: u64) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        let latest = self.get_latest(key)?;
        if latest.as_ref().is_some_and(|row| row.since <= height) {
            return Ok(None);
        }
        let before = self.get_replaced(key, height, latest.is_some())?;
        Ok(Some(before.map(|row| row.value)))
    }
}

fn memtable_in<'a>(table: &'a crate::disk::memtable::Memtable, keys: KeyRange<'_>, height: u64) -> Source<'a> {
    let start = keys
        .start
        .map_or(Bound::Unbounded, |start| Bound::Included(Arc::from(start)));
    let end = keys.end.map_or(Bound::Unbounded, |end| Bound::Excluded(Arc::from(end)));
    let found = Directed::new(table.range(start, end, height), keys.direction);
    boxed(found.map(|(key, write)| Ok((key.to_vec(), write.map(|value| value.to_vec())))))
}

fn boxed<'a>(found: impl Iterator<Item = Found> + 'a) -> Source<'a> {
    (Box::new(found) as Box<dyn Iterator<Item = Found> + 'a>).peekable()
}

/// An iterator from one of its ends.
struct Directed<I> {
    inner: I,
    direction: Direction,
}

impl<I> Directed<I> {
    fn new(inner: I, direction: Direction) -> Self {
        Self { inner, direction }
    }
}

impl<I: DoubleEndedIterator> Iterator for Directed<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        match self.direction {
            Direction::Ascending => self.inner.next(),
            Direction::Descending => self.inner.next_back(),
        }
    }
}

/// Merges sorted sources; on equal keys the first source wins.
struct Merged<'a> {
    sources: Vec<Source<'a>>,
    direction: Direction,
    failed: bool,
}

impl Merged<'_> {
    /// The first source whose next key comes first; an error comes before all keys.
    fn choose(&mut self) -> Option<usize> {
        let direction = self.direction;
        let heads = self.sources.iter_mut().map(Peekable::peek).enumerate();
        let first = heads
            .filter_map(|(index, head)| Some((index, head?.as_ref().ok().map(|(key, _)| key.as_slice()))))
            .min_by(|(_, a), (_, b)| match (a, b) {
                (Some(a), Some(b)) if direction == Direction::Descending => b.cmp(a),
                (a, b) => a.cmp(b),
            })?;
        Some(first.0)
    }

    fn skip(&mut self, key: &[u8]) {
        for source in &mut self.sources {
            let is_same = |found: &Found| {
                found
                    .as_ref()
                    .is_ok_and(|(other, _)| other.as_slice().cmp(key) == Ordering::Equal)
            };
            source.next_if(is_same);
        }
    }
}

impl Iterator for Merged<'_> {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let index = self.choose()?;
            match self.sources[index].next()? {
                Ok((key, value)) => {
                    self.skip(&key);
                    if let Some(value) = value {
                        return Some(Ok((key, value)));
                    }
                }
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}
