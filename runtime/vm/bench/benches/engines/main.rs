//! `cargo bench --manifest-path runtime/vm/bench/Cargo.toml [-- FILTER]`: every row of the ratio table, both engines in
//! one run. The filter is a part of a row's name, as `row3`.
//!
//! Rows 1 to 7 are timed by criterion on the contracts whose messages are known. Three of them are timed on all other
//! modules as well, and row 8 counts memory; these are measured here, once.

#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to report")]

mod overview;
mod rows;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use supercloud_chain::vm::Checksum;
use supercloud_vm_bench::contracts::{self, Contract};
use supercloud_vm_bench::engine::Engine;
use supercloud_vm_bench::memory;
use supercloud_vm_bench::ours::Ours;
use supercloud_vm_bench::peer::Peer;
use supercloud_vm_bench::script::{Script, assert_same, set_up};
use supercloud_vm_bench::table::{self, Entry, Figure, Row};
use supercloud_vm_bench::world::{Storage, World};

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
    filter: Option<String>,
    output: PathBuf,
    /// Removed when dropped.
    _folder: tempfile::TempDir,
    ours: Ours,
    peer: Peer,
    entries: RefCell<Vec<Entry>>,
}

fn main() {
    if memory::run_if_child() {
        return;
    }
    let bench = Bench::new();
    let own = contracts::accepted(contracts::own());
    let vectors = contracts::accepted(contracts::vectors());
    let subjects: Vec<_> = own
        .iter()
        .chain(&vectors)
        .filter_map(|contract| Some(bench.prepare(contract, Script::of(contract)?)))
        .collect();
    rows::run(&bench, &subjects);
    overview::run(&bench, &own, &vectors);
    bench.criterion.borrow().final_summary();
    bench.report();
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
            filter: std::env::args().skip(1).find(|argument| !argument.starts_with('-')),
            output,
            ours: Ours::open(folder.path()),
            peer: Peer::open(folder.path()),
            _folder: folder,
            entries: RefCell::default(),
        }
    }

    /// Whether a row that criterion does not time is wanted.
    fn wants(&self, row: Row) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| row.group.contains(filter.as_str()))
    }

    fn prepare(&self, contract: &Contract, script: Script) -> Subject {
        let checksum = self.ours.upload(&contract.wasm);
        assert_eq!(checksum, self.peer.upload(&contract.wasm));
        self.ours.settle();
        self.ours.load(&checksum);
        self.peer.load(&checksum);
        assert_same((&self.ours, &self.peer), &checksum, &script, &contract.name);
        let storage = set_up(&self.ours, &checksum, &script);
        Subject {
            name: contract.name.clone(),
            wasm: contract.wasm.clone(),
            checksum,
            script,
            storage,
        }
    }

    /// Times both engines and notes the comparison, unless the filter on the command line says otherwise.
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
            self.note(row, &subject.name, peer, ours);
        }
    }

    fn note(&self, row: Row, contract: &str, peer: Figure, ours: Figure) {
        self.entries.borrow_mut().push(Entry {
            row,
            contract: contract.to_owned(),
            peer,
            ours,
        });
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
        let folder = self.output.join(row.group).join(engine).join(contract);
        let estimates = std::fs::read(folder.join("new/estimates.json")).ok()?;
        let estimates: serde_json::Value = serde_json::from_slice(&estimates).unwrap();
        estimates["median"]["point_estimate"].as_f64().map(Figure::Nanoseconds)
    }

    fn report(&self) {
        let mut entries = self.entries.borrow_mut();
        entries.sort_by_key(|entry| entry.row.group);
        let markdown = table::markdown(&entries);
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
