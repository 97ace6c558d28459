//! Where a page is: the first nibbles of the key hashes below it.

use std::fmt;
use std::ops::RangeInclusive;

use crate::hash::Hash;

/// Nibbles in a key hash: no page is deeper.
pub(crate) const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    /// Number of nibbles.
    depth: u8,
    /// The nibbles from the left, then zeros.
    nibbles: Hash,
}

impl Path {
    pub(crate) const ROOT: Self = Self {
        depth: 0,
        nibbles: [0; 32],
    };

    pub(crate) fn depth(&self) -> usize {
        usize::from(self.depth)
    }

    /// Depth of the page's root in the binary tree.
    pub(crate) fn bits(&self) -> usize {
        4 * self.depth()
    }

    /// Whether a key hash belongs below this page.
    pub(crate) fn contains(&self, key_hash: &Hash) -> bool {
        (0..self.depth()).all(|depth| nibble(&self.nibbles, depth) == nibble(key_hash, depth))
    }

    /// Whether key hashes below this page begin with one of these bytes.
    pub(crate) fn meets(&self, first_bytes: &RangeInclusive<u8>) -> bool {
        let low = self.nibbles[0];
        let high = match self.depth {
            0 => u8::MAX,
            1 => low | 0xf,
            _ => low,
        };
        low <= *first_bytes.end() && high >= *first_bytes.start()
    }

    pub(crate) fn child(&self, slot: usize) -> Self {
        debug_assert!(self.depth() < MAX_DEPTH && slot < 16);
        let mut nibbles = self.nibbles;
        let shift = if self.depth.is_multiple_of(2) { 4 } else { 0 };
        nibbles[self.depth() / 2] |= (slot as u8) << shift;
        Self {
            depth: self.depth + 1,
            nibbles,
        }
    }

    /// Depth, then the nibbles packed: pages sort level by level.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.depth];
        bytes.extend_from_slice(&self.nibbles[..self.depth().div_ceil(2)]);
        bytes
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/")?;
        (0..self.depth()).try_for_each(|depth| write!(f, "{:x}", nibble(&self.nibbles, depth)))
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which of a page's sixteen slots a key hash belongs to, for a page of this depth.
pub(crate) fn nibble(hash: &Hash, depth: usize) -> usize {
    let byte = hash[depth / 2];
    usize::from(if depth.is_multiple_of(2) { byte >> 4 } else { byte & 0xf })
}
