//! What does not need a contract's messages, on all modules: rows 1, 5 and 7 (there an instance for the call), and the memory
//! of row 8.

use std::time::{Duration, Instant};

use supercloud_vm_bench::contracts::Contract;
use supercloud_vm_bench::engine::Engine;
use supercloud_vm_bench::memory::{self, Growth};
use supercloud_vm_bench::ours::Ours;
use supercloud_vm_bench::peer::Peer;
use supercloud_vm_bench::table::{self, Figure, Row};
use supercloud_vm_bench::world::World;

use crate::Bench;
use crate::rows::time;

/// Modules of row 8.
const LOADED: u32 = 100;
/// Tries of each figure, of which the best counts.
const ROUNDS: u32 = 10;
const LOADS: u32 = 20;
/// Instances of one round.
const INSTANCES: u64 = 50;

/// Times of one module in one engine: of an instance, of a load, of an upload with its first instance.
struct Times([Duration; 3]);

const ROWS: [Row; 3] = [table::INSTANCE, table::LOAD, table::UPLOAD];

/// Both groups of modules, then memory.
pub(crate) fn run(bench: &Bench, own: &[Contract], vectors: &[Contract]) {
    if ROWS.iter().any(|row| bench.wants(*row)) {
        compare(bench, "own contracts", own);
        compare(bench, "public modules", vectors);
    }
    if bench.wants(table::MEMORY) {
        let all: Vec<_> = own.iter().chain(vectors).cloned().collect();
        compare_memory(bench, &all);
    }
}

/// Notes for each row the sum over all modules, and the module with the worst ratio.
fn compare(bench: &Bench, title: &str, contracts: &[Contract]) {
    let measured: Vec<_> = contracts
        .iter()
        .map(|contract| (contract, measure::<Peer>(contract), measure::<Ours>(contract)))
        .collect();
    for (index, row) in ROWS.into_iter().enumerate().filter(|(_, row)| bench.wants(*row)) {
        let figure = |times: Duration| Figure::Nanoseconds(times.as_nanos() as f64);
        let peer = measured.iter().map(|(_, peer, _)| peer.0[index]).sum();
        let ours = measured.iter().map(|(_, _, ours)| ours.0[index]).sum();
        bench.note(
            row,
            &format!("{title}, sum of {}", contracts.len()),
            figure(peer),
            figure(ours),
        );
        let ratio = |peer: &Times, ours: &Times| peer.0[index].div_duration_f64(ours.0[index]);
        let worst = measured
            .iter()
            .min_by(|a, b| ratio(&a.1, &a.2).total_cmp(&ratio(&b.1, &b.2)));
        if let Some((contract, peer, ours)) = worst {
            let name = format!("{title}, worst: {}", contract.name);
            bench.note(row, &name, figure(peer.0[index]), figure(ours.0[index]));
        }
    }
}

/// Instances and loads are the best of some tries, an upload is a single one.
fn measure<E: Engine>(contract: &Contract) -> Times {
    let folder = tempfile::tempdir().unwrap();
    let engine = E::open(folder.path());
    let begin = Instant::now();
    let checksum = engine.upload(&contract.wasm);
    engine.instantiate(&checksum, &World::default());
    let upload = begin.elapsed();
    engine.settle();
    engine.load(&checksum);
    let load = (0..LOADS).map(|_| engine.time_load(&checksum, 1)).min().unwrap();
    let world = World::default();
    let instances = (0..ROUNDS).map(|_| time(INSTANCES, || engine.instantiate(&checksum, &world)));
    Times([instances.min().unwrap() / INSTANCES as u32, load, upload])
}

fn compare_memory(bench: &Bench, contracts: &[Contract]) {
    let folder = tempfile::tempdir().unwrap();
    memory::write_modules(contracts, LOADED, folder.path());
    let peer = memory::measure::<Peer>(folder.path());
    let ours = memory::measure::<Ours>(folder.path());
    let note = |row: Row, title: &str, kibibytes: fn(&Growth) -> u64| {
        let figure = |growth| Figure::Kibibytes(kibibytes(growth) as f64);
        bench.note(row, title, figure(&peer), figure(&ours));
    };
    note(table::MEMORY, "each made an instance of once", |growth| {
        growth.used.total()
    });
    note(table::MEMORY, "loaded only", |growth| growth.loaded.total());
    note(table::MEMORY_PRIVATE, "each made an instance of once", |growth| {
        growth.used.private
    });
}
