//! The mempool without a chain: transactions are bytes, tickets are made up.

use std::time::Duration;

use super::*;

const LIMITS: MempoolLimits = MempoolLimits {
    max_txs: 4,
    max_bytes: 100,
    max_tx_bytes: 80,
    cache_size: 100,
    max_age: Duration::from_secs(60),
    max_age_blocks: 5,
    price_bump_percent: 10,
};

fn ticket(signers: &[(&str, u64)], priority: u64, gas_wanted: u64) -> Ticket {
    Ticket {
        signers: signers
            .iter()
            .map(|(name, sequence)| (name.as_bytes().to_vec(), *sequence))
            .collect(),
        priority,
        gas_wanted,
    }
}

struct Pool {
    pool: Mempool<Vec<u8>>,
    now: Instant,
}

impl Pool {
    fn new() -> Self {
        Self::with(LIMITS)
    }

    fn with(limits: MempoolLimits) -> Self {
        Self {
            pool: Mempool::new(limits),
            now: Instant::now(),
        }
    }

    /// All three steps of a transaction that passes CheckTx; its bytes are `byte`s.
    fn add(&mut self, byte: u8, len: usize, ticket: Ticket) -> Result<(), BroadcastError> {
        let hash = [byte; 32];
        self.pool.reserve(hash, len)?;
        let leaving = self.pool.find_room(len, Some(&ticket)).inspect_err(|_| {
            self.pool.cached.remove(&hash);
        })?;
        for hash in leaving {
            self.pool.discard(&hash);
        }
        self.pool.push(hash, vec![byte; len], ticket, self.now, 10);
        self.check();
        Ok(())
    }

    /// First bytes of what a block would take.
    fn select(&self, max_bytes: usize, max_gas: Option<u64>) -> Vec<u8> {
        self.pool.select(max_bytes, max_gas).iter().map(|raw| raw[0]).collect()
    }

    fn all(&self) -> Vec<u8> {
        self.select(1 << 20, None)
    }

    /// The indexes say the same.
    fn check(&self) {
        let pool = &self.pool;
        assert_eq!(pool.by_hash.len(), pool.waiting.len());
        assert_eq!(pool.by_priority.len(), pool.waiting.len());
        let signers: usize = pool.waiting.values().map(|waiting| waiting.ticket.signers.len()).sum();
        assert_eq!(pool.by_signer.len(), signers);
        let bytes: usize = pool.waiting.values().map(|waiting| waiting.tx.len()).sum();
        assert_eq!(pool.stats().bytes, bytes as u64);
    }
}

#[test]
fn the_best_price_goes_first_and_equal_prices_in_order_of_arrival() {
    let mut pool = Pool::new();
    pool.add(1, 4, ticket(&[("a", 0)], 5, 1)).unwrap();
    pool.add(2, 4, ticket(&[("b", 0)], 9, 1)).unwrap();
    pool.add(3, 4, ticket(&[("c", 0)], 5, 1)).unwrap();
    assert_eq!(pool.all(), [2, 1, 3]);
}

#[test]
fn a_sender_keeps_its_order_whatever_it_offers() {
    let mut pool = Pool::new();
    pool.add(1, 4, ticket(&[("a", 7)], 1, 1)).unwrap();
    pool.add(2, 4, ticket(&[("a", 8)], 100, 1)).unwrap();
    pool.add(3, 4, ticket(&[("b", 0)], 50, 1)).unwrap();
    assert_eq!(pool.all(), [3, 1, 2]);
}

#[test]
fn one_of_two_signers_waits_for_both() {
    let mut pool = Pool::new();
    pool.add(1, 4, ticket(&[("a", 0)], 1, 1)).unwrap();
    pool.add(2, 4, ticket(&[("b", 0)], 2, 1)).unwrap();
    pool.add(3, 4, ticket(&[("a", 1), ("b", 1)], 100, 1)).unwrap();
    assert_eq!(pool.all(), [2, 1, 3]);
}

#[test]
fn what_does_not_fit_is_passed_over_with_what_follows_it() {
    let mut pool = Pool::new();
    pool.add(1, 30, ticket(&[("a", 0)], 9, 100)).unwrap();
    pool.add(2, 4, ticket(&[("a", 1)], 9, 1)).unwrap();
    pool.add(3, 4, ticket(&[("b", 0)], 5, 50)).unwrap();
    // 6 bytes of framing each.
    assert_eq!(pool.select(35, None), [3]);
    assert_eq!(pool.select(36, None), [1]);
    assert_eq!(pool.select(56, None), [1, 2, 3]);
    assert_eq!(pool.select(1 << 20, Some(99)), [3]);
    assert_eq!(pool.select(1 << 20, Some(101)), [1, 2]);
    assert_eq!(pool.select(1 << 20, Some(151)), [1, 2, 3]);
    assert_eq!(pool.select(0, None), [0u8; 0]);
}

#[test]
fn the_same_bytes_are_refused_until_they_are_forgotten() {
    let mut pool = Pool::new();
    let it = || ticket(&[("a", 0)], 1, 1);
    pool.add(1, 1, it()).unwrap();
    assert_eq!(pool.add(1, 1, it()), Err(BroadcastError::AlreadyInCache));
    pool.pool.remove(&[1; 32]);
    assert_eq!(pool.add(1, 1, it()), Err(BroadcastError::AlreadyInCache));
    pool.pool.forget(&[1; 32]);
    pool.add(1, 1, it()).unwrap();
}

#[test]
fn the_cache_forgets_the_oldest() {
    let mut pool = Pool::with(MempoolLimits {
        cache_size: 3,
        ..LIMITS
    });
    for byte in 1..=4 {
        pool.pool.reserve([byte; 32], 1).unwrap();
    }
    pool.pool.reserve([1; 32], 1).unwrap();
    assert_eq!(pool.pool.reserve([4; 32], 1), Err(BroadcastError::AlreadyInCache));
}

#[test]
fn a_transaction_may_have_its_limit_and_no_more() {
    let mut pool = Pool::new();
    assert_eq!(
        pool.pool.reserve([1; 32], 81),
        Err(BroadcastError::TooLarge { limit: 80, got: 81 })
    );
    pool.pool.reserve([1; 32], 80).unwrap();
}

#[test]
fn a_full_pool_takes_only_what_offers_more_than_something_that_may_go() {
    let mut pool = Pool::new();
    for (byte, name, priority) in [(1, "a", 5), (2, "b", 6), (3, "c", 7), (4, "d", 8)] {
        pool.add(byte, 10, ticket(&[(name, 0)], priority, 1)).unwrap();
    }
    let full = Err(BroadcastError::MempoolFull {
        txs: 4,
        max_txs: 4,
        bytes: 40,
        max_bytes: 100,
    });
    assert_eq!(pool.add(5, 10, ticket(&[("e", 0)], 5, 1)), full);
    pool.add(5, 10, ticket(&[("e", 0)], 6, 1)).unwrap();
    assert_eq!(pool.all(), [4, 3, 2, 5]);
    // The dropped one may come again.
    assert_eq!(pool.add(1, 10, ticket(&[("a", 0)], 5, 1)), full);
    // Its own sender's transactions do not go for it: it comes after them.
    let own = ticket(&[("e", 1), ("b", 1), ("c", 1), ("d", 1)], 9, 1);
    assert_eq!(pool.add(6, 10, own), full);
}

#[test]
fn as_many_go_as_bytes_are_needed_and_followers_before_those_they_follow() {
    let mut pool = Pool::new();
    pool.add(1, 30, ticket(&[("a", 0)], 1, 1)).unwrap();
    pool.add(2, 30, ticket(&[("a", 1)], 9, 1)).unwrap();
    pool.add(3, 30, ticket(&[("b", 0)], 2, 1)).unwrap();
    // 1 cannot go without 2, and 2 offers more.
    let leaving = pool.pool.find_room(40, Some(&ticket(&[("c", 0)], 5, 1)));
    assert_eq!(leaving, Ok(vec![[3; 32]]));
    let leaving = pool.pool.find_room(41, Some(&ticket(&[("c", 0)], 5, 1)));
    assert!(matches!(leaving, Err(BroadcastError::MempoolFull { .. })));
    assert!(pool.pool.find_room(41, None).is_err());
    assert_eq!(pool.pool.find_room(10, None), Ok(vec![]));
}

#[test]
fn a_better_offer_takes_the_place_of_the_same_sequence() {
    let mut pool = Pool::new();
    pool.add(1, 4, ticket(&[("a", 0)], 100, 1)).unwrap();
    pool.add(2, 4, ticket(&[("a", 1)], 100, 1)).unwrap();
    pool.add(3, 4, ticket(&[("a", 2)], 100, 1)).unwrap();
    let find = |pool: &Pool, claim: &Ticket| {
        let found = pool.pool.find_replaceable(claim);
        found.map(|(hash, before)| (hash[0], before.iter().map(|tx| tx[0]).collect::<Vec<_>>()))
    };
    assert_eq!(find(&pool, &ticket(&[("a", 1)], 109, 1)), None);
    assert_eq!(find(&pool, &ticket(&[("a", 1)], 110, 1)), Some((2, vec![1])));
    assert_eq!(find(&pool, &ticket(&[("a", 3)], 200, 1)), None);
    assert_eq!(find(&pool, &ticket(&[("a", 1), ("b", 0)], 200, 1)), None);
    let (old, now) = ([2; 32], pool.now);
    pool.pool.reserve([9; 32], 4).unwrap();
    pool.pool
        .replace(&old, [9; 32], vec![9; 4], ticket(&[("a", 1)], 110, 1), now, 10);
    pool.check();
    assert_eq!(pool.all(), [1, 9, 3]);
    pool.pool.reserve(old, 4).unwrap();
}

#[test]
fn free_offers_are_replaced_only_by_something() {
    let mut pool = Pool::new();
    pool.add(1, 4, ticket(&[("a", 0)], 0, 1)).unwrap();
    assert!(pool.pool.find_replaceable(&ticket(&[("a", 0)], 0, 1)).is_none());
    assert!(pool.pool.find_replaceable(&ticket(&[("a", 0)], 1, 1)).is_some());
}

#[test]
fn recheck_drops_what_no_longer_passes_or_is_too_old() {
    let mut pool = Pool::new();
    let now = pool.now;
    for (byte, name) in [(1, "a"), (2, "b"), (3, "c")] {
        pool.add(byte, 4, ticket(&[(name, 0)], 1, 1)).unwrap();
    }
    let mut order = Vec::new();
    pool.pool.recheck(now + Duration::from_secs(60), 15, |raw| {
        order.push(raw[0]);
        raw[0] != 2
    });
    pool.check();
    assert_eq!((order, pool.all()), (vec![1, 2, 3], vec![1, 3]));
    pool.pool.reserve([2; 32], 4).unwrap();
    pool.pool.recheck(now, 16, |_| true);
    assert!(pool.pool.is_empty());
    pool.add(4, 4, ticket(&[("a", 0)], 1, 1)).unwrap();
    pool.pool.recheck(now + Duration::from_secs(61), 10, |_| true);
    assert!(pool.pool.is_empty());
    pool.check();
}

#[test]
fn without_age_limits_nothing_is_too_old() {
    let mut pool = Pool::with(MempoolLimits {
        max_age: Duration::ZERO,
        max_age_blocks: 0,
        ..LIMITS
    });
    pool.add(1, 4, ticket(&[("a", 0)], 1, 1)).unwrap();
    pool.pool
        .recheck(pool.now + Duration::from_secs(1 << 20), 1 << 40, |_| true);
    assert_eq!(pool.all(), [1]);
}

#[test]
fn a_replacement_needs_room_only_for_what_it_has_more() {
    let mut pool = Pool::new();
    pool.add(1, 50, ticket(&[("a", 0)], 10, 1)).unwrap();
    pool.add(2, 30, ticket(&[("b", 0)], 1, 1)).unwrap();
    pool.add(3, 10, ticket(&[("c", 0)], 2, 1)).unwrap();
    pool.add(4, 10, ticket(&[("d", 0)], 30, 1)).unwrap();
    // 4 of 4 transactions and 100 of 100 bytes wait.
    let better = ticket(&[("a", 0)], 20, 1);
    let find = |pool: &Pool, len: usize| pool.pool.find_room_instead_of(&[1; 32], len, &better);
    assert_eq!(find(&pool, 50), Ok(vec![]));
    assert_eq!(find(&pool, 51), Ok(vec![[2; 32]]));
    assert_eq!(find(&pool, 80), Ok(vec![[2; 32]]));
    assert_eq!(find(&pool, 81).map(|leaving| leaving.len()), Ok(2));
    assert_eq!(find(&pool, 90).map(|leaving| leaving.len()), Ok(2));
    let full = BroadcastError::MempoolFull {
        txs: 4,
        max_txs: 4,
        bytes: 100,
        max_bytes: 100,
    };
    // 4 offers more.
    assert_eq!(find(&pool, 91), Err(full.clone()));
    // One that waits nowhere has no place to take.
    assert_eq!(pool.pool.find_room(1, Some(&ticket(&[("e", 0)], 1, 1))), Err(full));
    let now = pool.now;
    pool.pool.reserve([9; 32], 80).unwrap();
    for hash in find(&pool, 80).unwrap() {
        pool.pool.discard(&hash);
    }
    pool.pool
        .replace(&[1; 32], [9; 32], vec![9; 80], better.clone(), now, 10);
    pool.check();
    assert_eq!((pool.all(), pool.pool.stats().bytes), (vec![4, 9, 3], 100));
}
