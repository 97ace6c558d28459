//! `cargo bench --manifest-path runtime/vm/bench/Cargo.toml [-- FILTER]`: every row of the ratio table, both engines in
//! one run. A filter chooses groups, as `row3` or `row[15]`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to report")]

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use supercloud_chain::vm::Checksum;
use supercloud_vm_bench::contracts::{self, Contract};
use supercloud_vm_bench::engine::{Call, Engine};
use supercloud_vm_bench::memory;
use supercloud_vm_bench::ours::Ours;
use supercloud_vm_bench::peer::Peer;
use supercloud_vm_bench::script::{Script, assert_good, assert_same, set_up};
use supercloud_vm_bench::table::{self, Entry, Figure, Row};
use supercloud_vm_bench::world::{Storage, World};

const THREADS: usize = 8;

/// A module that both engines have loaded.
struct Subject {
    name: String,
    wasm: Vec<u8>,
    checksum: Checksum,
    script: Script,
    storage: Storage,
}

struct Bench {
    criterion: RefCell<Criterion>,
    output: PathBuf,
    folder: tempfile::TempDir,
    ours: Ours,
    peer: Peer,
    entries: RefCell<Vec<Entry>>,
}

fn main() {
    if memory::run_if_child() {
        return;
    }
    let bench = Bench::new();
    let subjects: Vec<_> = chosen().into_iter().map(|contract| bench.prepare(contract)).collect();
    for row in [bench_instance, bench_smallest, bench_bank_send, bench_cpu, bench_load, bench_threads, bench_upload] {
        for subject in &subjects {
            row(&bench, subject);
        }
    }
    bench.criterion.borrow().final_summary();
    bench.report();
}

/// Modules whose messages are known.
fn chosen() -> Vec<(Contract, Script)> {
    let all = contracts::own().into_iter().chain(contracts::vectors());
    all.filter_map(|contract| {
        let script = Script::of(&contract)?;
        Some((contract, script))
    })
    .collect()
}

impl Bench {
    fn new() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = target.join("criterion");
        let criterion = Criterion::default()
            .output_directory(&output)
            .without_plots()
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1))
            .sample_size(20)
            .configure_from_args();
        let folder = tempfile::tempdir().unwrap();
        Self {
            criterion: RefCell::new(criterion),
            output,
            ours: Ours::open(folder.path()),
            peer: Peer::open(folder.path()),
            folder,
            entries: RefCell::default(),
        }
    }

    fn prepare(&self, (contract, script): (Contract, Script)) -> Subject {
        let checksum = self.ours.upload(&contract.wasm);
        assert_eq!(checksum, self.peer.upload(&contract.wasm));
        self.peer.load(&checksum, &contract.wasm);
        assert_same((&self.ours, &self.peer), &checksum, &script, &contract.name);
        let storage = set_up(&self.ours, &checksum, &script);
        Subject {
            name: contract.name,
            wasm: contract.wasm,
            checksum,
            script,
            storage,
        }
    }

    /// Measures both engines and notes the comparison, unless the filter on the command line says otherwise.
    fn compare(
        &self,
        row: Row,
        subject: &Subject,
        mut peer: impl FnMut(u64) -> Duration,
        mut ours: impl FnMut(u64) -> Duration,
    ) {
        let peer = self.measure(row, Peer::NAME, &subject.name, &mut peer);
        let ours = self.measure(row, Ours::NAME, &subject.name, &mut ours);
        if let (Some(peer), Some(ours)) = (peer, ours) {
            self.entries.borrow_mut().push(Entry {
                row,
                contract: subject.name.clone(),
                peer,
                ours,
            });
        }
    }

    fn measure(
        &self,
        row: Row,
        engine: &str,
        contract: &str,
        routine: &mut dyn FnMut(u64) -> Duration,
    ) -> Option<Figure> {
        let mut chosen = false;
        let mut criterion = self.criterion.borrow_mut();
        let mut group = criterion.benchmark_group(row.group);
        if row == table::UPLOAD {
            group.sample_size(10);
        }
        group.bench_function(BenchmarkId::new(engine, contract), |bencher| {
            chosen = true;
            bencher.iter_custom(&mut *routine);
        });
        group.finish();
        chosen.then(|| self.median(row, engine, contract)).flatten()
    }

    /// What criterion has just written; nothing in its profiling mode.
    fn median(&self, row: Row, engine: &str, contract: &str) -> Option<Figure> {
        let file = self.output.join(row.group).join(engine).join(contract).join("new/estimates.json");
        let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).unwrap();
        estimates["median"]["point_estimate"].as_f64().map(Figure::Nanoseconds)
    }

    fn report(&self) {
        let markdown = table::markdown(&self.entries.borrow());
        let file = self.output.join("ratios.md");
        std::fs::write(&file, &markdown).unwrap();
        println!("{markdown}\nwritten to {}", file.display());
    }
}

impl Subject {
    fn world(&self) -> World {
        World::with_storage(self.storage.clone())
    }
}

fn time(times: u64, mut body: impl FnMut()) -> Duration {
    let begin = Instant::now();
    for _ in 0..times {
        body();
    }
    begin.elapsed()
}

/// Calls in a fresh instance each.
fn time_calls<E: Engine>(engine: &E, subject: &Subject, call: &Call, times: u64) -> Duration {
    let world = subject.world();
    time(times, || assert_good(&engine.call(&subject.checksum, call, &world)))
}

fn time_warm_calls<E: Engine>(engine: &E, subject: &Subject, call: &Call, times: u64) -> Duration {
    let world = subject.world();
    let mut warm = engine.warm(&subject.checksum, &world);
    time(times, || assert_good(&warm(call)))
}

fn bench_instance(bench: &Bench, subject: &Subject) {
    let world = subject.world();
    bench.compare(
        table::INSTANCE,
        subject,
        |times| time(times, || bench.peer.instantiate(&subject.checksum, &world)),
        |times| time(times, || bench.ours.instantiate(&subject.checksum, &world)),
    );
}

fn bench_smallest(bench: &Bench, subject: &Subject) {
    let call = &subject.script.smallest;
    bench.compare(
        table::SMALLEST,
        subject,
        |times| time_calls(&bench.peer, subject, call, times),
        |times| time_calls(&bench.ours, subject, call, times),
    );
}

/// The peer at its best calls one instance again and again, which a chain never does; ours makes an instance each time.
fn bench_bank_send(bench: &Bench, subject: &Subject) {
    let Some(call) = &subject.script.bank_send else { return };
    bench.compare(
        table::BANK_SEND,
        subject,
        |times| time_warm_calls(&bench.peer, subject, call, times),
        |times| time_warm_calls(&bench.ours, subject, call, times),
    );
    bench.compare(
        table::BANK_SEND_FRESH,
        subject,
        |times| time_calls(&bench.peer, subject, call, times),
        |times| time_calls(&bench.ours, subject, call, times),
    );
}

fn bench_cpu(bench: &Bench, subject: &Subject) {
    let call = &subject.script.cpu;
    bench.compare(
        table::CPU,
        subject,
        |times| time_warm_calls(&bench.peer, subject, call, times),
        |times| time_warm_calls(&bench.ours, subject, call, times),
    );
}

fn bench_load(bench: &Bench, subject: &Subject) {
    let folder = bench.folder.path();
    bench.compare(
        table::LOAD,
        subject,
        |times| Peer::time_load(folder, &subject.checksum, &subject.wasm, times),
        |times| Ours::time_load(folder, &subject.checksum, &subject.wasm, times),
    );
}

fn bench_threads(bench: &Bench, subject: &Subject) {
    bench.compare(
        table::THREADS,
        subject,
        |times| time_threads(&bench.peer, subject, times),
        |times| time_threads(&bench.ours, subject, times),
    );
}

/// `times` calls, shared out among the threads.
fn time_threads<E: Engine>(engine: &E, subject: &Subject, times: u64) -> Duration {
    let start = Barrier::new(THREADS + 1);
    let each = times.div_ceil(THREADS as u64);
    let elapsed = thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    time_calls(engine, subject, &subject.script.query, each);
                })
            })
            .collect();
        start.wait();
        let begin = Instant::now();
        for worker in workers {
            worker.join().unwrap();
        }
        begin.elapsed()
    });
    // Rounding up made the threads do more than was asked for.
    elapsed.mul_f64(times as f64 / (each * THREADS as u64) as f64)
}

fn bench_upload(bench: &Bench, subject: &Subject) {
    bench.compare(
        table::UPLOAD,
        subject,
        |times| time_upload::<Peer>(subject, times),
        |times| time_upload::<Ours>(subject, times),
    );
}

/// Upload to an engine that knows nothing, and the first call.
fn time_upload<E: Engine>(subject: &Subject, times: u64) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..times {
        let folder = tempfile::tempdir().unwrap();
        let engine = E::open(folder.path());
        let world = subject.world();
        let begin = Instant::now();
        engine.upload(&subject.wasm);
        assert_good(&engine.call(&subject.checksum, &subject.script.smallest, &world));
        total += begin.elapsed();
    }
    total
}
