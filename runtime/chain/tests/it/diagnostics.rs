//! What developers are told and consensus does not keep.

use serde_json::json;
use supercloud_chain::{MAX_INFO_LEN, Tracing};
use supercloud_proto::cosmwasm::wasm::v1::QuerySmartContractStateRequest;
use supercloud_proto::prost::Message;

use crate::submessages::{execute, pair, run, submessage};
use crate::world::{World, execute_msg};

fn traced() -> World {
    let mut world = World::new();
    world.chain.set_tracing(Tracing::On);
    world
}

#[test]
fn trap_is_told_with_the_functions_that_were_running() {
    let mut world = traced();
    let contract = world.puppet();
    let result = world.execute(&contract, r#"{"trap":true}"#);
    assert_eq!(
        result.info,
        format!("{contract} execute: trap: unreachable\n  at function 7 (puppet_7)\n  at function 3 (puppet_3)\n")
    );
    assert_eq!(world.execute(&contract, "{}").info, "");
}

#[test]
fn caught_failure_is_told_whole_although_the_contract_saw_its_class_only() {
    let mut world = traced();
    let (caller, callee) = pair(&mut world);
    let third = world.instantiate(1, "{}");
    let deepest = json!({ "fail": "deep trouble" });
    let middle = json!({ "messages": [submessage("never", execute(&third, &deepest))] });
    let script = json!({ "messages": [
        submessage("error", execute(&callee, &json!({ "trap": true }))),
        submessage("error", execute(&callee, &middle)),
    ] });
    let result = run(&mut world, &caller, &script);
    assert_eq!((result.code, result.log.as_str()), (0, ""));
    let expected = [
        format!("{callee} execute: trap: unreachable"),
        "  at function 7 (puppet_7)".to_owned(),
        "  at function 3 (puppet_3)".to_owned(),
        format!("{caller} caught the failure of submessage 7: execute: trap: unreachable: wasmvm error"),
        format!("{caller} caught the failure of submessage 7: submessages: deep trouble: execute wasm contract failed"),
    ];
    assert_eq!(result.info.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn failed_queries_and_printed_lines_are_told() {
    let mut world = traced();
    let contract = world.puppet();
    let ask = json!({ "bank": { "balance": { "address": "nobody", "denom": "uakt" } } });
    let script = json!({ "debug": "here", "query": ask });
    let result = world.execute(&contract, &script.to_string());
    let lines: Vec<&str> = result.info.lines().collect();
    assert_eq!(lines[0], format!("{contract} prints: here"));
    assert!(
        lines[1].starts_with(&format!("{contract} asked and failed: decoding bech32 failed")),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 2);
}

#[test]
fn simulations_and_queries_from_outside_are_told_too() {
    let mut world = traced();
    let contract = world.puppet();
    let alice = world.alice.clone();
    let call = supercloud_proto::pack(&execute_msg(&alice.address, &contract, r#"{"trap":true}"#));
    let raw = world.signed(&alice, vec![call]);
    let simulated = world.chain.simulate(&raw);
    assert_ne!(simulated.code, 0);
    assert!(
        simulated.info.starts_with(&format!("{contract} execute: trap")),
        "{}",
        simulated.info
    );
    let request = QuerySmartContractStateRequest {
        address: contract.clone(),
        query_data: br#"{"trap":{}}"#.to_vec(),
    };
    let answer = world.query("/cosmwasm.wasm.v1.Query/SmartContractState", &request.encode_to_vec());
    assert!(
        answer.info.starts_with(&format!("{contract} query: trap")),
        "{}",
        answer.info
    );
}

#[test]
fn telling_is_bounded_and_changes_nothing_that_counts() {
    let run = |tracing: Tracing| {
        let mut world = World::new();
        world.chain.set_tracing(tracing);
        let (caller, callee) = pair(&mut world);
        let loud = json!({ "debug": "x".repeat(1_000), "trap": true });
        let messages: Vec<_> = (0..40).map(|_| submessage("error", execute(&callee, &loud))).collect();
        let mut result = world.execute(&caller, &json!({ "messages": messages }).to_string());
        let info = std::mem::take(&mut result.info);
        (result, world.chain.app_hash(), info)
    };
    let ((told, told_hash, info), (silent, silent_hash, nothing)) = (run(Tracing::On), run(Tracing::Off));
    assert_eq!((told, told_hash), (silent, silent_hash));
    assert_eq!(nothing, "");
    assert!(
        info.len() <= MAX_INFO_LEN && info.ends_with("... (cut off)\n"),
        "{}",
        info.len()
    );
}
