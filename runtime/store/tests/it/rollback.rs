//! Going back to older versions.

use supercloud_chain::store::Store;
use supercloud_store::{DiskConfig, DiskStore, Pruning};

use crate::chains::{Random, State, apply, assert_state, changes_at, open, small};

fn roll_back(config: DiskConfig, to: u64) -> (DiskStore, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let mut store = open(&path, config);
    let mut states = vec![State::new()];
    let mut roots = vec![supercloud_store::EMPTY];
    for height in 1..=60 {
        let changes = changes_at(height, 31, 300, 40);
        let mut state = states[height as usize - 1].clone();
        apply(&mut state, &changes);
        states.push(state);
        roots.push(store.commit(height, changes).unwrap());
    }
    drop(store);
    let mut store = DiskStore::rollback(&path, config, to).unwrap();
    assert_eq!(store.committed_height(), Some(to));
    assert_eq!(store.latest().root(), roots[to as usize]);
    assert_state(&*store.latest(), &states[to as usize], &mut Random(6));
    // Another future than the one that was dropped.
    let mut state = states[to as usize].clone();
    for height in to + 1..=to + 30 {
        let changes = changes_at(height, 32, 300, 40);
        apply(&mut state, &changes);
        store.commit(height, changes).unwrap();
    }
    assert_state(&*store.latest(), &state, &mut Random(7));
    assert_state(&*store.at(to).unwrap(), &states[to as usize], &mut Random(8));
    assert!(store.check().is_sound());
    (store, dir)
}

#[test]
fn versions_in_the_log_are_cut_off_and_history_stays() {
    let large = DiskConfig {
        write_buffer_bytes: 64 << 20,
        ..small()
    };
    let (store, _dir) = roll_back(large, 50);
    assert_eq!(store.oldest(), 1);
}

#[test]
fn version_before_the_tables_is_copied_and_history_begins_with_it() {
    let (store, dir) = roll_back(small(), 20);
    assert_eq!(store.oldest(), 20);
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        1,
        "nothing is left beside the store"
    );
}

#[test]
fn version_that_is_not_kept_is_refused_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let config = DiskConfig {
        pruning: Pruning::KeepLast(5),
        ..small()
    };
    let mut store = open(dir.path(), config);
    for height in 1..=20 {
        store.commit(height, changes_at(height, 31, 300, 40)).unwrap();
    }
    drop(store);
    let error = DiskStore::rollback(dir.path(), config, 15).err().unwrap();
    assert_eq!(
        error.to_string(),
        "storage failed: cannot go back to height 15: heights 16 to 20 are kept"
    );
    assert_eq!(open(dir.path(), config).committed_height(), Some(20));
}

#[test]
fn rollback_that_was_interrupted_between_its_renames_is_finished_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let mut store = open(&path, small());
    let root = store.commit(1, changes_at(1, 31, 300, 40)).unwrap();
    drop(store);
    std::fs::rename(&path, dir.path().join("store.rollback")).unwrap();
    std::fs::create_dir(dir.path().join("store.before-rollback")).unwrap();
    let store = open(&path, small());
    assert_eq!((store.committed_height(), store.latest().root()), (Some(1), root));
}
