//! Views of past heights while the store goes on.

use std::sync::atomic::{AtomicBool, Ordering};

use supercloud_chain::store::{Changes, Reader, Store, StoreError};
use supercloud_store::{DiskConfig, EMPTY, Pruning};

use crate::chains::{Random, State, apply, assert_state, changes_at, commit_through, open, small};

#[test]
fn new_store_is_empty_at_height_zero() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), small());
    assert_eq!(store.latest().height(), 0);
    assert_eq!(store.latest().root(), EMPTY);
    assert_eq!(store.latest().get(b"a"), None);
    assert!(store.at(0).is_none());
    assert_eq!(store.committed_height(), None);
}

#[test]
fn first_height_is_free_and_the_others_follow() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), small());
    store.commit(7, Changes::new()).unwrap();
    assert!(matches!(
        store.commit(9, Changes::new()),
        Err(StoreError::WrongHeight { got: 9, last: 7 })
    ));
    assert!(matches!(
        store.commit(7, Changes::new()),
        Err(StoreError::WrongHeight { got: 7, last: 7 })
    ));
    store.commit(8, Changes::new()).unwrap();
    assert_eq!(store.oldest(), 7);
}

#[test]
fn refused_changes_leave_the_store_usable() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), small());
    let write = |len: usize| Changes::from([(vec![7; len], Some(vec![1]))]);
    assert!(matches!(
        store.commit(1, write(0)),
        Err(StoreError::KeyLength { len: 0, limit: 32_000 })
    ));
    assert!(matches!(
        store.commit(1, write(32_001)),
        Err(StoreError::KeyLength {
            len: 32_001,
            limit: 32_000
        })
    ));
    // Zeros are the longest keys in the tables.
    store
        .commit(1, Changes::from([(vec![0; 32_000], Some(vec![1]))]))
        .unwrap();
    store
        .commit(2, Changes::from([(vec![0; 32_000], Some(vec![2]))]))
        .unwrap();
    store.checkpoint().unwrap();
    assert_eq!(store.at(1).unwrap().get(&[0; 32_000]), Some(vec![1]));
}

#[test]
fn held_views_stay_as_they_are_through_checkpoints_and_pruning() {
    let dir = tempfile::tempdir().unwrap();
    let config = DiskConfig {
        pruning: Pruning::KeepLast(2),
        ..small()
    };
    let mut store = open(dir.path(), config);
    let mut state = State::new();
    let mut held = Vec::new();
    let mut random = Random(1);
    for height in 1..=120 {
        let changes = changes_at(height, 3, 300, 40);
        apply(&mut state, &changes);
        store.commit(height, changes).unwrap();
        if height % 10 == 0 {
            held.push((store.latest(), state.clone()));
        }
    }
    store.compact().unwrap();
    for (view, state) in &held {
        assert_state(&**view, state, &mut random);
    }
    assert!(store.at(118).is_none());
    assert!(store.at(119).is_some());
}

#[test]
fn policy_that_keeps_more_does_not_bring_back_what_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let with = |pruning| DiskConfig { pruning, ..small() };
    let mut store = open(dir.path(), with(Pruning::KeepLast(3)));
    commit_through(&mut store, 1..=60, 5);
    store.checkpoint().unwrap();
    drop(store);
    let mut store = open(dir.path(), with(Pruning::Archive));
    assert_eq!(store.oldest(), 58);
    assert!(store.at(57).is_none());
    commit_through(&mut store, 61..=90, 5);
    store.compact().unwrap();
    assert_eq!(store.oldest(), 58);
    assert!(store.at(58).is_some());
}

#[test]
fn readers_on_many_threads_see_whole_versions_while_blocks_are_committed() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), small());
    // Every block sets all keys to its height, so a mixed view shows at once.
    let block = |height: u64| -> Changes {
        (0..40u8)
            .map(|i| (vec![i + 1], Some(height.to_be_bytes().to_vec())))
            .collect()
    };
    store.commit(1, block(1)).unwrap();
    let done = AtomicBool::new(false);
    let (send, receive) = std::sync::mpsc::channel::<std::sync::Arc<dyn Reader>>();
    let receive = std::sync::Mutex::new(receive);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let Ok(view) = receive.lock().unwrap().try_recv() else {
                        std::thread::yield_now();
                        continue;
                    };
                    let expected = view.height().to_be_bytes().to_vec();
                    for i in 0..40u8 {
                        assert_eq!(view.get(&[i + 1]), Some(expected.clone()));
                    }
                    let entries = view.range(None, None, supercloud_chain::store::Direction::Descending);
                    assert_eq!(entries.filter(|(_, value)| *value == expected).count(), 40);
                    view.check().unwrap();
                }
            });
        }
        for height in 2..=400 {
            store.commit(height, block(height)).unwrap();
            send.send(store.latest()).unwrap();
            if height > 20 {
                send.send(store.at(height - 17).unwrap()).unwrap();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}
