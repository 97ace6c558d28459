//! Building a page from what its slots hold, in one allocation.

use std::sync::Arc;

use crate::hash::{Cell, Hash, Kind};
use crate::tree::page::{CHILD, INNER, Leaf, Page, Run, SLOTS, Slot};
use crate::tree::update::Change;

/// What a slot of a new page holds.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    /// What it held before.
    Kept(Slot<'a>),
    /// Other leaves: none or a few, with values, in order.
    Leaves(&'a [Change<'a>]),
    /// The leaves of a page that is no more.
    Run(Run<'a>),
    /// Another page: in memory, or on disk with this root.
    Child(&'a Hash, Option<&'a Arc<Page>>),
}

impl Part<'_> {
    /// Number of leaves, bytes of their keys.
    fn sizes(&self) -> (usize, usize) {
        match self {
            Self::Kept(Slot::Run(run)) | Self::Run(run) => (run.leaves.len(), run.keys.len()),
            Self::Leaves(leaves) => (leaves.len(), leaves.iter().map(|leaf| leaf.key.len()).sum()),
            Self::Kept(Slot::Child(..)) | Self::Child(..) => (0, 0),
        }
    }

    fn child(&self) -> Option<(&Hash, Option<&Arc<Page>>)> {
        match *self {
            Self::Kept(Slot::Child(hash, child)) | Self::Child(hash, child) => Some((hash, child)),
            _ => None,
        }
    }
}

/// Builds a page at depth `bits` of the binary tree. Inner nodes over kept slots only are those of `like`.
pub(crate) fn assemble(born: u64, bits: usize, like: Option<&Page>, parts: &[Part<'_>; SLOTS]) -> Page {
    let (leaves, key_bytes) = parts
        .iter()
        .map(Part::sizes)
        .fold((0, 0), |(leaves, bytes), (more, more_bytes)| {
            (leaves + more, bytes + more_bytes)
        });
    let children: Vec<_> = parts.iter().filter_map(Part::child).collect();
    let size = 32 * (INNER + children.len()) + size_of::<Leaf>() * leaves + key_bytes;
    let mut data = Vec::with_capacity(size);
    match like {
        Some(like) => data.extend_from_slice(&like.data[..32 * INNER]),
        None => data.resize(32 * INNER, 0),
    }
    children.iter().for_each(|(hash, _)| data.extend_from_slice(*hash));
    parts.iter().for_each(|part| push_leaves(&mut data, part));
    parts.iter().for_each(|part| push_keys(&mut data, part));
    debug_assert_eq!(data.len(), size);

    let mut page = Page {
        born,
        kinds: like.map_or([Kind::Empty; INNER], |like| like.kinds),
        runs: std::array::from_fn(|slot| parts[slot].child().map_or(parts[slot].sizes().0 as u8, |_| CHILD)),
        data: data.into_boxed_slice(),
        children: children.iter().map(|(_, child)| child.cloned()).collect(),
    };
    let dirty = |slot: usize| like.is_none() || !matches!(parts[slot], Part::Kept(_));
    compute_inner(&mut page, bits + 4, dirty);
    page
}

fn push_leaves(data: &mut Vec<u8>, part: &Part<'_>) {
    match part {
        Part::Kept(Slot::Run(run)) | Part::Run(run) => data.extend_from_slice(run.leaves.as_flattened()),
        Part::Leaves(leaves) => {
            for leaf in *leaves {
                data.extend_from_slice(&leaf.key_hash);
                data.extend_from_slice(&leaf.value_hash.expect("a leaf has a value"));
                let len = u16::try_from(leaf.key.len()).expect("commits refuse long keys");
                data.extend_from_slice(&len.to_be_bytes());
            }
        }
        Part::Kept(Slot::Child(..)) | Part::Child(..) => {}
    }
}

fn push_keys(data: &mut Vec<u8>, part: &Part<'_>) {
    match part {
        Part::Kept(Slot::Run(run)) | Part::Run(run) => data.extend_from_slice(run.keys),
        Part::Leaves(leaves) => leaves.iter().for_each(|leaf| data.extend_from_slice(leaf.key)),
        Part::Kept(Slot::Child(..)) | Part::Child(..) => {}
    }
}

/// Computes the inner nodes over dirty slots; `bits` is the depth of the slots.
fn compute_inner(page: &mut Page, bits: usize, dirty: impl Fn(usize) -> bool) {
    let mut changed = [false; INNER];
    let lowest: [Option<Cell>; SLOTS / 2] = {
        let slots = page.slots();
        std::array::from_fn(|pair| {
            let (left, right) = (2 * pair, 2 * pair + 1);
            let is_dirty = dirty(left) || dirty(right);
            is_dirty.then(|| Cell::join(&slots[left].cell(bits), &slots[right].cell(bits)))
        })
    };
    for index in (0..INNER).rev() {
        let (left, right) = (2 * index + 1, 2 * index + 2);
        let cell = match left.checked_sub(INNER) {
            Some(slot) => lowest[slot / 2],
            None if changed[left] || changed[right] => Some(Cell::join(&page.inner(left), &page.inner(right))),
            None => None,
        };
        if let Some(cell) = cell {
            changed[index] = true;
            page.kinds[index] = cell.kind;
            page.data[32 * index..32 * (index + 1)].copy_from_slice(&cell.hash);
        }
    }
}
