//! Allocators that lie, trap, spin, or use the host while the host waits for them.

use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{FRAME, GAS, IMPORTS, call, call_with_gas, communication, module};

/// Hands out the last 20 bytes of page 1 again and again, as a Region at 1024.
const SAME_PLACE: &str = r#"
    (func $allocate (export "allocate") (param $size i32) (result i32)
        (i32.store (i32.const 1024) (i32.const 2048))
        (i32.store (i32.const 1028) (i32.const 100000))
        (i32.const 1024))"#;

const FIRST: &str = "(func (export \"execute\") (param i32 i32 i32) (result i32) (local.get 0))";

fn run(parts: &[&str], entry_point: EntryPoint, args: &[&[u8]]) -> Result<Vec<u8>, VmError> {
    let wasm = module(parts);
    call(
        &wasm,
        entry_point,
        args,
        &mut MockBackend::with_storage([("k", "value")]),
    )
    .result
}

#[test]
fn arguments_in_the_same_place_overwrite_each_other() {
    let result = run(
        &[IMPORTS, FRAME, SAME_PLACE, FIRST],
        EntryPoint::Execute,
        &[b"one", b"second", b"3"],
    );
    assert_eq!(result, Ok(b"3".to_vec()));
}

#[test]
fn regions_that_overlap_other_regions_headers_lie_about_them_and_no_more() {
    // The data of the second argument is written over the header of the first, whose length becomes that data.
    let allocate = r#"
        (global $calls (mut i32) (i32.const 0))
        (func (export "allocate") (param $size i32) (result i32)
            (local $region i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (local.set $region (i32.mul (global.get $calls) (i32.const 1024)))
            (i32.store (local.get $region) (select
                (i32.const 1024) (i32.add (local.get $region) (i32.const 12)) (i32.eq (global.get $calls) (i32.const 2))))
            (i32.store offset=4 (local.get $region) (i32.const 64))
            (local.get $region))"#;
    let header: Vec<u8> = [4096u32, 8, 9].iter().flat_map(|field| field.to_le_bytes()).collect();
    let result = run(
        &[IMPORTS, FRAME, allocate, FIRST],
        EntryPoint::Execute,
        &[b"one", &header, b""],
    );
    assert_eq!(result, communication("invalid region: length 9 exceeds capacity 8"));
}

#[test]
fn an_allocator_answers_the_host_as_badly_in_the_middle_of_a_call() {
    let read = "(func (export \"sudo\") (param i32 i32) (result i32) (call $db_read (local.get 0)))";
    let third_time = |body: &str| {
        format!(
            r#"(global $calls (mut i32) (i32.const 0))
            (func $allocate (export "allocate") (param $size i32) (result i32)
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (if (i32.eq (global.get $calls) (i32.const 3)) (then {body}))
                (i32.store (i32.mul (global.get $calls) (i32.const 256))
                    (i32.add (i32.mul (global.get $calls) (i32.const 256)) (i32.const 12)))
                (i32.store offset=4 (i32.mul (global.get $calls) (i32.const 256)) (i32.const 64))
                (i32.mul (global.get $calls) (i32.const 256)))"#
        )
    };
    for (body, expected) in [
        (
            "(return (i32.const 0))",
            communication("allocate returned address zero"),
        ),
        (
            "(return (i32.const 0x7fffffff))",
            communication("no region at 2147483647: memory has 1114112 bytes"),
        ),
        ("unreachable", Err(VmError::Trap("unreachable"))),
        ("(call $abort (i32.const 256))", Err(VmError::Aborted("k".into()))),
        // Not a third frame, only a second host function.
        ("(call $debug (i32.const 256))", Ok(b"value".to_vec())),
        (
            "(drop (call $db_read (i32.const 256)))",
            communication("call depth exceeds 2"),
        ),
        (
            "(drop (call $db_scan (i32.const 0) (i32.const 0) (i32.const 1)))",
            Ok(b"value".to_vec()),
        ),
        ("(drop (memory.grow (i32.const 495)))", Ok(b"value".to_vec())),
    ] {
        let allocate = third_time(body);
        let result = run(&[IMPORTS, FRAME, &allocate, read], EntryPoint::Sudo, &[b"k", b""]);
        assert_eq!(result, expected, "{body}");
    }
}

#[test]
fn a_query_stays_read_only_in_its_allocator() {
    let allocate = format!(
        r#"(func (export "allocate") (param $size i32) (result i32)
            (call $db_write (i32.const 1024) (i32.const 1024)) (call $inner (local.get $size)))
        {}"#,
        SAME_PLACE.replace("$allocate (export \"allocate\")", "$inner")
    );
    let query = "(func (export \"query\") (param i32 i32) (result i32) (local.get 0))";
    let result = run(&[IMPORTS, FRAME, &allocate, query], EntryPoint::Query, &[b"", b""]);
    assert_eq!(result, Err(VmError::WriteAccessDenied));
}

#[test]
fn the_result_is_freed_and_freeing_can_fail() {
    let frame = |body: &str| {
        FRAME.replace(
            "(func (export \"deallocate\") (param i32))",
            &format!("(func (export \"deallocate\") (param i32) {body})"),
        )
    };
    for (body, expected) in [
        ("unreachable", Err(VmError::Trap("unreachable"))),
        ("(call $abort (local.get 0))", Err(VmError::Aborted("x".into()))),
        ("(drop (call $db_read (local.get 0)))", Ok(b"x".to_vec())),
        ("(loop (br 0))", Err(VmError::OutOfGas)),
    ] {
        let wasm = module(&[IMPORTS, &frame(body), SAME_PLACE, FIRST]);
        let mut backend = MockBackend::default();
        let report = call_with_gas(
            &wasm,
            EntryPoint::Execute,
            &[b"x", b"x", b"x"],
            &mut backend,
            100_000_000,
        );
        assert_eq!(report.result, expected, "{body}");
        assert_eq!(
            report.gas_internal == 100_000_000,
            expected == Err(VmError::OutOfGas),
            "{body}"
        );
    }
}

#[test]
fn an_allocator_that_spins_uses_all_gas() {
    let spin = "(func (export \"allocate\") (param i32) (result i32) (loop (br 0)) unreachable)";
    let wasm = module(&[IMPORTS, FRAME, spin, FIRST]);
    let mut backend = MockBackend::default();
    let report = call_with_gas(&wasm, EntryPoint::Execute, &[b"", b"", b""], &mut backend, 50_000_000);
    assert_eq!(
        (report.result, report.gas_internal),
        (Err(VmError::OutOfGas), 50_000_000)
    );
}

#[test]
fn an_answer_into_a_region_of_the_host_s_own_input_is_harmless() {
    // Input and output of one host function in the same Region.
    let convert = r#"(func (export "sudo") (param i32 i32) (result i32)
        (i32.store offset=4 (local.get 0) (i32.const 90))
        (if (call $addr_humanize (local.get 0) (local.get 0)) (then unreachable))
        (local.get 0))"#;
    let wasm = module(&[IMPORTS, FRAME, crate::contract::ALLOCATE, convert]);
    // The Region is grown over what follows it in memory, the header of the second argument, which is not used.
    let report = call_with_gas(
        &wasm,
        EntryPoint::Sudo,
        &[&[1; 20], b""],
        &mut MockBackend::default(),
        GAS,
    );
    assert_eq!(
        report.result,
        Ok(crate::backend::humanize(&[1; 20]).unwrap().into_bytes())
    );
}
