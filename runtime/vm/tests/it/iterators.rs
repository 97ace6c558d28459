use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{call, communication, contract};

/// query(start, end): scans, an empty argument being no bound, and returns all keys, each followed by a space.
fn scanner(order: i32) -> Vec<u8> {
    contract(&format!(
        r#"
        (func $bound (param $region i32) (result i32)
            (select (local.get $region) (i32.const 0) (call $length (local.get $region))))
        (func (export "query") (param $start i32) (param $end i32) (result i32)
            (local $id i32) (local $key i32) (local $out i32)
            (local.set $id (call $db_scan
                (call $bound (local.get $start)) (call $bound (local.get $end)) (i32.const {order})))
            (local.set $out (i32.const 1024))
            (block $done
                (loop $more
                    (br_if $done (i32.eqz (local.tee $key (call $db_next_key (local.get $id)))))
                    (i32.store8 (local.get $out) (i32.load8_u (i32.load (local.get $key))))
                    (i32.store8 offset=1 (local.get $out) (i32.const 32))
                    (local.set $out (i32.add (local.get $out) (i32.const 2)))
                    (br $more)))
            (call $of (i32.const 1024) (i32.sub (local.get $out) (i32.const 1024))))
        "#
    ))
}

fn abc() -> MockBackend {
    MockBackend::with_storage([("a", "1"), ("b", "2"), ("c", "3")])
}

fn scan(order: i32, start: &[u8], end: &[u8]) -> Result<String, VmError> {
    let report = call(&scanner(order), EntryPoint::Query, &[start, end], &mut abc());
    report.result.map(|keys| String::from_utf8(keys).unwrap())
}

#[test]
fn scans_go_both_ways_with_an_exclusive_end() {
    for (order, start, end, keys) in [
        (1, "", "", "a b c "),
        (2, "", "", "c b a "),
        (1, "b", "", "b c "),
        (1, "", "c", "a b "),
        (2, "a", "c", "b a "),
        (1, "c", "a", ""),
        (1, "b", "b", ""),
    ] {
        assert_eq!(
            scan(order, start.as_bytes(), end.as_bytes()).as_deref(),
            Ok(keys),
            "{order} {start}..{end}"
        );
    }
}

#[test]
fn other_orders_trap() {
    assert_eq!(scan(42, b"", b""), communication("unknown order 42"));
    assert_eq!(scan(0, b"", b""), communication("unknown order 0"));
    assert_eq!(scan(-1, b"", b""), communication("unknown order -1"));
}

#[test]
fn each_way_to_advance_consumes_one_record() {
    let wasm = contract(
        r#"(func (export "query") (param i32 i32) (result i32)
            (local $id i32)
            (local.set $id (call $db_scan (i32.const 0) (i32.const 0) (i32.const 1)))
            (drop (call $db_next_key (local.get $id)))
            (drop (call $db_next_value (local.get $id)))
            (call $db_next (local.get $id)))"#,
    );
    let record = call(&wasm, EntryPoint::Query, &[b"", b""], &mut abc()).result;
    assert_eq!(record, Ok(b"c\0\0\0\x013\0\0\0\x01".to_vec()));
}

#[test]
fn an_exhausted_iterator_answers_an_empty_key_or_zero_again_and_again() {
    let wasm = contract(
        r#"(func (export "query") (param i32 i32) (result i32)
            (local $id i32)
            (local.set $id (call $db_scan (i32.const 0) (i32.const 0) (i32.const 1)))
            (drop (call $db_next (local.get $id)))
            (if (call $db_next_key (local.get $id)) (then unreachable))
            (if (call $db_next_value (local.get $id)) (then unreachable))
            (call $db_next (local.get $id)))"#,
    );
    let end = call(&wasm, EntryPoint::Query, &[b"", b""], &mut MockBackend::default()).result;
    assert_eq!(end, Ok(vec![0; 8]));
}

#[test]
fn an_unknown_iterator_traps() {
    for function in ["db_next", "db_next_key", "db_next_value"] {
        let body = format!("(func (export \"query\") (param i32 i32) (result i32) (call ${function} (i32.const 5)))");
        let report = call(&contract(&body), EntryPoint::Query, &[b"", b""], &mut abc());
        assert_eq!(report.result, communication("iterator 5 does not exist"));
    }
}

#[test]
fn a_call_opens_at_most_32768_iterators() {
    let body = |count: u32| {
        format!(
            r#"(func (export "query") (param i32 i32) (result i32)
                (local $left i32)
                (local.set $left (i32.const {count}))
                (loop $more
                    (drop (call $db_scan (i32.const 0) (i32.const 0) (i32.const 1)))
                    (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
                (local.get 0))"#
        )
    };
    let run = |count| {
        call(
            &contract(&body(count)),
            EntryPoint::Query,
            &[b"", b""],
            &mut MockBackend::default(),
        )
        .result
    };
    assert_eq!(run(32_768), Ok(vec![]));
    assert_eq!(run(32_769), communication("more than 32768 iterators in one call"));
}
