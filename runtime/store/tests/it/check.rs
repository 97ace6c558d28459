//! The integrity check and the repair of the tree.

use std::fs;
use std::path::{Path, PathBuf};

use supercloud_chain::store::{Store, StoreError};
use supercloud_store::{Damage, DiskConfig, Pruning};

use crate::chains::{Random, changes_at, commit_through, open, small};

#[test]
fn sound_store_is_found_sound_before_and_after_checkpoints() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), small());
    assert!(store.check().is_sound());
    commit_through(&mut store, 1..=50, 8);
    let report = store.check();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(
        (report.height, report.root, report.oldest),
        (50, store.latest().root(), 1)
    );
    let entries = store
        .latest()
        .range(None, None, supercloud_chain::store::Direction::Ascending)
        .count();
    assert_eq!(report.entries, entries as u64);
    store.checkpoint().unwrap();
    store.rebuild().unwrap();
    let report = store.check();
    assert!(report.is_sound(), "{report:?}");
    commit_through(&mut store, 51..=80, 8);
    drop(store);
    let store = open(dir.path(), small());
    assert!(!store.recovery().tree_rebuilt);
    assert!(store.check().is_sound());
}

/// The largest file of a table; tables are numbered in the order they were made.
fn largest_file(dir: &Path, table: u32) -> PathBuf {
    let dir = dir.join(format!("tables/keyspaces/{table}/tables"));
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files.max_by_key(|path| path.metadata().unwrap().len()).unwrap()
}

/// Damages rows behind the first block of rows, which has the marker.
fn flip_bits(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    assert!(bytes.len() > 10_000, "{}", bytes.len());
    for byte in &mut bytes[6_000..6_040] {
        *byte ^= 0x55;
    }
    fs::write(path, bytes).unwrap();
}

fn checkpointed(dir: &Path) -> DiskConfig {
    let config = DiskConfig {
        pruning: Pruning::KeepLast(30),
        ..small()
    };
    let mut store = open(dir, config);
    let mut random = Random(1);
    let mut value = || (0..12).flat_map(|_| random.next().to_be_bytes()).collect();
    let large = (0..300u16).map(|i| ([b"large/".as_slice(), &i.to_be_bytes()].concat(), Some(value())));
    store.commit(0, large.collect()).unwrap();
    commit_through(&mut store, 1..=60, 8);
    store.compact().unwrap();
    config
}

#[test]
fn damaged_entries_are_named_and_stop_commits() {
    let dir = tempfile::tempdir().unwrap();
    let config = checkpointed(dir.path());
    flip_bits(&largest_file(dir.path(), 1));
    let mut store = open(dir.path(), config);
    let report = store.check();
    assert!(
        matches!(report.damage.first(), Some(Damage::Entries { .. })),
        "{:?}",
        report.damage
    );
    let view = store.latest();
    let entries = view
        .range(None, None, supercloud_chain::store::Direction::Ascending)
        .count();
    assert!((entries as u64) < 300);
    assert!(matches!(view.check(), Err(StoreError::Damaged { .. })));
    let refused = store.commit(61, changes_at(61, 8, 300, 40));
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
}

#[test]
fn damaged_pages_are_named_and_built_again() {
    let dir = tempfile::tempdir().unwrap();
    let config = checkpointed(dir.path());
    let root = open(dir.path(), config).latest().root();
    flip_bits(&largest_file(dir.path(), 4));
    let mut store = open(dir.path(), config);
    assert_eq!(store.latest().root(), root);
    if !store.recovery().tree_rebuilt {
        let report = store.check();
        assert!(
            report.damage.iter().all(|damage| matches!(damage, Damage::Page { .. })) && !report.is_sound(),
            "{report:?}"
        );
        store.rebuild().unwrap();
    }
    let report = store.check();
    assert!(report.is_sound(), "{report:?}");
    commit_through(&mut store, 61..=70, 8);
}

#[test]
fn table_of_pages_whose_marker_is_damaged_is_built_again_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    let config = checkpointed(dir.path());
    let path = largest_file(dir.path(), 4);
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(path, bytes).unwrap();
    let mut store = open(dir.path(), config);
    assert!(store.recovery().tree_rebuilt);
    let report = store.check();
    assert!(report.is_sound(), "{report:?}");
    commit_through(&mut store, 61..=90, 8);
    drop(store);
    let store = open(dir.path(), config);
    assert!(!store.recovery().tree_rebuilt);
    assert!(store.check().is_sound());
}

#[test]
fn damaged_history_is_named_and_the_last_version_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let config = checkpointed(dir.path());
    flip_bits(&largest_file(dir.path(), 2));
    let mut store = open(dir.path(), config);
    let report = store.check();
    assert!(
        report
            .damage
            .iter()
            .all(|damage| matches!(damage, Damage::History { .. }))
            && !report.is_sound(),
        "{report:?}"
    );
    commit_through(&mut store, 61..=62, 8);
}
