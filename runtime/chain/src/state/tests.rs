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
}
