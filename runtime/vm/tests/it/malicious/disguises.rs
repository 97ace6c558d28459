//! Host functions exported as the contract's own: the types fit, so nothing but the frame counter stands between the
//! host and itself.

use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{ALLOCATE, FRAME, IMPORTS, call, communication, contract, execute, module, query};

#[test]
fn a_host_function_as_allocator_ends_at_the_frame_counter() {
    // allocate(size) reads storage, for which the host allocates, which reads storage.
    let query = "(func (export \"query\") (param i32 i32) (result i32) (local.get 0))";
    let header = r#"(data (i32.const 16) "\20\00\00\00\00\00\00\00\00\00\00\00")"#;
    let wasm = module(&[IMPORTS, FRAME, "(export \"allocate\" (func $db_read))", header, query]);
    // The size of the first argument, 16, is taken for a Region.
    let mut backend = MockBackend::with_storage([("", "sixteen bytes!!!")]);
    let report = call(&wasm, EntryPoint::Query, &[&[0; 16], b""], &mut backend);
    assert_eq!(report.result, communication("call depth exceeds 2"));
}

#[test]
fn a_host_function_as_deallocator_runs_once() {
    let frame = FRAME.replace("(func (export \"deallocate\") (param i32))", "");
    let query = "(func (export \"query\") (param i32 i32) (result i32) (local.get 0))";
    for (function, expected) in [
        ("debug", Ok(b"x".to_vec())),
        ("db_remove", Err(VmError::WriteAccessDenied)),
        ("abort", Err(VmError::Aborted("x".into()))),
    ] {
        let export = format!("(export \"deallocate\" (func ${function}))");
        let wasm = module(&[IMPORTS, &frame, ALLOCATE, &export, query]);
        assert_eq!(crate::contract::query(&wasm, [b"x", b""]), expected, "{function}");
    }
}

#[test]
fn host_functions_as_entry_points_answer_like_any() {
    let wasm = contract(
        r#"(export "query" (func $addr_canonicalize))
        (export "execute" (func $secp256k1_verify))
        (export "sudo" (func $aggregate_g1))"#,
    );
    assert_eq!(query(&wasm, [b"", b""]), Ok(b"Input is empty".to_vec()));
    // The answer is the code 3, which is no pointer to a Region.
    assert_eq!(
        execute(&wasm, [b"", b"", b""]),
        communication("invalid region: offset is zero")
    );
    let report = call(&wasm, EntryPoint::Sudo, &[b"", b""], &mut MockBackend::default());
    assert_eq!(report.result, communication("invalid region: offset is zero"));
}

#[test]
fn a_host_function_is_called_through_the_table_for_the_same_price() {
    let direct = "(func (export \"query\") (param i32 i32) (result i32) (call $debug (local.get 0)) (local.get 0))";
    let indirect = r#"(table 1 1 funcref) (elem (i32.const 0) $debug) (type $t (func (param i32)))
        (func (export "query") (param i32 i32) (result i32)
            (call_indirect (type $t) (local.get 0) (i32.const 0)) (local.get 0))"#;
    let run = |body: &str| {
        let mut backend = MockBackend::default();
        let report = call(&contract(body), EntryPoint::Query, &[b"line", b""], &mut backend);
        assert_eq!(report.result, Ok(b"line".to_vec()));
        assert_eq!(backend.debug_lines, ["line"]);
        report.gas_internal
    };
    // One constant more.
    assert_eq!(run(indirect) - run(direct), 115);
}

#[test]
fn entry_points_called_from_inside_are_functions_like_any() {
    let wasm = contract(
        r#"(func $query (export "query") (param i32 i32) (result i32) (local.get 1))
        (func (export "execute") (param i32 i32 i32) (result i32)
            (drop (call $query (local.get 0) (local.get 1)))
            (call $db_write (local.get 0) (local.get 1))
            (local.get 2))"#,
    );
    assert_eq!(execute(&wasm, [b"k", b"v", b"result"]), Ok(b"result".to_vec()));
}
