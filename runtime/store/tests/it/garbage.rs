//! Opens stores whose log and head are any bytes at all.

use std::fs;

use proptest::prelude::*;
use supercloud_chain::store::Store;
use supercloud_store::{DiskConfig, DiskStore, LostBlocks};

use crate::chains::{commit_through, fast_dir, open, small};

fn lost_blocks() -> impl Strategy<Value = LostBlocks> {
    prop_oneof![Just(LostBlocks::Refuse), Just(LostBlocks::Accept)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn store_with_any_log_and_head_opens_or_says_why_not(
        log in prop::collection::vec(any::<u8>(), 0..400),
        head in prop::collection::vec(any::<u8>(), 0..100),
        lost_blocks in lost_blocks(),
    ) {
        let dir = fast_dir();
        drop(open(dir.path(), small()));
        fs::write(dir.path().join("log/00000000000000000001.log"), [b"SCSLOG01\0\0\0\0\0\0\0\x01".as_slice(), &log].concat()).unwrap();
        fs::write(dir.path().join("head"), head).unwrap();
        let store = DiskStore::open(dir.path(), DiskConfig { lost_blocks, ..small() }).unwrap();
        prop_assert_eq!(store.committed_height(), None);
        prop_assert_eq!(store.recovery().dropped_log_bytes, log.len() as u64);
    }

    #[test]
    fn store_with_a_spoiled_log_has_a_committed_version_or_does_not_open(
        at: prop::sample::Index,
        spoiled in prop::collection::vec(any::<u8>(), 1..40),
        lost_blocks in lost_blocks(),
    ) {
        let dir = fast_dir();
        let mut store = open(dir.path(), DiskConfig { write_buffer_bytes: 1 << 20, ..small() });
        commit_through(&mut store, 1..=6, 41);
        let roots: Vec<_> = (1..=6).map(|height| store.at(height).unwrap().root()).collect();
        drop(store);
        let path = dir.path().join("log/00000000000000000001.log");
        let mut log = fs::read(&path).unwrap();
        let at = at.index(log.len());
        let end = (at + spoiled.len()).min(log.len());
        let changed = log[at..end] != spoiled[..end - at];
        log[at..end].copy_from_slice(&spoiled[..end - at]);
        fs::write(&path, log).unwrap();
        match DiskStore::open(dir.path(), DiskConfig { lost_blocks, ..small() }) {
            Ok(store) => {
                prop_assert!(!changed || lost_blocks == LostBlocks::Accept);
                if let Some(height) = store.committed_height() {
                    prop_assert_eq!(store.latest().root(), roots[height as usize - 1]);
                    prop_assert_eq!(store.recovery().lost_blocks, 6 - height);
                }
            }
            Err(error) => prop_assert!(changed && !error.to_string().is_empty()),
        }
    }
}
