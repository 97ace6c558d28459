//! What a run showed, as one document.

use serde::Serialize;

use super::args::{BenchArgs, Load};
use super::board::Tally;
use super::engine::Run;
use super::percentiles::Latency;
use super::process::Usage;
use super::soak::{Sample, Verdict};
use super::watch::POLL;

/// What a process used during the load.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct ProcessUse {
    pub(crate) cpu_seconds: f64,
    /// Processor time per committed transaction.
    pub(crate) cpu_micros_per_tx: f64,
    /// Of all processor time of node and generator.
    pub(crate) cpu_share_percent: f64,
    pub(crate) rss_start_bytes: u64,
    pub(crate) rss_end_bytes: u64,
    pub(crate) written_bytes_per_tx: f64,
}

/// One kind of transaction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StreamReport {
    pub(crate) name: &'static str,
    pub(crate) taken: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) refused: u64,
    pub(crate) turned_away: u64,
    pub(crate) resynchronised: u64,
    pub(crate) latency: Option<Latency>,
    pub(crate) failures: Vec<String>,
}

/// The queries beside the transactions.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReadReport {
    pub(crate) answered: u64,
    pub(crate) failed: u64,
    pub(crate) per_second: f64,
    pub(crate) latency: Option<Latency>,
    pub(crate) failure: Option<String>,
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) load: &'static str,
    /// Transactions a second that were asked for; absent for as many as possible.
    pub(crate) asked_rate: Option<u32>,
    pub(crate) seconds_sending: f64,
    /// Until the last transaction was in a block.
    pub(crate) seconds: f64,
    pub(crate) tx_per_second: f64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    /// Taken, and in no block at the end.
    pub(crate) lost: u64,
    /// Due by the schedule and never sent.
    pub(crate) missed: u64,
    pub(crate) latency: Option<Latency>,
    pub(crate) latency_seen_by: String,
    pub(crate) blocks: u64,
    pub(crate) mean_txs_per_block: f64,
    pub(crate) mean_bytes_per_block: f64,
    pub(crate) presigned: bool,
    /// Absent where the system does not tell.
    pub(crate) node: Option<ProcessUse>,
    pub(crate) generator: Option<ProcessUse>,
    pub(crate) disk_growth_bytes_per_tx: Option<f64>,
    pub(crate) streams: Vec<StreamReport>,
    pub(crate) reads: Option<ReadReport>,
    pub(crate) verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) samples: Vec<Sample>,
}

/// What was measured before and after a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) node: Option<Usage>,
    pub(crate) generator: Option<Usage>,
    pub(crate) disk: Option<u64>,
}

impl Report {
    pub(crate) fn new(args: &BenchArgs, run: &Run, before: &Measured, after: &Measured, presigned: bool) -> Self {
        let streams: Vec<StreamReport> = run
            .streams
            .iter()
            .map(|stream| stream_report(stream.name, &stream.tally))
            .collect();
        let succeeded: u64 = streams.iter().map(|stream| stream.succeeded).sum();
        let all: Vec<u32> = run
            .streams
            .iter()
            .flat_map(|stream| &stream.tally.latencies)
            .copied()
            .collect();
        let seconds = run.elapsed.as_secs_f64();
        let blocks = &run.seen.blocks;
        let per_block = |sum: usize| ratio(sum as f64, blocks.len() as f64);
        let (node, generator) = both_uses(before, after, succeeded);
        let growth = before
            .disk
            .zip(after.disk)
            .map(|(before, after)| after.saturating_sub(before));
        let samples = run
            .sampler
            .as_ref()
            .map(|sampler| sampler.samples.clone())
            .unwrap_or_default();
        Self {
            load: args.load.name(),
            asked_rate: args.rate().per_second(),
            seconds_sending: run.sending.as_secs_f64(),
            seconds,
            tx_per_second: ratio(succeeded as f64, seconds),
            succeeded,
            failed: streams.iter().map(|stream| stream.failed + stream.refused).sum(),
            lost: run.lost as u64,
            missed: run.missed,
            latency: Latency::of(&all),
            latency_seen_by: format!("polling for blocks every {} ms", POLL.as_millis()),
            blocks: blocks.len() as u64,
            mean_txs_per_block: per_block(blocks.iter().map(|block| block.txs).sum()),
            mean_bytes_per_block: per_block(blocks.iter().map(|block| block.bytes).sum()),
            presigned,
            node,
            generator,
            disk_growth_bytes_per_tx: growth.map(|growth| ratio(growth as f64, succeeded as f64)),
            streams,
            reads: read_report(run),
            verdict: args.soak.and_then(|_| Verdict::of(&samples, args.full_size())),
            samples: if args.soak.is_some() { samples } else { Vec::new() },
        }
    }

    /// Why the run is no success; nothing when it is one.
    pub(crate) fn problems(&self, max_failed_percent: u8) -> Vec<String> {
        let mut problems = Vec::new();
        let bad = self.failed + self.lost;
        if bad * 100 > (self.succeeded + bad) * u64::from(max_failed_percent) {
            let first = self.streams.iter().find_map(|stream| stream.failures.first());
            problems.push(format!(
                "{} transactions failed and {} were lost, {max_failed_percent} percent may; first: {}",
                self.failed,
                self.lost,
                first.map_or("none has words", String::as_str)
            ));
        }
        if self.succeeded == 0 {
            problems.push("no transaction succeeded".to_owned());
        }
        if let Some(reads) = self
            .reads
            .as_ref()
            .filter(|reads| reads.failed > 0 || reads.answered == 0)
        {
            let first = reads.failure.as_deref().unwrap_or("none has words");
            problems.push(format!(
                "{} queries failed, {} were answered; first: {first}",
                reads.failed, reads.answered
            ));
        }
        if let Some(verdict) = self.verdict.filter(|verdict| !verdict.memory_flat) {
            problems.push(format!(
                "memory is not flat: {} MiB in the middle third, {} MiB in the last",
                verdict.rss_middle_bytes >> 20,
                verdict.rss_last_bytes >> 20
            ));
        }
        problems
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!(
                "{}: {:.0} tx/s committed ({} in {:.1} s, asked {}), {} failed, {} lost, {} never sent",
                self.load,
                self.tx_per_second,
                self.succeeded,
                self.seconds,
                self.asked_rate
                    .map_or_else(|| "max".to_owned(), |rate| rate.to_string()),
                self.failed,
                self.lost,
                self.missed
            ),
            format!(
                "latency to commit  {} ({})",
                show_latency(self.latency),
                self.latency_seen_by
            ),
            format!(
                "blocks             {} with {:.0} transactions and {:.0} bytes on average",
                self.blocks, self.mean_txs_per_block, self.mean_bytes_per_block
            ),
        ];
        match (&self.node, &self.generator) {
            (Some(node), generator) => {
                lines.push(format!("node               {}", show_use(node)));
                lines.extend(
                    generator
                        .as_ref()
                        .map(|generator| format!("generator          {}", show_use(generator))),
                );
            }
            _ => lines.push(
                "node               no figures: only Linux tells, and only of a process whose id is known".to_owned(),
            ),
        }
        if let Some(growth) = self.disk_growth_bytes_per_tx {
            lines.push(format!("disk growth        {growth:.0} bytes/tx"));
        }
        if self.presigned {
            lines.push("signatures         made before the run, not in the generator's figures".to_owned());
        }
        lines.extend(self.streams.iter().map(show_stream));
        if let Some(reads) = &self.reads {
            lines.push(format!(
                "queries            {:.0}/s ({} answered, {} failed), {}",
                reads.per_second,
                reads.answered,
                reads.failed,
                show_latency(reads.latency)
            ));
        }
        if let Some(verdict) = &self.verdict {
            lines.push(show_verdict(verdict));
        }
        lines.join("\n")
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn stream_report(name: &'static str, tally: &Tally) -> StreamReport {
    StreamReport {
        name,
        taken: tally.taken,
        succeeded: tally.succeeded,
        failed: tally.failed,
        refused: tally.refused,
        turned_away: tally.turned_away,
        resynchronised: tally.resynchronised,
        latency: Latency::of(&tally.latencies),
        failures: tally.failures.clone(),
    }
}

fn read_report(run: &Run) -> Option<ReadReport> {
    let reads = run.reads.as_ref()?;
    Some(ReadReport {
        answered: reads.answered,
        failed: reads.failed,
        per_second: ratio(reads.answered as f64, run.sending.as_secs_f64()),
        latency: Latency::of(&reads.latencies),
        failure: reads.failure.clone(),
    })
}

fn both_uses(before: &Measured, after: &Measured, txs: u64) -> (Option<ProcessUse>, Option<ProcessUse>) {
    let spent = |before: Option<Usage>, after: Option<Usage>| {
        before
            .zip(after)
            .map(|(before, after)| after.cpu_seconds - before.cpu_seconds)
    };
    let node = spent(before.node, after.node);
    let all = node.unwrap_or(0.0) + spent(before.generator, after.generator).unwrap_or(0.0);
    let of = |before: Option<Usage>, after: Option<Usage>| {
        let (before, after) = before.zip(after)?;
        let cpu_seconds = after.cpu_seconds - before.cpu_seconds;
        let written = after.written_bytes.saturating_sub(before.written_bytes);
        Some(ProcessUse {
            cpu_seconds,
            cpu_micros_per_tx: ratio(cpu_seconds * 1e6, txs as f64),
            cpu_share_percent: ratio(cpu_seconds * 100.0, all),
            rss_start_bytes: before.rss_bytes,
            rss_end_bytes: after.rss_bytes,
            written_bytes_per_tx: ratio(written as f64, txs as f64),
        })
    };
    let uses = (of(before.node, after.node), of(before.generator, after.generator));
    // A share means something only beside the other.
    if uses.0.is_some() { uses } else { (None, None) }
}

fn show_latency(latency: Option<Latency>) -> String {
    latency.map_or_else(
        || "none".to_owned(),
        |latency| {
            format!(
                "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, max {:.1} ms",
                latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms
            )
        },
    )
}

fn show_use(used: &ProcessUse) -> String {
    format!(
        "{:.1} cpu s ({:.0} µs/tx, {:.0} % of both), {:.0} bytes written/tx, resident {} MiB, then {} MiB",
        used.cpu_seconds,
        used.cpu_micros_per_tx,
        used.cpu_share_percent,
        used.written_bytes_per_tx,
        used.rss_start_bytes >> 20,
        used.rss_end_bytes >> 20
    )
}

fn show_stream(stream: &StreamReport) -> String {
    let mut text = format!(
        "{:<18} {} succeeded, {} failed, {} refused, {} turned away, {} resynchronised; {}",
        stream.name,
        stream.succeeded,
        stream.failed,
        stream.refused,
        stream.turned_away,
        stream.resynchronised,
        show_latency(stream.latency)
    );
    for failure in &stream.failures {
        text.push_str("\n  ");
        text.push_str(failure);
    }
    text
}

fn show_verdict(verdict: &Verdict) -> String {
    let flat = |flat| if flat { "flat" } else { "NOT FLAT" };
    format!(
        "memory             {} ({} MiB in the middle third, {} MiB in the last; caches and buffers may take it to {})\nlatency            {} (p95 {:.1} ms in the middle third, {:.1} ms in the last)",
        flat(verdict.memory_flat),
        verdict.rss_middle_bytes >> 20,
        verdict.rss_last_bytes >> 20,
        verdict.full_bytes >> 20,
        flat(verdict.latency_flat),
        verdict.p95_middle_ms,
        verdict.p95_last_ms
    )
}

impl Load {
    /// Of a rate, what goes to bank sends and what to market transactions.
    pub(crate) fn split(rate: super::pacer::Rate) -> (super::pacer::Rate, super::pacer::Rate) {
        use super::pacer::Rate;
        match rate {
            Rate::Max => (Rate::Max, Rate::Max),
            Rate::PerSecond(rate) => {
                let market = (rate / 4).max(1);
                (
                    Rate::PerSecond((rate - market.min(rate - 1)).max(1)),
                    Rate::PerSecond(market),
                )
            }
        }
    }
}
