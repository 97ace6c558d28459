//! The contract `conformance`, which is `tests/conformance`: every host function, limit and JSON shape, as a contract
//! of today's compiler and standard library meets them.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};
use supercloud_chain::vm::{CodeKey, EntryPoint, Vm, VmCall, VmError, VmReport};

use crate::backend::MockBackend;
use crate::contract::{GAS, VM, load};
use crate::json::{answer, base64, env, info, penniless, success, unbase64};

mod addresses;
mod crypto;
mod gas;
mod ibc;
mod messages;
mod storage;
mod stress;

static WASM: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../artifacts/test/conformance.wasm");
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask artifacts` builds it", path.display()))
});

static CODE: LazyLock<CodeKey> = LazyLock::new(|| load(&WASM).unwrap());

/// Calls an entry point with the arguments that a chain gives it.
fn call(entry_point: EntryPoint, msg: &[u8], backend: &mut MockBackend) -> VmReport {
    call_with_gas(entry_point, msg, backend, GAS)
}

fn call_with_gas(entry_point: EntryPoint, msg: &[u8], backend: &mut MockBackend, gas_limit: u64) -> VmReport {
    let (env, info) = (env(), info("creator", 15));
    let migrate_info = format!(
        r#"{{"sender":"{}","old_migrate_version":6}}"#,
        crate::json::address("creator")
    );
    let args: &[&[u8]] = match entry_point {
        EntryPoint::Instantiate | EntryPoint::Execute => &[&env, &info, msg],
        EntryPoint::Migrate => &[&env, msg, migrate_info.as_bytes()],
        _ => &[&env, msg],
    };
    // Iterators are of one call.
    backend.iterators.clear();
    let call = VmCall {
        code: *CODE,
        entry_point,
        args,
        gas_limit,
    };
    VM.call(call, backend)
}

/// `execute` on a fresh backend.
fn execute(msg: &Value) -> Result<Result<Value, String>, VmError> {
    execute_on(&mut penniless(), msg)
}

fn execute_on(backend: &mut MockBackend, msg: &Value) -> Result<Result<Value, String>, VmError> {
    answer(call(EntryPoint::Execute, msg.to_string().as_bytes(), backend))
}

fn query_on(backend: &mut MockBackend, msg: &Value) -> Result<Result<Value, String>, VmError> {
    let answer = answer(call(EntryPoint::Query, msg.to_string().as_bytes(), backend))?;
    Ok(answer.map(|data| serde_json::from_slice(&unbase64(&data)).unwrap()))
}

/// The finding of a probe, i.e. the answer's data.
#[track_caller]
fn probe(msg: &Value) -> Vec<u8> {
    unbase64(&execute(msg).unwrap().unwrap()["data"])
}

/// The finding as JSON.
#[track_caller]
fn find(msg: &Value) -> Value {
    serde_json::from_slice(&probe(msg)).unwrap()
}

/// The engine's error for a message.
#[track_caller]
fn failure(msg: &Value) -> VmError {
    execute(msg).unwrap_err()
}

fn text(text: &str) -> String {
    base64(text.as_bytes())
}

#[test]
fn the_contract_is_what_its_sources_say() {
    let analysis = crate::contract::check(&WASM).unwrap();
    let entry_points: Vec<_> = EntryPoint::ALL
        .iter()
        .map(|entry_point| entry_point.export_name())
        .collect();
    for entry_point in &entry_points {
        assert!(analysis.entry_points.contains(*entry_point), "{entry_point}");
    }
    assert_eq!(analysis.entry_points.len(), entry_points.len());
    assert!(analysis.has_ibc_entry_points);
    assert_eq!(analysis.migrate_version, Some(7));
    assert_eq!(
        Vec::from_iter(&analysis.required_capabilities),
        [
            "cosmwasm_1_1",
            "cosmwasm_1_2",
            "cosmwasm_1_3",
            "cosmwasm_1_4",
            "cosmwasm_2_0",
            "cosmwasm_2_1",
            "cosmwasm_2_2",
            "cosmwasm_3_0",
            "ibc2",
            "iterator",
            "staking",
            "stargate"
        ]
    );
}

#[test]
fn the_smallest_call_answers_with_nothing() {
    let nothing = json!({"messages": [], "attributes": [], "events": [], "data": null});
    for entry_point in [EntryPoint::Instantiate, EntryPoint::Sudo] {
        assert_eq!(success(call(entry_point, b"{}", &mut penniless())), nothing);
    }
    assert_eq!(execute(&json!({"noop": {}})), Ok(Ok(nothing)));
}
