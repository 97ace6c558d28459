use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{call, communication, contract, execute};

/// execute(key, value, _) writes, query(key, default) reads, sudo(key, _) removes.
const STORE: &str = r#"
    (func (export "execute") (param $key i32) (param $value i32) (param i32) (result i32)
        (call $db_write (local.get $key) (local.get $value))
        (local.get $value))
    (func (export "query") (param $key i32) (param $default i32) (result i32)
        (local $found i32)
        (local.set $found (call $db_read (local.get $key)))
        (select (local.get $found) (local.get $default) (local.get $found)))
    (func (export "sudo") (param $key i32) (param i32) (result i32)
        (call $db_remove (local.get $key))
        (local.get $key))
"#;

#[test]
fn values_are_written_read_and_removed() {
    let wasm = contract(STORE);
    let mut backend = MockBackend::default();
    let mut run = |entry_point, args: &[&[u8]]| call(&wasm, entry_point, args, &mut backend).result;
    assert_eq!(run(EntryPoint::Query, &[b"k", b"absent"]), Ok(b"absent".to_vec()));
    assert_eq!(run(EntryPoint::Execute, &[b"k", b"v", b""]), Ok(b"v".to_vec()));
    assert_eq!(run(EntryPoint::Query, &[b"k", b"absent"]), Ok(b"v".to_vec()));
    assert_eq!(run(EntryPoint::Sudo, &[b"k", b""]), Ok(b"k".to_vec()));
    assert_eq!(run(EntryPoint::Sudo, &[b"k", b""]), Ok(b"k".to_vec()));
    assert_eq!(run(EntryPoint::Query, &[b"k", b"absent"]), Ok(b"absent".to_vec()));
}

#[test]
fn storage_cost_is_external() {
    let report = call(
        &contract(STORE),
        EntryPoint::Execute,
        &[b"key", b"value", b""],
        &mut MockBackend::default(),
    );
    assert_eq!(report.gas_external, 8);
}

#[test]
fn queries_cannot_write() {
    for body in [
        "(func (export \"query\") (param i32 i32) (result i32) (call $db_write (local.get 0) (local.get 1)) (local.get 0))",
        "(func (export \"query\") (param i32 i32) (result i32) (call $db_remove (local.get 0)) (local.get 0))",
    ] {
        let mut backend = MockBackend::with_storage([("k", "old")]);
        let report = call(&contract(body), EntryPoint::Query, &[b"k", b"v"], &mut backend);
        assert_eq!(report.result, Err(VmError::WriteAccessDenied));
        assert_eq!(report.gas_external, 0);
        assert_eq!(backend.storage, MockBackend::with_storage([("k", "old")]).storage);
    }
}

#[test]
fn a_refused_write_costs_the_host_call_only() {
    let write = "(call $db_write (local.get 0) (local.get 1))";
    let cost = |entry_point: &str| {
        let body = format!("(func (export {entry_point:?}) (param i32 i32) (result i32) {write} unreachable)");
        let entry_point = if entry_point == "query" {
            EntryPoint::Query
        } else {
            EntryPoint::Sudo
        };
        call(
            &contract(&body),
            entry_point,
            &[b"k", b"v"],
            &mut MockBackend::default(),
        )
    };
    let (refused, written) = (cost("query"), cost("sudo"));
    assert_eq!(refused.result, Err(VmError::WriteAccessDenied));
    assert_eq!(written.result, Err(VmError::Trap("unreachable")));
    // The two Region reads of the write, and the end of the function (one operator, one accounting operator).
    let reads = 2 * (200_000 + 115);
    assert_eq!(written.gas_internal - refused.gas_internal, reads);
}

#[test]
fn keys_of_64_kib_and_values_of_128_kib_pass() {
    let (key, value) = (vec![7; 64 * 1024], vec![8; 128 * 1024]);
    assert_eq!(execute(&contract(STORE), [&key, &value, b""]), Ok(value));
}

#[test]
fn one_byte_more_traps() {
    let wasm = contract(STORE);
    let (key, value) = (vec![7; 64 * 1024 + 1], vec![8; 128 * 1024 + 1]);
    assert_eq!(
        execute(&wasm, [&key, b"", b""]),
        communication("key: region of 65537 bytes is too long, limit is 65536")
    );
    assert_eq!(
        execute(&wasm, [b"", &value, b""]),
        communication("value: region of 131073 bytes is too long, limit is 131072")
    );
}
