use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{FRAME, IMPORTS, call, communication, contract, module};

#[test]
fn an_allocator_cannot_climb_through_host_functions() {
    // execute -> db_read -> allocate -> db_read -> allocate
    let wasm = module(&[
        IMPORTS,
        FRAME,
        r#"
        (global $armed (mut i32) (i32.const 0))
        (func $allocate (export "allocate") (param $size i32) (result i32)
            (local $region i32)
            (if (global.get $armed) (then (drop (call $db_read (i32.const 64)))))
            (local.set $region (global.get $heap))
            (global.set $heap (i32.add (global.get $heap) (i32.const 100)))
            (i32.store (local.get $region) (i32.add (local.get $region) (i32.const 12)))
            (i32.store offset=4 (local.get $region) (i32.const 80))
            (local.get $region))
        (func (export "execute") (param i32 i32 i32) (result i32)
            (i32.store (i32.const 64) (i32.const 128))
            (global.set $armed (i32.const 1))
            (call $db_read (i32.const 64)))
        "#,
    ]);
    let mut backend = MockBackend::with_storage([("", "value")]);
    let report = call(&wasm, EntryPoint::Execute, &[b"", b"", b""], &mut backend);
    assert_eq!(report.result, communication("call depth exceeds 2"));
}

/// execute: recurses as deep as the four bytes of its first argument say.
fn recursion(locals: &str) -> Vec<u8> {
    contract(&format!(
        r#"
        (func $down (param $left i32) (result i32) {locals}
            (if (result i32) (local.get $left)
                (then (i32.add (i32.const 1) (call $down (i32.sub (local.get $left) (i32.const 1)))))
                (else (i32.const 0))))
        (func (export "execute") (param i32 i32 i32) (result i32)
            (drop (call $down (i32.load (i32.load (local.get 0)))))
            (local.get 0))
        "#
    ))
}

fn recurse(wasm: &[u8], depth: u32) -> Result<(), VmError> {
    let arg = depth.to_le_bytes();
    let report = call(
        wasm,
        EntryPoint::Execute,
        &[&arg, b"", b""],
        &mut MockBackend::default(),
    );
    report.result.map(|_| ())
}

#[test]
fn recursion_ends_at_an_exact_depth() {
    // A frame has 16 slots and its values. `$down`: one parameter, three operands. `execute` is on no cycle and free.
    // Depth d means d + 1 frames of `$down`.
    let frames = 64 * 1024 / (16 + 1 + 3);
    let wasm = recursion("");
    assert_eq!(recurse(&wasm, frames - 1), Ok(()));
    assert_eq!(recurse(&wasm, frames), Err(VmError::Trap("call stack exhausted")));
}

#[test]
fn locals_count_towards_the_depth() {
    let locals = format!("(local {})", "i64 ".repeat(50));
    let frames = 64 * 1024 / (16 + 1 + 3 + 50);
    let wasm = recursion(&locals);
    assert_eq!(recurse(&wasm, frames - 1), Ok(()));
    assert_eq!(recurse(&wasm, frames), Err(VmError::Trap("call stack exhausted")));
}

#[test]
fn the_stack_is_given_back_however_a_function_ends() {
    // 100,000 calls through each kind of exit do not use up the stack.
    let wasm = contract(
        r#"
        (func $returns (param i32) (result i32) (block (br_if 0 (local.get 0)) (return (i32.const 1))) (i32.const 2))
        (func $branches (param i32) (result i32) (block (br 1 (i32.const 7))) unreachable)
        (func $table (param i32) (block (br_table 1 0 1 (local.get 0))) nop)
        (func $nothing (return))
        (func (export "execute") (param i32 i32 i32) (result i32)
            (local $left i32)
            (local.set $left (i32.const 100000))
            (loop $more
                (drop (call $returns (i32.and (local.get $left) (i32.const 1))))
                (drop (call $branches (i32.const 0)))
                (call $table (i32.const 0))
                (call $table (i32.const 1))
                (call $nothing)
                (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (local.get 0))
        "#,
    );
    let report = call(
        &wasm,
        EntryPoint::Execute,
        &[b"x", b"", b""],
        &mut MockBackend::default(),
    );
    assert_eq!(report.result, Ok(b"x".to_vec()));
}

#[test]
fn deep_recursion_fits_on_a_small_thread() {
    // The deepest legal recursion, with frames that spill, on a thread with far less stack than it needs.
    let locals = format!("(local {})", "i64 ".repeat(50));
    let wasm = recursion(&locals);
    let run = move || recurse(&wasm, 900);
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap();
    assert_eq!(thread.join().unwrap(), Ok(()));
}
