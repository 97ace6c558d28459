//! When how many transactions may leave: an open schedule of a fixed rate, or as many as possible.
//!
//! Invariant: never more than the schedule allows, and never more than a second's worth at once after a stall. What a
//! stall cost is counted, not made up for, so a generator that falls behind shows.

use std::str::FromStr;
use std::time::Duration;

/// Transactions a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// As many as the node takes.
    Max,
    /// This many.
    PerSecond(u32),
}

impl Rate {
    pub(crate) fn per_second(self) -> Option<u32> {
        match self {
            Self::Max => None,
            Self::PerSecond(rate) => Some(rate),
        }
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse() {
            Ok(rate @ 1..=1_000_000) => Ok(Self::PerSecond(rate)),
            _ => Err(format!(
                "expected max, or transactions a second from 1 to 1000000, got {text:?}"
            )),
        }
    }
}

/// Gives out permits to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pacer {
    rate: Rate,
    given: u64,
    missed: u64,
}

impl Pacer {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            given: 0,
            missed: 0,
        }
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes up to `most` permits that are due `elapsed` after the start.
    pub(crate) fn take(&mut self, elapsed: Duration, most: usize) -> usize {
        let Rate::PerSecond(rate) = self.rate else {
            return most;
        };
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let scheduled = micros.saturating_mul(rate.into()) / 1_000_000;
        let due = scheduled.saturating_sub(self.given + self.missed);
        let late = due.saturating_sub(rate.into());
        self.missed += late;
        let taken = usize::try_from(due - late).unwrap_or(usize::MAX).min(most);
        self.given += taken as u64;
        taken
    }

    /// Gives back permits that could not be used yet.
    pub(crate) fn give_back(&mut self, permits: usize) {
        if self.rate != Rate::Max {
            self.given = self.given.saturating_sub(permits as u64);
        }
    }

    /// Transactions that were due and never sent.
    pub(crate) fn missed(&self) -> u64 {
        self.missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    #[test]
    fn rates_are_numbers_or_max() {
        assert_eq!("max".parse(), Ok(Rate::Max));
        assert_eq!("3000".parse(), Ok(Rate::PerSecond(3_000)));
        for text in ["0", "1000001", "-1", "", "fast"] {
            let expected = format!("expected max, or transactions a second from 1 to 1000000, got {text:?}");
            assert_eq!(text.parse::<Rate>(), Err(expected));
        }
    }

    #[test]
    fn permits_follow_the_schedule() {
        let mut pacer = Pacer::new(Rate::PerSecond(1_000));
        assert_eq!(pacer.take(Duration::ZERO, 10), 0);
        assert_eq!(pacer.take(3 * MILLI, 10), 3);
        assert_eq!(pacer.take(3 * MILLI, 10), 0);
        assert_eq!(pacer.take(100 * MILLI, 50), 50);
        assert_eq!(pacer.take(100 * MILLI, 50), 47);
        pacer.give_back(7);
        assert_eq!(pacer.take(100 * MILLI, 50), 7);
        assert_eq!(pacer.missed(), 0);
    }

    #[test]
    fn a_stall_of_more_than_a_second_is_missed_and_counted() {
        let mut pacer = Pacer::new(Rate::PerSecond(100));
        assert_eq!(pacer.take(Duration::from_secs(3), 1_000), 100);
        assert_eq!(pacer.missed(), 200);
        assert_eq!(pacer.take(Duration::from_millis(3_010), 1_000), 1);
        assert_eq!(pacer.missed(), 200);
    }

    #[test]
    fn without_a_rate_all_that_is_asked_for_may_leave() {
        let mut pacer = Pacer::new(Rate::Max);
        assert_eq!(pacer.take(Duration::ZERO, 64), 64);
        pacer.give_back(64);
        assert_eq!((pacer.take(MILLI, 3), pacer.missed()), (3, 0));
    }
}
