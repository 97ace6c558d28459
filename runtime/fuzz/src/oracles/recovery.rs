//! What must hold for a store whose files came to harm: it opens with a state that was committed, or says why not; what it
//! says of its state afterwards is right, or it says that it cannot be trusted.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use arbitrary::Arbitrary;
use supercloud_chain::store::{Direction, RootHash, Store};
use supercloud_store::{DiskStore, MemoryStore, OpenError};
use tempfile::TempDir;

use crate::generators::damage::{Harm, History, Image};

type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// One story: a history, harm, opening; then again.
#[derive(Arbitrary, Debug)]
pub struct Story {
    history: History,
    accept_lost: bool,
    rounds: Vec<Round>,
}

#[derive(Arbitrary, Debug)]
struct Round {
    harms: Vec<Harm>,
    blocks: u8,
    check: bool,
}

/// What was committed: by height, root and state.
struct Model {
    store: MemoryStore,
    roots: Vec<RootHash>,
    states: Vec<State>,
}

impl Model {
    fn new(history: History, height: u64) -> Self {
        let mut model = Self {
            store: MemoryStore::new(),
            roots: vec![supercloud_store::EMPTY],
            states: vec![State::new()],
        };
        for _ in 1..=height {
            model.commit(history);
        }
        model
    }

    fn height(&self) -> u64 {
        self.roots.len() as u64 - 1
    }

    fn commit(&mut self, history: History) -> RootHash {
        let height = self.height() + 1;
        let changes = history.changes(height);
        let mut state = self.states.last().cloned().unwrap_or_default();
        for (key, value) in &changes {
            match value {
                Some(value) => state.insert(key.clone(), value.clone()),
                None => state.remove(key),
            };
        }
        let root = self.store.commit(height, changes).expect("the memory has no faults");
        self.roots.push(root);
        self.states.push(state);
        root
    }
}

/// Built stores, each once.
static BUILT: LazyLock<Mutex<BTreeMap<History, Arc<Image>>>> = LazyLock::new(Mutex::default);

fn new_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder can be made")
}

fn built(history: History) -> Arc<Image> {
    let mut built = BUILT.lock().expect("no input died");
    let build = || {
        let dir = new_dir();
        let mut store = DiskStore::open(dir.path(), history.config(false)).expect("an empty folder becomes a store");
        for height in 1..=history.height() {
            store
                .commit(height, history.changes(height))
                .expect("nothing is damaged");
        }
        drop(store);
        Arc::new(Image::read(dir.path()))
    };
    built.entry(history).or_insert_with(build).clone()
}

/// Plays a story.
pub fn assert_recovers(story: &Story) {
    let history = story.history.few();
    let dir = new_dir();
    let path = dir.path().join("store");
    built(history).write(&path).expect("a folder can be filled");
    let mut model = Model::new(history, history.height());
    // A store whose files had harm that was not noticed so far.
    let mut harmed = Vec::new();
    for round in story.rounds.iter().take(3) {
        harmed.extend(round.harms.iter().take(4).filter_map(|harm| harm.apply(&path)));
        let store = match DiskStore::open(&path, history.config(story.accept_lost)) {
            Ok(store) => store,
            Err(error) => return assert_refused_for_cause(&error, &harmed),
        };
        let Some(height) = assert_committed(&store, &model, &harmed, story.accept_lost) else {
            return;
        };
        let sound = assert_reads_are_right(&store, &model.states[height as usize], round.check);
        assert!(sound || !harmed.is_empty(), "damage without harm");
        model = Model::new(history, height);
        // Values were read, but tree pages only by a check.
        let sure = harmed.is_empty() || (round.check && sound);
        if !assert_goes_on(store, &mut model, history, round.blocks % 8, sure) {
            return;
        }
    }
}

fn assert_refused_for_cause(error: &OpenError, harmed: &[PathBuf]) {
    assert!(!harmed.is_empty(), "nothing was harmed, but: {error}");
    assert!(!error.to_string().is_empty());
    assert!(
        !matches!(error, OpenError::Locked { .. } | OpenError::NotEmpty { .. }),
        "{error}"
    );
}

/// The height that it opened at, whose root must be the committed one. None when so much is gone that a new store was made.
fn assert_committed(store: &DiskStore, model: &Model, harmed: &[PathBuf], accept_lost: bool) -> Option<u64> {
    let Some(height) = store.committed_height() else {
        assert_eq!(store.latest().root(), supercloud_store::EMPTY);
        // The log and the head, or all of the tables besides, must be gone.
        let excused = model.height() == 0 || accept_lost || harmed.len() > 1;
        assert!(excused, "all blocks went with {harmed:?}");
        return (model.height() == 0).then_some(0);
    };
    assert_eq!(
        store.latest().root(),
        model.roots[height as usize],
        "root of height {height}"
    );
    assert_eq!(store.latest().height(), height);
    // One file alone never hides that a block is missing: log and head witness each other.
    if harmed.len() < 2 && !accept_lost {
        assert_eq!(height, model.height(), "blocks went silently with {harmed:?}");
    }
    assert!(height <= model.height());
    Some(height)
}

/// Whether all could be read. What is read without complaint is right.
fn assert_reads_are_right(store: &DiskStore, state: &State, check: bool) -> bool {
    let sound = !check || store.check().is_sound();
    let view = store.latest();
    let read: State = view.range(None, None, Direction::Ascending).collect();
    let mut trusted = view.check().is_ok();
    if trusted {
        assert_eq!(read, *state);
    }
    for (key, value) in state {
        let got = view.get(key);
        trusted = view.check().is_ok();
        if trusted {
            assert_eq!(got.as_ref(), Some(value));
        }
    }
    let proved = view.prove(b"k/7");
    if let (Ok(proved), true) = (proved, trusted) {
        assert_eq!(proved.value.as_ref(), state.get(b"k/7".as_slice()));
    }
    if check && sound {
        assert!(trusted, "sound, but {:?}", view.check());
    }
    sound && trusted
}

/// Whether it can be closed and opened again as if nothing had been.
fn assert_goes_on(mut store: DiskStore, model: &mut Model, history: History, blocks: u8, sure: bool) -> bool {
    for _ in 0..blocks {
        let height = model.height() + 1;
        let committed = store.commit(height, history.changes(height));
        let expected = model.commit(history);
        match committed {
            Ok(root) => assert_eq!(root, expected, "height {height}"),
            Err(error) => {
                assert!(!sure, "a sound store does not commit {height}: {error}");
                return false;
            }
        }
    }
    true
}
