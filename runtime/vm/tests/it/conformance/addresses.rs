//! The address functions, as the standard library uses them and with inputs that it would not pass on.

use serde_json::{Value, json};

use super::{base64, failure, find, text};
use crate::backend::humanize;
use crate::contract::communication;
use crate::json::address;

fn ask(function: &str, input: &str) -> Value {
    find(&json!({"addr": {function: {"input": input}}}))
}

fn refused(function: &str, reason: &str) -> Value {
    json!({ "Err": format!("kind: Other, error: addr_{function} errored: {reason}") })
}

#[test]
fn good_addresses_go_through_all_three_functions() {
    let human = address("creator");
    assert_eq!(ask("validate", &human), json!({"Ok": human}));
    let canonical = ask("canonicalize", &human)["Ok"].as_str().unwrap().to_owned();
    assert_eq!(ask("humanize", &canonical), json!({"Ok": human}));
}

#[test]
fn refusals_come_back_as_texts() {
    let human = address("creator");
    let foreign = human.replace("cosmwasm1", "osmo1");
    let mixed = human.replacen('a', "A", 1);
    for (input, validate, canonicalize) in [
        ("", "Input is empty", Some("Input is empty")),
        ("not an address", "address is not bech32", Some("address is not bech32")),
        (&foreign, "address is not bech32", Some("address is not bech32")),
        (&mixed, "address is not bech32", Some("address is not bech32")),
        (&human.to_uppercase(), "address is not normalized", None),
        (&"a".repeat(256), "address is not bech32", Some("address is not bech32")),
    ] {
        assert_eq!(ask("validate", input), refused("validate", validate), "{input}");
        match canonicalize {
            Some(reason) => assert_eq!(ask("canonicalize", input), refused("canonicalize", reason), "{input}"),
            None => assert!(ask("canonicalize", input)["Ok"].is_string(), "{input}"),
        }
    }
    assert_eq!(ask("humanize", ""), refused("humanize", "address is empty"));
}

#[test]
fn the_host_refuses_what_is_no_text() {
    let raw = |function: &str, rest: Value| {
        let mut call = json!({"input": base64(b"\xff\xfe")});
        call.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        find(&json!({"raw": {function: call}}))
    };
    assert_eq!(raw("validate", json!({})), "Input is not valid UTF-8");
    assert_eq!(
        raw("canonicalize", json!({"capacity": 64})),
        json!({"error": "Input is not valid UTF-8", "output": ""})
    );
}

#[test]
fn inputs_have_limits_on_both_sides() {
    let validate = |length: usize| json!({"raw": {"validate": {"input": text(&"a".repeat(length))}}});
    assert_eq!(find(&validate(256)), "address is not bech32");
    let too_long = |length: usize, limit: usize| {
        communication::<()>(&format!("region of {length} bytes is too long, limit is {limit}")).unwrap_err()
    };
    assert_eq!(failure(&validate(257)), too_long(257, 256));
    let canonicalize =
        |length: usize| json!({"raw": {"canonicalize": {"input": text(&"a".repeat(length)), "capacity": 64}}});
    assert_eq!(find(&canonicalize(256))["error"], "address is not bech32");
    assert_eq!(failure(&canonicalize(257)), too_long(257, 256));
    let humanize = |length: usize| json!({"addr": {"humanize": {"input": base64(&vec![1; length])}}});
    // 48 bytes are 96 characters with the prefix and the checksum; the library's room ends at 90.
    assert!(find(&humanize(47 - 8))["Ok"].is_string());
    assert_eq!(failure(&humanize(65)), too_long(65, 64));
}

#[test]
fn answers_fit_into_the_callers_region_or_trap() {
    let human = address("creator");
    let canonicalize = |capacity: u32| json!({"raw": {"canonicalize": {"input": text(&human), "capacity": capacity}}});
    let found = find(&canonicalize(32));
    assert_eq!(found["error"], Value::Null);
    assert_eq!(humanize(&crate::json::unbase64(&found["output"])), Ok(human.clone()));
    let too_small = communication::<()>("region of capacity 31 is too small for 32 bytes").unwrap_err();
    assert_eq!(failure(&canonicalize(31)), too_small);
    let short = humanize(&[0; 20]).unwrap();
    let humanize = |capacity: usize| json!({"raw": {"humanize": {"input": base64(&[0; 20]), "capacity": capacity}}});
    assert_eq!(find(&humanize(short.len()))["output"], text(&short));
    let reason = format!(
        "region of capacity {} is too small for {} bytes",
        short.len() - 1,
        short.len()
    );
    assert_eq!(
        failure(&humanize(short.len() - 1)),
        communication::<()>(&reason).unwrap_err()
    );
}
