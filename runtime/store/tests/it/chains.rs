//! Histories to feed to stores, and what a store must then say.

use std::collections::BTreeMap;

use supercloud_chain::store::{Changes, Direction, Entry, Reader, Store};
use supercloud_store::{DiskConfig, DiskStore};

pub(crate) type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// A small deterministic generator.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// Keys of all kinds: short, long, with zeros, one the prefix of another.
pub(crate) fn key(i: u64) -> Vec<u8> {
    match i % 5 {
        0 => format!("k/{:03}", i / 5).into_bytes(),
        1 => [b"k/".as_slice(), &vec![0; (i / 5 % 7) as usize + 1]].concat(),
        2 => [b"k/\x00\xff".as_slice(), &(i / 5).to_be_bytes()].concat(),
        3 => [vec![b'z'; (i / 5 % 300) as usize + 1], (i / 5).to_be_bytes().to_vec()].concat(),
        _ => (i / 5).to_be_bytes()[4..].to_vec(),
    }
}

/// The changes of a height: a function of height and seed alone.
pub(crate) fn changes_at(height: u64, seed: u64, keys: u64, most: u64) -> Changes {
    let mut random = Random(height.wrapping_mul(0x1_0001).wrapping_add(seed));
    let count = random.below(most + 1);
    (0..count)
        .map(|_| {
            let key = key(random.below(keys));
            let value = match random.below(5) {
                0 => None,
                1 => Some(Vec::new()),
                _ => Some(vec![random.next() as u8; random.below(60) as usize + 1]),
            };
            (key, value)
        })
        .collect()
}

pub(crate) fn apply(state: &mut State, changes: &Changes) {
    for (key, value) in changes {
        match value {
            Some(value) => state.insert(key.clone(), value.clone()),
            None => state.remove(key),
        };
    }
}

/// A folder in memory where the system has one: for tests that open and close hundreds of stores.
pub(crate) fn fast_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// A store small enough to checkpoint every few blocks.
pub(crate) fn small() -> DiskConfig {
    DiskConfig {
        write_buffer_bytes: 16 << 10,
        cache_bytes: 1 << 20,
        ..DiskConfig::default()
    }
}

pub(crate) fn open(dir: &std::path::Path, config: DiskConfig) -> DiskStore {
    DiskStore::open(dir, config).unwrap()
}

pub(crate) fn commit_through(store: &mut dyn Store, heights: std::ops::RangeInclusive<u64>, seed: u64) {
    for height in heights {
        store.commit(height, changes_at(height, seed, 300, 40)).unwrap();
    }
}

/// Asserts that a view has exactly this state, read in every way.
pub(crate) fn assert_state(reader: &dyn Reader, state: &State, random: &mut Random) {
    let all: Vec<Entry> = state.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let read: Vec<Entry> = reader.range(None, None, Direction::Ascending).collect();
    assert_eq!(read, all, "height {}", reader.height());
    for _ in 0..4 {
        let (start, end) = (key(random.below(400)), key(random.below(400)));
        let within: Vec<Entry> = all
            .iter()
            .filter(|(key, _)| *key >= start && *key < end)
            .cloned()
            .collect();
        let read: Vec<Entry> = reader.range(Some(&start), Some(&end), Direction::Ascending).collect();
        assert_eq!(read, within, "height {}", reader.height());
        let mut read: Vec<Entry> = reader.range(Some(&start), Some(&end), Direction::Descending).collect();
        read.reverse();
        assert_eq!(read, within, "height {}", reader.height());
    }
    for _ in 0..30 {
        let key = key(random.below(400));
        assert_eq!(reader.get(&key), state.get(&key).cloned(), "height {}", reader.height());
    }
    reader.check().unwrap();
}
