//! The `jmt` crate as oracle: same entries, same root, and its ICS-23 specification verifies our proofs.

use std::collections::BTreeMap;

use jmt::mock::MockTreeStore;
use jmt::{KeyHash, Sha256Jmt};
use sha2::Sha256;
use supercloud_chain::store::{Changes, Store};
use supercloud_store::{EMPTY, MemoryStore, provable_value};

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn changes(state: &mut u64, keys: u64, most: u64) -> Changes {
    let count = random(state) % most + 1;
    (0..count)
        .map(|_| {
            let key = format!("key/{}", random(state) % keys).into_bytes();
            let value = match random(state) % 4 {
                0 => None,
                1 => Some(Vec::new()),
                _ => Some(random(state).to_be_bytes().to_vec()),
            };
            (key, value)
        })
        .collect()
}

#[test]
fn roots_are_those_of_the_jmt_crate() {
    for (seed, keys, most) in [(1, 5, 4), (2, 60, 30), (3, 3_000, 400), (4, 100_000, 3_000)] {
        let mut state = seed * 0x9e37_79b9;
        let mut ours = MemoryStore::new();
        let theirs = MockTreeStore::new(true);
        let mut entries = BTreeMap::new();
        for version in 0..40 {
            let changes = changes(&mut state, keys, most);
            for (key, value) in &changes {
                match value {
                    Some(value) => entries.insert(key.clone(), value.clone()),
                    None => entries.remove(key),
                };
            }
            let set = changes.iter().map(|(key, value)| {
                let value = value.as_deref().map(provable_value);
                (KeyHash::with::<Sha256>(key), value)
            });
            let (root, updates) = Sha256Jmt::new(&theirs).put_value_set(set, version).unwrap();
            theirs.write_tree_update_batch(updates).unwrap();
            assert_eq!(
                ours.commit(version, changes).unwrap(),
                root.0,
                "seed {seed}, version {version}"
            );
            assert_eq!(root.0 == EMPTY, entries.is_empty());
        }
    }
}

/// What `known_roots_of_the_jmt_crate_are_ours` in `runtime/store/tests/it/proofs.rs` expects.
#[test]
fn known_roots_are_those_of_the_jmt_crate() {
    for (count, expected) in [
        (1u32, "34c93e6c4c4347ca9a85bae2525c70bcdab00e2ca86b758d171e2ab5c237abb0"),
        (2, "addc03ddc0b6d2b68402f898e8ec6089b8bc4d4729bf1dd980aaa0a65a5b1663"),
        (100, "0a36e9ab7887c586e4ef43e72edc6c0a7244e3e9427a07aea8e435ef36d5f619"),
        (
            5_000,
            "667e148817033ccba42239f7c89b7ff525a02f5ff4b53a210ea0639e6b5f8c23",
        ),
    ] {
        let theirs = MockTreeStore::new(true);
        let set = (0..count).map(|i| {
            let value = provable_value(&i.to_le_bytes()[..(i % 5) as usize]);
            (KeyHash::with::<Sha256>(format!("key/{i}")), Some(value))
        });
        let (root, _) = Sha256Jmt::new(&theirs).put_value_set(set, 0).unwrap();
        let hex: String = root.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "{count} entries");
    }
}
