//! The integrity check: is what is on disk what was committed?
//!
//! The root is computed again from the entries alone, by its definition. Then entries and leaves of the tree are compared,
//! so that damage has a name; every page is read; all history is read, and the oldest version that can be is computed back
//! to from the last.

mod report;

use std::ops::RangeInclusive;
use std::sync::Arc;

use supercloud_chain::store::{Direction, Store, StoreError};

use crate::disk::DiskStore;
use crate::disk::pages::{DiskPages, new_page_cache};
use crate::disk::range::KeyRange;
use crate::hash::{Cell, Hash, bit, hash_key, hash_value};
use crate::tree::{Change, Tree, TreeError};

pub use report::{CheckReport, Damage};

/// Leaves that are compared at once: 64 MiB of them.
const LEAVES: usize = 1 << 20;
/// Memory for pages; the store's own cache would hide what is on disk.
const PAGE_CACHE: usize = 1 << 20;
/// Entries that are named; there may be more.
const MAX_NAMED: usize = 100;

/// Key hash and value hash of an entry.
type Leaf = (Hash, Hash);

struct Check<'a> {
    store: &'a DiskStore,
    /// The last version's tree, read from disk as far as it is there.
    tree: Tree,
    /// Root of the leaves under each first byte of the key hash.
    cells: Vec<Cell>,
    damage: Vec<Damage>,
    /// Key hashes of entries that the tree does not have.
    unexpected: Vec<Hash>,
    entries: u64,
}

impl DiskStore {
    /// Checks everything on disk. Reads it all, in bounded memory; readers and commits may go on meanwhile, but not through
    /// this handle.
    pub fn check(&self) -> CheckReport {
        let pages = DiskPages {
            cache: Arc::new(new_page_cache(PAGE_CACHE)),
            ..(*self.shared.pages()).clone()
        };
        let mut check = Check {
            store: self,
            tree: self.tree.release(self.written, Arc::new(pages)),
            cells: Vec::with_capacity(256),
            damage: Vec::new(),
            unexpected: Vec::new(),
            entries: 0,
        };
        let rows = self.shared.engine.latest.approximate_len() + LEAVES / 2;
        let parts = rows.div_ceil(LEAVES).clamp(1, 256);
        for part in 0..parts {
            let (first, next) = (part * 256 / parts, (part + 1) * 256 / parts);
            check.compare(&(first as u8..=(next - 1) as u8));
        }
        check.compare_root();
        check.name_unexpected();
        let oldest = check.check_history();
        CheckReport {
            height: self.latest.height,
            root: self.latest.root,
            entries: check.entries,
            oldest,
            damage: check.damage,
        }
    }
}

impl Check<'_> {
    /// Compares the entries whose key hashes begin with these bytes with the leaves of the tree.
    fn compare(&mut self, first_bytes: &RangeInclusive<u8>) {
        let mut leaves = Vec::new();
        let after = self.for_each_entry(&mut |key, value| {
            let key_hash = hash_key(key);
            if first_bytes.contains(&key_hash[0]) {
                leaves.push((key_hash, hash_value(value)));
            }
        });
        leaves.sort_unstable();
        self.entries += leaves.len() as u64;
        self.cells.extend(compute_cells(&leaves, first_bytes));
        let can_compare = after.is_none();
        if let Some(damage) = after
            && !self.damage.contains(&damage)
        {
            self.damage.push(damage);
        }

        let mut entries = leaves.into_iter().peekable();
        let (mut found, mut unexpected, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        let mut visit = |leaf: Change<'_>| {
            while let Some((extra, _)) = entries.next_if(|(key_hash, _)| *key_hash < leaf.key_hash) {
                unexpected.push(extra);
            }
            let key = || leaf.key.to_vec();
            match entries.next_if(|(key_hash, _)| *key_hash == leaf.key_hash) {
                Some((_, value_hash)) if Some(value_hash) == leaf.value_hash => {}
                Some(_) => found.push(Damage::Value { key: key() }),
                None => found.push(Damage::Missing { key: key() }),
            }
        };
        let mut damaged = |error: TreeError| {
            pages.push(Damage::Page {
                what: error.to_string(),
            })
        };
        self.tree.for_each_leaf(first_bytes, &mut visit, &mut damaged);
        unexpected.extend(entries.map(|(key_hash, _)| key_hash));
        let is_whole = pages.is_empty();
        self.damage.extend(pages);
        // Without a part of either side the other would all seem wrong.
        if can_compare && is_whole {
            let room = MAX_NAMED.saturating_sub(self.damage.len());
            self.damage.extend(found.into_iter().take(room));
            self.unexpected.extend(unexpected.into_iter().take(room));
        }
    }

    fn for_each_entry(&self, visit: &mut dyn FnMut(&[u8], &[u8])) -> Option<Damage> {
        let all = KeyRange {
            start: None,
            end: None,
            direction: Direction::Ascending,
        };
        let mut after = None;
        for entry in self.store.view.range(all, self.store.latest.height) {
            match entry {
                Ok((key, value)) => {
                    visit(&key, &value);
                    after = Some(key);
                }
                Err(error) => {
                    let reason = error.to_string();
                    return Some(Damage::Entries { after, reason });
                }
            }
        }
        None
    }

    fn compare_root(&mut self) {
        let mut cells = std::mem::take(&mut self.cells);
        while cells.len() > 1 {
            cells = cells.chunks(2).map(|pair| Cell::join(&pair[0], &pair[1])).collect();
        }
        let got = cells.first().map_or(crate::hash::EMPTY, |cell| cell.hash);
        let expected = self.store.latest.root;
        let unreadable = self
            .damage
            .iter()
            .any(|damage| matches!(damage, Damage::Entries { .. }));
        if got != expected && !unreadable {
            self.damage.insert(0, Damage::Root { expected, got });
        }
    }

    fn name_unexpected(&mut self) {
        if self.unexpected.is_empty() {
            return;
        }
        self.unexpected.sort_unstable();
        let mut named = Vec::new();
        let unexpected = &self.unexpected;
        self.for_each_entry(&mut |key, _| {
            if unexpected.binary_search(&hash_key(key)).is_ok() {
                named.push(Damage::Unexpected { key: key.to_vec() });
            }
        });
        self.damage.extend(named);
    }

    /// Reads all history, and computes back to the oldest version that the limit on undone changes allows.
    fn check_history(&mut self) -> u64 {
        if let Err(error) = self.store.shared.engine.read_history() {
            self.damage.push(Damage::History {
                what: error.to_string(),
            });
        }
        let newest = self.store.latest.height;
        if self.damage.iter().any(|damage| matches!(damage, Damage::Page { .. })) {
            // Older trees are computed from the last one.
            return newest;
        }
        let mut height = self.store.oldest();
        while height < newest {
            let proved = match self.store.at(height) {
                Some(view) => view.prove(b"check").map(drop),
                None => Err(StoreError::Damaged {
                    what: format!("table blocks, row of height {height}"),
                }),
            };
            match proved {
                Ok(()) => return height,
                // Half the way towards the last version, which needs nothing undone.
                Err(StoreError::NotProvable { .. }) => height += (newest - height).div_ceil(2),
                Err(error) => {
                    self.damage.push(Damage::History {
                        what: error.to_string(),
                    });
                    return newest;
                }
            }
        }
        newest
    }
}

/// Roots of the sorted leaves under each of these first bytes.
fn compute_cells(leaves: &[Leaf], first_bytes: &RangeInclusive<u8>) -> Vec<Cell> {
    let of_byte = |byte: u8| {
        let start = leaves.partition_point(|(key_hash, _)| key_hash[0] < byte);
        let len = leaves[start..].partition_point(|(key_hash, _)| key_hash[0] == byte);
        compute_cell(&leaves[start..start + len], 8)
    };
    first_bytes.clone().map(of_byte).collect()
}

fn compute_cell(leaves: &[Leaf], depth: usize) -> Cell {
    match leaves {
        [] => Cell::EMPTY,
        [(key_hash, value_hash)] => Cell::leaf(key_hash, value_hash),
        _ => {
            let (left, right) = leaves.split_at(leaves.partition_point(|(key_hash, _)| !bit(key_hash, depth)));
            Cell::join(&compute_cell(left, depth + 1), &compute_cell(right, depth + 1))
        }
    }
}
