//! What governance decides about code and about the host.

use serde_json::{Value, json};
use supercloud_chain::vm::{CodeRules, WasmLimits};
use supercloud_chain::{Genesis, GenesisError};
use supercloud_proto::cosmwasm::wasm::v1::{MsgStoreCode, QueryWasmLimitsConfigRequest, QueryWasmLimitsConfigResponse};
use supercloud_proto::pack;
use supercloud_proto::supercloud::wasm::v1::{
    HostParams, MsgUpdateCodeRules, MsgUpdateHostParams, QueryCodeRulesRequest, QueryCodeRulesResponse,
    QueryHostParamsRequest, QueryHostParamsResponse,
};

use crate::fake_vm::puppet;
use crate::gov::execute;
use crate::submessages::{execute as call, pair, replies, run, submessage};
use crate::world::{World, genesis};

fn store(world: &mut World, wasm: Vec<u8>) -> (u32, String) {
    let alice = world.alice.clone();
    let message = MsgStoreCode {
        sender: alice.address.clone(),
        wasm_byte_code: wasm,
        instantiate_permission: None,
    };
    let result = world.deliver(&alice, vec![pack(&message)]);
    (result.code, result.log)
}

fn limits(world: &World) -> Value {
    let response: QueryWasmLimitsConfigResponse = world.ask(
        "/cosmwasm.wasm.v1.Query/WasmLimitsConfig",
        &QueryWasmLimitsConfigRequest {},
    );
    serde_json::from_str(&response.config).unwrap()
}

fn host_params(world: &World) -> HostParams {
    let response: QueryHostParamsResponse =
        world.ask("/supercloud.wasm.v1.Query/HostParams", &QueryHostParamsRequest {});
    response.params.unwrap()
}

#[test]
fn governance_changes_the_rules_for_uploads_from_then_on() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    assert_eq!(limits(&world)["max_imports"], json!(100));
    let rules = json!({ "capabilities": ["staking"], "limits": { "imports": 7, "memory_pages": 300 } });
    let update = MsgUpdateCodeRules {
        authority: world.gov.clone(),
        rules: rules.to_string(),
    };
    execute(&mut world, vec![pack(&update)]);
    let (code, log) = store(&mut world, puppet("b", None));
    assert_eq!(code, 2);
    assert!(
        log.contains("puppets need the iterator: create wasm contract failed"),
        "{log}"
    );
    world.instantiate(1, "{}");
    let limits = limits(&world);
    assert_eq!(
        (
            &limits["max_imports"],
            &limits["initial_memory_limit_pages"],
            &limits["max_functions"]
        ),
        (&json!(7), &json!(300), &json!(20_000))
    );
    let response: QueryCodeRulesResponse = world.ask("/supercloud.wasm.v1.Query/CodeRules", &QueryCodeRulesRequest {});
    let stored: CodeRules = serde_json::from_str(&response.rules).unwrap();
    assert_eq!((stored.limits.imports, stored.bulk_memory), (7, true));
}

#[test]
fn rules_that_no_engine_serves_are_refused_wherever_they_come_from() {
    let mut world = World::new();
    let alice = world.alice.clone();
    for (rules, text) in [
        (
            json!({ "limits": { "memory_pages": 513 } }),
            "memory_pages is 513, the highest possible is 512",
        ),
        (json!({ "limits": { "pages": 1 } }), "unknown field `pages`"),
    ] {
        let message = MsgUpdateCodeRules {
            authority: alice.address.clone(),
            rules: rules.to_string(),
        };
        let refused = world.deliver(&alice, vec![pack(&message)]);
        assert_eq!((refused.codespace.as_str(), refused.code), ("wasm", 14));
        assert!(refused.log.contains(text), "{}", refused.log);
    }
    let message = MsgUpdateCodeRules {
        authority: alice.address.clone(),
        rules: "{}".into(),
    };
    assert_eq!(world.deliver(&alice, vec![pack(&message)]).code, 4);
    let mut bad = genesis();
    bad.wasm.code_rules.limits = WasmLimits {
        globals: WasmLimits::HIGHEST.globals + 1,
        ..WasmLimits::default()
    };
    assert!(matches!(bad.assert_valid(), Err(GenesisError::CodeRules(_))));
}

#[test]
fn upload_at_the_limit_of_the_chain_is_stored_and_one_byte_more_is_not() {
    let wasm = puppet("a", None);
    let len = wasm.len() as u64;
    for (limit, code) in [(len, 0), (len - 1, 13)] {
        let mut world = World::with(|genesis| genesis.wasm.max_code_bytes = limit);
        assert_eq!(store(&mut world, wasm.clone()).0, code);
        let by_gov = MsgStoreCode {
            sender: world.gov.clone(),
            wasm_byte_code: wasm.clone(),
            instantiate_permission: None,
        };
        execute(&mut world, vec![pack(&by_gov)]);
    }
}

#[test]
fn host_parameters_are_changed_whole_and_within_their_ranges() {
    let mut world = World::new();
    let expected = HostParams {
        max_code_bytes: 800 * 1024,
        max_gov_code_bytes: 3 * 1024 * 1024,
        query_allow_list: vec![],
        reply_gas_used: true,
    };
    assert_eq!(host_params(&world), expected);
    let changed = HostParams {
        max_code_bytes: 8 * 1024 * 1024,
        max_gov_code_bytes: 1,
        query_allow_list: vec!["/cosmos.bank.v1beta1.Query/Balance".into()],
        reply_gas_used: false,
    };
    let update = |authority: &str, params: HostParams| {
        pack(&MsgUpdateHostParams {
            authority: authority.into(),
            params: Some(params),
        })
    };
    let message = update(&world.gov, changed.clone());
    execute(&mut world, vec![message]);
    assert_eq!(host_params(&world), changed);
    let alice = world.alice.clone();
    for (bent, code) in [
        (
            HostParams {
                max_code_bytes: 0,
                ..changed.clone()
            },
            14,
        ),
        (
            HostParams {
                max_gov_code_bytes: 8 * 1024 * 1024 + 1,
                ..changed.clone()
            },
            14,
        ),
        (
            HostParams {
                query_allow_list: vec!["/cosmos.tx.v1beta1.Service/Simulate".into()],
                ..changed.clone()
            },
            14,
        ),
        (
            HostParams {
                query_allow_list: vec!["/cosmos.bank.v1beta1.Query/Balance".into(); 2],
                ..changed.clone()
            },
            15,
        ),
        (changed, 4),
    ] {
        let message = update(&alice.address, bent);
        assert_eq!(world.deliver(&alice, vec![message]).code, code);
    }
}

#[test]
fn genesis_refuses_methods_that_contracts_cannot_ask() {
    let mut genesis: Genesis = genesis();
    genesis.wasm.query_allow_list = vec!["/cosmwasm.wasm.v1.Query/SmartContractState".into()];
    let error = genesis.assert_valid().unwrap_err();
    assert!(matches!(error, GenesisError::HostParams(_)), "{error}");
    assert!(error.to_string().contains("SmartContractState"), "{error}");
}

#[test]
fn replies_say_zero_gas_where_the_chain_wants_them_as_in_wasmd() {
    for (reply_gas_used, expected) in [(true, true), (false, false)] {
        let mut world = World::with(|genesis| genesis.wasm.reply_gas_used = reply_gas_used);
        let (caller, callee) = pair(&mut world);
        let script = json!({ "messages": [submessage("always", call(&callee, &json!({})))] });
        assert_eq!(run(&mut world, &caller, &script).log, "");
        let gas = replies(&world, &caller)[0]["gas_used"].as_u64().unwrap();
        assert_eq!(gas > 0, expected);
    }
}
