//! The way of a transaction into the mempool: CheckTx on the last state as changed by all that wait.
//!
//! Its lock is not held while a block runs. What comes meanwhile is checked on the state before that block, and again
//! after it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use supercloud_chain::{Checked, Checker, PreparedTx, Querier, Ticket, TxResult};
use supercloud_rpc::{BroadcastError, Hash, MempoolStats, tx_hash};

use crate::config::MempoolLimits;
use crate::mempool::Mempool;

pub(crate) struct Pool(Mutex<Inner>);

struct Inner {
    checker: Checker,
    mempool: Mempool<PreparedTx>,
    /// Signers of what was dropped for better offers. The checker still counts their sequences, so they have to wait for the
    /// next block.
    dropped: BTreeSet<Vec<u8>>,
    /// Height of the last block.
    height: u64,
}

/// A transaction in the place of one that waits.
struct Replacement {
    old: Hash,
    /// What has to go, too.
    leaving: Vec<Hash>,
    checked: Checked,
}

impl Pool {
    pub(crate) fn new(checker: Checker, limits: MempoolLimits, height: u64) -> Self {
        Self(Mutex::new(Inner {
            checker,
            mempool: Mempool::new(limits),
            dropped: BTreeSet::new(),
            height,
        }))
    }

    /// A panic elsewhere leaves what waits intact: each change is made after all that can fail.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> MempoolStats {
        self.lock().mempool.stats()
    }

    pub(crate) fn select(&self, max_bytes: usize, max_gas: Option<u64>) -> Vec<Vec<u8>> {
        self.lock().mempool.select(max_bytes, max_gas)
    }

    /// Reads the last state as changed by all that waits.
    pub(crate) fn querier(&self) -> Querier {
        self.lock().checker.querier()
    }

    /// CheckTx without a place in the mempool: nothing changes.
    pub(crate) fn try_tx(&self, committed: &Querier, raw: &[u8]) -> TxResult {
        let tx = committed.prepare(raw);
        self.lock().checker.check_now(&tx).result
    }

    /// CheckTx, and into the mempool when it passes. The costly part, signatures, runs on the committed state and outside
    /// of the lock.
    pub(crate) fn accept(&self, committed: &Querier, hash: Hash, raw: &[u8]) -> Result<TxResult, BroadcastError> {
        self.lock().mempool.reserve(hash, raw.len())?;
        let tx = committed.prepare(raw);
        self.lock().accept(hash, tx)
    }

    /// Begins anew on a state that was taken back, with these transactions waiting, in this order. What does not pass there
    /// is gone. Tells whether something waits.
    pub(crate) fn restart(&self, committed: &Querier, checker: Checker, height: u64, waiting: Vec<Vec<u8>>) -> bool {
        let prepared = waiting.iter().map(|raw| (tx_hash(raw), committed.prepare(raw)));
        let prepared: Vec<(Hash, PreparedTx)> = prepared.collect();
        let mut inner = self.lock();
        inner.renew(checker, height);
        inner.mempool.clear();
        for (hash, tx) in prepared {
            if inner.mempool.reserve(hash, tx.as_ref().len()).is_ok() {
                // What is wrong with it is nobody's question any more.
                let _ = inner.accept(hash, tx);
            }
        }
        !inner.mempool.is_empty()
    }

    /// After a block: what it took is gone, and the rest is checked again on the state after it. Tells whether something waits.
    pub(crate) fn settle<'r>(
        &self,
        checker: Checker,
        height: u64,
        included: impl IntoIterator<Item = (&'r Hash, bool)>,
    ) -> bool {
        let mut inner = self.lock();
        inner.renew(checker, height);
        for (hash, succeeded) in included {
            inner.mempool.remove(hash);
            if !succeeded {
                inner.mempool.forget(hash);
            }
        }
        let Inner { checker, mempool, .. } = &mut *inner;
        mempool.recheck(Instant::now(), height, |tx| checker.check(tx).ticket.is_some());
        !mempool.is_empty()
    }
}

impl Inner {
    fn renew(&mut self, checker: Checker, height: u64) {
        (self.checker, self.height) = (checker, height);
        self.dropped.clear();
    }

    fn find_room(&self, tx: &PreparedTx, claim: Option<&Ticket>) -> Result<Vec<Hash>, BroadcastError> {
        let mut signers = claim.into_iter().flat_map(|claim| &claim.signers);
        if signers.any(|(signer, _)| self.dropped.contains(signer)) {
            return Err(self.mempool.full());
        }
        self.mempool.find_room(tx.as_ref().len(), claim)
    }

    fn accept(&mut self, hash: Hash, tx: PreparedTx) -> Result<TxResult, BroadcastError> {
        let claim = self.checker.claim(&tx);
        let replacement = claim.as_ref().and_then(|claim| self.check_replacement(claim, &tx));
        let added = match replacement {
            Some(replacement) => replacement.map(|replacement| self.replace(replacement, hash, tx)),
            None => self.add(claim.as_ref(), hash, tx),
        };
        let refused = !added.as_ref().is_ok_and(|result| result.code == 0);
        if refused {
            self.mempool.forget(&hash);
        }
        added
    }

    fn add(&mut self, claim: Option<&Ticket>, hash: Hash, tx: PreparedTx) -> Result<TxResult, BroadcastError> {
        let leaving = self.find_room(&tx, claim)?;
        let Checked { result, ticket } = self.checker.check(&tx);
        if let Some(ticket) = ticket {
            self.drop_waiting(leaving);
            self.mempool.push(hash, tx, ticket, Instant::now(), self.height);
        }
        Ok(result)
    }

    /// Looks at a better offer for sequences that wait already; `None` when it is none. It needs room only for the bytes that
    /// it has more.
    fn check_replacement(&self, claim: &Ticket, tx: &PreparedTx) -> Option<Result<Replacement, BroadcastError>> {
        let (old, before) = self.mempool.find_replaceable(claim)?;
        let leaving = self.mempool.find_room_instead_of(&old, tx.as_ref().len(), claim);
        Some(leaving.map(|leaving| Replacement {
            old,
            leaving,
            checked: self.checker.check_after(before, tx),
        }))
    }

    /// The state for checks keeps the fee of the old one until the next block.
    fn replace(&mut self, replacement: Replacement, hash: Hash, tx: PreparedTx) -> TxResult {
        let Replacement { old, leaving, checked } = replacement;
        if let Some(ticket) = checked.ticket {
            self.drop_waiting(leaving);
            self.mempool
                .replace(&old, hash, tx, ticket, Instant::now(), self.height);
        }
        checked.result
    }

    fn drop_waiting(&mut self, leaving: Vec<Hash>) {
        for hash in leaving {
            let signers = self.mempool.discard(&hash).map(|ticket| ticket.signers);
            let signers = signers.into_iter().flatten().map(|(signer, _)| signer);
            self.dropped.extend(signers);
        }
    }
}
