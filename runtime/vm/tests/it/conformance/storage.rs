//! Storage and iterators.

use serde_json::{Value, json};
use supercloud_chain::vm::{EntryPoint, VmError};

use super::{base64, call, execute_on, failure, find, query_on, text};
use crate::backend::MockBackend;
use crate::contract::communication;
use crate::json::{answer, penniless, unbase64};

fn abc() -> MockBackend {
    let mut backend = penniless();
    for (key, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
        backend.storage.insert(key.into(), value.into());
    }
    backend
}

fn found_on(backend: &mut MockBackend, msg: &Value) -> Value {
    let answer = execute_on(backend, msg).unwrap().unwrap();
    serde_json::from_slice(&unbase64(&answer["data"])).unwrap()
}

#[test]
fn values_are_set_read_and_removed() {
    let mut backend = penniless();
    let get = json!({"get": {"key": text("k")}});
    assert_eq!(query_on(&mut backend, &get), Ok(Ok(Value::Null)));
    execute_on(&mut backend, &json!({"set": {"key": text("k"), "value": text("v")}}))
        .unwrap()
        .unwrap();
    assert_eq!(query_on(&mut backend, &get), Ok(Ok(json!(text("v")))));
    for _ in 0..2 {
        execute_on(&mut backend, &json!({"remove": {"key": text("k")}}))
            .unwrap()
            .unwrap();
        assert_eq!(query_on(&mut backend, &get), Ok(Ok(Value::Null)));
    }
}

#[test]
fn keys_and_values_have_limits_on_both_sides() {
    let write = |key_len: usize, value_len: usize| json!({"write": {"key_len": key_len, "value_len": value_len}});
    let mut backend = penniless();
    execute_on(&mut backend, &write(65_536, 131_072)).unwrap().unwrap();
    assert_eq!(backend.storage[&vec![b'k'; 65_536]], vec![b'v'; 131_072]);
    let refusal = |text: &str| communication::<()>(text).unwrap_err();
    assert_eq!(
        failure(&write(65_537, 1)),
        refusal("key: region of 65537 bytes is too long, limit is 65536")
    );
    assert_eq!(
        failure(&write(1, 131_073)),
        refusal("value: region of 131073 bytes is too long, limit is 131072")
    );
    let read = |length: u32| json!({"raw": {"region": {"offset": 1024, "capacity": length, "length": length}}});
    assert_eq!(find(&read(65_536)), Value::Null);
    assert_eq!(
        failure(&read(65_537)),
        refusal("region of 65537 bytes is too long, limit is 65536")
    );
}

#[test]
fn the_standard_library_stores_nothing_empty_and_the_host_does() {
    let panic = failure(&json!({"set": {"key": text("k"), "value": ""}}));
    assert!(
        matches!(&panic, VmError::Aborted(text) if text.contains("Value must not be empty")),
        "{panic}"
    );
    let mut backend = penniless();
    execute_on(
        &mut backend,
        &json!({"raw": {"write": {"key": text("k"), "value": ""}}}),
    )
    .unwrap()
    .unwrap();
    assert_eq!(
        query_on(&mut backend, &json!({"get": {"key": text("k")}})),
        Ok(Ok(json!("")))
    );
}

#[test]
fn queries_cannot_write_or_remove() {
    for attempt in ["write_attempt", "remove_attempt"] {
        let mut backend = abc();
        backend.storage.insert("key".into(), "old".into());
        let before = backend.storage.clone();
        let report = call(
            EntryPoint::Query,
            json!({ attempt: {} }).to_string().as_bytes(),
            &mut backend,
        );
        assert_eq!(answer(report), Err(VmError::WriteAccessDenied));
        assert_eq!(backend.storage, before);
    }
}

#[test]
fn scans_go_both_ways_between_bounds() {
    let pairs = |keys: &str| -> Value {
        let value = |key: char| char::from_u32(key as u32 - 'a' as u32 + '1' as u32).unwrap();
        keys.chars()
            .map(|key| json!([text(&key.to_string()), text(&value(key).to_string())]))
            .collect()
    };
    for (order, start, end, skip, take, expected) in [
        ("ascending", None, None, 0, 9, "abc"),
        ("descending", None, None, 0, 9, "cba"),
        ("ascending", Some("a"), Some("c"), 0, 9, "ab"),
        ("descending", Some("b"), None, 0, 9, "cb"),
        ("ascending", Some("c"), Some("a"), 0, 9, ""),
        ("ascending", None, None, 1, 1, "b"),
        ("ascending", None, None, 9, 9, ""),
        ("ascending", None, None, 0, 0, ""),
    ] {
        let scan = json!({"scan": {
            "start": start.map(text), "end": end.map(text), "order": order, "skip": skip, "take": take
        }});
        assert_eq!(found_on(&mut abc(), &scan), pairs(expected), "{scan}");
        assert_eq!(query_on(&mut abc(), &scan), Ok(Ok(pairs(expected))), "{scan}");
    }
}

#[test]
fn keys_and_values_can_be_had_alone() {
    let scan = |part: &str| json!({"scan": {"order": "descending", "take": 2, "part": part}});
    assert_eq!(found_on(&mut abc(), &scan("keys")), json!([text("c"), text("b")]));
    assert_eq!(found_on(&mut abc(), &scan("values")), json!([text("3"), text("2")]));
}

#[test]
fn each_way_to_advance_takes_one_record_and_the_end_stays_the_end() {
    let steps = [
        "next_key",
        "next_value",
        "next",
        "next",
        "next_key",
        "next_value",
        "next",
    ];
    let found = found_on(&mut abc(), &json!({"iterate": {"order": 1, "steps": steps}}));
    let end = json!({"key": "", "value": ""});
    let nothing = json!({"key": null, "value": null});
    assert_eq!(
        found,
        json!([
            {"key": text("a"), "value": null},
            {"key": null, "value": text("2")},
            {"key": text("c"), "value": text("3")},
            end, nothing, nothing, end
        ])
    );
}

#[test]
fn unknown_orders_and_iterators_trap() {
    for order in [0u32, 3, 42, u32::MAX] {
        let refusal = communication::<()>(&format!("unknown order {}", order.cast_signed())).unwrap_err();
        assert_eq!(failure(&json!({"iterate": {"order": order, "steps": []}})), refusal);
    }
    for step in ["next", "next_key", "next_value"] {
        let refusal = communication::<()>("iterator 1 does not exist").unwrap_err();
        assert_eq!(failure(&json!({"raw": {"advance": {"id": 1, "step": step}}})), refusal);
    }
}

#[test]
fn a_call_opens_32768_iterators_and_not_one_more() {
    let open = |count: u32| execute_on(&mut penniless(), &json!({"open_iterators": {"count": count}}));
    assert_eq!(open(32_768).unwrap().unwrap()["data"], base64(b""));
    assert_eq!(open(32_769), communication("more than 32768 iterators in one call"));
}
