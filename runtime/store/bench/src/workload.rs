//! Keys are SHA-256 digests of their numbers, values random bytes.

use sha2::{Digest, Sha256};

pub(crate) const VALUE_BYTES: usize = 120;
/// Keys of a block before the measurement: a block must fit into memory with all pages that it changes.
const PRELOAD_BATCH: u64 = 10_000;

pub(crate) struct Workload {
    keys: u64,
    random: u64,
}

type Block = Vec<(Vec<u8>, Vec<u8>)>;

impl Workload {
    pub(crate) fn new(keys: u64) -> Self {
        Self {
            keys,
            random: 0x1234_5678_9abc_def1,
        }
    }

    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn value(&mut self) -> Vec<u8> {
        (0..VALUE_BYTES / 8).flat_map(|_| self.next().to_le_bytes()).collect()
    }

    pub(crate) fn preload(&mut self) -> impl Iterator<Item = Block> + use<> {
        let mut values = Self {
            keys: self.keys,
            random: 7,
        };
        let keys = self.keys;
        (0..keys.div_ceil(PRELOAD_BATCH)).map(move |batch| {
            let numbers = batch * PRELOAD_BATCH..((batch + 1) * PRELOAD_BATCH).min(keys);
            sorted(numbers.map(|number| (key(number), values.value())).collect())
        })
    }

    /// Distinct keys, four fifths of them old.
    pub(crate) fn next_block(&mut self, updates: u64) -> Block {
        let new = updates / 5;
        let mut numbers = std::collections::BTreeSet::new();
        while (numbers.len() as u64) < updates - new {
            numbers.insert(self.next() % self.keys);
        }
        numbers.extend(self.keys..self.keys + new);
        self.keys += new;
        sorted(numbers.into_iter().map(|number| (key(number), self.value())).collect())
    }

    pub(crate) fn random_key(&mut self) -> Vec<u8> {
        key(self.next() % self.keys)
    }

    pub(crate) fn absent_key(&mut self) -> Vec<u8> {
        key(self.next() | 1 << 63)
    }
}

fn key(number: u64) -> Vec<u8> {
    Sha256::digest(number.to_be_bytes()).to_vec()
}

fn sorted(mut block: Block) -> Block {
    block.sort();
    block
}

pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * percent / 100).min(values.len() - 1)]
}
