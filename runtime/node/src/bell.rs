//! Wakes the sequencer: rung when a transaction arrives or when the node stops.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// A transaction waits.
    Rung,
    /// The time has come.
    TimedOut,
    /// The node stops.
    Stopped,
}

#[derive(Debug, Default)]
struct Signals {
    rung: bool,
    stopped: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Bell {
    signals: Mutex<Signals>,
    changed: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.set(|signals| signals.rung = true);
    }

    pub(crate) fn stop(&self) {
        self.set(|signals| signals.stopped = true);
    }

    fn set(&self, change: impl FnOnce(&mut Signals)) {
        change(&mut self.signals.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Waits for a ring, which is consumed, or until `deadline`.
    pub(crate) fn wait_until(&self, deadline: Instant) -> Wake {
        self.wait(deadline, |signals| std::mem::take(&mut signals.rung))
    }

    /// Waits until `deadline` whoever rings.
    pub(crate) fn rest_until(&self, deadline: Instant) -> Wake {
        self.wait(deadline, |_| false)
    }

    fn wait(&self, deadline: Instant, mut rung: impl FnMut(&mut Signals) -> bool) -> Wake {
        let mut signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if signals.stopped {
                return Wake::Stopped;
            }
            if rung(&mut signals) {
                return Wake::Rung;
            }
            let Some(left) = deadline
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero())
            else {
                return Wake::TimedOut;
            };
            signals = self
                .changed
                .wait_timeout(signals, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}
