//! What senders and watcher share: sequences, transactions on their way, tallies.
//!
//! Invariant: a transaction is on the board before it leaves, so the block that holds it finds it there. A sequence
//! moves only when the node took the transaction.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::accounts::{Accounts, expected_sequence};
use super::pacer::{Pacer, Rate};
use super::workload::{Item, TxEnd, Workload};

/// `sdk` code of a wrong sequence.
const WRONG_SEQUENCE: u32 = 32;
/// Failures whose words are kept.
const KEPT_FAILURES: usize = 5;

pub(crate) type TxHash = [u8; 32];

/// A transaction that left and is in no block yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    pub(crate) stream: usize,
    pub(crate) actor: usize,
    pub(crate) sent: Instant,
}

/// What the node said to a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// In the mempool.
    Taken,
    /// No room now.
    Full,
    /// Refused by CheckTx.
    Refused {
        /// Its code.
        code: u32,
        /// Its words.
        log: String,
    },
}

/// What became of a stream's transactions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Taken into the mempool.
    pub(crate) taken: u64,
    /// In a block.
    pub(crate) in_blocks: u64,
    /// In a block with code 0.
    pub(crate) succeeded: u64,
    /// In a block with another code.
    pub(crate) failed: u64,
    /// Refused by CheckTx, wrong sequences not counted.
    pub(crate) refused: u64,
    /// Turned away by a full mempool; sent again later.
    pub(crate) turned_away: u64,
    /// Sequences that were taken from the node.
    pub(crate) resynchronised: u64,
    /// From the broadcast until the block was seen, microseconds, in order of blocks.
    pub(crate) latencies: Vec<u32>,
    /// Words of the first failures.
    pub(crate) failures: Vec<String>,
}

impl Tally {
    pub(crate) fn fail(&mut self, why: String) {
        if self.failures.len() < KEPT_FAILURES {
            self.failures.push(why);
        }
    }

    /// A transaction ended in a block.
    pub(crate) fn count_end(&mut self, code: u32, log: &str) {
        if code == 0 {
            self.succeeded += 1;
        } else {
            self.failed += 1;
            self.fail(format!("in a block, code {code}: {log}"));
        }
    }
}

/// One workload with its pace.
pub(crate) struct Stream {
    pub(crate) name: &'static str,
    pub(crate) workload: Box<dyn Workload>,
    pub(crate) pacer: Pacer,
    pub(crate) tally: Tally,
}

impl Stream {
    pub(crate) fn new(name: &'static str, workload: Box<dyn Workload>, rate: Rate) -> Self {
        Self {
            name,
            workload,
            pacer: Pacer::new(rate),
            tally: Tally::default(),
        }
    }

    /// The same work on a schedule that begins anew, with nothing counted yet.
    pub(crate) fn again(self) -> Self {
        Self::new(self.name, self.workload, self.pacer.rate())
    }
}

/// Everything that changes.
pub(crate) struct Inner {
    pub(crate) streams: Vec<Stream>,
    pub(crate) flights: HashMap<TxHash, Flight>,
    sequences: Vec<u64>,
    stopped: bool,
}

/// The board.
pub(crate) struct Board {
    pub(crate) accounts: Accounts,
    pub(crate) started: Instant,
    window: usize,
    inner: Mutex<Inner>,
}

/// An item with the sequence that it will be signed with.
pub(crate) struct Drawn {
    pub(crate) item: Item,
    pub(crate) sequence: u64,
}

impl Board {
    /// At most `window` transactions are on their way at a time.
    pub(crate) fn new(accounts: Accounts, streams: Vec<Stream>, window: usize) -> Self {
        let inner = Inner {
            streams,
            flights: HashMap::new(),
            sequences: accounts.list.iter().map(|account| account.sequence).collect(),
            stopped: false,
        };
        Self {
            accounts,
            started: Instant::now(),
            window,
            inner: Mutex::new(inner),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No more transactions leave.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    pub(crate) fn on_their_way(&self) -> usize {
        self.lock().flights.len()
    }

    /// The accounts with the sequences that they have now, and the streams.
    pub(crate) fn finish(self) -> (Accounts, Vec<Stream>, usize) {
        let inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut accounts = self.accounts;
        for (account, sequence) in accounts.list.iter_mut().zip(inner.sequences) {
            account.sequence = sequence;
        }
        (accounts, inner.streams, inner.flights.len())
    }

    /// Takes up to `most` transactions of a stream that are due.
    pub(crate) fn draw(&self, stream: usize, most: usize) -> Vec<Drawn> {
        let mut inner = self.lock();
        if inner.stopped {
            return Vec::new();
        }
        let room = self.window.saturating_sub(inner.flights.len()).min(most);
        let Inner { streams, sequences, .. } = &mut *inner;
        let Stream { workload, pacer, .. } = &mut streams[stream];
        let due = pacer.take(self.started.elapsed(), room);
        let mut drawn = Vec::with_capacity(due);
        while drawn.len() < due {
            let Some(item) = workload.next() else { break };
            let sequence = sequences[item.signer];
            drawn.push(Drawn { item, sequence });
        }
        pacer.give_back(due - drawn.len());
        drawn
    }

    /// Puts transactions on the board that are about to leave.
    pub(crate) fn depart(&self, stream: usize, batch: &[(TxHash, Drawn)]) {
        let sent = Instant::now();
        let mut inner = self.lock();
        for (hash, drawn) in batch {
            let actor = drawn.item.actor;
            inner.flights.insert(*hash, Flight { stream, actor, sent });
        }
    }

    /// The node answered. Returns whether it has room for more.
    pub(crate) fn answered(&self, stream: usize, batch: &[(TxHash, Drawn)], answers: Vec<Answer>) -> bool {
        let mut inner = self.lock();
        let mut room = true;
        for ((hash, drawn), answer) in batch.iter().zip(answers) {
            room &= answer != Answer::Full;
            inner.answer(stream, hash, &drawn.item, answer);
        }
        room
    }
}

impl Inner {
    fn answer(&mut self, stream: usize, hash: &TxHash, item: &Item, answer: Answer) {
        let Stream {
            workload, tally, pacer, ..
        } = &mut self.streams[stream];
        if answer == Answer::Taken {
            tally.taken += 1;
            self.sequences[item.signer] += 1;
            workload.accepted(item.actor);
            return;
        }
        self.flights.remove(hash);
        workload.refused(item.actor);
        match answer {
            Answer::Taken => {}
            Answer::Full => {
                tally.turned_away += 1;
                pacer.give_back(1);
            }
            Answer::Refused { code, log } => match expected_sequence(&log).filter(|_| code == WRONG_SEQUENCE) {
                Some(expected) => {
                    self.sequences[item.signer] = expected;
                    tally.resynchronised += 1;
                    pacer.give_back(1);
                }
                None => {
                    tally.refused += 1;
                    tally.fail(format!("refused, code {code}: {log}"));
                }
            },
        }
    }

    /// A transaction of ours is in a block. The flight comes back when its end must be known.
    pub(crate) fn land(&mut self, hash: &TxHash, seen: Instant) -> Option<(Flight, bool)> {
        let flight = self.flights.remove(hash)?;
        let Stream { workload, tally, .. } = &mut self.streams[flight.stream];
        tally.in_blocks += 1;
        tally
            .latencies
            .push(micros(seen.saturating_duration_since(flight.sent)));
        let wants_end = workload.needs_results();
        if !wants_end {
            workload.committed(flight.actor, None);
        }
        Some((flight, wants_end))
    }

    /// How a transaction ended whose end must be known.
    pub(crate) fn end(&mut self, flight: Flight, end: &TxEnd) {
        let Stream { workload, tally, .. } = &mut self.streams[flight.stream];
        tally.count_end(end.code, &end.log);
        workload.committed(flight.actor, Some(end));
    }
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use supercloud_client::GasPrice;

    use super::*;
    use crate::bench::accounts::{Account, derive_keys};
    use crate::bench::workload::BankSends;

    fn board(window: usize) -> Board {
        let account = |key: supercloud_client::Key| Account {
            address: key.address("akash").unwrap(),
            key,
            number: 0,
            sequence: 7,
        };
        let accounts = Accounts {
            list: derive_keys(b"board", 3).unwrap().into_iter().map(account).collect(),
            chain_id: "c".to_owned(),
            gas_price: GasPrice::free(),
        };
        let bank = Box::new(BankSends::new(&accounts.list, 1));
        Board::new(accounts, vec![Stream::new("bank", bank, Rate::Max)], window)
    }

    fn send(board: &Board, most: usize) -> Vec<(TxHash, Drawn)> {
        let batch: Vec<_> = board
            .draw(0, most)
            .into_iter()
            .map(|drawn| ([u8::try_from(drawn.item.actor).unwrap(); 32], drawn))
            .collect();
        board.depart(0, &batch);
        batch
    }

    fn wrong_sequence(expected: u64) -> Answer {
        Answer::Refused {
            code: 32,
            log: format!("account sequence mismatch, expected {expected}, got 7: incorrect account sequence"),
        }
    }

    #[test]
    fn a_wrong_sequence_is_taken_from_the_node_and_the_send_tried_again() {
        let board = board(10);
        let batch = send(&board, 1);
        assert_eq!(batch[0].1.sequence, 7);
        assert!(board.answered(0, &batch, vec![wrong_sequence(12)]));
        assert_eq!(board.on_their_way(), 0);
        let again = send(&board, 1);
        assert_eq!((again[0].1.item.actor, again[0].1.sequence), (0, 12));
        board.answered(0, &again, vec![Answer::Taken]);
        let (accounts, streams, left) = board.finish();
        assert_eq!((accounts.list[0].sequence, left), (13, 1));
        let tally = &streams[0].tally;
        assert_eq!((tally.taken, tally.resynchronised, tally.refused), (1, 1, 0));
    }

    #[test]
    fn a_full_mempool_keeps_the_sequence_and_asks_for_a_rest() {
        let board = board(10);
        let batch = send(&board, 2);
        assert!(!board.answered(0, &batch, vec![Answer::Taken, Answer::Full]));
        assert_eq!(board.on_their_way(), 1);
        let again = send(&board, 1);
        assert_eq!((again[0].1.item.actor, again[0].1.sequence), (1, 7));
    }

    #[test]
    fn other_refusals_are_failures_with_their_words() {
        let board = board(10);
        let batch = send(&board, 1);
        let refusal = Answer::Refused {
            code: 5,
            log: "insufficient funds".to_owned(),
        };
        board.answered(0, &batch, vec![refusal]);
        let (_, streams, _) = board.finish();
        assert_eq!(streams[0].tally.refused, 1);
        assert_eq!(streams[0].tally.failures, ["refused, code 5: insufficient funds"]);
    }

    #[test]
    fn no_more_than_the_window_is_on_its_way() {
        let board = board(2);
        assert_eq!(send(&board, 10).len(), 2);
        assert_eq!(send(&board, 10).len(), 0);
        let seen = Instant::now();
        assert!(board.lock().land(&[0; 32], seen).is_some());
        assert!(board.lock().land(&[0; 32], seen).is_none(), "it landed already");
        assert_eq!(send(&board, 10).len(), 1);
        board.stop();
        assert!(board.lock().land(&[1; 32], seen).is_some());
        assert_eq!(send(&board, 10).len(), 0);
    }
}
