use std::collections::BTreeMap;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::hash::{EMPTY, bit, hash_inner, hash_key, hash_leaf, hash_value};

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

fn apply(tree: &Tree, height: u64, changes: &[(Vec<u8>, Option<Vec<u8>>)]) -> Updated {
    let mut changes: Vec<Change<'_>> = changes
        .iter()
        .map(|(key, value)| Change {
            key_hash: hash_key(key),
            key,
            value_hash: value.as_deref().map(hash_value),
        })
        .collect();
    tree.update(height, 0, &mut changes).unwrap()
}

fn key(i: u32) -> Vec<u8> {
    format!("key/{i}").into_bytes()
}

/// The root by its definition, without pages.
fn compute_root(model: &Model) -> Hash {
    let mut leaves: Vec<(Hash, Hash)> = model
        .iter()
        .map(|(key, value)| (hash_key(key), hash_value(value)))
        .collect();
    leaves.sort();
    compute_subtree(&leaves, 0)
}

fn compute_subtree(leaves: &[(Hash, Hash)], depth: usize) -> Hash {
    match leaves {
        [] => EMPTY,
        [(key, value)] => hash_leaf(key, value),
        _ => {
            let (left, right) = leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)));
            hash_inner(&compute_subtree(left, depth + 1), &compute_subtree(right, depth + 1))
        }
    }
}

/// Every page with its place, as bytes.
fn encode_all(tree: &Tree) -> Vec<(Path, Vec<u8>)> {
    tree.collect_pages_after(0)
        .into_iter()
        .map(|(path, page)| (path, encode_page(&page)))
        .collect()
}

#[test]
fn empty_tree_has_the_placeholder_as_root() {
    assert_eq!(Tree::empty().root(), EMPTY);
    let tree = apply(&Tree::empty(), 1, &[(key(1), None)]).tree;
    assert_eq!(tree.root(), EMPTY);
}

#[test]
fn tree_with_one_entry_has_its_leaf_as_root() {
    let tree = apply(&Tree::empty(), 1, &[(b"a".to_vec(), Some(b"1".to_vec()))]).tree;
    let mut preimage = b"JMT::LeafNode".to_vec();
    preimage.extend_from_slice(&Sha256::digest(b"a"));
    preimage.extend_from_slice(&Sha256::digest(b"1"));
    assert_eq!(tree.root()[..], Sha256::digest(preimage)[..]);
}

#[test]
fn pages_appear_beyond_the_inline_limit_and_dissolve_at_it() {
    // Keys whose hashes share a first nibble, so they all live in one slot of the top page.
    let same_slot: Vec<Vec<u8>> = (0..)
        .map(key)
        .filter(|key| hash_key(key)[0] >> 4 == 7)
        .take(7)
        .collect();
    let set: Vec<_> = same_slot.iter().map(|key| (key.clone(), Some(vec![1]))).collect();
    let six = apply(&Tree::empty(), 1, &set[..6]).tree;
    assert_eq!(six.collect_pages_after(0).len(), 1);
    let seven = apply(&six, 2, &set[6..]);
    assert!(seven.tree.collect_pages_after(0).len() > 1);
    assert_eq!(seven.removed, []);
    let back = apply(&seven.tree, 3, &[(same_slot[6].clone(), None)]);
    assert_eq!(encode_all(&back.tree), encode_all(&six));
    assert!(back.removed.contains(&Path::ROOT.child(7)));
}

#[test]
fn page_bytes_read_back_give_the_same_page_and_no_other_root() {
    let set: Vec<_> = (0..500).map(|i| (key(i), Some(vec![i as u8; 3]))).collect();
    let tree = apply(&Tree::empty(), 1, &set).tree;
    for (path, page) in tree.collect_pages_after(0).into_iter().take(8) {
        let bytes = encode_page(&page);
        let root = page.root().hash;
        let read = decode_page(&bytes, &path, &root).unwrap();
        assert_eq!(encode_page(&read), bytes);
        let wrong = decode_page(&bytes, &path, &[9; 32]).err().unwrap();
        assert!(wrong.reason.starts_with("has root "), "{wrong}");
        for index in (0..bytes.len()).step_by(3) {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0x10;
            assert!(decode_page(&damaged, &path, &root).is_err(), "byte {index} of {path}");
            assert!(decode_page(&bytes[..index], &path, &root).is_err());
        }
    }
}

#[test]
fn missing_page_is_an_error_that_names_its_place() {
    let set: Vec<_> = (0..2_000).map(|i| (key(i), Some(vec![1]))).collect();
    let tree = apply(&Tree::empty(), 1, &set).tree.release(1, Arc::new(NoPages));
    let error = tree.locate(&hash_key(&key(1))).err().unwrap();
    assert_eq!(error.reason, "the page is neither in memory nor on disk");
    assert_eq!(error.path.len(), 2);
}

#[test]
fn released_versions_keep_only_newer_pages() {
    let set: Vec<_> = (0..2_000).map(|i| (key(i), Some(vec![1]))).collect();
    let first = apply(&Tree::empty(), 1, &set).tree;
    let second = apply(&first, 2, &[(key(5), Some(vec![2]))]).tree;
    let released = second.release(1, Arc::new(NoPages));
    assert_eq!(released.root(), second.root());
    assert!(released.locate(&hash_key(&key(5))).is_ok());
    let readable = (0..2_000)
        .filter(|i| released.locate(&hash_key(&key(*i))).is_ok())
        .count();
    assert!(readable < 200, "{readable}");
}

#[test]
fn versions_that_are_released_together_go_on_sharing_pages() {
    let set: Vec<_> = (0..2_000).map(|i| (key(i), Some(vec![1]))).collect();
    let first = apply(&Tree::empty(), 1, &set).tree;
    let many: Vec<_> = (0..200).map(|i| (key(i), Some(vec![2]))).collect();
    let second = apply(&first, 2, &many).tree;
    let third = apply(&second, 3, &[(key(5), Some(vec![3]))]).tree;
    let mut release = Release::new(1, Arc::new(NoPages));
    let [second_released, third_released] = [&second, &third].map(|tree| release.tree(tree));
    let pages = |tree: &Tree| tree.collect_pages_after(1).into_iter().collect::<BTreeMap<_, _>>();
    let shared = |one: &Tree, other: &Tree| {
        let other = pages(other);
        let same = |(path, page): &(Path, Arc<Page>)| other.get(path).is_some_and(|it| Arc::ptr_eq(it, page));
        pages(one).into_iter().filter(same).count()
    };
    let before = shared(&second, &third);
    assert!(before > 20, "{before}");
    assert_eq!(shared(&second_released, &third_released), before);
    assert_eq!(
        (second_released.root(), third_released.root()),
        (second.root(), third.root())
    );
}

fn blocks() -> impl Strategy<Value = Vec<BTreeMap<u32, Option<u8>>>> {
    let write = prop::option::weighted(0.7, any::<u8>());
    prop::collection::vec(prop::collection::btree_map(0u32..600, write, 0..250), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn root_is_a_function_of_the_entries(blocks in blocks()) {
        let mut model = Model::new();
        let mut tree = Tree::empty();
        for (height, block) in (1..).zip(blocks) {
            let changes: Vec<_> = block.into_iter().map(|(i, value)| (key(i), value.map(|v| vec![v]))).collect();
            for (key, value) in &changes {
                match value {
                    Some(value) => model.insert(key.clone(), value.clone()),
                    None => model.remove(key),
                };
            }
            tree = apply(&tree, height, &changes).tree;
            prop_assert_eq!(tree.root(), compute_root(&model));
        }
        let at_once: Vec<_> = model.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
        let fresh = apply(&Tree::empty(), 1, &at_once).tree;
        prop_assert_eq!(encode_all(&fresh), encode_all(&tree));

        let mut leaves = Vec::new();
        for bytes in [0..=9, 10..=10, 11..=200, 201..=255] {
            tree.for_each_leaf(&bytes, &mut |leaf| leaves.push(leaf.key.to_vec()), &mut |error| panic!("{error}"));
        }
        let mut expected: Vec<_> = model.keys().cloned().collect();
        expected.sort_by_key(|key| hash_key(key));
        prop_assert_eq!(&leaves, &expected);

        for i in 0..600u32 {
            let hash = hash_key(&key(i));
            let position = tree.locate(&hash).unwrap();
            let own = position.leaf.as_ref().filter(|leaf| leaf.key_hash == hash);
            prop_assert_eq!(own.map(|leaf| leaf.value_hash), model.get(&key(i)).map(|value| hash_value(value)));
            if let Some(leaf) = &position.leaf {
                let mut root = hash_leaf(&leaf.key_hash, &leaf.value_hash);
                for (depth, sibling) in position.siblings.iter().enumerate().rev() {
                    root = if bit(&hash, depth) { hash_inner(sibling, &root) } else { hash_inner(&root, sibling) };
                }
                prop_assert_eq!(root, tree.root());
            }
            let at = expected.partition_point(|key| hash_key(key) < hash);
            let left = tree.neighbour(&hash, Side::Left).unwrap().map(|leaf| leaf.key);
            prop_assert_eq!(left, at.checked_sub(1).map(|at| expected[at].clone()));
            let right = tree.neighbour(&hash, Side::Right).unwrap().map(|leaf| leaf.key);
            let after = expected.iter().find(|key| hash_key(key) > hash).cloned();
            prop_assert_eq!(right, after);
        }
    }
}
