use proptest::prelude::*;

use super::*;
use crate::hash::EMPTY;
use crate::proof::{verify_absence, verify_membership};

fn set(entries: &[(&str, &str)]) -> Changes {
    entries
        .iter()
        .map(|(key, value)| (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec())))
        .collect()
}

fn keys(reader: &dyn Reader, start: Option<&str>, end: Option<&str>, direction: Direction) -> Vec<String> {
    reader
        .range(start.map(str::as_bytes), end.map(str::as_bytes), direction)
        .map(|(key, _)| String::from_utf8(key).unwrap())
        .collect()
}

#[test]
fn range_is_start_inclusive_and_end_exclusive_both_ways() {
    let mut store = MemoryStore::new();
    store
        .commit(0, set(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]))
        .unwrap();
    let latest = store.latest();
    assert_eq!(keys(&*latest, Some("b"), Some("d"), Direction::Ascending), ["b", "c"]);
    assert_eq!(keys(&*latest, Some("b"), Some("d"), Direction::Descending), ["c", "b"]);
    assert_eq!(keys(&*latest, None, None, Direction::Descending), ["d", "c", "b", "a"]);
    assert_eq!(keys(&*latest, Some("d"), Some("b"), Direction::Ascending), [""; 0]);
    assert_eq!(keys(&*latest, Some("b"), Some("b"), Direction::Ascending), [""; 0]);
}

#[test]
fn held_view_does_not_see_later_commits() {
    let mut store = MemoryStore::new();
    store.commit(0, set(&[("a", "1")])).unwrap();
    let held = store.latest();
    store.commit(1, Changes::from([(b"a".to_vec(), None)])).unwrap();
    assert_eq!(held.get(b"a"), Some(b"1".to_vec()));
    assert_eq!(store.latest().get(b"a"), None);
    assert_eq!(store.at(0).unwrap().get(b"a"), Some(b"1".to_vec()));
}

#[test]
fn commit_that_skips_a_height_is_refused() {
    let mut store = MemoryStore::new();
    store.commit(7, Changes::new()).unwrap();
    assert!(matches!(
        store.commit(9, Changes::new()),
        Err(StoreError::WrongHeight { got: 9, last: 7 })
    ));
    assert!(matches!(
        store.commit(7, Changes::new()),
        Err(StoreError::WrongHeight { got: 7, last: 7 })
    ));
    assert!(store.commit(8, Changes::new()).is_ok());
}

#[test]
fn versions_beyond_the_limit_are_forgotten() {
    let mut store = MemoryStore::with_kept_versions(2);
    for height in 0..4 {
        store.commit(height, Changes::new()).unwrap();
    }
    assert!(store.at(1).is_none());
    assert_eq!(store.at(2).unwrap().height(), 2);
    assert_eq!(store.at(3).unwrap().height(), 3);
}

#[test]
fn root_depends_on_every_byte_but_not_on_history() {
    let root = |changes: Changes, height| {
        let mut store = MemoryStore::new();
        store.commit(height, changes).unwrap()
    };
    let base = root(set(&[("a", "1")]), 1);
    assert_eq!(root(set(&[("a", "1")]), 2), base);
    assert_ne!(root(set(&[("a", "2")]), 1), base);
    assert_ne!(root(set(&[("a1", "")]), 1), base);
    assert_eq!(root(Changes::from([(b"a".to_vec(), None)]), 1), EMPTY);

    let mut store = MemoryStore::new();
    store.commit(1, set(&[("a", "7"), ("b", "")])).unwrap();
    store.commit(2, Changes::from([(b"b".to_vec(), None)])).unwrap();
    assert_eq!(store.commit(3, set(&[("a", "1")])).unwrap(), base);
}

#[test]
fn keys_have_between_one_and_the_limit_of_bytes() {
    let mut store = MemoryStore::new();
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
    store.commit(1, write(1)).unwrap();
    store.commit(2, write(32_000)).unwrap();
    assert_eq!(store.oldest(), 1);
}

#[test]
fn views_prove_what_they_hold_and_what_they_do_not() {
    let mut store = MemoryStore::new();
    store.commit(1, set(&[("a", "1"), ("b", "")])).unwrap();
    store.commit(2, set(&[("a", "2")])).unwrap();
    let old = store.at(1).unwrap();
    for (key, value) in [("a", "1"), ("b", "")] {
        let proved = old.prove(key.as_bytes()).unwrap();
        assert_eq!(proved.value.as_deref(), Some(value.as_bytes()));
        verify_membership(&old.root(), key.as_bytes(), value.as_bytes(), &proved.proof).unwrap();
    }
    let proved = store.latest().prove(b"c").unwrap();
    assert_eq!(proved.value, None);
    verify_absence(&store.latest().root(), b"c", &proved.proof).unwrap();
}

proptest! {
    #[test]
    fn store_agrees_with_a_plain_map(
        blocks in prop::collection::vec(
            prop::collection::btree_map(prop::collection::vec(0u8..4, 1..3), prop::option::of(prop::collection::vec(any::<u8>(), 0..3)), 0..6),
            1..6,
        )
    ) {
        let mut model = BTreeMap::new();
        let mut store = MemoryStore::new();
        for (height, changes) in blocks.into_iter().enumerate() {
            for (key, value) in &changes {
                match value {
                    Some(value) => model.insert(key.clone(), value.clone()),
                    None => model.remove(key),
                };
            }
            store.commit(height as u64, changes).unwrap();
        }
        let stored: Vec<_> = store.latest().range(None, None, Direction::Ascending).collect();
        prop_assert_eq!(stored, model.into_iter().collect::<Vec<_>>());
    }
}
