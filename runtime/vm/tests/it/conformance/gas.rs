//! Gas and results of the peer, cosmwasm-vm, for a list of calls. `data/conformance_gas.json` is written by
//! `record-gas` of `runtime/vm/bench`, which runs the peer on the same list.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use supercloud_chain::vm::EntryPoint;

use super::call;
use crate::json::penniless;

#[derive(Deserialize)]
struct Call {
    entry_point: String,
    name: String,
    msg: Value,
}

/// What the peer did.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Recorded {
    name: String,
    /// Everything, the backend's part included.
    gas: u64,
    /// The contract's answer; none when the peer stopped it.
    result: Option<String>,
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn entry_point(name: &str) -> EntryPoint {
    let found = EntryPoint::ALL
        .iter()
        .find(|entry_point| entry_point.export_name() == name);
    *found.unwrap()
}

#[test]
fn every_call_costs_and_answers_to_the_unit_and_byte_what_it_does_on_the_peer() {
    let calls: Vec<Call> = read("conformance_calls.json");
    let recorded: Vec<Recorded> = read("conformance_gas.json");
    assert!(calls.len() > 200 && calls.len() == recorded.len());
    let mut backend = penniless();
    for (listed, peers) in calls.into_iter().zip(recorded) {
        let msg = listed.msg.to_string();
        let report = call(entry_point(&listed.entry_point), msg.as_bytes(), &mut backend);
        let ours = Recorded {
            name: listed.name,
            gas: report.gas_internal + report.gas_external,
            result: report.result.ok().map(|answer| String::from_utf8(answer).unwrap()),
        };
        assert_eq!(ours, peers);
    }
}
