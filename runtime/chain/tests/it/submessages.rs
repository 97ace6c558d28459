use serde_json::{Value, json};
use supercloud_chain::TxResult;
use supercloud_proto::cosmwasm::wasm::v1::{MsgExecuteContractResponse, MsgInstantiateContractResponse};
use supercloud_proto::prost::Message;

use crate::world::{World, event, kinds, response};

const OK: &str = "ok";

pub(crate) fn binary(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

pub(crate) fn execute(contract: &str, script: &Value) -> Value {
    json!({ "wasm": { "execute": { "contract_addr": contract, "msg": binary(&script.to_string()), "funds": [] } } })
}

pub(crate) fn submessage(reply_on: &str, message: Value) -> Value {
    json!({ "id": 7, "msg": message, "reply_on": reply_on, "gas_limit": null, "payload": binary("p") })
}

pub(crate) fn run(world: &mut World, contract: &str, script: &Value) -> TxResult {
    world.execute(contract, &script.to_string())
}

pub(crate) fn replies(world: &World, contract: &str) -> Vec<Value> {
    let text = world.stored(contract, "replies");
    if text.is_empty() {
        Vec::new()
    } else {
        serde_json::from_str(&text).unwrap()
    }
}

/// Two instances of the same code.
pub(crate) fn pair(world: &mut World) -> (String, String) {
    let caller = world.puppet();
    let callee = world.instantiate(1, "{}");
    (caller, callee)
}

/// The sixteen cells of reply_on x submessage x reply: what the transaction does and which writes remain.
#[test]
fn reply_matrix_decides_state_and_result() {
    for reply_on in ["never", "success", "error", "always"] {
        for submessage_fails in [false, true] {
            for reply_fails in [false, true] {
                let mut world = World::new();
                let (caller, callee) = pair(&mut world);
                let mut inner = json!({ "set": { "inner": OK } });
                if submessage_fails {
                    inner["fail"] = json!("inner failed");
                }
                let mut on_reply = json!({ "set": { "replied": OK } });
                if reply_fails {
                    on_reply["fail"] = json!("reply failed");
                }
                let script = json!({
                    "set": { "outer": OK },
                    "on_reply": on_reply,
                    "messages": [submessage(reply_on, execute(&callee, &inner))],
                });
                let result = run(&mut world, &caller, &script);

                let caught = matches!((reply_on, submessage_fails), ("error" | "always", true));
                let replied = caught || matches!((reply_on, submessage_fails), ("success" | "always", false));
                let fails = (submessage_fails && !caught) || (replied && reply_fails);
                let cell = format!("{reply_on}, submessage fails {submessage_fails}, reply fails {reply_fails}");
                assert_eq!(result.code, if fails { 5 } else { 0 }, "{cell}: {}", result.log);
                let written = |condition: bool| if condition { OK } else { "" };
                assert_eq!(world.stored(&caller, "outer"), written(!fails), "{cell}");
                assert_eq!(
                    world.stored(&callee, "inner"),
                    written(!fails && !submessage_fails),
                    "{cell}"
                );
                assert_eq!(world.stored(&caller, "replied"), written(!fails && replied), "{cell}");
                if !fails {
                    let has_reply = kinds(&result.events).contains(&"reply");
                    assert_eq!(has_reply, replied, "{cell}");
                }
            }
        }
    }
}

#[test]
fn successful_reply_sees_sorted_events_wrapped_data_payload_and_gas() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let inner = json!({
        "attributes": [{ "key": "b", "value": "2" }, { "key": "a", "value": "1" }, { "key": "Z", "value": "0" }],
        "events": [{ "type": "own", "attributes": [{ "key": "k", "value": " v " }] }],
        "data": "hello",
    });
    let script = json!({ "messages": [submessage("always", execute(&callee, &inner))] });
    let result = run(&mut world, &caller, &script);
    assert_eq!(result.log, "");
    let reply = &replies(&world, &caller)[0];
    assert_eq!((&reply["id"], &reply["payload"]), (&json!(7), &json!(binary("p"))));
    assert!(reply["gas_used"].as_u64().unwrap() > 1_000);
    let ok = &reply["result"]["ok"];
    let expected = json!([
        { "type": "execute", "attributes": [{ "key": "_contract_address", "value": callee }] },
        { "type": "wasm", "attributes": [
            { "key": "Z", "value": "0" },
            { "key": "_contract_address", "value": callee },
            { "key": "a", "value": "1" },
            { "key": "b", "value": "2" },
        ] },
        { "type": "wasm-own", "attributes": [
            { "key": "_contract_address", "value": callee },
            { "key": "k", "value": "v" },
        ] },
    ]);
    assert_eq!(ok["events"], expected);
    let wrapped = MsgExecuteContractResponse {
        data: b"hello".to_vec(),
    }
    .encode_to_vec();
    use base64::Engine;
    let wrapped = base64::prelude::BASE64_STANDARD.encode(wrapped);
    assert_eq!(ok["data"], json!(wrapped));
    let url = "/cosmwasm.wasm.v1.MsgExecuteContractResponse";
    assert_eq!(ok["msg_responses"], json!([{ "type_url": url, "value": wrapped }]));
    let wasm = event(&result.events, "wasm");
    let keys: Vec<_> = wasm.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(keys, ["Z", "_contract_address", "a", "b", "msg_index"]);
}

#[test]
fn bank_submessage_shows_no_events_and_a_redacted_error() {
    let mut world = World::new();
    let caller = world.puppet();
    let (alice, bob) = (world.alice.clone(), world.bob.address.clone());
    world.succeed(&alice, vec![crate::world::send(&alice.address, &caller, 10, "uakt")]);
    let transfer = |amount: &str| json!({ "bank": { "send": { "to_address": bob, "amount": [{ "denom": "uakt", "amount": amount }] } } });
    let script = json!({ "messages": [
        submessage("always", transfer("4")),
        submessage("always", transfer("7")),
        submessage("always", transfer("6")),
    ] });
    assert_eq!(run(&mut world, &caller, &script).log, "");
    let replies = replies(&world, &caller);
    assert_eq!(replies[0]["result"]["ok"]["events"], json!([]));
    let url = "/cosmos.bank.v1beta1.MsgSendResponse";
    assert_eq!(
        replies[0]["result"]["ok"]["msg_responses"],
        json!([{ "type_url": url, "value": "" }])
    );
    assert_eq!(replies[1]["result"], json!({ "error": "codespace: sdk, code: 5" }));
    assert!(replies[2]["result"]["ok"].is_object());
    assert_eq!(
        (world.balance(&caller, "uakt"), world.balance(&bob, "uakt")),
        (0, 1_000_000_010)
    );
}

#[test]
fn contract_error_is_verbatim_one_level_up_and_redacted_two_levels_up() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let third = world.instantiate(1, "{}");
    let deepest = json!({ "fail": "deep trouble" });
    let script = json!({ "messages": [submessage("error", execute(&callee, &deepest))] });
    assert_eq!(run(&mut world, &caller, &script).log, "");
    let middle = json!({ "messages": [submessage("never", execute(&third, &deepest))] });
    let script = json!({ "messages": [submessage("error", execute(&callee, &middle))] });
    assert_eq!(run(&mut world, &caller, &script).log, "");
    let replies = replies(&world, &caller);
    assert_eq!(
        replies[0]["result"]["error"],
        json!("deep trouble: execute wasm contract failed")
    );
    assert_eq!(replies[1]["result"]["error"], json!("codespace: wasm, code: 5"));
}

#[test]
fn trap_and_missing_contract_are_told_apart() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let nobody = world.bob.address.clone();
    let script = json!({ "messages": [
        submessage("error", execute(&callee, &json!({ "trap": true }))),
        submessage("error", execute(&nobody, &json!({}))),
        submessage("error", json!({ "staking": { "delegate": {} } })),
        submessage("error", json!({ "stargate": { "type_url": "/a.B", "value": "" } })),
    ] });
    assert_eq!(run(&mut world, &caller, &script).log, "");
    let errors: Vec<_> = replies(&world, &caller)
        .into_iter()
        .map(|reply| reply["result"]["error"].clone())
        .collect();
    assert_eq!(
        errors,
        [
            json!("codespace: wasm, code: 29"),
            json!(format!("address {nobody}: no such contract")),
            json!("codespace: wasm, code: 20"),
            json!("codespace: wasm, code: 10"),
        ]
    );
}

#[test]
fn uncaught_failure_two_levels_down_undoes_the_middle_but_not_the_catcher() {
    let mut world = World::new();
    let (first, second) = pair(&mut world);
    let third = world.instantiate(1, "{}");
    let deepest = json!({ "set": { "third": OK }, "fail": "no" });
    let middle = json!({ "set": { "second": OK }, "messages": [submessage("never", execute(&third, &deepest))] });
    let script = json!({ "set": { "first": OK }, "messages": [submessage("error", execute(&second, &middle))] });
    assert_eq!(run(&mut world, &first, &script).log, "");
    assert_eq!(world.stored(&first, "first"), OK);
    assert_eq!(
        (world.stored(&second, "second"), world.stored(&third, "third")),
        (String::new(), String::new())
    );
}

#[test]
fn last_reply_with_data_wins_and_silence_keeps_what_was_there() {
    let data = |world: &mut World, caller: &str, script: Value| {
        let result = run(world, caller, &script);
        assert_eq!(result.log, "");
        String::from_utf8(response::<MsgExecuteContractResponse>(&result).data).unwrap()
    };
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let call = || submessage("always", execute(&callee, &json!({ "data": "child" })));
    assert_eq!(
        data(&mut world, &caller, json!({ "data": "own", "messages": [call()] })),
        "own"
    );
    let replaced = json!({ "data": "own", "on_reply": { "data": "reply" }, "messages": [call()] });
    assert_eq!(data(&mut world, &caller, replaced), "reply");
    let emptied = json!({ "data": "own", "on_reply": { "data": "" }, "messages": [call()] });
    assert_eq!(data(&mut world, &caller, emptied), "");
}

#[test]
fn gas_limit_of_a_submessage_is_charged_whole_and_can_be_caught() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let mut limited = submessage("error", execute(&callee, &json!({ "run_out": true })));
    limited["gas_limit"] = json!(300_000);
    let result = run(&mut world, &caller, &json!({ "messages": [limited] }));
    assert_eq!(result.log, "");
    let reply = &replies(&world, &caller)[0];
    assert_eq!(
        (&reply["result"]["error"], &reply["gas_used"]),
        (&json!("codespace: sdk, code: 11"), &json!(300_000))
    );
    assert!((370_000..450_000).contains(&result.gas_used), "{}", result.gas_used);
    // Without a limit nothing catches it.
    let unlimited = submessage("error", execute(&callee, &json!({ "run_out": true })));
    let result = run(&mut world, &caller, &json!({ "messages": [unlimited] }));
    assert_eq!((result.code, result.gas_used), (11, result.gas_wanted));
    assert_eq!(
        result.log,
        "out of gas in location: wasm contract; gasWanted: 20000000, gasUsed: 20000000: out of gas"
    );
}

#[test]
fn messages_run_depth_first_and_events_follow_the_parents() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let say = |text: &str| json!([{ "key": "say", "value": text }]);
    let inner = |text: &str| submessage("never", execute(&callee, &json!({ "attributes": say(text) })));
    let middle = json!({ "attributes": say("2"), "messages": [inner("3"), inner("4")] });
    let script = json!({
        "attributes": say("1"),
        "messages": [submessage("never", execute(&callee, &middle)), inner("5")],
    });
    let result = run(&mut world, &caller, &script);
    let said: Vec<_> = result.events.iter().filter_map(|event| event.get("say")).collect();
    assert_eq!(said, ["1", "2", "3", "4", "5"]);
}

#[test]
fn instantiate_submessage_replies_with_the_address() {
    let mut world = World::new();
    let caller = world.puppet();
    let message = json!({ "wasm": { "instantiate": { "admin": null, "code_id": 1, "msg": binary("{}"), "funds": [], "label": "child" } } });
    assert_eq!(
        run(
            &mut world,
            &caller,
            &json!({ "messages": [submessage("success", message)] })
        )
        .log,
        ""
    );
    let reply = &replies(&world, &caller)[0];
    use base64::Engine;
    let data = base64::prelude::BASE64_STANDARD
        .decode(reply["result"]["ok"]["data"].as_str().unwrap())
        .unwrap();
    let address = MsgInstantiateContractResponse::decode(&*data).unwrap().address;
    let expected = supercloud_chain::compute_classic_address(1, 2);
    assert_eq!(address, crate::world::codec().to_text(&expected));
    assert_ne!(world.stored(&address, "env"), "");
}

#[test]
fn payload_of_128_kib_passes_and_one_byte_more_fails() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    for (len, code) in [(128 * 1024, 0), (128 * 1024 + 1, 13)] {
        let mut message = submessage("never", execute(&callee, &json!({})));
        message["payload"] = json!(binary(&"p".repeat(len)));
        assert_eq!(
            run(&mut world, &caller, &json!({ "messages": [message] })).code,
            code,
            "{len}"
        );
    }
}

#[test]
fn bad_events_fail_the_call() {
    let mut world = World::new();
    let caller = world.puppet();
    for (script, code) in [
        (json!({ "attributes": [{ "key": "_own", "value": "" }] }), 21),
        (json!({ "attributes": [{ "key": " ", "value": "" }] }), 21),
        (json!({ "events": [{ "type": "x", "attributes": [] }] }), 21),
        (json!({ "events": [{ "type": " ab ", "attributes": [] }] }), 21),
        (
            json!({ "events": [{ "type": "abc", "attributes": [{ "key": "a", "value": "" }] }] }),
            0,
        ),
    ] {
        let result = run(&mut world, &caller, &script);
        assert_eq!(result.code, code, "{script}: {}", result.log);
    }
}

#[test]
fn contract_burns_its_own_coins_and_sends_messages_of_any_type_only_as_itself() {
    let mut world = World::new();
    let caller = world.puppet();
    let alice = world.alice.clone();
    world.succeed(&alice, vec![crate::world::send(&alice.address, &caller, 10, "uakt")]);
    let supply = world.supply("uakt");
    let burn = json!({ "bank": { "burn": { "amount": [{ "denom": "uakt", "amount": "4" }] } } });
    let result = run(&mut world, &caller, &json!({ "messages": [submessage("never", burn)] }));
    let burned = event(&result.events, "burn");
    assert_eq!(
        (burned.get("burner"), burned.get("amount")),
        (Some(caller.as_str()), Some("4uakt"))
    );
    assert_eq!((world.supply("uakt"), world.balance(&caller, "uakt")), (supply - 4, 6));
    for (from, code) in [(caller.clone(), 0), (alice.address.clone(), 4)] {
        use base64::Engine;
        let any = crate::world::send(&from, &world.bob.address, 1, "uakt");
        let value = base64::prelude::BASE64_STANDARD.encode(any.value);
        let message = json!({ "any": { "type_url": any.type_url, "value": value } });
        let result = run(
            &mut world,
            &caller,
            &json!({ "messages": [submessage("never", message)] }),
        );
        assert_eq!(result.code, code, "{}", result.log);
    }
}

#[test]
fn endless_recursion_stops_at_depth_100() {
    let mut world = World::with(|genesis| genesis.fees.max_tx_gas = 10_000_000_000);
    let caller = world.puppet();
    // Each level replies, and each reply sends the same again.
    let send_again = submessage("always", execute(&caller, &json!({})));
    let script = json!({ "on_reply": { "messages": [send_again] }, "messages": [send_again] });
    let alice = world.alice.clone();
    let message = crate::world::execute_msg(&alice.address, &caller, &script.to_string());
    let mut draft = world.draft(&alice, vec![supercloud_proto::pack(&message)]);
    draft.auth.fee.as_mut().unwrap().gas_limit = 10_000_000_000;
    let result = world.deliver_raw(&draft.sign(&[&alice]));
    assert_eq!((result.codespace.as_str(), result.code), ("wasm", 30));
}
