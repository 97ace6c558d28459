//! What does not need a contract's messages, on all modules: rows 1, 5 and 7 (the call left out), each module once, and
//! the memory of row 8.

use std::time::{Duration, Instant};

use supercloud_vm_bench::contracts::Contract;
use supercloud_vm_bench::engine::Engine;
use supercloud_vm_bench::memory::{self, Growth, Resident};
use supercloud_vm_bench::ours::Ours;
use supercloud_vm_bench::peer::Peer;
use supercloud_vm_bench::table::{self, Figure, Row};
use supercloud_vm_bench::world::{Storage, World};

use crate::Bench;
use crate::rows::time;

/// Modules of row 8.
const LOADED: u32 = 100;
const INSTANCES: u64 = 300;
const LOADS: u64 = 20;

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

fn measure<E: Engine>(contract: &Contract) -> Times {
    let folder = tempfile::tempdir().unwrap();
    let engine = E::open(folder.path());
    let world = World::with_storage(Storage::new());
    let begin = Instant::now();
    let checksum = engine.upload(&contract.wasm);
    engine.instantiate(&checksum, &world);
    let upload = begin.elapsed();
    engine.settle();
    engine.load(&checksum);
    let load = engine.time_load(&checksum, LOADS) / LOADS as u32;
    let instances = time(INSTANCES, || engine.instantiate(&checksum, &world));
    Times([instances / INSTANCES as u32, load, upload])
}

fn compare_memory(bench: &Bench, contracts: &[Contract]) {
    let folder = tempfile::tempdir().unwrap();
    memory::write_modules(contracts, LOADED, folder.path());
    let peer = memory::measure::<Peer>(folder.path());
    let ours = memory::measure::<Ours>(folder.path());
    let kinds: [(Row, &str, fn(&Growth) -> u64); 3] = [
        (table::MEMORY, "each made an instance of once", |growth| {
            growth.used.total()
        }),
        (table::MEMORY, "loaded only", |growth| growth.loaded.total()),
        (table::MEMORY_PRIVATE, "each made an instance of once", |growth| {
            let Resident { private, .. } = growth.used;
            private
        }),
    ];
    for (row, title, kibibytes) in kinds {
        let figure = |growth| Figure::Kibibytes(kibibytes(growth) as f64);
        bench.note(row, title, figure(&peer), figure(&ours));
    }
}
