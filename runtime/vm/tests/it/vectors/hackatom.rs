//! `hackatom`, a contract of many releases: an escrow with loops, panics and a back door.

use serde_json::{Value, json};
use supercloud_chain::vm::{EntryPoint, VmError};

use super::{Contract, total};
use crate::json::{address, answer, base64, penniless, success, unbase64};

/// Name; whether `release` names a denom; whether it takes the migrate info; whether it calls `abort`.
const BUILDS: [(&str, bool, bool, bool); 9] = [
    ("vm__hackatom", true, true, true),
    ("vm__hackatom_1.0", false, false, false),
    ("vm__hackatom_1.2", false, false, true),
    ("vm__hackatom_1.3", false, false, true),
    ("wasmd-keeper__hackatom", false, false, true),
    ("wasmd-keeper__hackatom_42", true, true, true),
    ("wasmd-keeper__hackatom_420", true, true, true),
    ("wasmd-system__hackatom", false, false, true),
    ("wasmvm__hackatom", false, false, true),
];

fn instantiate_msg() -> String {
    format!(
        r#"{{"verifier": "{}", "beneficiary": "{}"}}"#,
        address("verifies"),
        address("benefits")
    )
}

fn instantiated(name: &str) -> Option<Contract<'static>> {
    let mut contract = Contract::new(name, penniless())?;
    success(contract.instantiate(&instantiate_msg()));
    Some(contract)
}

#[test]
fn gas_is_the_peers_to_the_last_unit() {
    let Some(mut contract) = Contract::new("vm__hackatom", penniless()) else {
        return;
    };
    let report = contract.instantiate(&instantiate_msg());
    assert_eq!(total(&report), 18_034_576);
    success(report);
    let report = contract.execute_report("verifies", 15, r#"{"release":{"denom":"earth"}}"#);
    assert_eq!(total(&report), 24_624_366);
    success(report);
    let report = contract.query_report(r#"{"verifier":{}}"#);
    assert_eq!(total(&report), 11_105_566);
    success(report);
}

#[test]
fn without_the_hash_of_the_transaction_instantiation_costs_146520_less() {
    let Some(mut contract) = Contract::new("vm__hackatom", penniless()) else {
        return;
    };
    let (env, info) = (
        crate::json::env_with(r#"{"index":3}"#),
        crate::json::info("creator", 1_000),
    );
    let report = contract.call(EntryPoint::Instantiate, &[&env, &info, instantiate_msg().as_bytes()]);
    assert_eq!(total(&report), 18_034_576 - 146_520);
}

#[test]
fn it_remembers_who_may_do_what() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = Contract::new(name, penniless()) else {
            return;
        };
        let response = success(contract.instantiate(&instantiate_msg()));
        assert_eq!(
            response["attributes"],
            json!([{"key": "Let the", "value": "hacking begin"}]),
            "{name}"
        );
        let config: Value = serde_json::from_slice(&contract.backend.storage[b"config".as_slice()]).unwrap();
        assert!(config["funder"].is_string(), "{name}: {config}");
        assert!(contract.backend.debug_lines[0].starts_with("here we go"), "{name}");
        assert_eq!(contract.backend.debug_lines.len(), 1, "{name}");
        assert_eq!(
            contract.query(&json!({"verifier": {}})),
            json!({"verifier": address("verifies")}),
            "{name}"
        );
    }
}

#[test]
fn bad_messages_are_contract_errors() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = Contract::new(name, penniless()) else {
            return;
        };
        let bad_address = format!(
            r#"{{"verifier":"not an address","beneficiary":"{}"}}"#,
            address("benefits")
        );
        assert!(answer(contract.instantiate(&bad_address)).unwrap().is_err(), "{name}");
        let missing = answer(contract.instantiate("{}")).unwrap().unwrap_err();
        assert!(missing.contains("missing field"), "{name}: {missing}");
    }
}

#[test]
fn the_verifier_releases_everything_and_nobody_else_does() {
    for (name, names_denom, ..) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        let balance = json!({"amount": [{"denom": "earth", "amount": "15"}]});
        if !names_denom {
            let all = base64(balance.to_string().as_bytes());
            contract.backend.querier = Box::new(move |_, _| (Ok(format!(r#"{{"ok":{{"ok":"{all}"}}}}"#).into()), 0));
        }
        let release = if names_denom {
            json!({"release": {"denom": "earth"}})
        } else {
            json!({"release": {}})
        };
        let refused = contract.execute("creator", &release).unwrap().unwrap_err();
        assert_eq!(refused, "Unauthorized", "{name}");
        let response = contract.execute("verifies", &release).unwrap().unwrap();
        assert_eq!(unbase64(&response["data"]), [0xf0, 0x0b, 0xaa], "{name}");
        let attributes = json!([
            {"key": "action", "value": "release"}, {"key": "destination", "value": address("benefits")}
        ]);
        assert_eq!(response["attributes"], attributes, "{name}");
        let event = json!([{"type": "hackatom", "attributes": [{"key": "action", "value": "release"}]}]);
        assert_eq!(response["events"], event, "{name}");
        let [message] = response["messages"].as_array().unwrap().as_slice() else {
            panic!("{name}: {response}")
        };
        assert_eq!(
            (&message["id"], &message["reply_on"]),
            (&json!(0), &json!("never")),
            "{name}"
        );
        assert_eq!(
            message["msg"]["bank"]["send"]["to_address"],
            json!(address("benefits")),
            "{name}"
        );
        let amount = if names_denom { "0" } else { "15" };
        let sent = json!([{"denom": "earth", "amount": amount}]);
        assert_eq!(message["msg"]["bank"]["send"]["amount"], sent, "{name}");
    }
}

#[test]
fn endless_loops_end_with_all_gas_used() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        contract.gas_limit = 2_000_000_000;
        for message in ["cpu_loop", "storage_loop", "memory_loop"] {
            let report = contract.execute_report("creator", 0, &json!({ message: {} }).to_string());
            assert_eq!(total(&report), 2_000_000_000, "{name} {message}");
            assert_eq!(report.result, Err(VmError::OutOfGas), "{name} {message}");
        }
        assert!(contract.backend.storage.contains_key(b"test.key".as_slice()), "{name}");
        let response = contract
            .execute("creator", &json!({"message_loop": {}}))
            .unwrap()
            .unwrap();
        let execute = &response["messages"][0]["msg"]["wasm"]["execute"];
        assert_eq!(execute["contract_addr"], crate::json::own_address(), "{name}");
    }
}

#[test]
fn memory_grows_as_asked_until_the_cap() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        let grow = |pages: u32| json!({"allocate_large_memory": {"pages": pages}});
        let report = contract.execute_report("creator", 0, &grow(48).to_string());
        let cheap = total(&report);
        assert_eq!(unbase64(&success(report)["data"]), 17u32.to_be_bytes(), "{name}");
        assert_eq!(contract.data(&grow(495)), 17u32.to_be_bytes(), "{name}");
        let report = contract.execute_report("creator", 0, &grow(1_600).to_string());
        assert!(total(&report) < 2 * cheap, "{name}");
        let refused = answer(report).unwrap().unwrap_err();
        assert!(refused.contains("memory.grow failed"), "{name}: {refused}");
    }
}

#[test]
fn a_panic_is_an_abort_since_1_1_and_a_trap_before() {
    for (name, _, _, aborts) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        match contract.execute("creator", &json!({"panic": {}})) {
            Err(VmError::Aborted(text)) if aborts => {
                assert!(text.starts_with("panicked at "), "{name}: {text}");
                assert!(text.contains("This page intentionally faulted"), "{name}: {text}");
            }
            Err(VmError::Trap("unreachable")) if !aborts => {}
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn errors_of_the_address_functions_are_errors_and_no_traps() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        contract
            .execute("creator", &json!({"user_errors_in_api_calls": {}}))
            .unwrap()
            .unwrap();
        let _ = name;
    }
}

#[test]
fn sudo_steals() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        let coins = json!([{"denom": "earth", "amount": "7"}]);
        let steal = json!({"steal_funds": {"recipient": address("thief"), "amount": coins}});
        let response = contract.two(EntryPoint::Sudo, &steal).unwrap().unwrap();
        let send = &response["messages"][0]["msg"]["bank"]["send"];
        assert_eq!(
            (&send["to_address"], &send["amount"]),
            (&json!(address("thief")), &coins),
            "{name}"
        );
    }
}

#[test]
fn migration_makes_another_verifier_and_never_goes_back() {
    for (name, _, takes_info, _) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        let next = json!({"verifier": address("next")});
        contract.migrate(&next, Some(41)).unwrap().unwrap();
        assert_eq!(
            contract.query(&json!({"verifier": {}})),
            json!({"verifier": address("next")}),
            "{name}"
        );
        let back = contract.migrate(&next, Some(1_000)).unwrap();
        assert_eq!(back.is_err(), takes_info, "{name}: {back:?}");
    }
}

#[test]
fn queries_answer_numbers_and_hashes() {
    for (name, ..) in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        assert_eq!(
            contract.query(&json!({"get_int": {}})),
            json!({"int": 15_731_626}),
            "{name}"
        );
        let hashed = contract.query(&json!({"recurse": {"depth": 0, "work": 50}}));
        assert_eq!(unbase64(&hashed["hashed"]).len(), 32, "{name}");
    }
}
