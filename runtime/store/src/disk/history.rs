//! Trees of old versions, for proofs: the tree of a newer version with all changes in between undone.
//!
//! Old trees are not stored. The changed keys of each height are, and what they had before: undoing those of the heights
//! in between costs as much as a block with as many changes did.

use std::collections::BTreeSet;
use std::sync::Arc;

use supercloud_chain::store::StoreError;

use crate::changes::HashedChange;
use crate::disk::old_trees::OldTree;
use crate::disk::reader::DiskReader;
use crate::tree::Tree;

/// Where the tree of a version comes from.
pub(crate) enum TreeAt {
    /// It is in memory.
    Here(Tree),
    /// It is made from that of a newer height when it is needed.
    Undo { height: u64, tree: Tree },
}

impl TreeAt {
    pub(crate) fn load(&self, reader: &DiskReader) -> Result<Tree, StoreError> {
        match self {
            Self::Here(tree) => Ok(tree.clone()),
            Self::Undo { height, tree } => {
                let old_trees = &reader.shared.old_trees;
                old_trees.get_or_make(reader.height, reader.view.base, || undo(reader, *height, tree))
            }
        }
    }
}

fn undo(reader: &DiskReader, from: u64, tree: &Tree) -> Result<OldTree, StoreError> {
    let keys = load_changed_keys(reader, from)?;
    let mut undone = Vec::with_capacity(keys.len());
    for key in &keys {
        let (_, value) = reader.view.get(key, reader.height)?;
        undone.push(HashedChange::new(key, value.as_deref()));
    }
    let mut changes: Vec<_> = undone.iter().map(HashedChange::as_change).collect();
    let updated = tree.update(from + 1, 0, &mut changes)?;
    let (tree, bytes) = (updated.tree, updated.built);
    if tree.root() != reader.root {
        return Err(StoreError::Damaged {
            what: format!(
                "history of height {}: it gives another root than was committed",
                reader.height
            ),
        });
    }
    Ok(OldTree { tree, bytes })
}

fn load_changed_keys(reader: &DiskReader, from: u64) -> Result<BTreeSet<Arc<[u8]>>, StoreError> {
    let limit = reader.shared.proof_changes;
    let mut keys = BTreeSet::new();
    for height in (reader.height + 1..=from).rev() {
        let not_provable = |reason: String| StoreError::NotProvable {
            height: reader.height,
            reason,
        };
        let block = reader.shared.load_block(height)?;
        let block = block.ok_or_else(|| not_provable(format!("the changes of height {height} are not kept")))?;
        keys.extend(block.keys.iter().cloned());
        if keys.len() > limit {
            return Err(not_provable(format!(
                "more than {limit} keys changed since; heights from {height} on can be proved"
            )));
        }
    }
    Ok(keys)
}
