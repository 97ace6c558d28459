//! Pages as bytes: `version ‖ 16 run lengths ‖ root of each child ‖ (key length ‖ key ‖ value hash) of each leaf`.
//!
//! Key hashes and inner hashes are computed again on reading, so a page that gives the expected root is the page that
//! was written.

use crate::hash::{Hash, hash_key};
use crate::tree::page::{INLINE, Page, Part, SLOTS, Slot, assemble};
use crate::tree::path::Path;
use crate::tree::update::Change;
use crate::tree::{TreeError, path};

const VERSION: u8 = 1;
const CHILD: u8 = u8::MAX;

pub(crate) fn encode_page(page: &Page) -> Vec<u8> {
    let leaves = page.run();
    let mut bytes = Vec::with_capacity(1 + SLOTS + 34 * SLOTS + 80 * leaves.leaves.len());
    bytes.push(VERSION);
    let slots = page.slots();
    bytes.extend(slots.iter().map(|slot| match slot {
        Slot::Run(run) => run.leaves.len() as u8,
        Slot::Child(..) => CHILD,
    }));
    for slot in &slots {
        if let Slot::Child(root, _) = slot {
            bytes.extend_from_slice(*root);
        }
    }
    for leaf in leaves.iter() {
        bytes.extend_from_slice(&(leaf.key.len() as u16).to_be_bytes());
        bytes.extend_from_slice(leaf.key);
        bytes.extend_from_slice(&leaf.value_hash.expect("a leaf has a value"));
    }
    bytes
}

/// Reads a page and checks that its root is `expected`.
pub(crate) fn decode_page(bytes: &[u8], path: &Path, expected: &Hash) -> Result<Page, TreeError> {
    let page =
        parse(bytes, path).ok_or_else(|| TreeError::new(path, format!("{} bytes that are no page", bytes.len())))?;
    if page.root().hash != *expected {
        let (got, want) = (hex::encode(page.root().hash), hex::encode(expected));
        return Err(TreeError::new(path, format!("has root {got} and should have {want}")));
    }
    Ok(page)
}

fn parse(bytes: &[u8], path: &Path) -> Option<Page> {
    let (&[VERSION], bytes) = bytes.split_first_chunk()? else {
        return None;
    };
    let (runs, mut bytes) = bytes.split_first_chunk::<SLOTS>()?;
    let mut children = Vec::new();
    for _ in runs.iter().filter(|&&run| run == CHILD) {
        let (hash, rest) = bytes.split_first_chunk::<32>()?;
        children.push(hash);
        bytes = rest;
    }
    let mut leaves = Vec::with_capacity(INLINE * SLOTS);
    for (slot, &run) in runs.iter().enumerate().filter(|(_, run)| **run != CHILD) {
        if usize::from(run) > INLINE {
            return None;
        }
        for _ in 0..run {
            let leaf: Change<'_>;
            (leaf, bytes) = parse_leaf(bytes)?;
            let in_place = path.contains(&leaf.key_hash) && path::nibble(&leaf.key_hash, path.depth()) == slot;
            if !in_place
                || leaves
                    .last()
                    .is_some_and(|last: &Change<'_>| last.key_hash >= leaf.key_hash)
            {
                return None;
            }
            leaves.push(leaf);
        }
    }
    let mut children = children.into_iter();
    let mut leaves = leaves.as_slice();
    let parts = runs.map(|run| {
        if run == CHILD {
            return children.next().map(|hash| Part::Child(hash, None));
        }
        let (run, rest) = leaves.split_at(usize::from(run));
        leaves = rest;
        Some(Part::Leaves(run))
    });
    let parts = parts.map(|part| part.unwrap_or(Part::Leaves(&[])));
    bytes.is_empty().then(|| assemble(0, path.bits(), None, &parts))
}

fn parse_leaf(bytes: &[u8]) -> Option<(Change<'_>, &[u8])> {
    let (len, bytes) = bytes.split_first_chunk()?;
    let (key, bytes) = bytes.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    let (value_hash, bytes) = bytes.split_first_chunk()?;
    let leaf = Change {
        key_hash: hash_key(key),
        key,
        value_hash: Some(*value_hash),
    };
    Some((leaf, bytes))
}
