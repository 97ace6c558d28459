//! `memory.copy` and `memory.fill`: what compilers emit by default since Rust 1.87.

use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{call, call_with_gas, contract};

/// execute: fills as many bytes as its first argument says with `x`, copies them, returns the copy.
const BULK: &str = r#"
    (func (export "execute") (param i32 i32 i32) (result i32)
        (local $length i32)
        (local.set $length (i32.load (i32.load (local.get 0))))
        (memory.fill (i32.const 1000) (i32.const 120) (local.get $length))
        (memory.copy (i32.const 9000) (i32.const 1000) (local.get $length))
        (call $of (i32.const 9000) (i32.const 3)))
"#;

#[test]
fn bytes_are_filled_and_copied_for_a_price_per_byte() {
    let run = |length: u32| {
        let arg = length.to_le_bytes();
        call(
            &contract(BULK),
            EntryPoint::Execute,
            &[&arg, b"", b""],
            &mut MockBackend::default(),
        )
    };
    let (none, some) = (run(0), run(5_000));
    assert_eq!(none.result, Ok(b"\0\0\0".to_vec()));
    assert_eq!(some.result, Ok(b"xxx".to_vec()));
    assert_eq!(some.gas_internal - none.gas_internal, 2 * 5_000 * 115);
}

#[test]
fn a_length_that_gas_cannot_pay_is_not_touched() {
    let arg = u32::MAX.to_le_bytes();
    let run = |limit| {
        let mut backend = MockBackend::default();
        call_with_gas(
            &contract(BULK),
            EntryPoint::Execute,
            &[&arg, b"", b""],
            &mut backend,
            limit,
        )
    };
    let price = u64::from(u32::MAX) * 115;
    assert_eq!(run(price).result, Err(VmError::OutOfGas));
    assert_eq!(run(2 * price).result, Err(VmError::Trap("memory access out of bounds")));
}
