//! Samples of a run, and what they say of its steadiness.
//!
//! The rules compare the last third of the samples with the middle third; the first third is warming up:
//!
//! - memory is flat when the mean resident size grew by no more than 10 percent and 32 MiB, or is still below what the
//!   node's caches and write buffers may hold: a short run ends before they are full;
//! - latency is flat when the mean p95 grew by no more than 50 percent and 50 ms.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::board::Board;
use super::percentiles::Latency;
use super::process::{self, Usage};

/// Least samples that say anything.
const LEAST_SAMPLES: usize = 9;
/// Write buffers that a node's state holds besides its caches, at most: see `DiskConfig::write_buffer_bytes`.
const WRITE_BUFFERS: u64 = 4;
/// What a node takes besides: the program, compiled contracts, the last blocks in decoded form.
const BESIDES: u64 = 384 << 20;

/// Resident size of a node whose caches and buffers are full.
pub(crate) fn full_size(cache_mib: u32, write_buffer_bytes: u64) -> u64 {
    (u64::from(cache_mib) << 20) + WRITE_BUFFERS * write_buffer_bytes + BESIDES
}

/// How often the board is asked whether the run has ended.
const LOOK: Duration = Duration::from_millis(100);

/// One look.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) rss_bytes: u64,
    /// Of the transactions that landed since the last sample.
    pub(crate) p95_ms: f64,
    pub(crate) landed: u64,
    pub(crate) disk_bytes: u64,
}

/// Takes samples until the run ends.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    pub(crate) interval: Duration,
    pub(crate) pid: Option<u32>,
    pub(crate) home: Option<PathBuf>,
    pub(crate) tell: bool,
    pub(crate) samples: Vec<Sample>,
}

impl Sampler {
    pub(crate) async fn run(mut self, board: Arc<Board>) -> Self {
        let mut before: Vec<usize> = Vec::new();
        let mut next = self.interval;
        while !board.is_stopped() {
            tokio::time::sleep(LOOK).await;
            if board.started.elapsed() < next {
                continue;
            }
            next += self.interval;
            let latencies = fresh_latencies(&board, &mut before);
            let sample = Sample {
                seconds: board.started.elapsed().as_secs_f64(),
                rss_bytes: self.pid.and_then(Usage::of).map_or(0, |usage| usage.rss_bytes),
                p95_ms: Latency::of(&latencies).unwrap_or_default().p95_ms,
                landed: latencies.len() as u64,
                disk_bytes: self
                    .home
                    .as_ref()
                    .and_then(|home| process::disk_bytes(home).ok())
                    .unwrap_or(0),
            };
            if self.tell {
                eprintln!(
                    "{:>6.0} s: {:>6} landed, p95 {:>7.1} ms, node {:>5} MiB, disk {:>6} MiB",
                    sample.seconds,
                    sample.landed,
                    sample.p95_ms,
                    sample.rss_bytes >> 20,
                    sample.disk_bytes >> 20
                );
            }
            self.samples.push(sample);
        }
        self
    }
}

fn fresh_latencies(board: &Board, before: &mut Vec<usize>) -> Vec<u32> {
    let inner = board.lock();
    before.resize(inner.streams.len(), 0);
    let mut fresh = Vec::new();
    for (stream, before) in inner.streams.iter().zip(before) {
        fresh.extend_from_slice(&stream.tally.latencies[*before..]);
        *before = stream.tally.latencies.len();
    }
    fresh
}

/// What the samples say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Verdict {
    pub(crate) memory_flat: bool,
    pub(crate) latency_flat: bool,
    pub(crate) rss_middle_bytes: u64,
    pub(crate) rss_last_bytes: u64,
    /// Below this, growth is that of caches and buffers.
    pub(crate) full_bytes: u64,
    pub(crate) p95_middle_ms: f64,
    pub(crate) p95_last_ms: f64,
}

impl Verdict {
    /// `None` for too few samples. `full_bytes` is the size of a node whose caches are full; 0 when unknown.
    pub(crate) fn of(samples: &[Sample], full_bytes: u64) -> Option<Self> {
        if samples.len() < LEAST_SAMPLES {
            return None;
        }
        let third = samples.len() / 3;
        let (middle, last) = (&samples[third..2 * third], &samples[2 * third..]);
        let (rss_middle, rss_last) = (mean_rss(middle), mean_rss(last));
        let (p95_middle, p95_last) = (mean_p95(middle), mean_p95(last));
        Some(Self {
            memory_flat: rss_last <= full_bytes.max(rss_middle + rss_middle / 10 + (32 << 20)),
            latency_flat: p95_last <= p95_middle * 1.5 + 50.0,
            rss_middle_bytes: rss_middle,
            rss_last_bytes: rss_last,
            full_bytes,
            p95_middle_ms: p95_middle,
            p95_last_ms: p95_last,
        })
    }
}

fn mean_rss(samples: &[Sample]) -> u64 {
    let sum: u64 = samples.iter().map(|sample| sample.rss_bytes).sum();
    sum / samples.len().max(1) as u64
}

fn mean_p95(samples: &[Sample]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| sample.p95_ms).sum();
    sum / samples.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(rss_mib: [u64; 9], p95_ms: [f64; 9]) -> Vec<Sample> {
        let sample = |(rss, p95)| Sample {
            seconds: 0.0,
            rss_bytes: rss << 20,
            p95_ms: p95,
            landed: 1,
            disk_bytes: 0,
        };
        rss_mib.into_iter().zip(p95_ms).map(sample).collect()
    }

    #[test]
    fn the_last_third_is_compared_with_the_middle_third_on_both_sides_of_the_limit() {
        let flat = [100.0; 9];
        let memory = |last| Verdict::of(&samples([1, 1, 1, 200, 200, 200, last, last, last], flat), 0).unwrap();
        assert!(memory(252).memory_flat);
        assert!(!memory(253).memory_flat);
        assert_eq!(memory(253).rss_last_bytes, 253 << 20);
        let latency = |last| {
            Verdict::of(
                &samples([9; 9], [0.0, 0.0, 0.0, 100.0, 100.0, 100.0, last, last, last]),
                0,
            )
            .unwrap()
        };
        assert!(latency(200.0).latency_flat);
        assert!(!latency(200.5).latency_flat);
    }

    #[test]
    fn caches_that_fill_are_no_growth_until_they_are_full() {
        let growing = samples([1, 1, 1, 100, 100, 100, 527, 529, 528], [1.0; 9]);
        let full = full_size(16, 32 << 20);
        assert!(Verdict::of(&growing, full).unwrap().memory_flat);
        assert!(!Verdict::of(&growing, full - 1).unwrap().memory_flat);
    }

    #[test]
    fn too_few_samples_say_nothing() {
        assert_eq!(Verdict::of(&samples([1; 9], [1.0; 9])[..8], 0), None);
    }
}
