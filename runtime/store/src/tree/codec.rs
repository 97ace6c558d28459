//! Pages as bytes: `version ‖ 16 run lengths ‖ root of each child ‖ (key length ‖ key ‖ value hash) of each leaf`.
//!
//! Key hashes and inner hashes are computed again on reading, so a page that gives the expected root is the page that
//! was written.

use crate::hash::{Cell, Hash, Kind, hash_key};
use crate::tree::page::{Builder, INLINE, Page, SLOTS, Slot};
use crate::tree::path::Path;
use crate::tree::update::Change;
use crate::tree::{TreeError, path};

const VERSION: u8 = 1;
const CHILD: u8 = u8::MAX;

pub(crate) fn encode_page(page: &Page) -> Vec<u8> {
    let leaves = page.run();
    let mut bytes = Vec::with_capacity(1 + SLOTS + 34 * SLOTS + 80 * leaves.leaves.len());
    bytes.push(VERSION);
    bytes.extend(page.slots().map(|slot| match slot {
        Slot::Run(run) => run.leaves.len() as u8,
        Slot::Child(_) => CHILD,
    }));
    for (slot, content) in page.slots().enumerate() {
        if let Slot::Child(_) = content {
            bytes.extend_from_slice(&page.slot_cell(slot).hash);
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
    let page = parse(bytes, path).ok_or_else(|| TreeError::new(path, format!("{} bytes that are no page", bytes.len())))?;
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
        children.push(*hash);
        bytes = rest;
    }
    let mut children = children.into_iter();
    let mut builder = Builder::new(0, path.bits(), &Page::empty(), bytes.len() / 64);
    for (slot, &run) in runs.iter().enumerate() {
        if run == CHILD {
            let hash = children.next()?;
            let kind = Kind::Inner;
            builder.set_child(Cell { hash, kind }, None);
            continue;
        }
        if usize::from(run) > INLINE {
            return None;
        }
        let mut leaves: Vec<Change<'_>> = Vec::with_capacity(INLINE);
        for _ in 0..run {
            let leaf;
            (leaf, bytes) = parse_leaf(bytes)?;
            let in_place = path.contains(&leaf.key_hash) && path::nibble(&leaf.key_hash, path.depth()) == slot;
            if !in_place || leaves.last().is_some_and(|last| last.key_hash >= leaf.key_hash) {
                return None;
            }
            leaves.push(leaf);
        }
        builder.set_leaves(&leaves);
    }
    bytes.is_empty().then(|| builder.finish())
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
