//! Homes that are being made: failed restores, interrupted starts, and what comes back from damaged data.

use std::fs;
use std::path::{Path, PathBuf};

use supercloud_node::offline::{self, OnDamage, Restore};
use supercloud_node::{
    ArchiveError, DevGenesis, Home, HomeError, HomeInit, NodeConfig, NodeError, NodeSnapshotError, spawn,
};

use crate::durable::{populated, start};
use crate::homes::{config, init, storage};

fn with_key(home: &Home) -> Restore {
    Restore {
        validator_key: Some(home.validator_key_file()),
        ..Restore::default()
    }
}

/// A snapshot of the last state.
fn snapshot(home: &Home) -> Vec<u8> {
    let mut bytes = Vec::new();
    offline::snapshot(&storage(home), None, &mut bytes).unwrap();
    bytes
}

fn assert_not_restored(error: &NodeError) {
    match error {
        NodeError::Home(HomeError::Invalid { reason, .. }) => {
            assert_eq!(reason, "was not restored to the end; restore the snapshot again");
        }
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn no_node_starts_after_a_failed_restore_until_one_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("a")).await;
    let whole = snapshot(&home);
    let cut_off = &whole[..whole.len() - 1];

    // The files of the home are there before.
    let prepared = Home::new(dir.path().join("prepared"));
    fs::create_dir_all(prepared.path()).unwrap();
    for file in [home.config_file(), home.genesis_file(), home.validator_key_file()] {
        fs::copy(&file, prepared.path().join(file.file_name().unwrap())).unwrap();
    }
    for _ in 0..2 {
        let error = offline::restore(&storage(&prepared), &with_key(&home), &mut &*cut_off).unwrap_err();
        assert!(
            matches!(error, NodeError::Snapshot(NodeSnapshotError::State(_))),
            "{error}"
        );
        assert_not_restored(&spawn(config(&prepared)).unwrap_err());
        assert_not_restored(&offline::export(&storage(&prepared), None).unwrap_err());
        assert!(!prepared.data_dir().join("state").exists());
    }
    offline::restore(&storage(&prepared), &with_key(&home), &mut whole.as_slice()).unwrap();
    start(&prepared).shutdown();

    // They are not: nothing but the mark is made.
    let fresh = Home::new(dir.path().join("fresh"));
    let error = offline::restore(&storage(&fresh), &with_key(&home), &mut &*cut_off).unwrap_err();
    assert!(
        matches!(error, NodeError::Snapshot(NodeSnapshotError::State(_))),
        "{error}"
    );
    let error = NodeConfig::from_home(fresh.clone()).unwrap_err();
    assert!(matches!(error, HomeError::NotInitialized { .. }), "{error}");
    assert!(!fresh.validator_key_file().exists() && !fresh.genesis_file().exists());
    offline::restore(&storage(&fresh), &with_key(&home), &mut whole.as_slice()).unwrap();
    start(&fresh).shutdown();
}

#[tokio::test]
async fn what_can_be_refused_at_once_leaves_the_folder_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("a")).await;
    let whole = snapshot(&home);
    let target = Home::new(dir.path().join("b"));
    let error = offline::restore(&storage(&target), &Restore::default(), &mut whole.as_slice()).unwrap_err();
    let is_other = matches!(error, NodeError::Snapshot(NodeSnapshotError::OtherValidator { .. }));
    assert!(is_other, "{error}");
    assert!(!target.path().exists());

    let other = init(&dir.path().join("c"));
    let error = offline::restore(&storage(&other), &with_key(&home), &mut whole.as_slice()).unwrap_err();
    assert!(matches!(error, NodeError::Home(HomeError::OtherKey { .. })), "{error}");
    assert!(!other.data_dir().exists());
}

#[tokio::test]
async fn snapshots_have_the_block_of_their_state_but_for_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(&dir.path().join("a"));
    let mut pruned = config(&home);
    let supercloud_node::Storage::Disk(disk) = &mut pruned.storage else {
        panic!()
    };
    (disk.keep_blocks, disk.log_segment_bytes) = (100, 4 << 10);
    let disk = disk.clone();
    let node = spawn(pruned).unwrap();
    let mut first = Vec::new();
    while node.height() < 250 {
        node.produce_block().unwrap();
    }
    node.shutdown();
    let lowest = offline::inspect(&disk).unwrap().earliest_block.unwrap();
    assert!(lowest > 10, "{lowest}");
    let error = offline::snapshot(&disk, Some(lowest - 1), &mut Vec::new()).unwrap_err();
    match error {
        NodeError::Snapshot(NodeSnapshotError::NoBlock { asked, kept }) => {
            assert_eq!((asked, kept.0), (lowest - 1, lowest));
        }
        error => panic!("{error}"),
    }
    offline::snapshot(&disk, Some(lowest), &mut Vec::new()).unwrap();
    let made = offline::snapshot(&disk, Some(0), &mut first).unwrap();
    let begun = Home::new(dir.path().join("b"));
    let restored = offline::restore(&storage(&begun), &with_key(&home), &mut first.as_slice()).unwrap();
    assert_eq!((restored.height, &restored.app_hash), (0, &made.app_hash));
    start(&begun).shutdown();
}

#[tokio::test]
async fn export_without_a_state_comes_from_the_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(dir.path()).await;
    let before = offline::export(&storage(&home), None).unwrap().to_json();
    fs::remove_dir_all(home.data_dir().join("state")).unwrap();
    assert_eq!(offline::export(&storage(&home), None).unwrap().to_json(), before);
}

fn init_again(home: &Home, chain_id: &str, key: Option<PathBuf>) -> Result<String, HomeError> {
    home.init(&HomeInit {
        moniker: "test".to_owned(),
        genesis_json: DevGenesis::new().chain_id(chain_id).build().to_json(),
        validator_key: key,
    })
}

#[test]
fn interrupted_init_is_completed_by_the_next_one() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::new(dir.path().join("a"));
    let address = init_again(&home, "first-1", None).unwrap();
    let error = init_again(&home, "first-1", None).unwrap_err();
    assert!(matches!(error, HomeError::Exists { path } if path == home.config_file()));

    // Before the last file was written.
    fs::remove_file(home.config_file()).unwrap();
    let key = Some(home.validator_key_file());
    assert_eq!(init_again(&home, "second-1", key).unwrap(), address);
    assert_eq!(home.load_genesis().unwrap().chain_id, "second-1");
    let aside = fs::read_to_string(home.path().join("genesis.json.old")).unwrap();
    assert!(aside.contains("first-1"));

    fs::remove_file(home.config_file()).unwrap();
    let other = Home::new(dir.path().join("b"));
    init_again(&other, "other-1", None).unwrap();
    let error = init_again(&home, "second-1", Some(other.validator_key_file())).unwrap_err();
    assert!(matches!(error, HomeError::OtherKey { .. }), "{error}");
    assert_eq!(init_again(&home, "second-1", None).unwrap(), address);
}

#[tokio::test]
async fn a_first_start_that_was_interrupted_is_made_up_for() {
    let dir = tempfile::tempdir().unwrap();
    let home = init(dir.path());
    fs::create_dir_all(home.data_dir().join("state/log")).unwrap();
    fs::create_dir_all(home.data_dir().join("blocks/log")).unwrap();
    let node = start(&home);
    assert!(node.height() >= 1);
}

fn last_segment(home: &Home) -> PathBuf {
    let log = home.data_dir().join("blocks/log");
    let mut segments: Vec<_> = fs::read_dir(log).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    segments.pop().unwrap()
}

/// Cuts off the end of a file, and returns what is left.
fn cut_off(path: &Path, bytes: usize) -> Vec<u8> {
    let mut left = fs::read(path).unwrap();
    left.truncate(left.len() - bytes);
    fs::write(path, &left).unwrap();
    left
}

#[tokio::test]
async fn blocks_that_the_state_has_are_not_cut_off_before_a_rollback_asks_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(dir.path()).await;
    let height = offline::inspect(&storage(&home)).unwrap().height;
    let path = last_segment(&home);
    let left = cut_off(&path, 2_000);
    let mut last = 0;
    for _ in 0..2 {
        let errors = [
            offline::inspect(&storage(&home)).map(drop).unwrap_err(),
            offline::check(&storage(&home), OnDamage::Report, &mut |_| {})
                .map(drop)
                .unwrap_err(),
            offline::export(&storage(&home), None).map(drop).unwrap_err(),
            spawn(config(&home)).map(drop).unwrap_err(),
        ];
        for error in errors {
            match error {
                NodeError::Archive(ArchiveError::DamagedEnd { last: found, why, .. }) => {
                    assert!(
                        found < height && why == format!("the state is at height {height}"),
                        "{found} {why}"
                    );
                    last = found;
                }
                error => panic!("{error}"),
            }
        }
        assert_eq!(fs::read(&path).unwrap(), left);
    }
    let done = offline::rollback(&storage(&home), last).unwrap();
    assert_eq!((done.from, done.to), (height, last));
    start(&home).shutdown();
    let report = offline::check(&storage(&home), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
}
