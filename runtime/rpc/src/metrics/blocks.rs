//! Counters and histograms over the blocks that were committed while the node ran.
//!
//! Blocks are counted when somebody looks, so that nobody else pays for it; after a long time without a look it takes
//! several to catch up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use super::{counter, seconds};
use crate::api::ChainApi;
use crate::block::BlockRecord;

/// Most blocks counted by one look.
const MAX_BLOCKS: u64 = 5_000;

/// Upper bounds of the time between two blocks, in microseconds.
const INTERVALS: [u64; 10] = [
    50_000, 100_000, 250_000, 500_000, 1_000_000, 1_500_000, 2_500_000, 5_000_000, 10_000_000, 60_000_000,
];
/// Upper bounds of transactions in a block.
const TXS: [u64; 9] = [0, 1, 5, 10, 50, 100, 500, 1_000, 5_000];

#[derive(Debug)]
struct Histogram {
    bounds: &'static [u64],
    /// One more than the bounds: the last is for what is beyond them.
    counts: Vec<u64>,
    sum: u64,
}

impl Histogram {
    fn new(bounds: &'static [u64]) -> Self {
        Self {
            bounds,
            counts: vec![0; bounds.len() + 1],
            sum: 0,
        }
    }

    fn add(&mut self, value: u64) {
        let at = self.bounds.partition_point(|bound| *bound < value);
        self.counts[at] += 1;
        self.sum = self.sum.saturating_add(value);
    }

    fn write(&self, out: &mut String, name: &str, help: &str, show: fn(u64) -> String) -> std::fmt::Result {
        writeln!(out, "# HELP {name} {help}\n# TYPE {name} histogram")?;
        let mut below = 0;
        let bounds = self.bounds.iter().map(|bound| show(*bound));
        for (count, bound) in self.counts.iter().zip(bounds.chain(["+Inf".to_owned()])) {
            below += count;
            writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {below}")?;
        }
        writeln!(out, "{name}_sum {}\n{name}_count {below}", show(self.sum))
    }
}

#[derive(Debug)]
struct Counts {
    /// Height of the last block counted.
    last: u64,
    /// Its time.
    last_nanos: Option<u64>,
    intervals: Histogram,
    txs: Histogram,
    bytes: u64,
    gas_used: u64,
    /// By codespace and code. The chain's own tables, so their number is bounded.
    results: BTreeMap<(String, u32), u64>,
}

impl Counts {
    fn add(&mut self, block: &BlockRecord) {
        if let Some(before) = self.last_nanos {
            self.intervals
                .add(block.header.time_nanos.saturating_sub(before) / 1_000);
        }
        self.last = block.header.height;
        self.last_nanos = Some(block.header.time_nanos);
        self.txs.add(u64::try_from(block.txs.len()).unwrap_or(u64::MAX));
        self.bytes = self.bytes.saturating_add(u64::try_from(block.size).unwrap_or(u64::MAX));
        for result in &block.results {
            *self.results.entry((result.codespace.clone(), result.code)).or_default() += 1;
            self.gas_used = self.gas_used.saturating_add(result.gas_used);
        }
    }
}

/// Counts of committed blocks.
#[derive(Debug)]
pub(crate) struct BlockMetrics(Mutex<Counts>);

impl BlockMetrics {
    /// Counts what is committed after now.
    pub(crate) fn new(api: &dyn ChainApi) -> Self {
        let last = api.heights().latest;
        Self(Mutex::new(Counts {
            last,
            last_nanos: api.block(last).map(|block| block.header.time_nanos),
            intervals: Histogram::new(&INTERVALS),
            txs: Histogram::new(&TXS),
            bytes: 0,
            gas_used: 0,
            results: BTreeMap::new(),
        }))
    }

    pub(crate) fn write(&self, api: &dyn ChainApi, out: &mut String) -> std::fmt::Result {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let range = api.heights();
        let first = range.earliest.max(counts.last + 1);
        for height in first..=range.latest.min(first.saturating_add(MAX_BLOCKS)) {
            if let Some(block) = api.block(height) {
                counts.add(&block);
            }
        }
        let help = "Time between a block and the one before.";
        counts
            .intervals
            .write(out, "supercloud_block_interval_seconds", help, seconds)?;
        let help = "Transactions in a block.";
        let whole = |count: u64| count.to_string();
        counts.txs.write(out, "supercloud_block_transactions", help, whole)?;
        counter(
            out,
            "supercloud_block_bytes_total",
            "Bytes of all blocks.",
            counts.bytes,
        )?;
        counter(
            out,
            "supercloud_gas_used_total",
            "Gas of all transactions.",
            counts.gas_used,
        )?;
        let name = "supercloud_tx_results_total";
        writeln!(
            out,
            "# HELP {name} Transactions in blocks by their result; code 0 is success.\n# TYPE {name} counter"
        )?;
        for ((codespace, code), count) in &counts.results {
            writeln!(out, "{name}{{codespace=\"{codespace}\",code=\"{code}\"}} {count}")?;
        }
        Ok(())
    }
}
