//! Orders, prices and texts that clients and contracts of other chains know.

use serde_json::{Value, json};
use supercloud_chain::{Event, QueryContext};
use supercloud_proto::pack;

use crate::fake_vm::puppet;
use crate::submessages::{binary, execute, pair, replies, run, submessage};
use crate::wasm::ask;
use crate::world::{World, event, kinds, send};

fn attribute(key: &str) -> Value {
    json!([{ "key": key, "value": "v" }])
}

#[test]
fn events_come_in_the_order_of_wasmd_and_those_of_submessages_lose_message_events() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let alice = world.alice.clone();
    world.succeed(&alice, vec![send(&alice.address, &caller, 10, "uakt")]);
    let pay =
        json!({ "bank": { "send": { "to_address": alice.address, "amount": [{ "denom": "uakt", "amount": "1" }] } } });
    let inner = json!({
        "attributes": attribute("inner"),
        "events": [{ "type": "inner", "attributes": [] }],
    });
    let script = json!({
        "attributes": attribute("outer"),
        "events": [{ "type": "one", "attributes": [] }, { "type": "two", "attributes": [] }],
        "on_reply": { "attributes": attribute("reply") },
        "messages": [submessage("success", execute(&callee, &inner)), submessage("never", pay)],
    });
    let result = run(&mut world, &caller, &script);
    assert_eq!(result.log, "");
    let messages: Vec<&Event> = result
        .events
        .iter()
        .filter(|event| event.get("msg_index").is_some())
        .collect();
    let seen: Vec<&str> = messages.iter().map(|event| event.kind.as_str()).collect();
    let expected = [
        "message",
        "execute",
        "wasm",
        "wasm-one",
        "wasm-two",
        "execute",
        "wasm",
        "wasm-inner",
        "reply",
        "wasm",
        "coin_spent",
        "coin_received",
        "transfer",
    ];
    assert_eq!(seen, expected);
    assert_eq!(messages[8].get("_contract_address"), Some(caller.as_str()));
    assert_eq!(messages[9].get("reply"), Some("v"));
}

#[test]
fn contract_without_attributes_has_no_wasm_event() {
    let mut world = World::new();
    let contract = world.puppet();
    let result = world.execute(&contract, r#"{"events":[{"type":"own","attributes":[]}]}"#);
    assert!(!kinds(&result.events).contains(&"wasm"));
    assert_eq!(
        event(&result.events, "wasm-own").get("_contract_address"),
        Some(contract.as_str())
    );
}

#[test]
fn sorting_for_replies_keeps_the_order_of_equal_keys() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let attributes: Vec<Value> = [("b", "1"), ("a", "1"), ("b", "2"), ("a", "2"), ("B", "1")]
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let script = json!({ "messages": [submessage("always", execute(&callee, &json!({ "attributes": attributes })))] });
    assert_eq!(run(&mut world, &caller, &script).log, "");
    let reply = &replies(&world, &caller)[0]["result"]["ok"]["events"][1]["attributes"];
    let seen: Vec<(&str, &str)> = reply
        .as_array()
        .unwrap()
        .iter()
        .map(|attribute| (attribute["key"].as_str().unwrap(), attribute["value"].as_str().unwrap()))
        .collect();
    let address = callee.as_str();
    let expected = [
        ("B", "1"),
        ("_contract_address", address),
        ("a", "1"),
        ("a", "2"),
        ("b", "1"),
        ("b", "2"),
    ];
    assert_eq!(seen, expected);
}

/// What a caller sees of each kind of failure.
#[test]
fn failures_are_shown_whole_only_where_all_nodes_agree_on_them() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let nobody = world.bob.address.clone();
    // Its reply fails with a text of its own: an error that came through a reply is not the outermost any more.
    let through_reply = json!({
        "on_reply": { "fail": "in the reply" },
        "messages": [submessage("success", execute(&callee, &json!({})))],
    });
    let instantiate = |code_id: u64, script: Value| {
        json!({ "wasm": { "instantiate": {
            "code_id": code_id, "msg": binary(&script.to_string()), "funds": [], "label": "l",
        } } })
    };
    let third = world.instantiate(1, "{}");
    for (message, expected) in [
        (
            execute(&callee, &json!({ "fail": "no" })),
            "no: execute wasm contract failed".to_owned(),
        ),
        (
            instantiate(1, json!({ "fail": "no" })),
            "no: instantiate wasm contract failed".to_owned(),
        ),
        (
            execute(&nobody, &json!({})),
            format!("address {nobody}: no such contract"),
        ),
        (instantiate(9, json!({})), "code id 9: no such code".to_owned()),
        (
            execute(&callee, &json!({ "trap": true })),
            "codespace: wasm, code: 29".to_owned(),
        ),
        (execute(&third, &through_reply), "codespace: wasm, code: 5".to_owned()),
        (
            execute(&callee, &json!({ "attributes": attribute("_own") })),
            "codespace: wasm, code: 21".to_owned(),
        ),
        (
            json!({ "bank": { "burn": { "amount": [] } } }),
            "codespace: wasm, code: 12".to_owned(),
        ),
        (
            json!({ "bank": { "send": { "to_address": nobody, "amount": [{ "denom": "uakt", "amount": "0" }] } } }),
            "codespace: sdk, code: 10".to_owned(),
        ),
        (
            json!({ "any": { "type_url": "/no.Such", "value": "" } }),
            "codespace: wasm, code: 10".to_owned(),
        ),
        (
            json!({ "wasm": { "migrate": { "contract_addr": callee, "new_code_id": 1, "msg": binary("{}") } } }),
            "codespace: sdk, code: 4".to_owned(),
        ),
        (
            json!({ "wasm": { "update_admin": { "contract_addr": nobody, "admin": caller } } }),
            "codespace: sdk, code: 18".to_owned(),
        ),
    ] {
        let script = json!({ "messages": [submessage("error", message.clone())] });
        assert_eq!(run(&mut world, &caller, &script).log, "", "{message}");
        let replies = replies(&world, &caller);
        assert_eq!(replies.last().unwrap()["result"]["error"], json!(expected), "{message}");
    }
}

#[test]
fn empty_transfer_succeeds_without_a_response() {
    let mut world = World::new();
    let caller = world.puppet();
    let pay = json!({ "bank": { "send": { "to_address": caller, "amount": [] } } });
    let script = json!({ "messages": [submessage("always", pay)] });
    assert_eq!(run(&mut world, &caller, &script).log, "");
    let ok = &replies(&world, &caller)[0]["result"]["ok"];
    assert_eq!((&ok["data"], &ok["msg_responses"]), (&Value::Null, &json!([])));
}

/// An iterator pays for the entry ahead: opening finds the first, each step the next, and to be at the end is free.
#[test]
fn scan_costs_its_entries_once_and_one_step_for_the_end() {
    let gas = |entries: &[(&str, &str)]| {
        let mut world = World::new();
        let contract = world.puppet();
        let clean = r#"{"remove":["env","info"]}"#;
        assert_eq!(world.execute(&contract, clean).log, "");
        let mut set = serde_json::Map::new();
        for (key, value) in entries {
            set.insert((*key).to_owned(), json!(value));
        }
        let script = |scan: Value| json!({ "remove": ["env", "info", "keys"], "set": set, "scan": scan }).to_string();
        let without = world.execute(&contract, &script(Value::Null));
        let with = world.execute(&contract, &script(json!(false)));
        assert_eq!((without.log.as_str(), with.log.as_str()), ("", ""));
        let keys: usize = entries.iter().map(|(key, _)| key.len()).sum::<usize>() + entries.len().saturating_sub(1);
        // Storing the list of keys, and `false` in the place of `null` in the transaction.
        let stored = 2_000 + 30 * (1 + 32 + "keys".len() + keys) as u64;
        with.gas_used - without.gas_used - stored - 10
    };
    let entry = |key: &str, value: &str| 30 + 3 * (1 + 32 + key.len() + value.len()) as u64;
    assert_eq!(gas(&[]), 30);
    assert_eq!(gas(&[("a", "1")]), entry("a", "1") + 30);
    assert_eq!(
        gas(&[("a", "1"), ("bb", "22")]),
        entry("a", "1") + entry("bb", "22") + 30
    );
}

/// wasmd's engine refuses an answer whose decoding the call cannot pay; the class differs from out of gas.
#[test]
fn answer_that_the_limit_cannot_decode_stops_the_call_but_not_the_transaction() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let mut message = submessage("error", execute(&callee, &json!({ "data": "x".repeat(60_000) })));
    message["gas_limit"] = json!(50_000);
    let result = run(&mut world, &caller, &json!({ "messages": [message] }));
    assert_eq!(result.log, "");
    let reply = &replies(&world, &caller)[0];
    assert_eq!(reply["result"]["error"], json!("codespace: wasm, code: 29"));
    assert!(reply["gas_used"].as_u64().unwrap() < 50_000);
}

#[test]
fn skipped_migration_costs_no_set_up() {
    let gas = |version: Option<u64>| {
        let mut world = World::new();
        world.store_code(puppet("a", version));
        let contract = world.instantiate(1, "{}");
        let migrate = supercloud_proto::cosmwasm::wasm::v1::MsgMigrateContract {
            sender: world.alice.address.clone(),
            contract,
            code_id: 1,
            msg: b"{}".to_vec(),
        };
        let alice = world.alice.clone();
        world.succeed(&alice, vec![pack(&migrate)]).gas_used
    };
    assert!(gas(None) > gas(Some(1)) + 60_000);
}

#[test]
fn raw_keys_and_marks_are_those_of_wasmd() {
    let mut world = World::new();
    let contract = world.puppet();
    let pin = supercloud_proto::cosmwasm::wasm::v1::MsgPinCodes {
        authority: world.gov.clone(),
        code_ids: vec![1],
    };
    crate::gov::execute(&mut world, vec![pack(&pin)]);
    let stored = |key: &[u8]| world.query("/store/wasm/key", key).value;
    let address = crate::world::codec().parse(&contract).unwrap();
    let numbered = |prefix: &[u8], number: u64| [prefix, &number.to_be_bytes()].concat();
    assert_eq!(stored(&numbered(&[7], 1)), [1]);
    let history = [&[5], address.as_bytes()].concat();
    assert!(!stored(&numbered(&history, 1)).is_empty());
    assert!(stored(&numbered(&history, 0)).is_empty());
    assert_eq!(stored(b"\x04lastCodeId"), 2u64.to_be_bytes());
    assert_eq!(stored(b"\x04lastContractId"), 2u64.to_be_bytes());
}

fn transaction_of(env: &str) -> Value {
    serde_json::from_str::<Value>(env).unwrap()["transaction"].clone()
}

/// As wasmd: what a transaction asks is part of it, what the outside asks or tries is not.
#[test]
fn queries_of_a_transaction_know_it_and_those_from_outside_do_not() {
    let mut world = World::new();
    let contract = world.puppet();
    let smart = json!({ "wasm": { "smart": { "contract_addr": contract, "msg": binary(r#"{"env":{}}"#) } } });
    let answer = ask(&mut world, &contract, smart);
    let inside = transaction_of(&crate::wasm::decoded(&answer));
    assert_eq!(inside, transaction_of(&world.stored(&contract, "env")));
    assert_eq!(inside["index"], json!(0));
    let querier = world.chain.querier(None).unwrap();
    let env = |context: QueryContext| {
        let answer = querier.query_smart(&contract, br#"{"env":{}}"#, context, 1_000_000);
        transaction_of(&String::from_utf8(answer.result.unwrap()).unwrap())
    };
    assert_eq!(env(QueryContext::Outside), Value::Null);
    let context = QueryContext::Transaction {
        index: 4,
        hash: [0; 32],
    };
    assert_eq!(env(context)["index"], json!(4));
    assert_eq!(env(context)["hash"].as_str().unwrap().len(), 44);
}

#[test]
fn nested_query_from_outside_pays_each_set_up_in_full() {
    let mut world = World::new();
    let contract = world.puppet();
    let nested =
        json!({ "ask": { "wasm": { "smart": { "contract_addr": contract, "msg": binary(r#"{"get":"k"}"#) } } } });
    let querier = world.chain.querier(None).unwrap();
    let gas = |context: QueryContext| {
        let answer = querier.query_smart(&contract, nested.to_string().as_bytes(), context, 1_000_000);
        answer.result.unwrap();
        answer.gas_used
    };
    let inside = QueryContext::Transaction {
        index: 0,
        hash: [0; 32],
    };
    assert_eq!(gas(QueryContext::Outside) - gas(inside), 58_000);
}

#[test]
fn order_of_a_raw_range_is_one_of_two_words() {
    let mut world = World::new();
    let contract = world.puppet();
    let range = |order: &str| {
        json!({ "wasm": { "raw_range": {
            "contract_addr": contract, "start": null, "end": null, "limit": 1, "order": order,
        } } })
    };
    assert!(ask(&mut world, &contract, range("ascending"))["ok"]["ok"].is_string());
    let answer = ask(&mut world, &contract, range("sideways"));
    assert_eq!(answer, json!({ "ok": { "error": "codespace: sdk, code: 18" } }));
}

#[test]
fn lists_of_a_response_may_be_null_or_absent() {
    let mut world = World::new();
    let contract = world.puppet();
    for raw in [
        r#"{"ok":{"messages":null,"attributes":null,"events":null,"data":null}}"#,
        r#"{"ok":{}}"#,
        r#"{"ok":{"events":[{"type":"own","attributes":null}]}}"#,
    ] {
        let result = world.execute(&contract, &json!({ "raw": raw }).to_string());
        assert_eq!(result.log, "", "{raw}");
    }
}
