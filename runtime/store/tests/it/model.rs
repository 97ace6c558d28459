//! The store on disk against a map, and against the store in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;
use supercloud_chain::store::Store;
use supercloud_store::{DiskConfig, MemoryStore, Pruning};

use crate::chains::{Random, State, apply, assert_state, changes_at, fast_dir, open, small};

/// What happens to a store between two blocks.
#[derive(Clone, Copy, Debug)]
enum Event {
    Nothing,
    Reopen,
    Checkpoint,
    Compact,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => Just(Event::Nothing),
        2 => Just(Event::Reopen),
        1 => Just(Event::Checkpoint),
        1 => Just(Event::Compact),
    ]
}

fn pruning() -> impl Strategy<Value = Pruning> {
    prop_oneof![
        Just(Pruning::Archive),
        (1u64..12).prop_map(Pruning::KeepLast),
        (1u64..6, 2u64..9).prop_map(|(last, every)| Pruning::KeepLastAndEvery { last, every }),
    ]
}

fn is_kept(pruning: Pruning, height: u64, latest: u64) -> bool {
    match pruning {
        Pruning::Archive => true,
        Pruning::KeepLast(last) => height + last > latest,
        Pruning::KeepLastAndEvery { last, every } => height + last > latest || height.is_multiple_of(every),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn store_on_disk_agrees_with_a_map_at_every_kept_height(
        seed: u64,
        first in 0u64..3,
        pruning in pruning(),
        events in prop::collection::vec(event(), 1..40),
    ) {
        let dir = fast_dir();
        let config = DiskConfig { pruning, ..small() };
        let mut disk = open(dir.path(), config);
        let mut memory = MemoryStore::new();
        let mut random = Random(seed);
        let mut state = State::new();
        let mut states = BTreeMap::new();
        for (height, event) in (first..).zip(events) {
            let changes = changes_at(height, seed, 300, 60);
            apply(&mut state, &changes);
            let root = disk.commit(height, changes.clone()).unwrap();
            prop_assert_eq!(root, memory.commit(height, changes).unwrap());
            states.insert(height, (root, state.clone()));
            match event {
                Event::Nothing => {}
                Event::Reopen => {
                    drop(disk);
                    disk = open(dir.path(), config);
                    prop_assert_eq!(disk.committed_height(), Some(height));
                }
                Event::Checkpoint => disk.checkpoint().unwrap(),
                Event::Compact => disk.compact().unwrap(),
            }
            prop_assert_eq!(disk.latest().root(), root);
        }
        let latest = disk.latest().height();
        for (height, (root, state)) in &states {
            let reader = disk.at(*height);
            prop_assert_eq!(reader.is_some(), is_kept(pruning, *height, latest), "height {}", height);
            if let Some(reader) = reader {
                prop_assert_eq!(reader.height(), *height);
                prop_assert_eq!(reader.root(), *root);
                assert_state(&*reader, state, &mut random);
            }
        }
        prop_assert!(disk.at(latest + 1).is_none());
        prop_assert!(is_kept(pruning, disk.oldest(), latest) || disk.oldest() == first);
    }
}
