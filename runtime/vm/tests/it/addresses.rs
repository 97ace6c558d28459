use supercloud_chain::vm::VmError;

use crate::backend::humanize;
use crate::contract::{communication, contract, query};

/// query(input, default): returns the error text, or the second argument.
fn text(function: &str, input: &[u8]) -> Result<Vec<u8>, VmError> {
    let arguments = match function {
        "addr_validate" => "(local.get 0)",
        _ => "(local.get 0) (call $allocate (i32.const 200))",
    };
    let wasm = contract(&format!(
        r#"(func (export "query") (param i32 i32) (result i32)
            (local $text i32)
            (local.set $text (call ${function} {arguments}))
            (select (local.get $text) (local.get 1) (local.get $text)))"#
    ));
    query(&wasm, [input, b"valid"])
}

#[test]
fn inputs_are_judged_by_the_backend_and_refusals_reach_the_guest() {
    let good = humanize(&[1; 32]).unwrap();
    let upper = good.to_uppercase();
    let foreign = good.replace("cosmwasm1", "osmo1");
    for (function, input, expected) in [
        ("addr_validate", good.as_bytes(), "valid"),
        ("addr_canonicalize", good.as_bytes(), "valid"),
        ("addr_humanize", &[1; 32], "valid"),
        ("addr_validate", upper.as_bytes(), "address is not normalized"),
        ("addr_canonicalize", upper.as_bytes(), "valid"),
        ("addr_validate", foreign.as_bytes(), "address is not bech32"),
        ("addr_validate", b"", "Input is empty"),
        ("addr_canonicalize", b"", "Input is empty"),
        ("addr_humanize", b"", "address is empty"),
        ("addr_validate", b"\xff", "Input is not valid UTF-8"),
        ("addr_canonicalize", b"\xff", "Input is not valid UTF-8"),
    ] {
        assert_eq!(
            text(function, input),
            Ok(expected.as_bytes().to_vec()),
            "{function} {input:?}"
        );
    }
}

#[test]
fn over_long_inputs_trap() {
    for (function, limit) in [
        ("addr_validate", 256),
        ("addr_canonicalize", 256),
        ("addr_humanize", 64),
    ] {
        let at_limit = text(function, &vec![b'a'; limit]);
        assert!(at_limit.is_ok(), "{function}: {at_limit:?}");
        let reason = format!("region of {} bytes is too long, limit is {limit}", limit + 1);
        assert_eq!(text(function, &vec![b'a'; limit + 1]), communication(&reason));
    }
}

#[test]
fn answers_go_into_the_guests_own_region() {
    let convert = |function: &str, input: &[u8], capacity: u32| {
        let wasm = contract(&format!(
            r#"(func (export "query") (param i32 i32) (result i32)
                (local $out i32)
                (local.set $out (call $allocate (i32.const {capacity})))
                (if (call ${function} (local.get 0) (local.get $out)) (then unreachable))
                (local.get $out))"#
        ));
        query(&wasm, [input, b""])
    };
    let human = humanize(&[9; 20]).unwrap();
    assert_eq!(convert("addr_canonicalize", human.as_bytes(), 64), Ok(vec![9; 20]));
    assert_eq!(convert("addr_humanize", &[9; 20], 90), Ok(human.clone().into_bytes()));
    assert_eq!(
        convert("addr_canonicalize", human.as_bytes(), 19),
        communication("region of capacity 19 is too small for 20 bytes")
    );
}
