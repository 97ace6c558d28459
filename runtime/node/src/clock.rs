//! Block time, plus an offset that grows, and shrinks only when blocks are taken back. For a chain in memory it is genesis time plus what has passed on the machine's
//! monotonic clock; for one on disk, which other chains and people rely on, it is the machine's time of day.
//!
//! Invariant: times given out by [`BlockClock::next_after`] are later than the last block's.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Least difference between two blocks: contracts and clients must be able to tell them apart.
const MIN_STEP_NANOS: u64 = 1_000_000;

/// Clock of a solo sequencer.
#[derive(Debug)]
pub(crate) struct BlockClock {
    source: Source,
    offset_nanos: AtomicI64,
}

#[derive(Debug)]
enum Source {
    /// Runs from a time of its own.
    Own { start_nanos: u64, started: Instant },
    /// The machine's time of day.
    TimeOfDay,
}

impl BlockClock {
    pub(crate) fn starting_at(start_nanos: u64) -> Self {
        Self {
            source: Source::Own {
                start_nanos,
                started: Instant::now(),
            },
            offset_nanos: AtomicI64::new(0),
        }
    }

    pub(crate) fn time_of_day() -> Self {
        Self {
            source: Source::TimeOfDay,
            offset_nanos: AtomicI64::new(0),
        }
    }

    /// Moves all later blocks into the future.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(nanos(by)).unwrap_or(i64::MAX);
        let longer = |offset: i64| Some(offset.saturating_add(by));
        // The closure always gives a value.
        let _ = self
            .offset_nanos
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, longer);
    }

    /// Makes `now_nanos` the present, which may be earlier than it was.
    pub(crate) fn set(&self, now_nanos: u64) {
        let difference = i128::from(now_nanos) - i128::from(self.source_now());
        let offset = i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX });
        self.offset_nanos.store(offset, Ordering::SeqCst);
    }

    fn source_now(&self) -> u64 {
        match &self.source {
            Source::Own { start_nanos, started } => start_nanos.saturating_add(nanos(started.elapsed())),
            Source::TimeOfDay => nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.source_now()
            .saturating_add_signed(self.offset_nanos.load(Ordering::SeqCst))
    }

    /// Time of the block after one at `last_nanos`.
    pub(crate) fn next_after(&self, last_nanos: u64) -> u64 {
        self.now().max(last_nanos.saturating_add(MIN_STEP_NANOS))
    }

    /// How long until block time reaches `nanos`; nothing when it has.
    pub(crate) fn until(&self, nanos: u64) -> Duration {
        Duration::from_nanos(nanos.saturating_sub(self.now()))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_always_later_than_the_last_block() {
        let clock = BlockClock::starting_at(5);
        let far = u64::MAX / 2;
        assert_eq!(clock.next_after(far), far + MIN_STEP_NANOS);
        let first = clock.next_after(0);
        assert!(clock.next_after(first) > first);
    }

    #[test]
    fn advancing_moves_the_next_block() {
        let clock = BlockClock::starting_at(0);
        clock.advance(Duration::from_secs(3_600));
        assert!(clock.next_after(0) >= 3_600_000_000_000);
        clock.set(5_000_000);
        let now = clock.next_after(0);
        assert!((5_000_000..3_600_000_000_000).contains(&now), "{now}");
    }
}
