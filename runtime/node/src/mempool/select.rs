//! What goes into the next block.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::{Id, Mempool, Waiting};

/// Bytes that a block needs for a transaction beyond the transaction's own.
const FRAMING: usize = 6;

impl<T: AsRef<[u8]>> Mempool<T> {
    /// The transactions for a block of so many bytes and so much gas: the best price first, but none before its signers'
    /// earlier ones. What does not fit is passed over, and so is what comes after it. They stay until they are removed.
    pub(crate) fn select(&self, max_bytes: usize, max_gas: Option<u64>) -> Vec<Vec<u8>> {
        let (mut bytes, mut gas) = (max_bytes, max_gas.unwrap_or(u64::MAX));
        let mut selected = Vec::new();
        let mut taken = BTreeSet::new();
        let mut ready: BinaryHeap<(u64, Reverse<Id>)> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| self.is_ready(waiting, &taken))
            .map(|(id, waiting)| (waiting.ticket.priority, Reverse(*id)))
            .collect();
        while let Some((_, Reverse(id))) = ready.pop() {
            let waiting = &self.waiting[&id];
            let raw = waiting.tx.as_ref();
            let left = bytes.checked_sub(raw.len() + FRAMING);
            let (Some(bytes_left), Some(gas_left)) = (left, gas.checked_sub(waiting.ticket.gas_wanted)) else {
                continue;
            };
            (bytes, gas) = (bytes_left, gas_left);
            selected.push(raw.to_vec());
            taken.insert(id);
            ready.extend(self.list_followers(waiting, &taken));
        }
        selected
    }

    /// None of its signers' earlier transactions waits untaken.
    fn is_ready(&self, waiting: &Waiting<T>, taken: &BTreeSet<Id>) -> bool {
        waiting.ticket.signers.iter().all(|(signer, sequence)| {
            let before = sequence.checked_sub(1);
            let before = before.and_then(|before| self.by_signer.get(&(signer.clone(), before)));
            before.is_none_or(|id| taken.contains(id))
        })
    }

    /// What became ready when this one was taken: each once, though two signers may lead to it.
    fn list_followers(&self, waiting: &Waiting<T>, taken: &BTreeSet<Id>) -> BTreeSet<(u64, Reverse<Id>)> {
        let signers = waiting.ticket.signers.iter();
        let followers = signers.filter_map(|(signer, sequence)| {
            let id = self.by_signer.get(&(signer.clone(), sequence.checked_add(1)?))?;
            let follower = &self.waiting[id];
            self.is_ready(follower, taken)
                .then_some((follower.ticket.priority, Reverse(*id)))
        });
        followers.collect()
    }
}
