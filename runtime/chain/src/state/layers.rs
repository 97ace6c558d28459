//! A state that grows by small changes and is read from many sides: what was written lies in layers that never change, so
//! looking at it copies nothing.
//!
//! Invariant: each layer has at least [`GROWTH`] times the entries of the next one. So there are few of them, and an entry
//! moves seldom.

use std::mem;
use std::sync::Arc;

use crate::store::{Changes, Direction, Entry, Proved, Reader, RootHash, StoreError};

use super::{Range, State};

/// How much larger a layer is than the next one, at least.
const GROWTH: usize = 8;

/// Changes over a committed version.
pub(crate) struct Layers {
    ground: Arc<dyn Reader>,
    /// Oldest first.
    layers: Vec<Arc<Changes>>,
    /// All of it.
    top: Arc<dyn Reader>,
}

impl Layers {
    pub(crate) fn new(ground: Arc<dyn Reader>) -> Self {
        Self {
            top: Arc::clone(&ground),
            layers: Vec::new(),
            ground,
        }
    }

    /// The state as it is now, for one reader or writer of its own.
    pub(crate) fn state(&self) -> State {
        State::new(Arc::clone(&self.top))
    }

    /// The committed version below.
    pub(crate) fn ground(&self) -> State {
        State::new(Arc::clone(&self.ground))
    }

    #[cfg(test)]
    pub(super) fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Adds what was written on top of [`Self::state`].
    pub(crate) fn add(&mut self, changes: Changes) {
        if changes.is_empty() {
            return;
        }
        // Layers that nobody looks at any more can take more in.
        self.top = Arc::clone(&self.ground);
        let mut newest = changes;
        while let Some(older) = self.layers.pop_if(|older| older.len() < GROWTH * newest.len()) {
            let older = Arc::try_unwrap(older).unwrap_or_else(|shared| (*shared).clone());
            let newer = mem::replace(&mut newest, older);
            newest.extend(newer);
        }
        self.layers.push(Arc::new(newest));
        for changes in &self.layers {
            self.top = Arc::new(Layer {
                below: Arc::clone(&self.top),
                changes: Arc::clone(changes),
            });
        }
    }
}

/// One layer and all below it.
struct Layer {
    below: Arc<dyn Reader>,
    changes: Arc<Changes>,
}

impl Reader for Layer {
    fn height(&self) -> u64 {
        self.below.height()
    }

    fn root(&self) -> RootHash {
        self.below.root()
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self.changes.get(key) {
            Some(write) => write.clone(),
            None => self.below.get(key),
        }
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = Entry> + 'a> {
        Box::new(Range::over(&*self.below, &self.changes, start, end, direction))
    }

    fn prove(&self, key: &[u8]) -> Result<Proved, StoreError> {
        self.below.prove(key)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.below.check()
    }
}
