//! The host's memory stays flat whatever guests do with theirs. A test binary of its own: other tests in the same
//! process would be measured with it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use supercloud_chain::vm::{EntryPoint, MeteringVersion, Vm, VmCall, VmError};
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

#[path = "../it/backend.rs"]
mod backend;

use backend::MockBackend;

const MIB: usize = 1 << 20;
const GAS: u64 = 1_000_000_000_000;

/// Memory of this process that is in use, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

fn frame(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
        (import "env" "db_scan" (func $db_scan (param i32 i32 i32) (result i32)))
        (import "env" "debug" (func $debug (param i32)))
        (import "env" "query_chain" (func $query_chain (param i32) (result i32)))
        (memory (export "memory") 17)
        (global $heap (mut i32) (i32.const 65536))
        (func (export "interface_version_8"))
        (func (export "deallocate") (param i32))
        (func $allocate (export "allocate") (param $size i32) (result i32)
            (local $region i32)
            (local.set $region (global.get $heap))
            (global.set $heap (i32.add (i32.add (global.get $heap) (i32.const 12)) (local.get $size)))
            (i32.store (local.get $region) (i32.add (local.get $region) (i32.const 12)))
            (i32.store offset=4 (local.get $region) (local.get $size))
            (local.get $region))
        {body})"#
    );
    wat::parse_str(text).unwrap()
}

/// Grows to 32 MiB, writes to every page of 4 KiB, and ends as told.
fn memory_bomb(end: &str) -> Vec<u8> {
    frame(&format!(
        r#"(func (export "query") (param i32 i32) (result i32)
            (local $at i32)
            (drop (memory.grow (i32.const 495)))
            (loop $more
                (i32.store8 offset=131072 (local.get $at) (i32.const 1))
                (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (i32.const 33423360))))
            {end} (local.get 0))"#
    ))
}

#[test]
fn memory_of_the_host_is_flat_after_any_number_of_greedy_calls() {
    let config = VmConfig {
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    };
    let vm = WasmtimeVm::new(config).unwrap();
    let out_of_bounds = VmError::Trap("memory access out of bounds");
    let harmful = [
        (memory_bomb(""), Ok(vec![])),
        (memory_bomb("unreachable"), Err(VmError::Trap("unreachable"))),
        (memory_bomb("(drop (i32.load (i32.const -1)))"), Err(out_of_bounds)),
        // 32,768 iterators, the most that one call may open.
        (
            frame(
                r#"(func (export "query") (param i32 i32) (result i32)
                (local $left i32)
                (local.set $left (i32.const 32768))
                (loop $more
                    (drop (call $db_scan (i32.const 0) (i32.const 0) (i32.const 1)))
                    (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
                (local.get 0))"#,
            ),
            Ok(vec![]),
        ),
        // Answers of a quarter of a mebibyte, until the guest has no room for them.
        (
            frame(
                r#"(func (export "query") (param i32 i32) (result i32)
                (loop $more (drop (call $query_chain (local.get 0))) (br $more)) unreachable)"#,
            ),
            Err(VmError::Communication(
                "region at 852040 with capacity 262144 lies outside of 1114112 bytes of memory".into(),
            )),
        ),
    ];
    let mut start = None;
    for round in 0..30 {
        for (wasm, expected) in &harmful {
            let code = vm.load(wasm, MeteringVersion::CURRENT).unwrap().key;
            let mut backend = MockBackend::with_querier(|_, _| (Ok(vec![7; MIB / 4]), 0));
            let call = VmCall {
                code,
                entry_point: EntryPoint::Query,
                args: &[b"", b""],
                gas_limit: GAS,
            };
            assert_eq!(&vm.call(call, &mut backend).result, expected);
        }
        // The first rounds fill the pool and the allocator.
        if round == 5 {
            start = Some(resident());
        }
    }
    let grown = resident().saturating_sub(start.unwrap());
    assert!(grown < 8 * MIB, "{grown} bytes more");
    assert!(resident() < 400 * MIB, "{} bytes", resident());
}
