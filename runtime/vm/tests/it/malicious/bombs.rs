//! Modules that are small to send and large to check, compile, instantiate or run. What the limits let through must
//! be over soon: a compiler of bad complexity makes these tests hang.

use supercloud_chain::vm::{CheckLayer, EntryPoint, VmError};
use wasm_encoder::{CustomSection, Module, RawSection};

use crate::backend::MockBackend;
use crate::contract::{ALLOCATE, FRAME, HELPERS, call, call_with_gas, check, module, query};

const QUERY: &str = "(func (export \"query\") (param i32 i32) (result i32) (local.get 0))";

fn runs(body: &str) {
    let wasm = module(&[FRAME, ALLOCATE, HELPERS, body]);
    let report = call(&wasm, EntryPoint::Query, &[b"ok", b""], &mut MockBackend::default());
    assert_eq!(report.result, Ok(b"ok".to_vec()));
}

#[test]
fn a_table_of_ten_thousand_branches_and_no_more() {
    // One operator and its targets, two block ends and the function's.
    let bomb = |targets: usize| {
        let targets = "0 1 ".repeat(targets / 2);
        format!(
            r#"(func $bomb (param i32) (block (block (br_table {targets} 0 (local.get 0)))))
            (func (export "query") (param i32 i32) (result i32)
                (call $bomb (i32.const 0)) (call $bomb (i32.const 9995)) (call $bomb (i32.const -1)) (local.get 0))"#
        )
    };
    runs(&bomb(9_996));
    for (targets, counted) in [(9_998, 10_002), (120_000, 120_004)] {
        let refused = check(&module(&[FRAME, ALLOCATE, &bomb(targets)])).unwrap_err();
        assert_eq!(refused.layer, CheckLayer::Limits);
        assert_eq!(
            refused.reason,
            format!("{counted} branches, calls and block ends of a function; the limit is 10000")
        );
    }
}

#[test]
fn a_table_of_branches_out_of_thousands_of_blocks() {
    let depth = 4_990;
    let (open, close) = ("(block ".repeat(depth), ")".repeat(depth));
    let targets: Vec<String> = (0..depth).map(|target| target.to_string()).collect();
    runs(&format!(
        r#"(func $bomb (param i32) {open} (br_table {} (local.get 0)) {close})
        (func (export "query") (param i32 i32) (result i32) (call $bomb (i32.const 4989)) (local.get 0))"#,
        targets.join(" ")
    ));
}

#[test]
fn twenty_thousand_functions_and_a_thousand_globals() {
    // Four functions of the frame and one entry point.
    let functions = "(func (drop (i32.const 7)))".repeat(20_000 - 7);
    let globals = "(global (mut i64) (i64.const 1))".repeat(999);
    runs(&[QUERY, &functions, &globals].concat());
}

#[test]
fn expressions_as_deep_as_a_body_has_room_for() {
    let depth = 30_000;
    let (open, close) = ("(i32.add (i32.const 1) ".repeat(depth), ")".repeat(depth));
    runs(&format!(
        r#"(func $bomb (result i32) {open} (i32.const 1) {close})
        (func (export "query") (param i32 i32) (result i32) (drop (call $bomb)) (local.get 0))"#
    ));
}

#[test]
fn ten_thousand_segments_over_the_same_bytes() {
    let segments = "(data (i32.const 1024) \"again and again\")".repeat(10_000);
    runs(&[QUERY, &segments].concat());
}

#[test]
fn five_hundred_pages_that_are_all_written() {
    // With the largest initial memory; every page is touched, then the call ends.
    let frame = FRAME.replace("17)", "512)");
    let body = r#"(func (export "query") (param i32 i32) (result i32)
        (local $at i32)
        (loop $more
            (i32.store8 offset=131072 (local.get $at) (i32.const 1))
            (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (i32.const 33423360))))
        (local.get 0))"#;
    let wasm = module(&[&frame, ALLOCATE, body]);
    for _ in 0..20 {
        assert_eq!(query(&wasm, [b"ok", b""]), Ok(b"ok".to_vec()));
    }
}

#[test]
fn a_recursion_that_allocates_on_each_level_ends_with_the_stack() {
    let wasm = module(&[
        FRAME,
        ALLOCATE,
        r#"(func $down (result i32)
            (drop (memory.grow (i32.const 1)))
            (i32.add (call $down) (i32.const 1)))
        (func (export "query") (param i32 i32) (result i32) (drop (call $down)) (local.get 0))"#,
    ]);
    assert_eq!(query(&wasm, [b"", b""]), Err(VmError::Trap("call stack exhausted")));
}

#[test]
fn a_recursion_through_the_table_ends_with_the_stack() {
    let wasm = module(&[
        FRAME,
        ALLOCATE,
        r#"(type $t (func (result i32))) (table 1 1 funcref) (elem (i32.const 0) $down)
        (func $down (result i32) (i32.add (call_indirect (type $t) (i32.const 0)) (i32.const 1)))
        (func (export "query") (param i32 i32) (result i32) (drop (call $down)) (local.get 0))"#,
    ]);
    assert_eq!(query(&wasm, [b"", b""]), Err(VmError::Trap("call stack exhausted")));
}

#[test]
fn results_as_large_as_the_memory_are_paid_for() {
    let wasm = module(&[
        &FRAME.replace("17)", "512)"),
        ALLOCATE,
        HELPERS,
        "(func (export \"query\") (param i32 i32) (result i32) (call $of (i32.const 1) (i32.const 33554431)))",
    ]);
    let bytes = 512 * 65_536 - 1;
    let run = |gas| call_with_gas(&wasm, EntryPoint::Query, &[b"", b""], &mut MockBackend::default(), gas);
    let report = run(20_000_000_000);
    assert_eq!(report.result.map(|data| data.len() as u64), Ok(bytes));
    assert!(report.gas_internal > 520 * bytes);
    // Gas is taken before the bytes are copied.
    assert_eq!(run(520 * bytes).result, Err(VmError::OutOfGas));
}

/// A contract with something appended.
fn with_section(section: &impl wasm_encoder::Section) -> Vec<u8> {
    let mut wasm = module(&[FRAME, ALLOCATE, QUERY]);
    let mut tail = Module::new();
    tail.section(section);
    wasm.extend(&tail.finish()[8..]);
    wasm
}

#[test]
fn custom_sections_of_any_size_and_content_are_ignored() {
    for (name, data) in [
        ("noise", vec![0xff; 1 << 20]),
        ("name", vec![0xff; 100]),
        ("producers", vec![1, 2, 3]),
    ] {
        let section = CustomSection {
            name: name.into(),
            data: data.as_slice().into(),
        };
        let wasm = with_section(&section);
        assert_eq!(query(&wasm, [b"ok", b""]), Ok(b"ok".to_vec()), "{name}");
    }
}

#[test]
fn sections_that_claim_more_than_there_is_are_refused() {
    // Type, import, function, code and data sections whose count is four thousand million and which are empty.
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 10, 11] {
        let claim = [0xff, 0xff, 0xff, 0xff, 0x0f];
        let mut module = Module::new();
        module.section(&RawSection { id, data: &claim });
        let refused = check(&module.finish()).unwrap_err();
        assert_eq!(refused.layer, CheckLayer::Parse, "section {id}: {refused}");
        assert!(refused.reason.starts_with("invalid wasm: "), "section {id}: {refused}");
    }
}

#[test]
fn locals_by_the_thousand_million_are_refused() {
    // Without names: the code section is the last one, and its last function `local i32`.
    let mut wasm = wat::parse_str(
        r#"(module (memory (export "memory") 1) (func (export "interface_version_8"))
        (func (export "allocate") (param i32) (result i32) unreachable) (func (export "deallocate") (param i32))
        (func (local i32)))"#,
    )
    .unwrap();
    let body = [4, 1, 1, 0x7f, 0x0b];
    assert_eq!(wasm.split_off(wasm.len() - body.len()), body);
    wasm.extend([8, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b]);
    let code = wasm.windows(3).position(|window| window == [4, 2, 0]).unwrap();
    wasm[code - 1] += 4;
    let refused = check(&wasm).unwrap_err();
    assert_eq!(refused.layer, CheckLayer::Limits);
    assert_eq!(refused.reason, "4294967295 locals of a function; the limit is 100");
}
