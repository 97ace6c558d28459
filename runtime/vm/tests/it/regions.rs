use supercloud_chain::vm::VmError;

use crate::contract::{ALLOCATE, FRAME, HELPERS, IMPORTS, communication, contract, execute, module, query};

/// query: reads storage under a key whose Region has the given fields.
fn reads_key(offset: u32, capacity: u32, length: u32) -> Result<Vec<u8>, VmError> {
    let body = format!(
        r#"(func (export "query") (param i32 i32) (result i32)
            (i32.store (i32.const 100) (i32.const {offset}))
            (i32.store (i32.const 104) (i32.const {capacity}))
            (i32.store (i32.const 108) (i32.const {length}))
            (drop (call $db_read (i32.const 100)))
            (local.get 0))"#
    );
    query(&contract(&body), [b"ok", b""])
}

/// Size of the test contracts' memory.
const MEMORY: u32 = 17 * 65_536;

#[test]
fn bad_regions_trap_with_their_reason() {
    for (region, reason) in [
        ((0, 1, 1), "invalid region: offset is zero"),
        ((200, 4, 5), "invalid region: length 5 exceeds capacity 4"),
        (
            (2, u32::MAX - 1, 1),
            "invalid region: offset 2 and capacity 4294967294 exceed the address space",
        ),
        (
            (MEMORY, 1, 1),
            "region at 1114112 with capacity 1 lies outside of 1114112 bytes of memory",
        ),
        (
            (MEMORY - 1, 2, 2),
            "region at 1114111 with capacity 2 lies outside of 1114112 bytes of memory",
        ),
        (
            (u32::MAX, 0, 0),
            "region at 4294967295 with capacity 0 lies outside of 1114112 bytes of memory",
        ),
    ] {
        let (offset, capacity, length) = region;
        assert_eq!(reads_key(offset, capacity, length), communication(reason));
    }
}

#[test]
fn regions_up_to_the_last_byte_pass() {
    for (offset, capacity, length) in [(MEMORY - 1, 1, 1), (MEMORY, 0, 0), (200, 4, 4), (MEMORY - 1, 5, 1)] {
        assert_eq!(reads_key(offset, capacity, length), Ok(b"ok".to_vec()));
    }
}

#[test]
fn a_pointer_outside_of_memory_traps() {
    for pointer in [MEMORY - 11, MEMORY, u32::MAX] {
        let body = format!(
            "(func (export \"query\") (param i32 i32) (result i32) (drop (call $db_read (i32.const {pointer}))) (local.get 0))"
        );
        let reason = format!("no region at {pointer}: memory has 1114112 bytes");
        assert_eq!(query(&contract(&body), [b"", b""]), communication(&reason));
    }
}

#[test]
fn a_result_that_is_no_region_traps() {
    let wasm = contract("(func (export \"query\") (param i32 i32) (result i32) (i32.const 0))");
    assert_eq!(
        query(&wasm, [b"", b""]),
        communication("invalid region: offset is zero")
    );
}

fn with_allocate(allocate: &str) -> Result<Vec<u8>, VmError> {
    let entry = "(func (export \"execute\") (param i32 i32 i32) (result i32) (local.get 0))";
    execute(&module(&[IMPORTS, FRAME, allocate, entry]), [b"abc", b"", b""])
}

#[test]
fn an_allocator_that_fails_or_lies_traps() {
    let allocate = |body: &str| format!("(func (export \"allocate\") (param $size i32) (result i32) {body})");
    assert_eq!(
        with_allocate(&allocate("(i32.const 0)")),
        communication("allocate returned address zero")
    );
    assert_eq!(
        with_allocate(&allocate("(i32.const -1)")),
        communication("no region at 4294967295: memory has 1114112 bytes")
    );
    let small = "(i32.store (i32.const 8) (i32.const 64)) (i32.store (i32.const 12) (i32.const 2)) (i32.const 8)";
    assert_eq!(
        with_allocate(&allocate(small)),
        communication("region of capacity 2 is too small for 3 bytes")
    );
    assert_eq!(
        with_allocate(&allocate("unreachable")),
        Err(VmError::Trap("unreachable"))
    );
}

#[test]
fn a_region_may_overlap_its_own_header() {
    // The data is written first, the header after it: the length wins. Strange, harmless and the same everywhere.
    let allocate = r#"(func (export "allocate") (param $size i32) (result i32)
        (i32.store (i32.const 8) (i32.const 8)) (i32.store (i32.const 12) (i32.const 100)) (i32.const 8))"#;
    assert_eq!(with_allocate(allocate), Ok(Vec::new()));
}

#[test]
fn sections_from_a_guest_are_checked() {
    let body = r#"(func (export "execute") (param i32 i32 i32) (result i32)
        (drop (call $ed25519_batch_verify (local.get 0) (local.get 1) (local.get 2))) (local.get 0))"#;
    let wasm = module(&[IMPORTS, FRAME, ALLOCATE, HELPERS, body]);
    assert_eq!(
        execute(&wasm, [b"abc", b"", b""]),
        communication("3 stray bytes before the sections")
    );
    assert_eq!(
        execute(&wasm, [b"\0\0\0\x01", b"", b""]),
        communication("section of 1 bytes where 0 are left")
    );
}
