//! The contract `conformance` on our chain: what submessages, replies, floods and loops do when real Wasm does them.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_chain::{Event, TxResult};
use supercloud_vm::{VmConfig, WasmtimeVm};

use crate::vectors::keeper::{Keeper, binary};

const GAS: u64 = 100_000_000;

/// A chain with instances of the contract.
struct World<const N: usize> {
    keeper: Keeper,
    contracts: [String; N],
}

impl<const N: usize> World<N> {
    fn new() -> Self {
        static VM: OnceLock<Arc<WasmtimeVm>> = OnceLock::new();
        let vm = VM.get_or_init(|| Arc::new(WasmtimeVm::new(VmConfig::default()).unwrap()));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/test/conformance.wasm");
        let wasm = std::fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask artifacts` builds it", path.display()));
        let mut keeper = Keeper::on(Arc::clone(vm));
        let code = keeper.store(&wasm);
        let contracts = [(); N].map(|()| keeper.instantiate(code, &json!({})));
        Self { keeper, contracts }
    }

    fn execute(&mut self, contract: usize, msg: &Value) -> TxResult {
        self.execute_with(contract, msg, GAS)
    }

    fn execute_with(&mut self, contract: usize, msg: &Value, gas: u64) -> TxResult {
        let message = self.keeper.execute_msg(&self.contracts[contract], msg);
        self.keeper.deliver_with(vec![message], gas)
    }

    fn log(&self, contract: usize) -> Value {
        self.keeper.smart(&self.contracts[contract], &json!({ "log": {} }))
    }

    fn replies(&self, contract: usize) -> Value {
        self.keeper.smart(&self.contracts[contract], &json!({ "replies": {} }))
    }

    /// A submessage to a contract, whose reply follows the plan in its payload.
    fn step(&self, reply_on: &str, to: usize, msg: &Value, payload: &str) -> Value {
        json!({
            "id": 5, "reply_on": reply_on, "payload": binary(payload),
            "msg": { "wasm": { "execute": {
                "contract_addr": self.contracts[to], "msg": binary(&msg.to_string()), "funds": []
            } } }
        })
    }
}

fn outcome(result: &TxResult) -> (&str, u32) {
    (&result.codespace, result.code)
}

#[test]
fn replies_are_called_and_state_is_kept_in_all_sixteen_cases() {
    for (reply_on, on_success, on_failure) in [
        ("always", true, true),
        ("success", true, false),
        ("error", false, true),
        ("never", false, false),
    ] {
        for (child_ok, reply_ok) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut world = World::<2>::new();
            let case = format!("{reply_on}, child {child_ok}, reply {reply_ok}");
            let fail = |ok: bool, text: &str| if ok { Value::Null } else { json!(text) };
            let child = json!({ "messages": { "log": "child", "fail": fail(child_ok, "child fails") } });
            let reply = json!({ "log": "reply", "fail": fail(reply_ok, "reply fails") });
            let step = world.step(reply_on, 1, &child, &reply.to_string());
            let result = world.execute(0, &json!({ "messages": { "log": "caller", "messages": [step] } }));

            let replied = if child_ok { on_success } else { on_failure };
            let succeeds = if replied { reply_ok } else { child_ok };
            if succeeds {
                assert_eq!(result.log, "", "{case}");
            } else {
                let text = if replied { "reply fails" } else { "child fails" };
                assert_eq!(outcome(&result), ("wasm", 5), "{case}");
                assert!(result.log.contains(text), "{case}: {}", result.log);
            }
            let caller = match (succeeds, replied) {
                (false, _) => json!([]),
                (true, false) => json!(["caller"]),
                (true, true) => json!(["caller", "reply"]),
            };
            assert_eq!(world.log(0), caller, "{case}");
            let kept = if succeeds && child_ok {
                json!(["child"])
            } else {
                json!([])
            };
            assert_eq!(world.log(1), kept, "{case}");
        }
    }
}

#[test]
fn errors_are_verbatim_one_level_up_and_redacted_above() {
    let mut world = World::<3>::new();
    let fails = json!({ "fail": { "text": "boom" } });
    let direct = world.step("error", 2, &fails, "{}");
    assert_eq!(
        world.execute(0, &json!({ "messages": { "messages": [direct] } })).log,
        ""
    );
    // The second contract does not catch: what it stored is gone, what the first stored before stays.
    let uncaught = world.step("never", 2, &fails, "");
    let middle = json!({ "messages": { "log": "middle", "messages": [uncaught] } });
    let nested = world.step("error", 1, &middle, "{}");
    let result = world.execute(0, &json!({ "messages": { "log": "first", "messages": [nested] } }));
    assert_eq!(result.log, "");
    assert_eq!((world.log(0), world.log(1)), (json!(["first"]), json!([])));
    let replies = world.replies(0);
    assert_eq!(replies[0]["result"]["error"], "boom: execute wasm contract failed");
    assert_eq!(replies[1]["result"]["error"], "codespace: wasm, code: 5");
}

#[test]
fn data_is_that_of_the_last_who_gave_any() {
    let mut world = World::<2>::new();
    let child = json!({ "messages": { "data": binary("child") } });
    for (own, replies, expected) in [
        (json!(binary("own")), vec!["{}"], "own"),
        (json!(binary("own")), vec![r#"{"data":""}"#], ""),
        (Value::Null, vec!["{}"], ""),
        (Value::Null, vec![r#"{"data":"MQ=="}"#, r#"{"data":"Mg=="}"#, "{}"], "2"),
    ] {
        let steps: Vec<Value> = replies
            .iter()
            .map(|plan| world.step("success", 1, &child, plan))
            .collect();
        let contract = world.contracts[0].clone();
        let data = world
            .keeper
            .execute(&contract, &json!({ "messages": { "data": own, "messages": steps } }));
        let expected: String = expected.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(data, expected, "{own} {replies:?}");
    }
}

#[test]
fn payloads_of_128_kibibytes_come_back_and_larger_ones_are_refused() {
    let mut world = World::<1>::new();
    let payload = |length: usize| "p".repeat(length);
    let send = |world: &mut World<1>, length: usize| {
        let step = world.step("always", 0, &json!({ "noop": {} }), &payload(length));
        world.execute(0, &json!({ "messages": { "messages": [step] } }))
    };
    assert_eq!(send(&mut world, 131_072).log, "");
    let seen = &world.replies(0)[0];
    assert_eq!(seen["payload_len"], 131_072);
    let hash = cosmwasm_std::Binary::from(Sha256::digest(payload(131_072)).to_vec()).to_base64();
    assert_eq!(seen["payload_hash"], hash);
    let result = send(&mut world, 131_073);
    assert_ne!(result.code, 0);
    assert!(result.log.contains("payload"), "{}", result.log);
    assert_eq!(world.replies(0).as_array().unwrap().len(), 1);
}

#[test]
fn floods_of_attributes_and_events_come_through_whole_for_their_gas_or_not_at_all() {
    let mut world = World::<1>::new();
    let flood = |attributes: u32, events: u32| json!({ "flood": { "attributes": attributes, "events": events, "event_attributes": 10, "value_len": 20 } });
    let result = world.execute(0, &flood(2_000, 100));
    assert_eq!(result.log, "");
    // Beside the contract's address, which is the first, and the number of the message in its transaction.
    let sizes = |kind: &str| -> Vec<usize> {
        let events = result.events.iter().filter(|event| event.kind.starts_with(kind));
        let sent = |event: &Event| {
            assert_eq!(event.attributes[0].key, "_contract_address");
            let attributes = event.attributes.iter();
            attributes.filter(|attribute| attribute.key.starts_with("key")).count()
        };
        events.map(sent).collect()
    };
    assert_eq!(sizes("wasm"), [vec![2_000], vec![10; 100]].concat());
    assert_eq!(sizes("wasm-flood99"), [10]);

    for msg in [flood(8_000, 0), flood(0, 800)] {
        // Too little gas to read the answer: it is not read. Too little for its events: none is kept.
        let unread = world.execute_with(0, &msg, 400_000);
        assert_eq!(outcome(&unread), ("wasm", 29), "{msg}");
        let text = "insufficient gas left to decode the contract's answer";
        assert!(unread.log.contains(text), "{msg}: {}", unread.log);
        let unpaid = world.execute_with(0, &msg, 800_000);
        assert_eq!(outcome(&unpaid), ("sdk", 11), "{msg}");
        // As in the SDK, the charge that was too much counts.
        assert!(unpaid.gas_used > 800_000, "{msg}: {}", unpaid.gas_used);
        for result in [unread, unpaid] {
            assert!(
                !result.events.iter().any(|event| event.kind.starts_with("wasm")),
                "{msg}"
            );
        }
    }
}

#[test]
fn endless_loops_cost_their_limit_and_message_loops_end_at_depth_100() {
    let mut world = World::<1>::new();
    for name in ["cpu_loop", "storage_loop"] {
        let result = world.execute_with(0, &json!({ name: {} }), 400_000);
        assert_eq!((outcome(&result), result.gas_used), (("sdk", 11), 400_000), "{name}");
    }
    // Memory ends before gas does: the contract gives up.
    let result = world.execute_with(0, &json!({ "memory_loop": {} }), 400_000);
    assert_eq!(outcome(&result), ("wasm", 29));
    assert!(result.gas_used < 400_000, "{}", result.gas_used);
    let result = world.execute(0, &json!({ "message_loop": {} }));
    assert_eq!(outcome(&result), ("wasm", 30), "{}", result.log);
}

#[test]
fn a_submessage_that_loops_costs_its_own_limit_and_no_more() {
    let mut world = World::<2>::new();
    let mut step = world.step("error", 1, &json!({ "cpu_loop": {} }), r#"{"log":"caught"}"#);
    step["gas_limit"] = json!(300_000);
    let result = world.execute(0, &json!({ "messages": { "messages": [step] } }));
    assert_eq!(result.log, "");
    assert_eq!(world.log(0), json!(["caught"]));
    assert_eq!(world.replies(0)[0]["result"]["error"], "codespace: sdk, code: 11");
    assert!((300_000..700_000).contains(&result.gas_used), "{}", result.gas_used);
}

#[test]
fn a_contract_asks_itself_ten_deep() {
    let mut world = World::<1>::new();
    let ask = |depth: u32| json!({ "recurse_query": { "depth": depth } });
    assert_eq!(world.execute(0, &ask(10)).log, "");
    let result = world.execute(0, &ask(11));
    assert_ne!(result.code, 0);
    assert!(result.log.contains("code: 27"), "{}", result.log);
}

#[test]
fn a_migration_between_equal_versions_does_not_call_the_contract() {
    let mut world = World::<1>::new();
    let contract = world.contracts[0].clone();
    let result = world.keeper.migrate(&contract, 1, &json!({ "log": "migrated" }));
    assert_eq!(result.log, "");
    assert_eq!(world.log(0), json!([]));
}
