//! One journalled overlay over a committed version.
//!
//! A checkpoint is a position in the undo log; rolling back replays the log backwards, keeping work costs nothing. So
//! transactions, messages, submessages and proposals nest to any depth at the price of what they wrote.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;
use std::sync::Arc;

use crate::store::{Changes, Direction, Entry, Proved, Reader, StoreError};

/// A written value; `None` is a deletion.
type Write = Option<Vec<u8>>;

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
    pub(crate) fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = Entry> + 'a> {
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Box::new(std::iter::empty());
        }
        let base = self.base.range(start, end, direction).peekable();
        let bounds = (
            start.map_or(Bound::Unbounded, Bound::Included),
            end.map_or(Bound::Unbounded, Bound::Excluded),
        );
        let writes = self.overlay.range::<[u8], _>(bounds);
        match direction {
            Direction::Ascending => Box::new(Merged {
                base,
                writes: writes.peekable(),
                direction,
            }),
            Direction::Descending => Box::new(Merged {
                base,
                writes: writes.rev().peekable(),
                direction,
            }),
        }
    }

    /// All entries whose key starts with `prefix`.
    pub(crate) fn prefix<'a>(&'a self, prefix: &[u8], direction: Direction) -> Box<dyn Iterator<Item = Entry> + 'a> {
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
struct Merged<B: Iterator<Item = Entry>, W: Iterator> {
    base: Peekable<B>,
    writes: Peekable<W>,
    direction: Direction,
}

impl<'a, B, W> Iterator for Merged<B, W>
where
    B: Iterator<Item = Entry>,
    W: Iterator<Item = (&'a Vec<u8>, &'a Write)>,
{
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let Some((written_key, _)) = self.writes.peek() else {
                return self.base.next();
            };
            if let Some((base_key, _)) = self.base.peek() {
                let base_against_written = match self.direction {
                    Direction::Ascending => base_key.cmp(written_key),
                    Direction::Descending => (*written_key).cmp(base_key),
                };
                match base_against_written {
                    Ordering::Less => return self.base.next(),
                    Ordering::Equal => drop(self.base.next()),
                    Ordering::Greater => {}
                }
            }
            let (key, write) = self.writes.next()?;
            if let Some(value) = write {
                return Some((key.clone(), value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
