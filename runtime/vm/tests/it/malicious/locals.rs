//! Many locals: declared for nothing in the bytecode, zeroed on every call.

use supercloud_chain::vm::EntryPoint;

use crate::backend::MockBackend;
use crate::contract::{call, contract};

fn cost(params: usize, locals: usize) -> u64 {
    let (params, arguments) = ("i32 ".repeat(params), "(i32.const 0)".repeat(params));
    let locals = "i64 ".repeat(locals);
    let wasm = contract(&format!(
        r#"(func $many (param {params}) (local {locals}))
        (func (export "query") (param i32 i32) (result i32) (call $many {arguments}) (local.get 0))"#
    ));
    let report = call(&wasm, EntryPoint::Query, &[b"", b""], &mut MockBackend::default());
    assert_eq!(report.result, Ok(vec![]));
    report.gas_internal
}

#[test]
fn the_thirtieth_local_and_each_further_one_costs_an_operator() {
    let none = cost(0, 0);
    assert_eq!(cost(0, 29), none);
    assert_eq!(cost(0, 30), none + 115);
    assert_eq!(cost(0, 31), none + 2 * 115);
    assert_eq!(cost(0, 100), none + 71 * 115);
}

#[test]
fn parameters_are_paid_where_they_are_made_and_not_as_locals() {
    assert_eq!(cost(40, 29) - cost(0, 29), 40 * 115);
    assert_eq!(cost(40, 30) - cost(0, 30), 40 * 115);
}
