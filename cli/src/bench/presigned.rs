//! Bank sends signed before the run: what a transaction of an account with a sequence will be is known beforehand, so the
//! generator need not spend the node's processor time on signatures.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::accounts::Accounts;
use super::workload::BankSends;

/// Bytes of one, more or less; bounds what is signed ahead.
const TX_BYTES: usize = 400;
/// Memory for all.
const MAX_BYTES: usize = 600 << 20;

/// Transactions of one account with their sequences, ascending.
type Signed = VecDeque<(u64, Vec<u8>)>;

/// Signed transactions of one stream, by account.
#[derive(Default)]
pub(crate) struct Presigned {
    stream: usize,
    /// Of each account the next ones.
    by_account: Vec<Mutex<Signed>>,
}

impl Presigned {
    /// Signs `count` sends, evenly over the first accounts, on all processors.
    pub(crate) fn sign(stream: usize, accounts: &Accounts, senders: usize, gas_limit: u64, count: usize) -> Self {
        let each = count.min(MAX_BYTES / TX_BYTES).div_ceil(senders);
        let bank = BankSends::new(&accounts.list[..senders], gas_limit);
        let by_account: Vec<Mutex<Signed>> = (0..senders).map(|_| Mutex::default()).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (bank, places) = (&bank, &by_account);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || {
                    for index in (thread..senders).step_by(threads) {
                        let first = accounts.list[index].sequence;
                        let signed = (first..first + each as u64)
                            .map(|sequence| (sequence, accounts.sign(index, sequence, bank.message(index), gas_limit)))
                            .collect();
                        *places[index].lock().unwrap_or_else(PoisonError::into_inner) = signed;
                    }
                });
            }
        });
        Self { stream, by_account }
    }

    /// The transaction of an account with a sequence, if it was signed ahead.
    pub(crate) fn take(&self, stream: usize, signer: usize, sequence: u64) -> Option<Vec<u8>> {
        let place = self.by_account.get(signer).filter(|_| stream == self.stream)?;
        let mut signed = place.lock().unwrap_or_else(PoisonError::into_inner);
        while signed.front().is_some_and(|(first, _)| *first < sequence) {
            signed.pop_front();
        }
        match signed.front() {
            // A clone: a full mempool has it sent again.
            Some((first, raw)) if *first == sequence => Some(raw.clone()),
            _ => None,
        }
    }
}
