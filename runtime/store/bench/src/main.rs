//! `store-bench`: random updates, reads and proofs, ours and peers', one after the other in the same process run.
//!
//! Blocks are made before the clock starts, and put into the form that a store takes between its commits. "upd/s" is over
//! the time of the commits alone, to the medium; "drained" is over the whole time, with what a store leaves to do in the
//! background waited for at the end. Processor time and bytes written are those of
//! the process, background included.

mod flat;
mod jmt_peer;
mod ours;
mod process;
mod workload;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Parser;

use process::{Usage, load_average};
use workload::{Workload, percentile};

/// A store under test.
pub(crate) trait Candidate {
    /// Takes the next block in the form that the store likes; not timed.
    fn prepare(&mut self, changes: &[(Vec<u8>, Vec<u8>)]);
    /// Commits the prepared block to the medium; returns the new root, if it has one.
    fn commit(&mut self, height: u64) -> Result<Option<[u8; 32]>>;
    /// Waits for background work.
    fn drain(&mut self) -> Result<()>;
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;
    /// Reads the next ten entries from `key` on; returns how many there were.
    fn scan(&self, key: &[u8]) -> Result<usize>;
    /// Closes without waiting for anything and opens again; says how that went.
    fn reopen(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
    /// Proves a key; returns the time to verify in nanoseconds and the proof's bytes.
    fn prove(&self, key: &[u8]) -> Result<Option<Proof>>;
}

pub(crate) struct Proof {
    pub(crate) made_ns: u128,
    pub(crate) verified_ns: u128,
    pub(crate) bytes: usize,
}

#[derive(Parser)]
struct Args {
    /// Keys that are there before the measurement.
    #[arg(long, default_value_t = 1_000_000)]
    keys: u64,
    #[arg(long, default_value_t = 100)]
    blocks: u64,
    /// Updates of a block; a fifth are new keys.
    #[arg(long, default_value_t = 10_000)]
    updates: u64,
    /// Memory for caches, MiB.
    #[arg(long, default_value_t = 512)]
    cache: usize,
    /// Unwritten changes that begin a checkpoint, MiB (ours).
    #[arg(long, default_value_t = 256)]
    buffer: usize,
    /// Versions that stay readable (ours).
    #[arg(long, default_value_t = 1_000)]
    keep: u64,
    /// Stores to measure, of: ours, flat (fjall without a tree), jmt (jmt over fjall).
    #[arg(long, value_delimiter = ',', default_value = "ours,flat,jmt")]
    stores: Vec<String>,
    /// Folder for the stores; a temporary one beside it is used and removed.
    #[arg(long, default_value = ".")]
    dir: std::path::PathBuf,
}

/// As in the node: what a block frees stays for the next one.
#[cfg(feature = "mimalloc")]
fn keep_freed_memory_for_a_while() {
    const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
    // SAFETY: it stores a number, and any thread may call it.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, 250) }
}

fn main() -> Result<()> {
    #[cfg(feature = "mimalloc")]
    keep_freed_memory_for_a_while();
    let args = Args::parse();
    println!(
        "{} keys, {} blocks of {} updates, cache {} MiB; load average {}",
        args.keys,
        args.blocks,
        args.updates,
        args.cache,
        load_average()
    );
    println!(
        "{:<6} {:>9} {:>9} {:>24} {:>8} {:>9} {:>8} {:>8} {:>15} {:>7} {:>24} {:>6} {:>5}",
        "store",
        "upd/s",
        "drained",
        "block ms p50/95/99/max",
        "cpu ms/b",
        "MiB wr/b",
        "disk MiB",
        "RSS MiB",
        "read us p50/95",
        "scan us",
        "proof us made/ver  bytes",
        "absent",
        "load"
    );
    let mut rates = Vec::new();
    for name in &args.stores {
        let dir = tempfile::tempdir_in(&args.dir)?;
        let cache = args.cache << 20;
        let mut store: Box<dyn Candidate> = match name.as_str() {
            "ours" => Box::new(ours::Ours::open(dir.path(), cache, args.buffer << 20, args.keep)?),
            "flat" => Box::new(flat::Flat::open(dir.path(), cache)?),
            "jmt" => Box::new(jmt_peer::Jmt::open(dir.path(), cache)?),
            other => anyhow::bail!("no store {other:?}; there are ours, flat, jmt"),
        };
        let rate = measure(name, &mut *store, &args, dir.path())?;
        rates.push((name, rate));
    }
    if let Some((first, rate)) = rates.first() {
        for (name, other) in &rates[1..] {
            println!("{first} / {name}: {:.2} times the updates per second", rate / other);
        }
    }
    Ok(())
}

fn measure(name: &str, store: &mut dyn Candidate, args: &Args, dir: &std::path::Path) -> Result<f64> {
    let mut workload = Workload::new(args.keys);
    let mut height = 0;
    for block in workload.preload() {
        height += 1;
        store.prepare(&block);
        store.commit(height)?;
    }
    store.drain()?;
    let blocks: Vec<_> = (0..args.blocks).map(|_| workload.next_block(args.updates)).collect();

    let before = Usage::now()?;
    let start = Instant::now();
    let mut millis = Vec::new();
    for block in &blocks {
        height += 1;
        store.prepare(block);
        let start = Instant::now();
        store.commit(height)?;
        millis.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let committed: f64 = millis.iter().sum::<f64>() / 1e3;
    store.drain()?;
    let drained = start.elapsed().as_secs_f64();
    let used = Usage::now()?.since(&before);

    let mut reads = Vec::new();
    for i in 0..20_000 {
        let key = workload.random_key();
        let start = Instant::now();
        let value = store.get(&key)?;
        let nanos = start.elapsed().as_nanos() as f64;
        ensure!(
            value.is_some_and(|value| value.len() == workload::VALUE_BYTES),
            "a key is not there"
        );
        if i >= 10_000 {
            reads.push(nanos / 1e3);
        }
    }
    let mut scans = Vec::new();
    for _ in 0..2_000 {
        let key = workload.random_key();
        let start = Instant::now();
        ensure!(store.scan(&key)? > 0, "nothing after a key");
        scans.push(start.elapsed().as_nanos() as f64 / 1e3);
    }
    let present = proofs(store, (0..1_000).map(|_| workload.random_key()).collect())?;
    let absent = proofs(store, (0..200).map(|_| workload.absent_key()).collect())?;

    let updates = (args.blocks * args.updates) as f64;
    let per_block = |total: f64| total / args.blocks as f64;
    println!(
        "{:<6} {:>9.0} {:>9.0} {:>24} {:>8.0} {:>9.1} {:>8} {:>8} {:>15} {:>7} {:>24} {:>6} {:>5}",
        name,
        updates / committed,
        updates / drained,
        format!(
            "{:.0}/{:.0}/{:.0}/{:.0}",
            percentile(&mut millis, 50),
            percentile(&mut millis, 95),
            percentile(&mut millis, 99),
            percentile(&mut millis, 100)
        ),
        per_block(used.cpu_seconds * 1e3),
        per_block(used.written_bytes as f64 / f64::from(1 << 20)),
        process::disk_bytes(dir)? >> 20,
        process::resident_bytes()? >> 20,
        format!("{:.1}/{:.1}", percentile(&mut reads, 50), percentile(&mut reads, 95)),
        format!("{:.0}", percentile(&mut scans, 50)),
        present
            .clone()
            .map_or("-".to_owned(), |(made, verified, bytes)| format!(
                "{made:.0}/{verified:.0}  {bytes:.0}"
            )),
        absent.map_or("-".to_owned(), |(made, ..)| format!("{made:.0}")),
        load_average()
    );
    for _ in 0..20 {
        height += 1;
        store.prepare(&workload.next_block(args.updates));
        store.commit(height)?;
    }
    if let Some(line) = store.reopen()? {
        println!("{name}: {line}");
    }
    Ok(updates / committed)
}

/// Median times in microseconds to make and verify, mean bytes.
fn proofs(store: &dyn Candidate, keys: Vec<Vec<u8>>) -> Result<Option<(f64, f64, f64)>> {
    let (mut made, mut verified, mut bytes) = (Vec::new(), Vec::new(), 0);
    for key in &keys {
        let Some(proof) = store.prove(key)? else {
            return Ok(None);
        };
        made.push(proof.made_ns as f64 / 1e3);
        verified.push(proof.verified_ns as f64 / 1e3);
        bytes += proof.bytes;
    }
    let bytes = bytes as f64 / keys.len() as f64;
    Ok(Some((percentile(&mut made, 50), percentile(&mut verified, 50), bytes)))
}
