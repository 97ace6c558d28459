//! Percentiles of latencies, by the nearest-rank method: the smallest value that at least `p` percent of all do not exceed.

use serde::Serialize;

/// Latencies in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

impl Latency {
    /// Of latencies in microseconds, in any order; `None` when there are none.
    pub(crate) fn of(micros: &[u32]) -> Option<Self> {
        let mut sorted = micros.to_vec();
        sorted.sort_unstable();
        let millis = |percent| nearest_rank(&sorted, percent).map(|micros| f64::from(micros) / 1_000.0);
        Some(Self {
            p50_ms: millis(50)?,
            p95_ms: millis(95)?,
            p99_ms: millis(99)?,
            max_ms: millis(100)?,
        })
    }
}

/// The value at a percentile from 1 to 100 of an ascending list.
fn nearest_rank(sorted: &[u32], percent: usize) -> Option<u32> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let hundred: Vec<u32> = (1..=100).rev().map(|millis| millis * 1_000).collect();
        let expected = Latency {
            p50_ms: 50.0,
            p95_ms: 95.0,
            p99_ms: 99.0,
            max_ms: 100.0,
        };
        assert_eq!(Latency::of(&hundred), Some(expected));
        let one = Latency::of(&[1_500]).unwrap();
        assert_eq!((one.p50_ms, one.p99_ms, one.max_ms), (1.5, 1.5, 1.5));
        assert_eq!(Latency::of(&[]), None);
    }

    #[test]
    fn a_rank_between_two_values_is_the_upper_one() {
        assert_eq!(nearest_rank(&[1, 2, 3], 50), Some(2));
        assert_eq!(nearest_rank(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(nearest_rank(&[1, 2, 3, 4], 51), Some(3));
        assert_eq!(nearest_rank(&[1, 2, 3, 4], 95), Some(4));
    }
}
