//! Determinism: whoever runs the same blocks gets the same bytes, whatever became of the process in between.
//!
//! A first node in memory runs 5,000 random blocks (`trace`, `scene`, `acts`: all modules, failures of all kinds). Other
//! nodes run the same blocks and must agree on every root, result, gas and event after every block:
//!
//! | node | store | engine | in between |
//! |---|---|---|---|
//! | first | memory | optimised, everything at hand | nothing |
//! | on disk | disk, small caches | tiered, cache on disk, nothing but pinned codes at hand, one call at a time | stopped and started, compiled code lost; checks, queries and simulations all the time |
//! | restored | disk, from a snapshot | baseline, four calls | begins in the middle |
//! | two imported | memory and disk, from an exported genesis | tiered, optimised | begin in the middle |
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests")]

mod acts;
mod nodes;
mod people;
mod random;
mod recorder;
mod scene;
mod trace;

use std::collections::BTreeMap;
use std::sync::Arc;

use supercloud_chain::Chain;
use supercloud_chain::store::{Direction, Store};
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

use nodes::{DiskNode, Disturber, assert_same_results, repeat};
use random::Random;
use recorder::Shared;
use trace::trace;

/// Scenario: an operator's node is restarted now and then, loses its cache of modules, and answers clients meanwhile.
#[test]
fn node_on_disk_agrees_through_restarts_lost_caches_queries_and_checks() {
    let trace = trace();
    let vm = VmConfig {
        concurrent_calls: 1,
        memory_cache_bytes: 1,
        tiers: Tiers::Tiered,
        ..VmConfig::default()
    };
    let mut node = DiskNode::init(&trace.genesis, vm);
    let contract = trace.contract();
    let mut disturber = Disturber::new(contract.clone());
    let mut random = Random(1);
    let (mut restarts, mut asked) = (0, 0);
    for (input, expected) in &trace.blocks {
        if random.once_in(250) {
            asked += disturber.finish();
            node.restart(restarts % 5 == 4);
            disturber = Disturber::new(contract.clone());
            restarts += 1;
        }
        disturber.disturb(node.chain(), input);
        // What waits is checked before the block, in any order, and must not matter.
        for tx in input.txs.iter().rev().filter(|_| random.once_in(2)) {
            node.chain().check_tx(tx);
        }
        repeat(node.chain(), input, expected);
    }
    asked += disturber.finish();
    assert!(restarts > 10 && asked > 500, "{restarts} restarts, asked {asked} times");
}

#[test]
fn node_restored_from_a_snapshot_agrees_from_there_on() {
    let trace = trace();
    let vm = VmConfig {
        concurrent_calls: 4,
        tiers: Tiers::Baseline,
        ..VmConfig::default()
    };
    let mut node = DiskNode::restore(&trace.snapshot, vm);
    assert_eq!(node.chain().app_hash(), trace.blocks[trace.cut - 1].1.app_hash);
    for (input, expected) in &trace.blocks[trace.cut..] {
        repeat(node.chain(), input, expected);
    }
}

fn engine(tiers: Tiers) -> Arc<WasmtimeVm> {
    let vm = WasmtimeVm::new(VmConfig {
        tiers,
        ..VmConfig::default()
    });
    Arc::new(vm.unwrap())
}

#[test]
fn nodes_that_import_the_same_export_agree_with_each_other_and_with_the_exported_chain() {
    let trace = trace();
    let store = Box::new(Shared::new());
    let mut first = Chain::init(&trace.exported, store, engine(Tiers::Optimized)).unwrap();
    let vm = VmConfig {
        tiers: Tiers::Tiered,
        ..VmConfig::default()
    };
    let mut second = DiskNode::init(&trace.exported, vm);
    assert_eq!(first.app_hash(), second.chain().app_hash());
    for (input, expected) in &trace.blocks[trace.cut..] {
        let output = first.execute_block(input.clone()).unwrap();
        assert_same_results(&output, expected, input.height);
        repeat(second.chain(), input, &output);
    }
}

/// An import has every entry of the exported state as it was, and writes down two sets of parameters that a young chain
/// leaves unsaid: so its root is another one, but the same for all who import.
const WRITTEN_BY_IMPORT: [&[u8]; 2] = [b"consensus/\x01", b"tokenfactory/\x05"];

#[test]
fn import_has_every_entry_of_the_exported_state() {
    let trace = trace();
    let store = Shared::new();
    Chain::init(&trace.early.1, Box::new(store.clone()), engine(Tiers::Baseline)).unwrap();
    let mut imported: Entries = store.latest().range(None, None, Direction::Ascending).collect();
    let exported = trace.early_entries();
    for key in WRITTEN_BY_IMPORT.into_iter().filter(|key| !exported.contains_key(*key)) {
        imported.remove(key);
    }
    assert!(imported == exported, "{:?}", first_difference(&imported, &exported));
}

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

fn first_difference<'a>(left: &'a Entries, right: &'a Entries) -> Option<&'a [u8]> {
    let keys = left.keys().chain(right.keys());
    keys.filter(|key| left.get(*key) != right.get(*key))
        .map(Vec::as_slice)
        .min()
}
