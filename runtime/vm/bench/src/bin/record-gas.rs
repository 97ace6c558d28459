//! Writes down what a list of calls costs and answers on the peer, so that a test can hold our engine to it without the
//! peer.
//!
//! ```text
//! record-gas [MODULE CALLS OUTPUT]
//! ```
//!
//! Without arguments: the `conformance` contract, `conformance_calls.json` and `conformance_gas.json` in
//! `runtime/vm/tests/data`. `CALLS` is an array of `{entry_point, name, msg}` with optional `sender` (a name, default
//! `creator`) and `earth` (coins sent along, default 15). Each call runs in a fresh instance with 10^12 gas; all share
//! one storage, and what a failed call wrote stays.

#![allow(clippy::unwrap_used, reason = "a recorder that cannot record has nothing to say")]

use std::path::PathBuf;

use cosmwasm_vm::VmError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use supercloud_chain::vm::EntryPoint;
use supercloud_vm_bench::contracts::root;
use supercloud_vm_bench::engine::{Call, Engine, GAS};
use supercloud_vm_bench::entry::enter;
use supercloud_vm_bench::peer::Peer;
use supercloud_vm_bench::world::{Storage, World, address, env, info};

#[derive(Deserialize)]
struct Wanted {
    entry_point: String,
    name: String,
    msg: Box<RawValue>,
    #[serde(default = "creator")]
    sender: String,
    #[serde(default = "some_earth")]
    earth: u128,
}

fn creator() -> String {
    "creator".into()
}

fn some_earth() -> u128 {
    15
}

#[derive(Serialize)]
struct Recorded {
    entry_point: String,
    name: String,
    /// All gas, in CosmWasm gas.
    gas: u64,
    /// The part that the peer counts as charged by the backend; its mocks count addresses as the peer's own.
    gas_external: u64,
    /// SHA-256 of the answer's bytes; null when the call failed.
    result_sha256: Option<String>,
    /// Why it failed.
    error: Option<&'static str>,
}

fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let data = root().join("runtime/vm/tests/data");
    let [module, calls, output] = arguments.try_into().unwrap_or_else(|_| {
        [
            root().join("artifacts/test/conformance.wasm"),
            data.join("conformance_calls.json"),
            data.join("conformance_gas.json"),
        ]
    });
    let read = |path: &PathBuf| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let wanted: Vec<Wanted> = serde_json::from_slice(&read(&calls)).unwrap();
    let recorded = record(&read(&module), wanted);
    let lines: Vec<_> = recorded
        .iter()
        .map(|call| serde_json::to_string(call).unwrap())
        .collect();
    std::fs::write(&output, format!("[\n  {}\n]\n", lines.join(",\n  "))).unwrap();
    println!("{} calls recorded in {}", lines.len(), output.display());
}

fn record(wasm: &[u8], wanted: Vec<Wanted>) -> Vec<Recorded> {
    let folder = tempfile::tempdir().unwrap();
    let peer = Peer::open(folder.path());
    let checksum = peer.upload(wasm);
    let mut storage = Storage::new();
    let mut recorded = Vec::new();
    for wanted in wanted {
        // Iterators are of one call, storage is of all.
        let world = World::with_storage(storage);
        let mut instance = peer.instance(&checksum, &world, GAS);
        let result = enter(&mut instance, &call(&wanted));
        let report = instance.create_gas_report();
        storage = world.storage();
        recorded.push(Recorded {
            gas: report.limit - report.remaining,
            gas_external: report.used_externally,
            error: result.as_ref().err().map(class),
            result_sha256: result.ok().map(|answer| hex::encode(Sha256::digest(answer))),
            entry_point: wanted.entry_point,
            name: wanted.name,
        });
    }
    recorded
}

fn call(wanted: &Wanted) -> Call {
    let entry_point = EntryPoint::ALL
        .iter()
        .find(|entry_point| entry_point.export_name() == wanted.entry_point)
        .unwrap_or_else(|| panic!("{}: no entry point {}", wanted.name, wanted.entry_point));
    let msg = wanted.msg.get().as_bytes().to_vec();
    let args = match entry_point {
        EntryPoint::Instantiate | EntryPoint::Execute => vec![env(), info(&wanted.sender, wanted.earth), msg],
        EntryPoint::Migrate => vec![env(), msg, migrate_info(&wanted.sender)],
        _ => vec![env(), msg],
    };
    Call {
        entry_point: *entry_point,
        args,
    }
}

fn migrate_info(sender: &str) -> Vec<u8> {
    format!(r#"{{"sender":"{}","old_migrate_version":6}}"#, address(sender)).into_bytes()
}

/// The kind of an error: its text has addresses and positions that only the peer knows.
fn class(error: &VmError) -> &'static str {
    match error {
        VmError::Aborted { .. } => "aborted",
        VmError::BackendErr { .. } => "backend",
        VmError::CommunicationErr { .. } => "communication",
        VmError::GasDepletion { .. } => "out of gas",
        VmError::ResolveErr { .. } => "missing export",
        VmError::RuntimeErr { .. } => "trap",
        VmError::WriteAccessDenied { .. } => "write access denied",
        _ => "other",
    }
}
