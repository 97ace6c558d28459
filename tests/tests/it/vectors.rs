//! Public modules of other repositories on our chain, held against the figures that wasmd's own tests state.
//!
//! Opt-in: the folder named by `SUPERCLOUD_WASM_VECTORS` holds the modules under the names of the specification, such as
//! `wasmd-keeper__hackatom.wasm`. Without the variable nothing runs; with it a missing module fails its test.

mod ibc;
pub(crate) mod keeper;
mod more;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_chain::QueryContext;
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgPinCodes, QuerySmartContractStateRequest, QuerySmartContractStateResponse,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_vm::Tiers;

use keeper::{Keeper, vector};

/// wasmd's tests ask as in a transaction without bytes, the first of its block.
fn in_transaction() -> QueryContext {
    QueryContext::Transaction {
        index: 0,
        hash: Sha256::digest(b"").into(),
    }
}

fn recurse(depth: u32, work: u32) -> Vec<u8> {
    format!(r#"{{"recurse":{{"depth":{depth},"work":{work}}}}}"#).into_bytes()
}

/// Gas of a recursion and what it answered.
fn gas_of(keeper: &Keeper, contract: &str, depth: u32, work: u32, limit: u64) -> (u64, Result<Vec<u8>, String>) {
    let querier = keeper.chain.querier(None).unwrap();
    let answer = querier.query_smart(contract, &recurse(depth, work), in_transaction(), limit);
    (answer.gas_used, answer.result.map_err(|error| error.to_string()))
}

const NO_WORK: u64 = 64_197;
const WORK_50: u64 = 64_444;
const WORK_2000: u64 = 77_035;
/// Set-up of a code that was called before in the transaction.
const DISCOUNT: u64 = 58_000;

#[test]
fn recursive_queries_use_the_gas_of_wasmd_to_the_last_unit() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&hackatom);
    for (depth, work, expected) in [
        (0, 0, NO_WORK),
        (0, 50, WORK_50),
        (0, 2_000, WORK_2000),
        (1, 0, NO_WORK + (NO_WORK - DISCOUNT + 74)),
        (1, 50, WORK_50 + (WORK_50 - DISCOUNT + 63)),
        (4, 50, WORK_50 + 4 * (WORK_50 - DISCOUNT + 63)),
        (5, 2_000, WORK_2000 + 5 * (WORK_2000 - DISCOUNT + 64)),
    ] {
        let (gas, answer) = gas_of(&keeper, &contract, depth, work, 4_000_000);
        assert_eq!(gas, expected, "depth {depth}, work {work}");
        let hashed = &serde_json::from_slice::<Value>(&answer.unwrap()).unwrap()["hashed"];
        assert!(hashed.is_string(), "{hashed}");
    }
}

#[test]
fn eleventh_nested_query_fails_with_the_gas_of_wasmd() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&hackatom);
    let (gas, answer) = gas_of(&keeper, &contract, 100, 2_000, 10_000_000);
    let text = answer.unwrap_err();
    assert!(text.contains("query wasm contract failed"), "{text}");
    assert_eq!(gas, WORK_2000 + 64 + 9 * (WORK_2000 - DISCOUNT + 64) + 3_404);
    // One unit less than all five levels need ends in out of gas.
    let enough = WORK_2000 + 5 * (WORK_2000 - DISCOUNT + 64) + 1;
    assert!(gas_of(&keeper, &contract, 5, 2_000, enough).1.is_ok());
    let text = gas_of(&keeper, &contract, 5, 2_000, enough - 1).1.unwrap_err();
    assert!(text.contains("out of gas"), "{text}");
}

#[test]
fn endless_loops_use_the_whole_limit_and_leave_nothing_but_fee_and_sequence() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&hackatom);
    let before = keeper.sequence();
    for (index, message) in ["cpu_loop", "storage_loop"].iter().enumerate() {
        let message = keeper.execute_msg(&contract, &json!({ *message: {} }));
        let result = keeper.deliver_with(vec![message], 400_000);
        assert_eq!((result.codespace.as_str(), result.code), ("sdk", 11), "{}", result.log);
        assert_eq!(result.gas_used, 400_000);
        assert_eq!(keeper.sequence(), before + 1 + index as u64);
        assert_eq!(keeper.raw(&contract, b"test.key"), b"");
    }
}

#[test]
fn submessage_that_hits_its_limit_costs_it_whole_as_in_wasmd() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let Some(reflect) = vector("wasmd-keeper__reflect_2_0.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let looping = keeper.hackatom(&hackatom);
    let reflect_id = keeper.store(&reflect);
    let caller = keeper.instantiate(reflect_id, &json!({}));
    let endless = json!({ "wasm": { "execute": {
        "contract_addr": looping, "msg": keeper::binary(r#"{"cpu_loop":{}}"#), "funds": [],
    } } });
    let call = |gas_limit: Option<u64>| {
        let message = json!({ "id": 17, "msg": endless, "gas_limit": gas_limit, "reply_on": "always" });
        json!({ "reflect_sub_msg": { "msgs": [message] } })
    };
    let message = keeper.execute_msg(&caller, &call(Some(300_000)));
    let overhead = keeper.overhead(&call(Some(300_000)), 1_500_000);
    let result = keeper.deliver_with(vec![message], 1_500_000);
    assert_eq!(result.log, "");
    let used = result.gas_used - overhead;
    assert!((375_000..=377_000).contains(&used), "{used}");
    let answer = keeper.smart(&caller, &json!({ "sub_msg_result": { "id": 17 } }));
    assert_eq!(answer["result"]["error"], json!("codespace: sdk, code: 11"));

    let message = keeper.execute_msg(&caller, &call(None));
    let result = keeper.deliver_with(vec![message], 1_500_000);
    assert_eq!((result.code, result.gas_used), (11, 1_500_000));
}

#[test]
fn pinned_code_is_58000_cheaper_to_call() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&hackatom);
    let unpinned = gas_of(&keeper, &contract, 0, 0, 400_000).0;
    let pin = pack(&MsgPinCodes {
        authority: keeper.chain.gov_address(),
        code_ids: vec![1],
    });
    keeper.govern(vec![pin]);
    // The block's height and time have as many digits as before.
    assert_eq!(gas_of(&keeper, &contract, 0, 0, 400_000).0, unpinned - DISCOUNT);
}

#[test]
fn query_from_outside_stops_at_the_limit_of_the_node() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&hackatom);
    let ask = |keeper: &Keeper, work: u32| {
        let request = QuerySmartContractStateRequest {
            address: contract.clone(),
            query_data: recurse(0, work),
        };
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let answer = keeper.chain.query(path, &request.encode_to_vec(), None);
        let decoded = QuerySmartContractStateResponse::decode(&*answer.value);
        if answer.code == 0 {
            decoded.map(|_| ()).map_err(|error| error.to_string())
        } else {
            Err(answer.log)
        }
    };
    // About 6.4 gas a round: just below 3,000,000 and well above.
    assert_eq!(ask(&keeper, 450_000), Ok(()));
    let text = ask(&keeper, 500_000).unwrap_err();
    assert!(text.contains("gasWanted: 3000000, gasUsed: 3000000"), "{text}");
    keeper.chain.set_query_gas_limit(4_000_000);
    assert_eq!(ask(&keeper, 500_000), Ok(()));
    keeper.chain.set_query_gas_limit(5_000);
    assert!(ask(&keeper, 0).unwrap_err().contains("out of gas"));
}

#[test]
fn failures_cost_the_same_under_either_compiler() {
    let Some(hackatom) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let run = |tiers: Tiers| {
        let mut keeper = Keeper::new(tiers);
        let contract = keeper.hackatom(&hackatom);
        let failures: Vec<(u32, u64)> = [
            (json!({ "panic": {} }), 1_000_000),
            (json!({ "release": {} }), 1_000_000),
            (json!({ "nonsense": {} }), 1_000_000),
            (json!({ "cpu_loop": {} }), 700_000),
            (json!({ "storage_loop": {} }), 700_000),
            (json!({ "message_loop": {} }), 1_000_000),
        ]
        .into_iter()
        .map(|(message, gas)| {
            let message = keeper.execute_msg(&contract, &message);
            let result = keeper.deliver_with(vec![message], gas);
            (result.code, result.gas_used)
        })
        .collect();
        assert!(failures.iter().all(|(code, _)| *code != 0), "{failures:?}");
        (failures, keeper.chain.app_hash())
    };
    assert_eq!(run(Tiers::Optimized), run(Tiers::Baseline));
}

#[test]
fn migration_passes_the_old_version_and_is_skipped_between_equal_ones() {
    let Some(old) = vector("wasmd-keeper__hackatom_42.wasm") else {
        return;
    };
    let Some(new) = vector("wasmd-keeper__hackatom_420.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&old);
    let (same, newer) = (keeper.store(&old), keeper.store(&new));
    let verifier = keeper.creator();
    let message = json!({ "verifier": verifier });
    let result = keeper.migrate(&contract, same, &json!({ "no": "migration runs" }));
    assert_eq!(result.log, "");
    let result = keeper.migrate(&contract, newer, &message);
    assert_eq!(result.log, "");
    // Back to the older version: the contract itself refuses.
    let result = keeper.migrate(&contract, same, &message);
    assert_eq!((result.codespace.as_str(), result.code), ("wasm", 11), "{}", result.log);
}

/// A call of the replier: it notes `ee id`, calls its children with a reply each, and notes `bb id` in every reply.
fn call(id: u8, children: Vec<Value>) -> Value {
    json!({
        "msg_id": id,
        "set_data_in_exec_and_reply": true,
        "return_order_in_reply": false,
        "exec_error": false,
        "reply_error": false,
        "reply_on_never": false,
        "messages": children,
    })
}

/// 1 calls 2 and 4; 2 calls 3; 4 calls 5.
fn tree(bend: impl FnOnce(&mut Value)) -> Value {
    let mut tree = call(1, vec![call(2, vec![call(3, vec![])]), call(4, vec![call(5, vec![])])]);
    bend(&mut tree);
    tree
}

#[test]
fn replies_come_in_the_order_and_with_the_data_of_wasmd() {
    let Some(replier) = vector("wasmd-keeper__replier.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let code_id = keeper.store(&replier);
    let contract = keeper.instantiate(code_id, &json!({}));
    let in_order = |tree: &mut Value| tree["return_order_in_reply"] = json!(true);
    for (tree, expected) in [
        (tree(in_order), "ee01ee02ee03bb02bb01ee04ee05bb04bb01"),
        (tree(|_| {}), "0a060a02ee05bb04bb01"),
        (
            tree(|tree| tree["messages"][1]["reply_on_never"] = json!(true)),
            "0a060a02ee03bb02bb01",
        ),
        (
            tree(|tree| tree["messages"][1]["set_data_in_exec_and_reply"] = json!(false)),
            "bb01",
        ),
        (
            tree(|tree| {
                in_order(tree);
                tree["messages"][0]["messages"][0]["exec_error"] = json!(true);
            }),
            "ee01ee02bb02bb01ee04ee05bb04bb01",
        ),
        (
            tree(|tree| {
                in_order(tree);
                tree["messages"][0]["reply_error"] = json!(true);
            }),
            "ee01bb01ee04ee05bb04bb01",
        ),
    ] {
        assert_eq!(keeper.execute(&contract, &tree), expected);
    }
}
