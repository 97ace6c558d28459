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
fn every_call_costs_and_answers_what_it_does_on_the_peer() {
    let calls: Vec<Call> = read("conformance_calls.json");
    let mut backend = penniless();
    for c in &calls {
        let report = call(entry_point(&c.entry_point), c.msg.to_string().as_bytes(), &mut backend);
        eprintln!(
            "{:60} {:>14} {:?}",
            c.name,
            report.gas_internal + report.gas_external,
            report
                .result
                .map(|r| String::from_utf8_lossy(&r).chars().take(200).collect::<String>())
        );
    }
}
