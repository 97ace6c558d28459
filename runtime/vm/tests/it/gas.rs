//! Gas of whole calls. What single operators cost is tested beside the injector.

use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{FRAME, GAS, IMPORTS, call, call_with_gas, contract, module};

const OPERATOR: u64 = 115;
const ACCOUNTING: u64 = 1_610;
/// `$allocate` of the test contracts: 20 operators and its end.
const ALLOCATE_GAS: u64 = 20 * OPERATOR + ACCOUNTING;
/// `deallocate`: only its end.
const DEALLOCATE_GAS: u64 = ACCOUNTING;

fn write_region(bytes: u64) -> u64 {
    230_000 + 570 * bytes
}

fn read_region(bytes: u64) -> u64 {
    200_000 + 115 * bytes
}

#[test]
fn a_call_pays_for_arguments_code_and_result() {
    let wasm = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 1))");
    let report = call(
        &wasm,
        EntryPoint::Query,
        &[b"environment", b"msg"],
        &mut MockBackend::default(),
    );
    let arguments = 2 * ALLOCATE_GAS + write_region(11) + write_region(3);
    let code = OPERATOR + ACCOUNTING;
    let result = read_region(3) + DEALLOCATE_GAS;
    assert_eq!(report.gas_internal, arguments + code + result);
    assert_eq!(report.gas_external, 0);
}

#[test]
fn a_host_function_pays_for_the_call_its_regions_and_the_work() {
    let bodies = [
        (
            "(call $db_write (local.get 0) (local.get 1))",
            2 * OPERATOR + ACCOUNTING + 18_000 + read_region(3) + read_region(5),
        ),
        (
            "(drop (call $db_read (local.get 0)))",
            2 * OPERATOR + ACCOUNTING + 18_000 + read_region(3) + ALLOCATE_GAS + write_region(7),
        ),
        (
            "(drop (call $addr_validate (local.get 0)))",
            2 * OPERATOR + ACCOUNTING + 18_000 + read_region(3) + 28_700 + 1_400 * 3 + ALLOCATE_GAS + write_region(21),
        ),
        (
            "(drop (call $db_scan (i32.const 0) (i32.const 0) (i32.const 1)))",
            4 * OPERATOR + ACCOUNTING + 18_000,
        ),
    ];
    let cost = |body: &str| {
        let body = format!("(func (export \"sudo\") (param i32 i32) (result i32) {body} (local.get 0))");
        let mut backend = MockBackend::with_storage([("key", "content")]);
        let report = call(&contract(&body), EntryPoint::Sudo, &[b"key", b"value"], &mut backend);
        assert!(report.result.is_ok());
        report.gas_internal
    };
    let nothing = cost("");
    for (body, expected) in bodies {
        assert_eq!(cost(body) - nothing, expected, "{body}");
    }
}

#[test]
fn over_long_regions_are_paid_for_before_they_are_refused() {
    let wasm = contract(
        r#"(func (export "query") (param i32 i32) (result i32)
            (drop (call $db_read (call $of (i32.const 1000) (i32.const 65537)))) (local.get 0))"#,
    );
    let report = call(&wasm, EntryPoint::Query, &[b"", b""], &mut MockBackend::default());
    assert!(matches!(report.result, Err(VmError::Communication(_))));
    let arguments = 2 * (ALLOCATE_GAS + write_region(0));
    // Two constants and a call, `$of` with its own call of `$allocate`, the call of `db_read`.
    let of = OPERATOR + ACCOUNTING + ALLOCATE_GAS + 11 * OPERATOR + ACCOUNTING;
    let code = 2 * OPERATOR + ACCOUNTING + of + ACCOUNTING + 18_000 + read_region(65_537);
    assert_eq!(report.gas_internal, arguments + code);
}

#[test]
fn the_exact_limit_suffices_and_one_less_does_not() {
    let wasm = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 1))");
    let needed = call(&wasm, EntryPoint::Query, &[b"", b""], &mut MockBackend::default()).gas_internal;
    let run = |limit| {
        call_with_gas(
            &wasm,
            EntryPoint::Query,
            &[b"", b""],
            &mut MockBackend::default(),
            limit,
        )
    };
    let enough = run(needed);
    assert_eq!((enough.result, enough.gas_internal), (Ok(vec![]), needed));
    let short = run(needed - 1);
    assert_eq!((short.result, short.gas_internal), (Err(VmError::OutOfGas), needed - 1));
    let nothing = run(0);
    assert_eq!((nothing.result, nothing.gas_internal), (Err(VmError::OutOfGas), 0));
}

#[test]
fn endless_loops_end_with_all_gas_used() {
    for body in [
        "(loop (br 0))",
        "(loop (drop (call $db_read (local.get 0))) (br 0))",
        "(loop (drop (memory.grow (i32.const 0))) (br 0))",
    ] {
        let body = format!("(func (export \"query\") (param i32 i32) (result i32) {body} unreachable)");
        let limit = 300_000_000;
        let mut backend = MockBackend::default();
        let report = call_with_gas(&contract(&body), EntryPoint::Query, &[b"k", b""], &mut backend, limit);
        assert_eq!(report.result, Err(VmError::OutOfGas));
        assert_eq!(report.gas_internal + report.gas_external, limit);
    }
}

#[test]
fn the_backends_price_counts_against_the_limit() {
    let wasm = contract("(func (export \"query\") (param i32 i32) (result i32) (call $query_chain (local.get 0)))");
    let run = |price, limit| {
        let mut backend = MockBackend::with_querier(move |_, _| (Ok(vec![]), price));
        call_with_gas(&wasm, EntryPoint::Query, &[b"", b""], &mut backend, limit)
    };
    let free = run(0, GAS);
    assert_eq!(free.result, Ok(vec![]));
    let limit = free.gas_internal + 5_000;
    let exact = run(5_000, limit);
    assert_eq!(
        (exact.result, exact.gas_internal, exact.gas_external),
        (Ok(vec![]), free.gas_internal, 5_000)
    );
    let short = run(5_001, limit);
    assert_eq!((short.result, short.gas_external), (Err(VmError::OutOfGas), 5_001));
    assert_eq!(short.gas_internal, limit - 5_001);
    let absurd = run(u64::MAX, limit);
    assert_eq!(
        (absurd.result, absurd.gas_internal, absurd.gas_external),
        (Err(VmError::OutOfGas), 0, u64::MAX)
    );
}

#[test]
fn out_of_gas_in_a_nested_allocate_is_out_of_gas() {
    let allocate = r#"(global $calls (mut i32) (i32.const 0))
        (func (export "allocate") (param $size i32) (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (if (i32.gt_u (global.get $calls) (i32.const 2)) (then (loop (br 0))))
            (i32.store (i32.const 100) (i32.const 200))
            (i32.store (i32.const 104) (i32.const 100))
            (i32.const 100))"#;
    let entry = "(func (export \"query\") (param i32 i32) (result i32) (call $db_read (local.get 0)))";
    let wasm = module(&[IMPORTS, FRAME, allocate, entry]);
    let mut backend = MockBackend::with_storage([("k", "v")]);
    let report = call_with_gas(&wasm, EntryPoint::Query, &[b"k", b"k"], &mut backend, 50_000_000);
    assert_eq!(report.result, Err(VmError::OutOfGas));
    assert_eq!(report.gas_internal + report.gas_external, 50_000_000);
}

#[test]
fn a_trap_behind_the_end_of_gas_is_out_of_gas() {
    // Gas is looked at before calls and on the way back to a loop's head; in between the code may go on a little, and
    // what it does there must not show.
    let body = |stop: &str| {
        contract(&format!(
            r#"(func (export "query") (param i32 i32) (result i32)
                (block (br_if 0 (i32.const 0))) {stop} (local.get 0))"#
        ))
    };
    let query =
        |wasm: &[u8], gas| call_with_gas(wasm, EntryPoint::Query, &[b"", b""], &mut MockBackend::default(), gas);
    let arguments = 2 * ALLOCATE_GAS + 2 * write_region(0);
    // Block, constant, branch; the end of the block; then the operators before the next accounting one are not paid yet.
    let before_trap = 2 * OPERATOR + 2 * ACCOUNTING;
    for (stop, text) in [
        ("unreachable", "unreachable executed"),
        ("(drop (i32.load (i32.const -4)))", "memory access out of bounds"),
    ] {
        let wasm = body(stop);
        let paid = query(&wasm, arguments + before_trap);
        assert!(
            matches!(&paid.result, Err(VmError::Trap(_))),
            "{text}: {:?}",
            paid.result
        );
        assert_eq!(paid.gas_internal, arguments + before_trap);
        let unpaid = query(&wasm, arguments + before_trap - 1);
        assert_eq!(unpaid.result, Err(VmError::OutOfGas), "{stop}");
        assert_eq!(unpaid.gas_internal, arguments + before_trap - 1);
    }
    // The same where the code returns.
    let wasm = body("");
    let all = arguments + before_trap + OPERATOR + ACCOUNTING + read_region(0) + DEALLOCATE_GAS;
    assert_eq!(query(&wasm, all).gas_internal, all);
    for gas in [
        all - 1,
        arguments + before_trap,
        arguments + before_trap + OPERATOR + ACCOUNTING - 1,
    ] {
        let short = query(&wasm, gas);
        assert_eq!((short.result, short.gas_internal), (Err(VmError::OutOfGas), gas));
    }
}

#[test]
fn limits_above_what_the_counter_holds_are_good() {
    let wasm = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 1))");
    let used = |limit| {
        let report = call_with_gas(
            &wasm,
            EntryPoint::Query,
            &[b"e", b"m"],
            &mut MockBackend::default(),
            limit,
        );
        assert_eq!(report.result, Ok(b"m".to_vec()));
        report.gas_internal
    };
    let expected = used(GAS);
    for limit in [
        i64::MAX as u64 - 1,
        i64::MAX as u64,
        i64::MAX as u64 + 1,
        u64::MAX - 1,
        u64::MAX,
    ] {
        assert_eq!(used(limit), expected, "{limit}");
    }
}
