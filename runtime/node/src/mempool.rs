//! Transactions that wait for a block, first in first out.
//!
//! Invariant: every waiting transaction passed CheckTx after all those before it. A hash stays in the cache after its
//! transaction succeeded, so the same bytes are refused without work; it leaves the cache when the transaction failed
//! or was dropped, so they can be sent again.

use std::collections::{BTreeSet, VecDeque};

use supercloud_rpc::{BroadcastError, Hash, MempoolStats};

use crate::config::MempoolLimits;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    hash: Hash,
    raw: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Mempool {
    limits: MempoolLimits,
    waiting: VecDeque<Waiting>,
    bytes: usize,
    cached: BTreeSet<Hash>,
    /// The cache in order of arrival; may hold hashes that have left it.
    arrivals: VecDeque<Hash>,
}

impl Mempool {
    pub(crate) fn new(limits: MempoolLimits) -> Self {
        Self {
            limits,
            waiting: VecDeque::new(),
            bytes: 0,
            cached: BTreeSet::new(),
            arrivals: VecDeque::new(),
        }
    }

    pub(crate) fn stats(&self) -> MempoolStats {
        MempoolStats {
            txs: self.waiting.len() as u64,
            bytes: self.bytes as u64,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// First step for an arriving transaction, before CheckTx: refuses it or remembers its hash.
    pub(crate) fn reserve(&mut self, hash: Hash, len: usize) -> Result<(), BroadcastError> {
        let limits = &self.limits;
        if len > limits.max_tx_bytes {
            return Err(BroadcastError::TooLarge {
                limit: limits.max_tx_bytes,
                got: len,
            });
        }
        if self.cached.contains(&hash) {
            return Err(BroadcastError::AlreadyInCache);
        }
        if self.waiting.len() >= limits.max_txs || self.bytes + len > limits.max_bytes {
            return Err(BroadcastError::MempoolFull {
                txs: self.waiting.len(),
                max_txs: limits.max_txs,
                bytes: self.bytes,
                max_bytes: limits.max_bytes,
            });
        }
        self.cached.insert(hash);
        self.arrivals.push_back(hash);
        while self.arrivals.len() > limits.cache_size {
            if let Some(oldest) = self.arrivals.pop_front() {
                self.cached.remove(&oldest);
            }
        }
        Ok(())
    }

    /// Second step: it passed CheckTx.
    pub(crate) fn push(&mut self, hash: Hash, raw: Vec<u8>) {
        self.bytes += raw.len();
        self.waiting.push_back(Waiting { hash, raw });
    }

    /// Second step: it did not. Also for transactions that failed in a block.
    pub(crate) fn forget(&mut self, hash: &Hash) {
        self.cached.remove(hash);
    }

    /// The oldest transactions that fit into `max_bytes`. They stay until [`Mempool::remove_first`].
    pub(crate) fn first_txs(&self, max_bytes: usize) -> Vec<Vec<u8>> {
        let mut left = max_bytes;
        let fits = |waiting: &&Waiting| match left.checked_sub(waiting.raw.len()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        };
        self.waiting
            .iter()
            .take_while(fits)
            .map(|waiting| waiting.raw.clone())
            .collect()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.limits);
    }

    /// The oldest `count` transactions are in a block.
    pub(crate) fn remove_first(&mut self, count: usize) {
        for waiting in self.waiting.drain(..count.min(self.waiting.len())) {
            self.bytes -= waiting.raw.len();
        }
    }

    /// Runs CheckTx again on all that wait, in order, and drops what no longer passes.
    pub(crate) fn recheck(&mut self, mut passes: impl FnMut(&[u8]) -> bool) {
        let (bytes, cached) = (&mut self.bytes, &mut self.cached);
        self.waiting.retain(|waiting| {
            let keep = passes(&waiting.raw);
            if !keep {
                *bytes -= waiting.raw.len();
                cached.remove(&waiting.hash);
            }
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: MempoolLimits = MempoolLimits {
        max_txs: 2,
        max_bytes: 10,
        max_tx_bytes: 8,
        cache_size: 3,
    };

    fn add(pool: &mut Mempool, byte: u8, len: usize) -> Result<(), BroadcastError> {
        let hash = [byte; 32];
        pool.reserve(hash, len)?;
        pool.push(hash, vec![byte; len]);
        Ok(())
    }

    #[test]
    fn order_of_arrival_is_kept() {
        let mut pool = Mempool::new(LIMITS);
        add(&mut pool, 2, 4).unwrap();
        add(&mut pool, 1, 4).unwrap();
        assert_eq!(pool.first_txs(100), [vec![2; 4], vec![1; 4]]);
        assert_eq!(pool.first_txs(7), [vec![2; 4]]);
        pool.remove_first(1);
        assert_eq!(pool.first_txs(100), [vec![1; 4]]);
        assert_eq!(pool.stats(), MempoolStats { txs: 1, bytes: 4 });
    }

    #[test]
    fn the_same_bytes_are_refused_until_they_are_forgotten() {
        let mut pool = Mempool::new(LIMITS);
        add(&mut pool, 1, 1).unwrap();
        assert_eq!(add(&mut pool, 1, 1), Err(BroadcastError::AlreadyInCache));
        pool.remove_first(1);
        assert_eq!(add(&mut pool, 1, 1), Err(BroadcastError::AlreadyInCache));
        pool.forget(&[1; 32]);
        add(&mut pool, 1, 1).unwrap();
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let mut pool = Mempool::new(LIMITS);
        assert_eq!(add(&mut pool, 9, 9), Err(BroadcastError::TooLarge { limit: 8, got: 9 }));
        add(&mut pool, 1, 8).unwrap();
        let full = |txs, bytes| {
            Err(BroadcastError::MempoolFull {
                txs,
                max_txs: 2,
                bytes,
                max_bytes: 10,
            })
        };
        assert_eq!(add(&mut pool, 2, 3), full(1, 8));
        add(&mut pool, 2, 2).unwrap();
        assert_eq!(add(&mut pool, 3, 0), full(2, 10));
    }

    #[test]
    fn the_cache_forgets_the_oldest() {
        let mut pool = Mempool::new(LIMITS);
        for byte in 1..=4 {
            add(&mut pool, byte, 1).unwrap();
            pool.remove_first(1);
        }
        add(&mut pool, 1, 1).unwrap();
        assert_eq!(add(&mut pool, 4, 1), Err(BroadcastError::AlreadyInCache));
    }

    #[test]
    fn recheck_drops_what_no_longer_passes() {
        let mut pool = Mempool::new(LIMITS);
        add(&mut pool, 1, 2).unwrap();
        add(&mut pool, 2, 3).unwrap();
        pool.recheck(|raw| raw[0] == 2);
        assert_eq!(pool.first_txs(100), [vec![2; 3]]);
        assert_eq!(pool.stats(), MempoolStats { txs: 1, bytes: 3 });
        pool.reserve([1; 32], 2).unwrap();
    }
}
