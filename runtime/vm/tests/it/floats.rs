//! The bits of NaNs: x86 gives 0/0 a sign and keeps payloads, other processors do not.

use crate::contract::{contract, query};

fn bits32(expression: &str) -> u32 {
    let wasm = contract(&format!(
        r#"(func (export "query") (param i32 i32) (result i32)
            (i32.store (i32.const 200) (i32.reinterpret_f32 {expression}))
            (call $of (i32.const 200) (i32.const 4)))"#
    ));
    u32::from_le_bytes(query(&wasm, [b"", b""]).unwrap().try_into().unwrap())
}

fn bits64(expression: &str) -> u64 {
    let wasm = contract(&format!(
        r#"(func (export "query") (param i32 i32) (result i32)
            (i64.store (i32.const 200) (i64.reinterpret_f64 {expression}))
            (call $of (i32.const 200) (i32.const 8)))"#
    ));
    u64::from_le_bytes(query(&wasm, [b"", b""]).unwrap().try_into().unwrap())
}

#[test]
fn arithmetic_makes_canonical_nans() {
    for expression in [
        "(f32.div (f32.const 0) (f32.const 0))",
        "(f32.add (f32.const nan:0x200001) (f32.const 1))",
        "(f32.mul (f32.const -nan:0x200001) (f32.const 1))",
        "(f32.sqrt (f32.const -1))",
        "(f32.min (f32.const nan:0x1234) (f32.const 1))",
        "(f32.nearest (f32.const -nan:0x1234))",
        "(f32.demote_f64 (f64.const nan:0x8000000001234))",
    ] {
        assert_eq!(bits32(expression), 0x7fc0_0000, "{expression}");
    }
    for expression in [
        "(f64.sub (f64.const inf) (f64.const inf))",
        "(f64.div (f64.const -nan:0x4000000000001) (f64.const 2))",
        "(f64.max (f64.const nan:0x1) (f64.const -nan:0x2))",
        "(f64.promote_f32 (f32.const -nan:0x200001))",
    ] {
        assert_eq!(bits64(expression), 0x7ff8_0000_0000_0000, "{expression}");
    }
}

#[test]
fn operators_on_the_sign_alone_keep_the_payload() {
    assert_eq!(bits32("(f32.neg (f32.const nan:0x200001))"), 0xffa0_0001);
    assert_eq!(bits32("(f32.abs (f32.const -nan:0x200001))"), 0x7fa0_0001);
}
