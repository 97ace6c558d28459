//! JSON in and out: environment, funds, messages of every kind, replies, errors, questions to the chain.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_chain::vm::{BackendError, EntryPoint, Vm, VmCall, VmError};

use super::{CODE, base64, call, execute, execute_on, failure, find, query_on, text};
use crate::backend::MockBackend;
use crate::contract::{GAS, VM, communication};
use crate::json::{address, answer, answering, env, env_with, info, own_address, penniless, success, unbase64};

#[test]
fn the_environment_arrives_whole() {
    let sent: Value = serde_json::from_slice(&env()).unwrap();
    assert_eq!(find(&json!({"mirror_env": {}})), sent);
    assert_eq!(query_on(&mut penniless(), &json!({"mirror_env": {}})), Ok(Ok(sent)));
}

#[test]
fn a_transaction_may_be_absent_or_without_hash() {
    let mirror = |transaction: &str| -> Value {
        let env = env_with(transaction);
        let call = VmCall {
            code: *CODE,
            entry_point: EntryPoint::Query,
            args: &[&env, br#"{"mirror_env":{}}"#],
            gas_limit: GAS,
        };
        serde_json::from_slice(&unbase64(&success(VM.call(call, &mut penniless())))).unwrap()
    };
    assert_eq!(mirror("null")["transaction"], Value::Null);
    assert_eq!(mirror(r#"{"index":7}"#)["transaction"], json!({"index": 7, "hash": ""}));
}

#[test]
fn sender_and_funds_arrive_whole() {
    let sent: Value = serde_json::from_slice(&info("creator", 15)).unwrap();
    assert_eq!(sent["funds"], json!([{"denom": "earth", "amount": "15"}]));
    assert_eq!(find(&json!({"mirror_info": {}})), sent);
}

#[test]
fn coins_have_256_bits() {
    let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let send = |amount: &str| json!({"bank_send": {"to": "x", "denom": "earth", "amount": amount}});
    let answer = execute(&send(most)).unwrap().unwrap();
    assert_eq!(
        answer["messages"][0]["msg"]["bank"]["send"]["amount"][0]["amount"],
        most
    );
    let more = most.replace("935", "936");
    let refusal = execute(&send(&more)).unwrap().unwrap_err();
    assert!(refusal.contains(&more), "{refusal}");
}

#[test]
fn messages_of_every_kind_come_out_as_they_went_in() {
    let own = own_address();
    let kinds = [
        json!({"bank": {"send": {"to_address": "x", "amount": [{"denom": "earth", "amount": "5"}]}}}),
        json!({"bank": {"burn": {"amount": []}}}),
        json!({"wasm": {"execute": {"contract_addr": own, "msg": text("{}"), "funds": []}}}),
        json!({"wasm": {"instantiate": {"admin": null, "code_id": 1, "msg": text("{}"), "funds": [], "label": "l"}}}),
        json!({"wasm": {"instantiate2": {
            "admin": own, "code_id": 1, "msg": text("{}"), "funds": [], "label": "l", "salt": text("s")}}}),
        json!({"wasm": {"migrate": {"contract_addr": own, "new_code_id": 2, "msg": text("{}")}}}),
        json!({"wasm": {"update_admin": {"contract_addr": own, "admin": own}}}),
        json!({"wasm": {"clear_admin": {"contract_addr": own}}}),
        json!({"gov": {"vote": {"proposal_id": 4, "option": "no_with_veto"}}}),
        json!({"gov": {"vote_weighted": {"proposal_id": 4, "options": [{"option": "yes", "weight": "0.25"}]}}}),
        json!({"any": {"type_url": "/cosmos.bank.v1beta1.MsgSend", "value": base64(b"\x0a\x00")}}),
        json!({"staking": {"delegate": {"validator": "v", "amount": {"denom": "earth", "amount": "1"}}}}),
        json!({"distribution": {"withdraw_delegator_reward": {"validator": "v"}}}),
        json!({"ibc": {"close_channel": {"channel_id": "channel-0"}}}),
        json!({"ibc2": {"write_acknowledgement": {
            "source_client": "c", "destination_client": "d", "packet_sequence": 3, "ack": {"data": text("ok")}}}}),
    ];
    for msg in kinds {
        let message = json!({"id": 3, "payload": text("p"), "msg": msg, "gas_limit": null, "reply_on": "error"});
        let answer = execute(&json!({"messages": {"messages": [message]}})).unwrap().unwrap();
        assert_eq!(answer["messages"], json!([message]));
    }
}

#[test]
fn ids_and_gas_limits_have_64_bits() {
    for reply_on in ["always", "error", "success", "never"] {
        let message = json!({
            "id": u64::MAX, "payload": "", "msg": {"bank": {"burn": {"amount": []}}},
            "gas_limit": u64::MAX, "reply_on": reply_on
        });
        let answer = execute(&json!({"messages": {"messages": [message]}})).unwrap().unwrap();
        assert_eq!(answer["messages"][0], message);
    }
}

#[test]
fn no_data_and_empty_data_differ() {
    for data in [Value::Null, json!(""), json!(text("x"))] {
        let answer = execute(&json!({"messages": {"data": data}})).unwrap().unwrap();
        assert_eq!(answer["data"], data);
    }
}

#[test]
fn contract_errors_are_no_engine_errors() {
    let odd = "quote \" slash \\ newline \n ü \u{1}";
    assert_eq!(execute(&json!({"fail": {"text": odd}})), Ok(Err(odd.into())));
    assert_eq!(
        query_on(&mut penniless(), &json!({"fail": {"text": odd}})),
        Ok(Err(odd.into()))
    );
    let unknown = execute(&json!({"no_such_message": {}})).unwrap().unwrap_err();
    assert!(unknown.contains("unknown variant `no_such_message`"), "{unknown}");
}

#[test]
fn replies_of_old_and_new_chains_are_understood() {
    let mut backend = penniless();
    let event = json!({"type": "transfer", "attributes": [{"key": "amount", "value": "5earth"}]});
    let response = json!({"type_url": "/cosmos.bank.v1beta1.MsgSendResponse", "value": ""});
    let new = json!({"ok": {"events": [event], "data": text("d"), "msg_responses": [response]}});
    let old = json!({"ok": {"events": [], "data": null}});
    for reply in [
        json!({"gas_used": 7, "id": u64::MAX, "payload": text("payload"), "result": new}),
        json!({"id": 2, "result": old}),
        json!({"gas_used": 0, "id": 3, "result": {"error": "codespace: sdk, code: 5"}}),
    ] {
        success(call(EntryPoint::Reply, reply.to_string().as_bytes(), &mut backend));
    }
    let hash = |payload: &[u8]| base64(&Sha256::digest(payload));
    let mut completed = old;
    completed["ok"]["msg_responses"] = json!([]);
    assert_eq!(
        query_on(&mut backend, &json!({"replies": {}})).unwrap().unwrap(),
        json!([
            {"id": u64::MAX, "payload_hash": hash(b"payload"), "payload_len": 7, "gas_used": 7, "result": new},
            {"id": 2, "payload_hash": hash(b""), "payload_len": 0, "gas_used": 0, "result": completed},
            {"id": 3, "payload_hash": hash(b""), "payload_len": 0, "gas_used": 0,
                "result": {"error": "codespace: sdk, code: 5"}},
        ])
    );
}

#[test]
fn migrate_is_told_who_asks_and_from_what_version() {
    let answer = success(call(EntryPoint::Migrate, b"{}", &mut penniless()));
    assert_eq!(
        answer["attributes"],
        json!([
            {"key": "migrate_sender", "value": address("creator")},
            {"key": "old_migrate_version", "value": "6"}
        ])
    );
}

#[test]
fn all_classes_of_answers_reach_the_contract() {
    let ask = json!({"chain": {"request": {"bank": {"supply": {"denom": "earth"}}}}});
    for chains in [
        json!({"ok": {"ok": text("{}")}}),
        json!({"ok": {"error": "contract says no"}}),
        json!({"error": {"no_such_contract": {"addr": "x"}}}),
        json!({"error": {"no_such_code": {"code_id": 3}}}),
        json!({"error": {"invalid_request": {"error": "e", "request": text("r")}}}),
        json!({"error": {"invalid_response": {"error": "e", "response": text("r")}}}),
        json!({"error": {"unsupported_request": {"kind": "k"}}}),
        json!({"error": {"unknown": {}}}),
    ] {
        let answer = execute_on(&mut answering(&chains.to_string()), &ask).unwrap().unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&unbase64(&answer["data"])).unwrap(),
            chains
        );
    }
    let mut broken = MockBackend::with_querier(|_, _| (Err(BackendError::Fatal("disk".into())), 5));
    assert_eq!(execute_on(&mut broken, &ask), Err(VmError::Backend("disk".into())));
}

#[test]
fn requests_are_limited_to_64_kibibytes() {
    let ask = |length: u32| json!({"raw": {"query_length": {"length": length}}});
    assert!(execute(&ask(65_536)).unwrap().is_ok());
    let reason = "region of 65537 bytes is too long, limit is 65536";
    assert_eq!(failure(&ask(65_537)), communication::<()>(reason).unwrap_err());
}

/// A chain that lets the contract ask itself.
fn itself(depth_left: u32) -> MockBackend {
    MockBackend::with_querier(move |request, gas_left| {
        let request: Value = serde_json::from_slice(request).unwrap();
        assert_eq!(request["wasm"]["smart"]["contract_addr"], own_address());
        if depth_left == 0 {
            return (Ok(br#"{"error":{"unknown":{}}}"#.to_vec()), 1);
        }
        let env = env_with("null");
        let msg = unbase64(&request["wasm"]["smart"]["msg"]);
        let call = VmCall {
            code: *CODE,
            entry_point: EntryPoint::Query,
            args: &[&env, &msg],
            gas_limit: gas_left,
        };
        let report = VM.call(call, &mut itself(depth_left - 1));
        let gas = report.gas_internal + report.gas_external;
        let answer = match answer(report).unwrap() {
            Ok(data) => json!({"ok": {"ok": data}}),
            Err(error) => json!({"ok": {"error": error}}),
        };
        (Ok(answer.to_string().into_bytes()), gas)
    })
}

#[test]
fn a_contract_asks_itself_as_deep_as_the_chain_lets_it() {
    let ask = json!({"recurse_query": {"depth": 9}});
    let answer = execute_on(&mut itself(9), &ask).unwrap().unwrap();
    assert_eq!(unbase64(&answer["data"]), 9u32.to_be_bytes());
    let refused = execute_on(&mut itself(8), &ask).unwrap().unwrap_err();
    assert_eq!(refused, "Unknown system error");
}
