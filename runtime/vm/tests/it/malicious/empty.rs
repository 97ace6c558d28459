//! Nothing where something is expected.

use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{ALLOCATE, FRAME, HELPERS, call, check, communication, execute, module, query};

const NO_ALLOCATOR: &str = "(func (export \"allocate\") (param i32) (result i32) (i32.const 8))";
const NO_MEMORY: &str = r#"(memory (export "memory") 0)
    (func (export "interface_version_8")) (func (export "deallocate") (param i32))"#;
const QUERY: &str = "(func (export \"query\") (param i32 i32) (result i32) (local.get 0))";

#[test]
fn a_memory_of_no_pages_holds_no_region() {
    let wasm = module(&[NO_MEMORY, NO_ALLOCATOR, QUERY]);
    assert_eq!(
        query(&wasm, [b"", b""]),
        communication("no region at 8: memory has 0 bytes")
    );
}

#[test]
fn a_contract_without_entry_points_is_accepted_and_cannot_be_called() {
    let wasm = module(&[FRAME, ALLOCATE]);
    assert!(check(&wasm).unwrap().entry_points.is_empty());
    for entry_point in EntryPoint::ALL {
        let args: &[&[u8]] = &[b"", b"", b""];
        let report = call(&wasm, *entry_point, args, &mut MockBackend::default());
        assert_eq!(
            report.result,
            Err(VmError::MissingExport(entry_point.export_name().into()))
        );
    }
}

#[test]
fn a_table_of_no_elements_calls_nothing() {
    let wasm = module(&[
        FRAME,
        ALLOCATE,
        r#"(table 0 0 funcref) (type $t (func))
        (func (export "query") (param i32 i32) (result i32) (call_indirect (type $t) (i32.const 0)) (local.get 0))"#,
    ]);
    assert_eq!(
        query(&wasm, [b"", b""]),
        Err(VmError::Trap("table access out of bounds"))
    );
}

#[test]
fn arguments_and_results_of_no_bytes_pass() {
    let wasm = module(&[
        FRAME,
        ALLOCATE,
        HELPERS,
        "(func (export \"execute\") (param i32 i32 i32) (result i32) (call $of (i32.const 1) (i32.const 0)))",
    ]);
    assert_eq!(execute(&wasm, [b"", b"", b""]), Ok(vec![]));
}

#[test]
fn elements_and_data_outside_of_table_and_memory_trap_on_every_call() {
    for (body, text) in [
        (
            "(table 1 1 funcref) (elem (i32.const 1) $f) (func $f)",
            "table access out of bounds",
        ),
        ("(data (i32.const 1114112) \"x\")", "memory access out of bounds"),
        ("(data (i32.const -1) \"\")", "memory access out of bounds"),
    ] {
        let wasm = module(&[FRAME, ALLOCATE, QUERY, body]);
        for _ in 0..2 {
            assert_eq!(query(&wasm, [b"", b""]), Err(VmError::Trap(text)), "{body}");
        }
    }
}
