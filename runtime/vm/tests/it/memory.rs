use supercloud_chain::vm::EntryPoint;

use crate::backend::MockBackend;
use crate::contract::{call, contract};

/// execute: grows the memory by the number in its first argument, returns what `memory.grow` answered and the size.
const GROW: &str = r#"
    (func (export "execute") (param i32 i32 i32) (result i32)
        (i32.store (i32.const 200) (memory.grow (i32.load (i32.load (local.get 0)))))
        (i32.store (i32.const 204) (memory.size))
        (call $of (i32.const 200) (i32.const 8)))
"#;

fn grow(pages: u32) -> (i32, i32, u64) {
    let arg = pages.to_le_bytes();
    let report = call(
        &contract(GROW),
        EntryPoint::Execute,
        &[&arg, b"", b""],
        &mut MockBackend::default(),
    );
    let answer = report.result.unwrap();
    let word = |at: usize| i32::from_le_bytes(answer[at..at + 4].try_into().unwrap());
    (word(0), word(4), report.gas_internal)
}

#[test]
fn memory_grows_to_512_pages_and_no_further() {
    let (before, size, _) = grow(495);
    assert_eq!((before, size), (17, 512));
    let (answer, size, _) = grow(496);
    assert_eq!((answer, size), (-1, 17));
    let (answer, size, _) = grow(u32::MAX);
    assert_eq!((answer, size), (-1, 17));
}

#[test]
fn growing_costs_the_same_for_any_number_of_pages() {
    let (_, _, small) = grow(1);
    let (_, _, large) = grow(495);
    let (_, _, refused) = grow(496);
    assert_eq!(small, large);
    assert_eq!(small, refused);
}

#[test]
fn every_call_starts_from_the_initial_memory() {
    let wasm = contract(
        r#"(func (export "execute") (param i32 i32 i32) (result i32)
            (i32.store (i32.const 200) (i32.add (i32.load (i32.const 200)) (i32.const 65)))
            (drop (memory.grow (i32.const 1)))
            (i32.store8 (i32.const 201) (i32.add (memory.size) (i32.const 40)))
            (call $of (i32.const 200) (i32.const 2)))"#,
    );
    for _ in 0..3 {
        let report = call(
            &wasm,
            EntryPoint::Execute,
            &[b"", b"", b""],
            &mut MockBackend::default(),
        );
        assert_eq!(report.result, Ok(b"A:".to_vec()));
    }
}
