//! Compiled codes in memory: pinned ones for good, others until newer use needs their room.
//!
//! Reading takes a shared lock and marks the code as used; nothing is ever compiled or read from disk under a lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use supercloud_chain::vm::CodeKey;

use crate::code::Code;

/// The codes at hand.
pub(crate) struct MemoryTier {
    /// Bytes that unpinned codes may take together.
    limit: usize,
    clock: AtomicU64,
    entries: RwLock<BTreeMap<CodeKey, Entry>>,
}

struct Entry {
    code: Arc<Code>,
    pinned: bool,
    /// Tick of the last use.
    used: AtomicU64,
}

impl MemoryTier {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            clock: AtomicU64::new(0),
            entries: RwLock::default(),
        }
    }

    pub(crate) fn get(&self, key: &CodeKey) -> Option<Arc<Code>> {
        let entries = self.read();
        let entry = entries.get(key)?;
        entry.used.store(self.tick(), Ordering::Relaxed);
        Some(Arc::clone(&entry.code))
    }

    /// Adds a code, or puts a better form in the place of one; a pin stays.
    pub(crate) fn insert(&self, key: CodeKey, code: Arc<Code>) {
        let used = AtomicU64::new(self.tick());
        let mut entries = self.write();
        let pinned = entries.get(&key).is_some_and(|entry| entry.pinned);
        entries.insert(key, Entry { code, pinned, used });
        self.evict(&mut entries, &key);
    }

    /// Keeps a code: the form of it that is here, else `code`.
    pub(crate) fn pin(&self, key: CodeKey, code: Arc<Code>) {
        let used = AtomicU64::new(self.tick());
        let entry = Entry {
            code,
            pinned: true,
            used,
        };
        self.write().entry(key).or_insert(entry).pinned = true;
    }

    pub(crate) fn unpin(&self, key: &CodeKey) {
        let mut entries = self.write();
        if let Some(entry) = entries.get_mut(key) {
            entry.pinned = false;
        }
        self.evict(&mut entries, key);
    }

    #[cfg(feature = "internals")]
    pub(crate) fn remove(&self, key: &CodeKey) {
        self.write().remove(key);
    }

    /// Drops the codes that were not used for longest, never `keep`: whoever added it is about to call it.
    fn evict(&self, entries: &mut BTreeMap<CodeKey, Entry>, keep: &CodeKey) {
        let unpinned = |entries: &BTreeMap<CodeKey, Entry>| -> usize {
            let entries = entries.values().filter(|entry| !entry.pinned);
            entries.map(|entry| entry.code.bytes).sum()
        };
        while unpinned(entries) > self.limit {
            let candidates = entries.iter().filter(|(key, entry)| !entry.pinned && *key != keep);
            let oldest = candidates.min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed));
            let Some(key) = oldest.map(|(key, _)| *key) else { return };
            entries.remove(&key);
        }
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<CodeKey, Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<CodeKey, Entry>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}
