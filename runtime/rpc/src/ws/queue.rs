//! The queues of events, bounded in bytes for each connection and for all together.
//!
//! Invariant: an event counts from before it is queued until it is written or its connection is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::mpsc;

/// Most bytes that wait for one connection; one event always fits.
const MAX_WAITING_BYTES: usize = 64 << 20;
/// Most bytes that wait for all connections; beyond them who is behind loses its subscription.
const MAX_ALL_WAITING_BYTES: usize = 512 << 20;

/// The sending ends of one connection's queues.
#[derive(Clone)]
pub(super) struct Outbox {
    pub(super) events: mpsc::Sender<Queued>,
    /// Bytes in `events` and of the one that is being written.
    pub(super) waiting_bytes: Arc<AtomicUsize>,
    /// Errors of subscriptions that ended; has room for one per subscription.
    pub(super) endings: mpsc::Sender<Utf8Bytes>,
}

/// An event that waits to be written.
pub(super) struct Queued {
    pub(super) frame: Utf8Bytes,
    counters: [Arc<AtomicUsize>; 2],
}

impl Queued {
    fn new(frame: Utf8Bytes, counters: [Arc<AtomicUsize>; 2]) -> Self {
        for counter in &counters {
            counter.fetch_add(frame.len(), Ordering::SeqCst);
        }
        Self { frame, counters }
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        for counter in &self.counters {
            counter.fetch_sub(self.frame.len(), Ordering::SeqCst);
        }
    }
}

/// What waits for all connections. One thread queues.
pub(super) struct Meter {
    waiting_bytes: Arc<AtomicUsize>,
    limit: usize,
}

impl Default for Meter {
    fn default() -> Self {
        Self::with(MAX_ALL_WAITING_BYTES)
    }
}

impl Meter {
    fn with(limit: usize) -> Self {
        Self {
            waiting_bytes: Arc::default(),
            limit,
        }
    }

    /// `false` when the connection is too far behind.
    pub(super) fn queue(&self, outbox: &Outbox, frame: Utf8Bytes) -> bool {
        let with_frame = |waiting: &AtomicUsize| waiting.load(Ordering::SeqCst).saturating_add(frame.len());
        let keeps_up = outbox.waiting_bytes.load(Ordering::SeqCst) == 0;
        let fits =
            with_frame(&outbox.waiting_bytes) <= MAX_WAITING_BYTES && with_frame(&self.waiting_bytes) <= self.limit;
        let counters = [outbox.waiting_bytes.clone(), self.waiting_bytes.clone()];
        (keeps_up || fits) && outbox.events.try_send(Queued::new(frame, counters)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox() -> (Outbox, mpsc::Receiver<Queued>) {
        let (events, waiting) = mpsc::channel(8);
        let outbox = Outbox {
            events,
            waiting_bytes: Arc::default(),
            endings: mpsc::channel(1).0,
        };
        (outbox, waiting)
    }

    #[test]
    fn beyond_the_limit_of_all_only_those_that_keep_up_are_served() {
        let meter = Meter::with(100);
        let frame = |bytes: usize| Utf8Bytes::from("x".repeat(bytes));
        let (behind, queue) = outbox();
        assert!(meter.queue(&behind, frame(60)));
        assert!(meter.queue(&behind, frame(40)));
        assert!(!meter.queue(&behind, frame(1)));
        let (quick, mut taken) = outbox();
        assert!(meter.queue(&quick, frame(200)));
        assert!(!meter.queue(&quick, frame(1)));
        drop(taken.try_recv().unwrap());
        assert!(meter.queue(&quick, frame(1)));
        // A connection that goes away takes its bytes with it.
        drop(queue);
        assert_eq!(meter.waiting_bytes.load(Ordering::SeqCst), 1);
        assert!(!meter.queue(&behind, frame(1)));
        assert_eq!(meter.waiting_bytes.load(Ordering::SeqCst), 1);
        assert!(meter.queue(&quick, frame(99)));
    }
}
