//! `cyberpunk`: stress, a mirror, and pages of denoms.

use serde_json::{Value, json};
use supercloud_chain::vm::{EntryPoint, VmError};

use super::{Contract, total};
use crate::backend::MockBackend;
use crate::json::{answer, base64, env, env_with, penniless, success, unbase64};

/// Name; whether it asks for denoms.
const BUILDS: [(&str, bool); 5] = [
    ("vm__cyberpunk", true),
    ("vm__cyberpunk_rust170", false),
    ("wasmd-keeper__cyberpunk", true),
    ("wasmd-system__cyberpunk", true),
    ("wasmvm__cyberpunk", false),
];

fn instantiated(name: &str, backend: MockBackend) -> Option<Contract<'static>> {
    let mut contract = Contract::new(name, backend)?;
    success(contract.instantiate("{}"));
    Some(contract)
}

#[test]
fn it_mirrors_the_environment() {
    for (name, _) in BUILDS {
        let Some(mut contract) = instantiated(name, penniless()) else {
            return;
        };
        let mirrored: Value = serde_json::from_slice(&contract.data(&json!({"mirror_env": {}}))).unwrap();
        let mut sent: Value = serde_json::from_slice(&env()).unwrap();
        // The hash came with release 3.0.
        sent["transaction"].as_object_mut().unwrap().remove("hash");
        assert_eq!(mirrored, sent, "{name}");
        if name == "wasmvm__cyberpunk" || name == "vm__cyberpunk" {
            let outside: Value = serde_json::from_slice(&env_with("null")).unwrap();
            assert_eq!(contract.query(&json!({"mirror_env": {}})), outside, "{name}");
        }
    }
}

#[test]
fn memory_hard_hashing_ends() {
    for (name, _) in BUILDS {
        let Some(mut contract) = instantiated(name, penniless()) else {
            return;
        };
        let argon = json!({"argon2": {"mem_cost": 256, "time_cost": 3}}).to_string();
        let report = contract.execute_report("creator", 0, &argon);
        eprintln!("{name} {}", total(&report));
        success(report);
    }
}

#[test]
fn endless_work_ends_with_all_gas_used() {
    for (name, _) in BUILDS {
        let Some(mut contract) = instantiated(name, penniless()) else {
            return;
        };
        contract.gas_limit = 2_000_000_000;
        for message in ["cpu_loop", "storage_loop", "memory_loop"] {
            let report = contract.execute_report("creator", 0, &json!({ message: {} }).to_string());
            assert_eq!(total(&report), 2_000_000_000, "{name} {message}");
            assert_eq!(report.result, Err(VmError::OutOfGas), "{name} {message}");
        }
        let response = contract
            .execute("creator", &json!({"message_loop": {}}))
            .unwrap()
            .unwrap();
        assert_eq!(response["messages"].as_array().unwrap().len(), 1, "{name}");
        let grown = contract.data(&json!({"allocate_large_memory": {"pages": 48}}));
        assert_eq!(grown, 17u32.to_be_bytes(), "{name}");
    }
}

#[test]
fn panics_traps_and_small_talk_are_told_apart() {
    for (name, _) in BUILDS {
        let Some(mut contract) = instantiated(name, penniless()) else {
            return;
        };
        let panic = contract.execute("creator", &json!({"panic": {}})).unwrap_err();
        assert!(
            matches!(&panic, VmError::Aborted(text) if text.starts_with("panicked at ")),
            "{name}: {panic}"
        );
        let trap = contract.execute("creator", &json!({"unreachable": {}}));
        assert_eq!(trap, Err(VmError::Trap("unreachable")), "{name}");
        contract.backend.debug_lines.clear();
        contract.execute("creator", &json!({"debug": {}})).unwrap().unwrap();
        assert_eq!(contract.backend.debug_lines.len(), 100, "{name}");
        let nothing = json!({"messages": [], "attributes": [], "events": [], "data": null});
        assert_eq!(
            contract.execute("creator", &json!({"noop": {}})),
            Ok(Ok(nothing)),
            "{name}"
        );
    }
}

/// A chain with 25 denoms, told by the ten.
fn chain_of_denoms() -> MockBackend {
    MockBackend::with_querier(|request, _| {
        let request: Value = serde_json::from_slice(request).unwrap();
        let pages = &request["bank"]["all_denom_metadata"]["pagination"];
        assert_eq!(pages["limit"], 10);
        let from: usize = match pages["key"].as_str() {
            None => 0,
            Some(_) => String::from_utf8(unbase64(&pages["key"])).unwrap().parse().unwrap(),
        };
        let to = (from + 10).min(25);
        let metadata: Vec<Value> = (from..to)
            .map(|index| {
                json!({"description": "", "denom_units": [], "base": format!("denom{index}"), "display": "",
                    "name": "", "symbol": "", "uri": "", "uri_hash": ""})
            })
            .collect();
        let next = (to < 25).then(|| base64(to.to_string().as_bytes()));
        let answer = base64(json!({"metadata": metadata, "next_key": next}).to_string().as_bytes());
        (Ok(json!({"ok": {"ok": answer}}).to_string().into_bytes()), 0)
    })
}

#[test]
fn denoms_are_read_page_by_page_to_the_end() {
    for (name, has_denoms) in BUILDS {
        let Some(mut contract) = instantiated(name, chain_of_denoms()) else {
            return;
        };
        if !has_denoms {
            let unknown = contract.call(EntryPoint::Query, &[&env(), br#"{"denoms":{}}"#]);
            assert!(answer(unknown).unwrap().is_err(), "{name}");
            continue;
        }
        let denoms = contract.query(&json!({"denoms": {}}));
        let denoms = denoms.as_array().unwrap();
        assert_eq!((denoms.len(), &denoms[24]["base"]), (25, &json!("denom24")), "{name}");
    }
}
