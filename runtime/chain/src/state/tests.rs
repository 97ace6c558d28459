use proptest::prelude::*;

use super::*;
use crate::store::RootHash;

#[derive(Default)]
struct Base(BTreeMap<Vec<u8>, Vec<u8>>);

impl Reader for Base {
    fn height(&self) -> u64 {
        0
    }

    fn root(&self) -> RootHash {
        [0; 32]
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key).cloned()
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = Entry> + 'a> {
        let bounds = (
            start.map_or(Bound::Unbounded, Bound::Included),
            end.map_or(Bound::Unbounded, Bound::Excluded),
        );
        let entries = self
            .0
            .range::<[u8], _>(bounds)
            .map(|(key, value)| (key.clone(), value.clone()));
        match direction {
            Direction::Ascending => Box::new(entries),
            Direction::Descending => Box::new(entries.rev()),
        }
    }
}

#[test]
fn rollback_restores_overlay_and_base_values() {
    let mut state = State::new(Arc::new(Base(BTreeMap::from([(b"a".to_vec(), b"base".to_vec())]))));
    state.set(b"b".to_vec(), b"1".to_vec());
    let outer = state.checkpoint();
    state.remove(b"a".to_vec());
    state.set(b"b".to_vec(), b"2".to_vec());
    let inner = state.checkpoint();
    state.set(b"b".to_vec(), b"3".to_vec());
    state.rollback(inner);
    assert_eq!(state.get(b"b"), Some(b"2".to_vec()));
    assert_eq!(state.get(b"a"), None);
    state.rollback(outer);
    assert_eq!(state.get(b"b"), Some(b"1".to_vec()));
    assert_eq!(state.get(b"a"), Some(b"base".to_vec()));
}

/// Two deletions before an entry that is there, one of them of a value whose length alone uses up what is free, and one after.
fn with_deletions() -> State {
    let hidden = vec![0; (kv::SKIPPED_BYTES_PER_GAS * kv::FREE_SKIPS) as usize];
    let mut state = State::new(Arc::new(Base(BTreeMap::from([(b"b".to_vec(), hidden)]))));
    state.set(b"c".to_vec(), b"1".to_vec());
    for key in [&b"a"[..], b"b", b"d"] {
        state.remove(key.to_vec());
    }
    state
}

#[test]
fn deletions_that_are_stepped_over_have_a_price_beyond_a_few() {
    let state = with_deletions();
    let mut range = state.range(None, None, Direction::Ascending);
    assert_eq!(range.skip_gas(), 0);
    assert_eq!(range.next(), Some((b"c".to_vec(), b"1".to_vec())));
    assert_eq!(range.skip_gas(), 2 * kv::SKIP);
    assert_eq!(range.next(), None);
    assert_eq!(range.skip_gas(), 3 * kv::SKIP);
    let mut range = state.range(None, None, Direction::Descending);
    assert_eq!(range.next(), Some((b"c".to_vec(), b"1".to_vec())));
    assert_eq!(range.skip_gas(), 0);
    assert_eq!((range.next(), range.skip_gas()), (None, 3 * kv::SKIP));
}

#[test]
fn deletions_are_not_stepped_over_for_nothing() {
    let state = with_deletions();
    let mut range = state.range(None, None, Direction::Ascending).within(2 * kv::SKIP);
    assert!(range.next().is_some());
    let mut range = state.range(None, None, Direction::Ascending).within(2 * kv::SKIP - 1);
    assert_eq!((range.next(), range.next()), (None, None));
    assert_eq!(range.skip_gas(), 2 * kv::SKIP);
}

#[test]
fn what_was_rolled_back_has_no_price() {
    let mut state = State::new(Arc::new(Base::default()));
    let checkpoint = state.checkpoint();
    for key in 0..=kv::FREE_SKIPS as u8 {
        state.remove(vec![key]);
    }
    let walked = |state: &State| {
        let mut range = state.range(None, None, Direction::Ascending);
        (range.next(), range.skip_gas())
    };
    assert_eq!(walked(&state), (None, (kv::FREE_SKIPS + 1) * kv::SKIP - kv::FREE_SKIPS));
    state.rollback(checkpoint);
    assert_eq!(walked(&state), (None, 0));
}

#[test]
fn end_of_a_prefix_skips_trailing_ff() {
    assert_eq!(compute_prefix_end(&[1, 2]), Some(vec![1, 3]));
    assert_eq!(compute_prefix_end(&[1, 0xff]), Some(vec![2]));
    assert_eq!(compute_prefix_end(&[0xff, 0xff]), None);
}

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0u8..3, 0..3)
}

proptest! {
    #[test]
    fn merged_range_agrees_with_a_plain_map(
        base in prop::collection::btree_map(key(), prop::collection::vec(any::<u8>(), 0..2), 0..8),
        writes in prop::collection::vec((key(), prop::option::of(prop::collection::vec(any::<u8>(), 0..2))), 0..8),
        start in prop::option::of(key()),
        end in prop::option::of(key()),
    ) {
        let mut model: Map = base.clone();
        let mut state = State::new(Arc::new(Base(base)));
        for (key, write) in writes {
            match write {
                Some(value) => { model.insert(key.clone(), value.clone()); state.set(key, value); }
                None => { model.remove(&key); state.remove(key); }
            }
        }
        let mut expected: Vec<Entry> = model
            .into_iter()
            .filter(|(key, _)| start.as_ref().is_none_or(|start| key >= start) && end.as_ref().is_none_or(|end| key < end))
            .collect();
        let ascending: Vec<Entry> = state.range(start.as_deref(), end.as_deref(), Direction::Ascending).collect();
        prop_assert_eq!(&ascending, &expected);
        expected.reverse();
        let descending: Vec<Entry> = state.range(start.as_deref(), end.as_deref(), Direction::Descending).collect();
        prop_assert_eq!(&descending, &expected);
    }

    #[test]
    fn layers_agree_with_one_overlay(
        base in prop::collection::btree_map(key(), prop::collection::vec(any::<u8>(), 0..2), 0..8),
        changes in prop::collection::vec(
            prop::collection::btree_map(key(), prop::option::of(prop::collection::vec(any::<u8>(), 0..2)), 0..4),
            0..12,
        ),
    ) {
        let base: Arc<dyn Reader> = Arc::new(Base(base));
        let (mut overlay, mut layers) = (State::new(Arc::clone(&base)), Layers::new(base));
        let all = |state: &State| -> Vec<Entry> { state.range(None, None, Direction::Descending).collect() };
        for change in changes {
            let (before, seen) = (layers.state(), all(&overlay));
            for (key, write) in &change {
                overlay.write(key.clone(), write.clone());
            }
            layers.add(change);
            let state = layers.state();
            prop_assert_eq!(all(&state), all(&overlay));
            for (key, _) in all(&overlay) {
                prop_assert_eq!(state.get(&key), overlay.get(&key));
            }
            // Whoever looked before sees what was there before.
            prop_assert_eq!(all(&before), seen);
        }
    }
}

#[test]
fn layers_are_few_and_a_look_copies_none() {
    let mut layers = Layers::new(Arc::new(Base::default()));
    for number in 0..2_000u32 {
        let looked = layers.state();
        layers.add(Changes::from([(number.to_be_bytes().to_vec(), Some(Vec::new()))]));
        assert!(layers.depth() <= 5, "{} after {number}", layers.depth());
        drop(looked);
    }
    let state = layers.state();
    assert_eq!(state.overlay, Changes::new());
    assert_eq!(state.range(None, None, Direction::Ascending).count(), 2_000);
}
