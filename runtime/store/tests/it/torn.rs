//! Cuts and zeroes the end of each file of a store. Opening and checking must repair it or say what is wrong.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use supercloud_chain::store::Store;
use supercloud_store::{DiskConfig, DiskStore, LostBlocks, OpenError, Pruning};

use crate::chains::{Random, State, apply, assert_state, changes_at, fast_dir, open};

const HEIGHT: u64 = 90;

fn config() -> DiskConfig {
    DiskConfig {
        pruning: Pruning::KeepLast(30),
        write_buffer_bytes: 96 << 10,
        cache_bytes: 1 << 20,
        ..DiskConfig::default()
    }
}

/// A few blocks stay in the log.
fn roomy() -> DiskConfig {
    DiskConfig {
        write_buffer_bytes: 1 << 20,
        ..config()
    }
}

fn build(dir: &Path) -> State {
    let mut store = open(dir, config());
    let mut state = State::new();
    for height in 1..=HEIGHT {
        let changes = changes_at(height, 21, 300, 40);
        apply(&mut state, &changes);
        store.commit(height, changes).unwrap();
    }
    state
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn list_files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list_files(&path, into);
        } else {
            into.push(path);
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Harm {
    Truncated(u64),
    Zeroed(u64),
}

fn harm(path: &Path, harm: Harm) {
    let mut bytes = fs::read(path).unwrap();
    let keep = |cut: u64| bytes.len() - (bytes.len() as u64).min(cut) as usize;
    match harm {
        Harm::Truncated(cut) => bytes.truncate(keep(cut)),
        Harm::Zeroed(cut) => {
            let keep = keep(cut);
            bytes[keep..].fill(0);
        }
    }
    fs::write(path, bytes).unwrap();
}

/// What became of a harmed store.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// As before, for all that can be seen.
    Whole,
    /// It opens, and the check names damage or a read fails.
    Detected,
    /// It does not open.
    Refused,
}

fn open_harmed(dir: &Path, state: &State) -> Outcome {
    let store = match DiskStore::open(dir, config()) {
        Ok(store) => store,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return Outcome::Refused;
        }
    };
    assert_eq!(
        store.committed_height(),
        Some(HEIGHT),
        "a committed block went silently"
    );
    if !store.check().is_sound() {
        return Outcome::Detected;
    }
    let mut random = Random(5);
    assert_state(&*store.latest(), state, &mut random);
    for height in [HEIGHT - 29, HEIGHT - 10] {
        let view = store.at(height).unwrap();
        view.prove(b"k/001").unwrap();
    }
    Outcome::Whole
}

#[test]
fn torn_end_of_any_file_is_repaired_or_named() {
    let dir = fast_dir();
    let whole = dir.path().join("whole");
    let state = build(&whole);
    let mut files = Vec::new();
    list_files(&whole, &mut files);
    let (mut refused, mut detected, mut repaired) = (0, 0, 0);
    for (index, path) in files.iter().enumerate() {
        let name = path.strip_prefix(&whole).unwrap();
        let len = path.metadata().unwrap().len();
        for (case, kind) in [
            Harm::Truncated(1),
            Harm::Zeroed(9),
            Harm::Truncated(len / 2),
            Harm::Zeroed(len / 2),
            Harm::Truncated(len),
            Harm::Zeroed(len),
        ]
        .into_iter()
        .enumerate()
        {
            if len == 0 {
                continue;
            }
            let copy = dir.path().join(format!("{index}-{case}"));
            copy_dir(&whole, &copy);
            harm(&copy.join(name), kind);
            let outcome = std::panic::catch_unwind(|| open_harmed(&copy, &state));
            match outcome {
                Ok(Outcome::Whole) => repaired += 1,
                Ok(Outcome::Detected) => detected += 1,
                Ok(Outcome::Refused) => refused += 1,
                Err(_) => panic!("{} {kind:?}", name.display()),
            }
            fs::remove_dir_all(&copy).unwrap();
        }
    }
    assert!(
        repaired > 0 && refused > 0,
        "{repaired} repaired, {detected} detected, {refused} refused"
    );
}

/// The only segment of the log, or the last.
fn last_segment(dir: &Path) -> PathBuf {
    let mut segments: Vec<_> = fs::read_dir(dir.join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    segments.sort();
    segments.pop().unwrap()
}

fn truncate(path: &Path, cut: u64) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    let len = file.metadata().unwrap().len();
    file.set_len(len - cut).unwrap();
}

#[test]
fn lost_block_is_refused_by_name_or_accepted_and_executed_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), roomy());
    for height in 1..=5 {
        store.commit(height, changes_at(height, 21, 300, 40)).unwrap();
    }
    let root = store.latest().root();
    drop(store);
    let segment = last_segment(dir.path());
    truncate(&segment, 3);
    let torn = fs::read(&segment).unwrap();
    match DiskStore::open(dir.path(), roomy()).err() {
        Some(OpenError::LostBlocks {
            found: Some(4),
            acknowledged: 5,
        }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&segment).unwrap(), torn, "what is refused stays as it is");
    let accepting = DiskConfig {
        lost_blocks: LostBlocks::Accept,
        ..roomy()
    };
    let mut store = open(dir.path(), accepting);
    assert_eq!(store.committed_height(), Some(4));
    assert_eq!(store.recovery().lost_blocks, 1);
    assert_eq!(store.commit(5, changes_at(5, 21, 300, 40)).unwrap(), root);
    drop(store);
    assert_eq!(open(dir.path(), roomy()).latest().root(), root);
}

#[test]
fn damaged_block_before_whole_ones_is_refused_and_nothing_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), roomy());
    for height in 1..=5 {
        store.commit(height, changes_at(height, 21, 300, 40)).unwrap();
    }
    drop(store);
    let segment = last_segment(dir.path());
    let mut damaged = fs::read(&segment).unwrap();
    // In the first record's length.
    damaged[17] ^= 1;
    fs::write(&segment, &damaged).unwrap();
    // Without the head nothing else says that there is more.
    fs::remove_file(dir.path().join("head")).unwrap();
    match DiskStore::open(dir.path(), roomy()).err() {
        Some(OpenError::Log { path, offset: 16, .. }) => assert_eq!(path, segment),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&segment).unwrap(), damaged);
}

#[test]
fn store_whose_making_was_interrupted_is_made() {
    for leftovers in [&["log"][..], &["log", "FORMAT.new"]] {
        let dir = tempfile::tempdir().unwrap();
        for name in leftovers {
            match *name {
                "log" => fs::create_dir(dir.path().join(name)).unwrap(),
                name => fs::write(dir.path().join(name), "supercl").unwrap(),
            }
        }
        assert_eq!(DiskStore::acknowledged_height(dir.path()), None);
        let mut store = open(dir.path(), config());
        store.commit(1, changes_at(1, 21, 300, 40)).unwrap();
        drop(store);
        assert_eq!(DiskStore::acknowledged_height(dir.path()), Some(1));
        assert_eq!(open(dir.path(), config()).committed_height(), Some(1));
    }
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), config()));
    fs::remove_file(dir.path().join("FORMAT")).unwrap();
    assert!(matches!(
        DiskStore::open(dir.path(), config()),
        Err(OpenError::Format { .. })
    ));
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("RESTORING"), "").unwrap();
    assert!(matches!(
        DiskStore::open(dir.path(), config()),
        Err(OpenError::Incomplete { .. })
    ));
}

#[test]
fn record_that_was_never_acknowledged_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), roomy());
    for height in 1..=5 {
        store.commit(height, changes_at(height, 21, 300, 40)).unwrap();
    }
    drop(store);
    let segment = last_segment(dir.path());
    let mut bytes = fs::read(&segment).unwrap();
    let half_a_record = bytes[16..60].to_vec();
    bytes.extend(half_a_record);
    fs::write(&segment, bytes).unwrap();
    let store = open(dir.path(), roomy());
    assert_eq!(store.committed_height(), Some(5));
    assert_eq!(store.recovery().dropped_log_bytes, 44);
}

#[test]
fn lost_head_is_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), config());
    store.commit(1, changes_at(1, 21, 300, 40)).unwrap();
    drop(store);
    fs::remove_file(dir.path().join("head")).unwrap();
    let store = open(dir.path(), config());
    assert!(store.recovery().head_rewritten);
    drop(store);
    let store = open(dir.path(), config());
    assert!(!store.recovery().head_rewritten);
    assert_eq!(store.committed_height(), Some(1));
}

#[test]
fn block_that_was_logged_but_not_acknowledged_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), roomy());
    for height in 1..=5 {
        store.commit(height, changes_at(height, 21, 300, 40)).unwrap();
    }
    let root = store.latest().root();
    let head = fs::read(dir.path().join("head")).unwrap();
    drop(store);
    // The slot of height 5 is the first one; without it the head says 4.
    let mut behind = head.clone();
    behind[..64].fill(0);
    fs::write(dir.path().join("head"), behind).unwrap();
    let store = open(dir.path(), roomy());
    assert_eq!(store.committed_height(), Some(5));
    assert_eq!(store.latest().root(), root);
    assert!(store.recovery().head_rewritten);
}

#[test]
fn folder_of_something_else_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    assert!(matches!(
        DiskStore::open(dir.path(), config()),
        Err(OpenError::Format { .. })
    ));
    let other = tempfile::tempdir().unwrap();
    drop(open(other.path(), config()));
    fs::write(other.path().join("FORMAT"), "supercloud-store 2\n").unwrap();
    match DiskStore::open(other.path(), config()).err() {
        Some(OpenError::Format { reason, .. }) => assert_eq!(reason, "FORMAT says \"supercloud-store 2\\n\""),
        other => panic!("{other:?}"),
    }
}

#[test]
fn store_is_open_once_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), config());
    assert!(matches!(
        DiskStore::open(dir.path(), config()),
        Err(OpenError::Locked { .. })
    ));
    drop(store);
    drop(open(dir.path(), config()));
}
