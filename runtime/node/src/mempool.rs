//! Transactions that wait for a block. The better their price, the sooner; of one sender in the order of its sequences.
//!
//! Invariants:
//!
//! - Every waiting transaction passed CheckTx after all of its signers' earlier ones, which wait before it.
//! - A hash stays in the cache after its transaction succeeded, so the same bytes are refused without work; it leaves the
//!   cache when the transaction failed or was dropped, so they can be sent again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use supercloud_chain::Ticket;
use supercloud_rpc::{BroadcastError, Hash, MempoolStats};

use crate::config::MempoolLimits;

mod select;
#[cfg(test)]
mod tests;

/// Position in the order of arrival.
type Id = u64;

#[derive(Debug)]
struct Waiting<T> {
    hash: Hash,
    tx: T,
    ticket: Ticket,
    since: Instant,
    /// Height of the last block when it came.
    height: u64,
}

#[derive(Debug)]
pub(crate) struct Mempool<T> {
    limits: MempoolLimits,
    waiting: BTreeMap<Id, Waiting<T>>,
    by_hash: BTreeMap<Hash, Id>,
    /// By signer and sequence.
    by_signer: BTreeMap<(Vec<u8>, u64), Id>,
    /// Worst first; of equal ones the youngest.
    by_priority: BTreeSet<(u64, Reverse<Id>)>,
    next_id: Id,
    bytes: usize,
    cached: BTreeSet<Hash>,
    /// The cache in order of arrival; may hold hashes that have left it.
    arrivals: VecDeque<Hash>,
}

impl<T: AsRef<[u8]>> Mempool<T> {
    pub(crate) fn new(limits: MempoolLimits) -> Self {
        Self {
            limits,
            waiting: BTreeMap::new(),
            by_hash: BTreeMap::new(),
            by_signer: BTreeMap::new(),
            by_priority: BTreeSet::new(),
            next_id: 0,
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

    /// First step for an arriving transaction, before anything is computed: refuses it or remembers its hash.
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
        self.cached.insert(hash);
        self.arrivals.push_back(hash);
        while self.arrivals.len() > limits.cache_size {
            if let Some(oldest) = self.arrivals.pop_front() {
                self.cached.remove(&oldest);
            }
        }
        Ok(())
    }

    /// Second step, before CheckTx: which transactions would have to go for one with this claim. None, where there is room.
    ///
    /// # Errors
    ///
    /// There is no room, and not enough of what waits offers less.
    pub(crate) fn find_room(&self, len: usize, claim: Option<&Ticket>) -> Result<Vec<Hash>, BroadcastError> {
        self.find_room_beside(self.waiting.len(), self.bytes, len, claim)
    }

    /// As [`Mempool::find_room`], for one that takes the place of `old`.
    ///
    /// # Errors
    ///
    /// It is larger than `old`, and not enough of what waits offers less.
    pub(crate) fn find_room_instead_of(
        &self,
        old: &Hash,
        len: usize,
        claim: &Ticket,
    ) -> Result<Vec<Hash>, BroadcastError> {
        let old = self.by_hash.get(old).and_then(|id| self.waiting.get(id));
        let (txs, bytes) = old.map_or((0, 0), |old| (1, old.tx.as_ref().len()));
        self.find_room_beside(self.waiting.len() - txs, self.bytes - bytes, len, Some(claim))
    }

    /// Which of those that wait have to go, where so many and so many bytes stay else.
    fn find_room_beside(
        &self,
        mut txs: usize,
        mut bytes: usize,
        len: usize,
        claim: Option<&Ticket>,
    ) -> Result<Vec<Hash>, BroadcastError> {
        let limits = &self.limits;
        let mut leaving = BTreeSet::new();
        let fits = |txs: usize, bytes: usize| txs < limits.max_txs && bytes + len <= limits.max_bytes;
        let worse = self
            .by_priority
            .iter()
            .take_while(|(priority, _)| claim.is_some_and(|claim| *priority < claim.priority));
        for (_, Reverse(id)) in worse {
            if fits(txs, bytes) {
                break;
            }
            let waiting = &self.waiting[id];
            if self.may_leave(waiting, claim, &leaving) {
                leaving.insert(*id);
                (txs, bytes) = (txs - 1, bytes - waiting.tx.as_ref().len());
            }
        }
        if !fits(txs, bytes) {
            return Err(self.full());
        }
        Ok(leaving.iter().map(|id| self.waiting[id].hash).collect())
    }

    /// The error for those who find no room.
    pub(crate) fn full(&self) -> BroadcastError {
        BroadcastError::MempoolFull {
            txs: self.waiting.len(),
            max_txs: self.limits.max_txs,
            bytes: self.bytes,
            max_bytes: self.limits.max_bytes,
        }
    }

    /// Nothing that stays, and not the newcomer, comes after it.
    fn may_leave(&self, waiting: &Waiting<T>, claim: Option<&Ticket>, leaving: &BTreeSet<Id>) -> bool {
        waiting.ticket.signers.iter().all(|(signer, sequence)| {
            let follower = self.by_signer.get(&(signer.clone(), sequence + 1));
            let is_newcomers = claim.is_some_and(|claim| claim.signers.iter().any(|(other, _)| other == signer));
            follower.is_none_or(|id| leaving.contains(id)) && !is_newcomers
        })
    }

    /// Third step: it passed CheckTx.
    pub(crate) fn push(&mut self, hash: Hash, tx: T, ticket: Ticket, now: Instant, height: u64) {
        let id = self.next_id;
        self.next_id += 1;
        self.insert(
            id,
            Waiting {
                hash,
                tx,
                ticket,
                since: now,
                height,
            },
        );
    }

    /// The one that waits with just these signers and sequences and whose offer this claim beats by enough, and the
    /// transactions that must come before it.
    pub(crate) fn find_replaceable(&self, claim: &Ticket) -> Option<(Hash, Vec<&T>)> {
        /// Those before are checked again for each try to replace one.
        const MOST_BEFORE: usize = 64;
        let (signer, sequence) = claim.signers.first()?;
        let id = self.by_signer.get(&(signer.clone(), *sequence))?;
        let waiting = &self.waiting[id];
        let least = u128::from(waiting.ticket.priority) * u128::from(100 + self.limits.price_bump_percent) / 100;
        let beats = u128::from(claim.priority) >= least && claim.priority > waiting.ticket.priority;
        if waiting.ticket.signers != claim.signers || !beats {
            return None;
        }
        let mut before = BTreeSet::new();
        for (signer, sequence) in &claim.signers {
            let range = (signer.clone(), 0)..(signer.clone(), *sequence);
            before.extend(self.by_signer.range(range).map(|(_, id)| *id).take(MOST_BEFORE + 1));
        }
        (before.len() <= MOST_BEFORE).then(|| {
            let txs = before.iter().map(|id| &self.waiting[id].tx);
            (waiting.hash, txs.collect())
        })
    }

    /// Third step for one that takes the place of `old`, as [`Mempool::find_replaceable`] found it.
    pub(crate) fn replace(&mut self, old: &Hash, hash: Hash, tx: T, ticket: Ticket, now: Instant, height: u64) {
        let id = self.by_hash.get(old).copied();
        self.discard(old);
        match id {
            Some(id) => self.insert(
                id,
                Waiting {
                    hash,
                    tx,
                    ticket,
                    since: now,
                    height,
                },
            ),
            None => self.push(hash, tx, ticket, now, height),
        }
    }

    /// It did not pass. Also for transactions that failed in a block.
    pub(crate) fn forget(&mut self, hash: &Hash) {
        self.cached.remove(hash);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.limits);
    }

    /// Drops a transaction that waits; it may come again. Returns what was known of it.
    pub(crate) fn discard(&mut self, hash: &Hash) -> Option<Ticket> {
        self.forget(hash);
        self.remove(hash)
    }

    /// It is in a block, or gone for another reason.
    pub(crate) fn remove(&mut self, hash: &Hash) -> Option<Ticket> {
        let id = self.by_hash.remove(hash)?;
        let waiting = self.waiting.remove(&id)?;
        self.bytes -= waiting.tx.as_ref().len();
        self.by_priority.remove(&(waiting.ticket.priority, Reverse(id)));
        for signer in &waiting.ticket.signers {
            self.by_signer.remove(signer);
        }
        Some(waiting.ticket)
    }

    /// Runs CheckTx again on all that wait, in order of arrival, and drops what no longer passes or waits for too long.
    pub(crate) fn recheck(&mut self, now: Instant, height: u64, mut passes: impl FnMut(&T) -> bool) {
        let limits = self.limits;
        let is_old = |waiting: &Waiting<T>| {
            let age = now.saturating_duration_since(waiting.since);
            let blocks = height.saturating_sub(waiting.height);
            (!limits.max_age.is_zero() && age > limits.max_age)
                || (limits.max_age_blocks != 0 && blocks > limits.max_age_blocks)
        };
        let waiting = self.waiting.values();
        let dropped = waiting.filter(|waiting| is_old(waiting) || !passes(&waiting.tx));
        let dropped: Vec<Hash> = dropped.map(|waiting| waiting.hash).collect();
        for hash in dropped {
            self.discard(&hash);
        }
    }

    fn insert(&mut self, id: Id, waiting: Waiting<T>) {
        self.bytes += waiting.tx.as_ref().len();
        self.by_hash.insert(waiting.hash, id);
        self.by_priority.insert((waiting.ticket.priority, Reverse(id)));
        for signer in &waiting.ticket.signers {
            self.by_signer.insert(signer.clone(), id);
        }
        self.waiting.insert(id, waiting);
    }
}
