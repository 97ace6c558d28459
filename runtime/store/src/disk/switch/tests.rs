use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use supercloud_chain::store::{Changes, Store};

use super::*;
use crate::disk::shared::Shared;
use crate::disk::{DiskConfig, SyncPolicy};

const LIMIT: usize = 64 << 10;

fn config() -> DiskConfig {
    DiskConfig {
        write_buffer_bytes: LIMIT,
        cache_bytes: 1 << 20,
        sync: SyncPolicy::OperatingSystem,
        ..DiskConfig::default()
    }
}

/// Keeps checkpoints from their end.
struct Gate {
    open: Sender<()>,
    opened: Arc<AtomicBool>,
}

impl Gate {
    fn close(shared: &Arc<Shared>) -> Self {
        let (open, wait) = channel();
        let (closed, is_closed) = channel();
        let opened = Arc::new(AtomicBool::new(false));
        let (shared, flag) = (shared.clone(), opened.clone());
        std::thread::spawn(move || hold(&shared, &closed, &wait, &flag));
        is_closed.recv().unwrap();
        Self { open, opened }
    }

    fn is_open(&self) -> bool {
        self.opened.load(Ordering::SeqCst)
    }
}

/// Not for ever: a commit that waits must not make the test wait.
fn hold(shared: &Shared, closed: &Sender<()>, wait: &Receiver<()>, opened: &AtomicBool) {
    let guard = shared.engine.hold_pages();
    closed.send(()).unwrap();
    let _ = wait.recv_timeout(Duration::from_secs(30));
    opened.store(true, Ordering::SeqCst);
    drop(guard);
}

fn commit(store: &mut DiskStore, height: u64, value: usize) {
    let value = Some(vec![height as u8; value]);
    let changes = Changes::from([(height.to_be_bytes().to_vec(), value), (b"k".to_vec(), Some(vec![1]))]);
    store.commit(height, changes).unwrap();
}

fn running(store: &DiskStore) -> Option<u64> {
    store.running.as_ref().map(|running| running.height)
}

/// Commits until a checkpoint begins, and returns its height.
fn commit_until_checkpoint(store: &mut DiskStore) -> u64 {
    let mut height = 0;
    while running(store).is_none() {
        height += 1;
        commit(store, height, 2 << 10);
    }
    height
}

#[test]
fn commits_after_the_begin_of_a_checkpoint_neither_wait_nor_begin_another() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = DiskStore::open(dir.path(), config()).unwrap();
    let gate = Gate::close(&store.shared);
    let begun = commit_until_checkpoint(&mut store);
    assert!(begun > 5, "{begun}");
    for height in begun + 1..=begun + 10 {
        commit(&mut store, height, 10);
        assert_eq!(running(&store), Some(begun), "height {height}");
    }
    assert!(!gate.is_open());
    gate.open.send(()).unwrap();
    store.finish_checkpoint().unwrap();
    assert_eq!(store.view.base, Some(begun));
    assert_eq!(store.active_blocks(), 10);
    commit(&mut store, begun + 11, 10);
    assert_eq!(running(&store), None, "what is left is far from the limit");
}

#[test]
fn commits_wait_for_a_checkpoint_when_three_times_the_limit_is_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = DiskStore::open(dir.path(), config()).unwrap();
    let gate = Gate::close(&store.shared);
    let begun = commit_until_checkpoint(&mut store);
    let moved = store.running.as_ref().unwrap().bytes;
    assert!((LIMIT..LIMIT + (8 << 10)).contains(&moved), "{moved}");
    let mut height = begun;
    while store.active_bytes() + moved < 3 * LIMIT - (8 << 10) {
        height += 1;
        commit(&mut store, height, 2 << 10);
        assert_eq!(running(&store), Some(begun));
    }
    assert!(!gate.is_open());
    let opening = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        gate.open.send(()).unwrap();
        gate
    });
    height += 1;
    commit(&mut store, height, 16 << 10);
    assert!(opening.join().unwrap().is_open());
    assert_eq!((running(&store), store.view.base), (Some(height), Some(begun)));
    store.finish_checkpoint().unwrap();
    assert_eq!(store.view.base, Some(height));
    assert!(store.check().is_sound());
}

#[test]
fn many_small_blocks_begin_a_checkpoint_once() {
    let dir = tempfile::tempdir().unwrap();
    let roomy = DiskConfig {
        write_buffer_bytes: 1 << 30,
        ..config()
    };
    let mut store = DiskStore::open(dir.path(), roomy).unwrap();
    let gate = Gate::close(&store.shared);
    for height in 1..MAX_BLOCKS {
        store.commit(height, Changes::new()).unwrap();
    }
    assert_eq!(running(&store), None);
    for height in MAX_BLOCKS..MAX_BLOCKS + 5 {
        store.commit(height, Changes::new()).unwrap();
        assert_eq!(running(&store), Some(MAX_BLOCKS));
    }
    assert!(!gate.is_open());
    gate.open.send(()).unwrap();
}
