//! `hackatom`, a contract of many releases: an escrow with loops, panics and a back door.

use serde_json::{Value, json};
use supercloud_chain::vm::{EntryPoint, VmError};

use super::{Contract, total};
use crate::json::{address, answer, base64, penniless, success, unbase64};

/// A release of the contract, and what it does differently.
struct Build {
    name: &'static str,
    /// `release` names a denom; the others send everything.
    names_denom: bool,
    /// It compares its version with the old one.
    takes_migrate_info: bool,
    /// Before 1.1 a panic was a trap without text.
    aborts: bool,
    loops_messages: bool,
    /// Before 1.3 it expected three bytes to be no address, which they are in bech32.
    knows_short_addresses: bool,
}

const OLD: Build = Build {
    name: "",
    names_denom: false,
    takes_migrate_info: false,
    aborts: true,
    loops_messages: true,
    knows_short_addresses: false,
};

const BUILDS: [Build; 9] = [
    Build {
        name: "vm__hackatom",
        names_denom: true,
        takes_migrate_info: true,
        knows_short_addresses: true,
        ..OLD
    },
    Build {
        name: "vm__hackatom_1.0",
        aborts: false,
        loops_messages: false,
        ..OLD
    },
    Build {
        name: "vm__hackatom_1.2",
        ..OLD
    },
    Build {
        name: "vm__hackatom_1.3",
        knows_short_addresses: true,
        ..OLD
    },
    Build {
        name: "wasmd-keeper__hackatom",
        ..OLD
    },
    Build {
        name: "wasmd-keeper__hackatom_42",
        takes_migrate_info: true,
        knows_short_addresses: true,
        ..OLD
    },
    Build {
        name: "wasmd-keeper__hackatom_420",
        takes_migrate_info: true,
        knows_short_addresses: true,
        ..OLD
    },
    Build {
        name: "wasmd-system__hackatom",
        ..OLD
    },
    Build {
        name: "wasmvm__hackatom",
        knows_short_addresses: true,
        ..OLD
    },
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

/// The other golden numbers are of later calls on the same instance: they are tested beside the engine's `call`.
#[test]
fn instantiation_costs_what_it_costs_on_the_peer_to_the_last_unit() {
    let Some(mut contract) = Contract::new("vm__hackatom", penniless()) else {
        return;
    };
    let report = contract.instantiate(&instantiate_msg());
    assert_eq!(total(&report), 18_034_576);
    success(report);
    // Without the 44 characters of the transaction's hash.
    let (env, info) = (
        crate::json::env_with(r#"{"index":3,"hash":""}"#),
        crate::json::info("creator", 1_000),
    );
    let report = contract.call(EntryPoint::Instantiate, &[&env, &info, instantiate_msg().as_bytes()]);
    assert_eq!(total(&report), 18_034_576 - 146_520);
}

#[test]
fn it_remembers_who_may_do_what() {
    for Build { name, .. } in BUILDS {
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
    for Build { name, .. } in BUILDS {
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
    for Build { name, names_denom, .. } in BUILDS {
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
    for Build {
        name, loops_messages, ..
    } in BUILDS
    {
        let Some(mut contract) = instantiated(name) else { return };
        contract.gas_limit = 2_000_000_000;
        for message in ["cpu_loop", "storage_loop", "memory_loop"] {
            let report = contract.execute_report("creator", 0, &json!({ message: {} }).to_string());
            assert_eq!(total(&report), 2_000_000_000, "{name} {message}");
            assert_eq!(report.result, Err(VmError::OutOfGas), "{name} {message}");
        }
        assert!(contract.backend.storage.contains_key(b"test.key".as_slice()), "{name}");
        if !loops_messages {
            continue;
        }
        let response = contract
            .execute("creator", &json!({"message_loop": {}}))
            .unwrap()
            .unwrap();
        let execute = &response["messages"][0]["msg"]["wasm"]["execute"];
        assert_eq!(execute["contract_addr"], crate::json::own_address(), "{name}");
    }
}

/// Pages when a message is worked on: 17 and the one that the allocator took for the arguments.
const BEFORE: u32 = 18;

#[test]
fn memory_grows_as_asked_until_the_cap() {
    for Build { name, .. } in BUILDS {
        let Some(mut contract) = instantiated(name) else { return };
        let grow = |pages: u32| json!({"allocate_large_memory": {"pages": pages}});
        let report = contract.execute_report("creator", 0, &grow(48).to_string());
        let cheap = total(&report);
        assert_eq!(unbase64(&success(report)["data"]), BEFORE.to_be_bytes(), "{name}");
        assert_eq!(contract.data(&grow(512 - BEFORE)), BEFORE.to_be_bytes(), "{name}");
        let report = contract.execute_report("creator", 0, &grow(513 - BEFORE).to_string());
        assert!(total(&report) < 2 * cheap, "{name}");
        let refused = answer(report).unwrap().unwrap_err();
        assert!(refused.contains("memory.grow failed"), "{name}: {refused}");
    }
}

#[test]
fn a_panic_is_an_abort_since_1_1_and_a_trap_before() {
    for Build { name, aborts, .. } in BUILDS {
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
    for Build {
        name,
        aborts,
        knows_short_addresses,
        ..
    } in BUILDS
    {
        let Some(mut contract) = instantiated(name) else { return };
        match contract.execute("creator", &json!({"user_errors_in_api_calls": {}})) {
            Ok(Ok(_)) if knows_short_addresses => {}
            // All but its last expectation came true.
            Err(VmError::Aborted(text)) if !knows_short_addresses && aborts => {
                assert!(
                    text.contains("`Ok` value: Addr(\"cosmwasm142aucrevcte\")"),
                    "{name}: {text}"
                );
            }
            Err(VmError::Trap("unreachable")) if !aborts => {}
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn sudo_steals() {
    for Build { name, .. } in BUILDS {
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
    for Build {
        name,
        takes_migrate_info,
        ..
    } in BUILDS
    {
        let Some(mut contract) = instantiated(name) else { return };
        let next = json!({"verifier": address("next")});
        contract.migrate(&next, Some(41)).unwrap().unwrap();
        assert_eq!(
            contract.query(&json!({"verifier": {}})),
            json!({"verifier": address("next")}),
            "{name}"
        );
        let back = contract.migrate(&next, Some(1_000)).unwrap();
        assert_eq!(back.is_err(), takes_migrate_info, "{name}: {back:?}");
    }
}

#[test]
fn queries_answer_numbers_and_hashes() {
    for Build { name, .. } in BUILDS {
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
