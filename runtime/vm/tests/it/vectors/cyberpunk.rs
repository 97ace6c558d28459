//! `cyberpunk`: stress, a mirror, and pages of denoms.

use serde_json::{Value, json};
use supercloud_chain::vm::VmError;

use super::{Contract, total};
use crate::backend::MockBackend;
use crate::json::{answer, base64, env, env_with, penniless, success, unbase64};

/// A release of the contract, and what it does differently.
struct Build {
    name: &'static str,
    /// It knows the hash of a transaction, as since 3.0.
    knows_hash: bool,
    denoms: Denoms,
    /// It knows `debug` and, from some release on, `noop`.
    debugs: bool,
    has_noop: bool,
}

/// What it does when asked for the denoms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Denoms {
    Told,
    /// It was compiled without the query, and panics.
    Panics,
    /// It does not know the message.
    Unknown,
}

const BUILDS: [Build; 5] = [
    Build {
        name: "vm__cyberpunk",
        knows_hash: false,
        denoms: Denoms::Told,
        debugs: true,
        has_noop: true,
    },
    Build {
        name: "vm__cyberpunk_rust170",
        knows_hash: false,
        denoms: Denoms::Unknown,
        debugs: false,
        has_noop: false,
    },
    Build {
        name: "wasmd-keeper__cyberpunk",
        knows_hash: false,
        denoms: Denoms::Told,
        debugs: true,
        has_noop: false,
    },
    Build {
        name: "wasmd-system__cyberpunk",
        knows_hash: true,
        denoms: Denoms::Told,
        debugs: true,
        has_noop: true,
    },
    Build {
        name: "wasmvm__cyberpunk",
        knows_hash: true,
        denoms: Denoms::Panics,
        debugs: true,
        has_noop: true,
    },
];

fn instantiated(name: &str, backend: MockBackend) -> Option<Contract<'static>> {
    let mut contract = Contract::new(name, backend)?;
    success(contract.instantiate("{}"));
    Some(contract)
}

#[test]
fn it_mirrors_the_environment() {
    for Build { name, knows_hash, .. } in BUILDS {
        let Some(mut contract) = instantiated(name, penniless()) else {
            return;
        };
        let mirrored: Value = serde_json::from_slice(&contract.data(&json!({"mirror_env": {}}))).unwrap();
        let mut sent: Value = serde_json::from_slice(&env()).unwrap();
        if !knows_hash {
            sent["transaction"].as_object_mut().unwrap().remove("hash");
        }
        assert_eq!(mirrored, sent, "{name}");
        let outside: Value = serde_json::from_slice(&env_with("null")).unwrap();
        assert_eq!(outside["transaction"], Value::Null);
        assert_eq!(contract.query(&json!({"mirror_env": {}})), outside, "{name}");
    }
}

#[test]
fn memory_hard_hashing_ends() {
    for Build { name, .. } in BUILDS {
        let Some(mut contract) = instantiated(name, penniless()) else {
            return;
        };
        let argon = json!({"argon2": {"mem_cost": 256, "time_cost": 3}}).to_string();
        let report = contract.execute_report("creator", 0, &argon);
        let gas = total(&report);
        assert!((6_100_000_000..6_300_000_000).contains(&gas), "{name}: {gas}");
        success(report);
    }
}

#[test]
fn endless_work_ends_with_all_gas_used() {
    for Build { name, .. } in BUILDS {
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
        assert_eq!(grown, 18u32.to_be_bytes(), "{name}");
    }
}

#[test]
fn panics_traps_and_small_talk_are_told_apart() {
    for Build {
        name, debugs, has_noop, ..
    } in BUILDS
    {
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
        if debugs {
            contract.backend.debug_lines.clear();
            contract.execute("creator", &json!({"debug": {}})).unwrap().unwrap();
            assert_eq!(contract.backend.debug_lines.len(), 20, "{name}");
            assert_eq!(contract.backend.debug_lines[0], "Hey, ho – let's go", "{name}");
        }
        if has_noop {
            let nothing = json!({"messages": [], "attributes": [], "events": [], "data": null});
            assert_eq!(
                contract.execute("creator", &json!({"noop": {}})),
                Ok(Ok(nothing)),
                "{name}"
            );
        }
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
    for Build { name, denoms, .. } in BUILDS {
        let Some(mut contract) = instantiated(name, chain_of_denoms()) else {
            return;
        };
        let report = contract.query_report(r#"{"denoms":{}}"#);
        match (denoms, answer(report)) {
            (Denoms::Told, Ok(Ok(data))) => {
                let told: Value = serde_json::from_slice(&unbase64(&data)).unwrap();
                let told = told.as_array().unwrap();
                assert_eq!((told.len(), &told[24]["base"]), (25, &json!("denom24")), "{name}");
            }
            (Denoms::Panics, Err(VmError::Aborted(text))) => {
                assert!(text.ends_with("explicit panic"), "{name}: {text}")
            }
            (Denoms::Unknown, Ok(Err(text))) => assert!(text.contains("unknown variant `denoms`"), "{name}: {text}"),
            (_, other) => panic!("{name}: {other:?}"),
        }
    }
}
