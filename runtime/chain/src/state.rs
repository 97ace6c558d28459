//! One journalled overlay over a committed version.
//!
//! A checkpoint is a position in the undo log; rolling back replays the log backwards, keeping work costs nothing. So
//! transactions, messages, submessages and proposals nest to any depth at the price of what they wrote.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter::{self, Peekable};
use std::ops::Bound;
use std::sync::Arc;

use crate::gas::kv;
use crate::store::{Changes, Direction, Entry, Proved, Reader, StoreError};

mod layers;

pub(crate) use layers::Layers;

/// A written value; `None` is a deletion.
type Write = Option<Vec<u8>>;
/// A write with its key.
type Written<'a> = (&'a Vec<u8>, &'a Write);

/// Place to roll back to. Only valid until an older one is rolled back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint(usize);

#[derive(Clone)]
pub(crate) struct State {
    base: Arc<dyn Reader>,
    overlay: BTreeMap<Vec<u8>, Write>,
    undo: Vec<(Vec<u8>, Option<Write>)>,
}

impl State {
    pub(crate) fn new(base: Arc<dyn Reader>) -> Self {
        Self {
            base,
            overlay: BTreeMap::new(),
            undo: Vec::new(),
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self.overlay.get(key) {
            Some(write) => write.clone(),
            None => self.base.get(key),
        }
    }

    /// Whether the committed version below has an entry.
    pub(crate) fn is_committed(&self, key: &[u8]) -> bool {
        self.base.get(key).is_some()
    }

    /// Proves an entry of the committed version below.
    pub(crate) fn prove(&self, key: &[u8]) -> Result<Proved, StoreError> {
        self.base.prove(key)
    }

    /// Fails when something could not be read.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.base.check()
    }

    pub(crate) fn set(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.write(key, Some(value));
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>) {
        self.write(key, None);
    }

    fn write(&mut self, key: Vec<u8>, write: Write) {
        let before = self.overlay.insert(key.clone(), write);
        self.undo.push((key, before));
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.undo.len())
    }

    pub(crate) fn rollback(&mut self, checkpoint: Checkpoint) {
        while self.undo.len() > checkpoint.0 {
            let (key, before) = self.undo.pop().expect("the log is longer than the checkpoint");
            match before {
                Some(write) => self.overlay.insert(key, write),
                None => self.overlay.remove(&key),
            };
        }
    }

    /// Forgets how to undo what was done so far; all checkpoints end here.
    pub(crate) fn seal(&mut self) {
        self.undo.clear();
    }

    pub(crate) fn into_changes(self) -> Changes {
        self.overlay
    }

    /// Entries with `start <= key < end`, the overlay's over the base's.
    pub(crate) fn range<'a>(&'a self, start: Option<&[u8]>, end: Option<&[u8]>, direction: Direction) -> Range<'a> {
        Range::over(&*self.base, &self.overlay, start, end, direction)
    }

    /// All entries whose key starts with `prefix`.
    pub(crate) fn prefix(&self, prefix: &[u8], direction: Direction) -> Range<'_> {
        self.range(Some(prefix), compute_prefix_end(prefix).as_deref(), direction)
    }
}

/// The smallest key above every key with this prefix; none when the prefix is all `ff`.
pub(crate) fn compute_prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// Merges two sorted sides; on equal keys the overlay wins and deletions vanish.
///
/// Deletions are stepped over again by every new range, so they have a price. Within a block they are the same on every
/// node: the overlay begins empty with the block, and what is rolled back leaves none.
pub(crate) struct Range<'a> {
    base: Peekable<Box<dyn Iterator<Item = Entry> + 'a>>,
    writes: Peekable<Box<dyn Iterator<Item = Written<'a>> + 'a>>,
    direction: Direction,
    /// The free part included.
    skipped: u64,
    affordable: u64,
}

impl<'a> Range<'a> {
    fn over(
        base: &'a dyn Reader,
        overlay: &'a Changes,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Self {
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Self::new(Box::new(iter::empty()), Box::new(iter::empty()), direction);
        }
        let base = base.range(start, end, direction);
        let bounds = (
            start.map_or(Bound::Unbounded, Bound::Included),
            end.map_or(Bound::Unbounded, Bound::Excluded),
        );
        let writes = overlay.range::<[u8], _>(bounds);
        match direction {
            Direction::Ascending => Self::new(base, Box::new(writes), direction),
            Direction::Descending => Self::new(base, Box::new(writes.rev()), direction),
        }
    }

    fn new(
        base: Box<dyn Iterator<Item = Entry> + 'a>,
        writes: Box<dyn Iterator<Item = Written<'a>> + 'a>,
        direction: Direction,
    ) -> Self {
        Self {
            base: base.peekable(),
            writes: writes.peekable(),
            direction,
            skipped: 0,
            affordable: u64::MAX,
        }
    }

    /// Ends as soon as [`Self::skip_gas`] is above `gas`: nobody would pay for going on.
    pub(crate) fn within(self, gas: u64) -> Self {
        Self {
            affordable: gas,
            ..self
        }
    }

    /// SDK gas of the deletions that were stepped over so far. Entries have their own price.
    pub(crate) fn skip_gas(&self) -> u64 {
        self.skipped.saturating_sub(kv::FREE_SKIPS)
    }
}

impl Iterator for Range<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        while self.skip_gas() <= self.affordable {
            let Some((written_key, _)) = self.writes.peek() else {
                return self.base.next();
            };
            let mut hidden = None;
            if let Some((base_key, _)) = self.base.peek() {
                let base_against_written = match self.direction {
                    Direction::Ascending => base_key.cmp(written_key),
                    Direction::Descending => (*written_key).cmp(base_key),
                };
                match base_against_written {
                    Ordering::Less => return self.base.next(),
                    Ordering::Equal => hidden = self.base.next(),
                    Ordering::Greater => {}
                }
            }
            let (key, write) = self.writes.next()?;
            if let Some(value) = write {
                return Some((key.clone(), value.clone()));
            }
            let hidden_len = hidden.map_or(0, |(_, value)| value.len());
            self.skipped = self.skipped.saturating_add(kv::compute_skip(hidden_len));
        }
        None
    }
}

#[cfg(test)]
mod tests;
