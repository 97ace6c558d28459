//! Snapshots: continuous with the store they come from, and refused when anything of them is changed.

use proptest::prelude::*;
use supercloud_chain::store::{Changes, Store};
use supercloud_store::snapshot::{SnapshotError, SnapshotReader, export_snapshot};
use supercloud_store::{DiskStore, MemoryStore, OpenError, RestoreError};

use crate::chains::{Random, State, apply, assert_state, changes_at, commit_through, open, small};

fn exported(height: u64) -> (Vec<u8>, State) {
    let mut store = MemoryStore::new();
    let mut state = State::new();
    for height in 1..=height {
        let changes = changes_at(height, 13, 300, 40);
        apply(&mut state, &changes);
        store.commit(height, changes).unwrap();
    }
    let mut bytes = Vec::new();
    export_snapshot(&*store.latest(), &mut bytes).unwrap();
    (bytes, state)
}

#[test]
fn restored_store_goes_on_with_the_same_roots() {
    let dir = tempfile::tempdir().unwrap();
    let mut original = open(&dir.path().join("original"), small());
    let mut state = State::new();
    for height in 1..=50 {
        let changes = changes_at(height, 13, 300, 40);
        if height <= 40 {
            apply(&mut state, &changes);
        }
        original.commit(height, changes).unwrap();
    }
    let mut bytes = Vec::new();
    let view = original.at(40).unwrap();
    let size = export_snapshot(&*view, &mut bytes).unwrap();
    assert_eq!(size.bytes, bytes.len() as u64);
    assert_eq!(size.entries, state.len() as u64);

    let mut snapshot = SnapshotReader::open(bytes.as_slice()).unwrap();
    assert_eq!(snapshot.header().height, 40);
    assert_eq!(snapshot.header().root, view.root());
    let target = dir.path().join("restored");
    let mut restored = DiskStore::restore(&target, small(), &mut snapshot).unwrap();
    assert_eq!(restored.committed_height(), Some(40));
    assert_eq!(restored.latest().root(), view.root());
    assert_state(&*restored.latest(), &state, &mut Random(3));
    assert!(restored.check().is_sound());
    assert_eq!(restored.oldest(), 40);
    for height in 41..=50 {
        let root = restored.commit(height, changes_at(height, 13, 300, 40)).unwrap();
        assert_eq!(root, original.at(height).unwrap().root());
    }
    restored.checkpoint().unwrap();
    assert_state(&*restored.at(40).unwrap(), &state, &mut Random(4));
    drop(restored);
    let restored = open(&target, small());
    assert_eq!(restored.latest().root(), original.latest().root());
    assert!(restored.check().is_sound());

    let mut again = Vec::new();
    export_snapshot(&*restored.at(40).unwrap(), &mut again).unwrap();
    assert_eq!(again, bytes, "a snapshot depends on the version alone");
}

#[test]
fn empty_state_has_a_snapshot_too() {
    let mut store = MemoryStore::new();
    store.commit(3, Changes::new()).unwrap();
    let mut bytes = Vec::new();
    export_snapshot(&*store.latest(), &mut bytes).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("restored");
    let mut restored =
        DiskStore::restore(&target, small(), &mut SnapshotReader::open(bytes.as_slice()).unwrap()).unwrap();
    assert_eq!(restored.committed_height(), Some(3));
    commit_through(&mut restored, 4..=5, 1);
}

#[test]
fn restore_into_a_store_is_refused() {
    let (bytes, _) = exported(3);
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), small()));
    let refused = DiskStore::restore(
        dir.path(),
        small(),
        &mut SnapshotReader::open(bytes.as_slice()).unwrap(),
    );
    assert!(matches!(
        refused.err(),
        Some(RestoreError::Open(OpenError::NotEmpty { .. }))
    ));
}

#[test]
fn interrupted_restore_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), small()));
    std::fs::write(dir.path().join("RESTORING"), "").unwrap();
    assert!(matches!(
        DiskStore::open(dir.path(), small()),
        Err(OpenError::Incomplete { .. })
    ));
}

#[test]
fn snapshot_that_is_not_what_its_header_says_leaves_nothing_behind() {
    let mut store = MemoryStore::new();
    commit_through(&mut store, 1..=3, 13);
    let view = Misled(store.latest());
    let mut bytes = Vec::new();
    export_snapshot(&view, &mut bytes).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("restored");
    let refused = DiskStore::restore(&target, small(), &mut SnapshotReader::open(bytes.as_slice()).unwrap());
    match refused.err() {
        Some(RestoreError::Snapshot(SnapshotError::RootMismatch {
            height: 3, expected, ..
        })) => {
            assert_eq!(expected, hex::encode([7; 32]));
        }
        other => panic!("{other:?}"),
    }
    assert!(!target.exists());
}

/// A view that claims another root.
struct Misled(std::sync::Arc<dyn supercloud_chain::store::Reader>);

impl supercloud_chain::store::Reader for Misled {
    fn height(&self) -> u64 {
        self.0.height()
    }
    fn root(&self) -> supercloud_chain::store::RootHash {
        [7; 32]
    }
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key)
    }
    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: supercloud_chain::store::Direction,
    ) -> Box<dyn Iterator<Item = supercloud_chain::store::Entry> + 'a> {
        self.0.range(start, end, direction)
    }
}

fn read_all(bytes: &[u8]) -> Result<u64, SnapshotError> {
    let mut snapshot = SnapshotReader::open(bytes)?;
    while snapshot.next_entries()?.is_some() {}
    Ok(snapshot.entries())
}

proptest! {
    #[test]
    fn no_changed_byte_goes_unnoticed(at: prop::sample::Index, flip in 1u8..=255) {
        let (mut bytes, _) = exported(4);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(read_all(&bytes).is_err());
    }

    #[test]
    fn no_cut_off_snapshot_is_whole(len: prop::sample::Index) {
        let (bytes, _) = exported(4);
        prop_assert!(read_all(&bytes[..len.index(bytes.len())]).is_err());
    }
}
