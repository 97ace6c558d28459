//! The demo as a user runs it: the binary, its exit code, its document.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const GENUINE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../verify/pyth/tests/data/01_akt_usd_router_set0_20260709.json"
);

fn demo(arguments: &[&str]) -> (Output, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .arg("demo")
        .arg("--json")
        .args(arguments)
        .output()
        .unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "stdout is no JSON ({error}); stderr: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (output, document)
}

fn units(value: &Value) -> u128 {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn the_whole_market_runs_and_no_unit_is_lost() {
    let (output, facts) = demo(&["--pyth-update", GENUINE]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(facts["ok"], true);
    assert_eq!(facts["oracle_price"], "0.58646744");
    assert_eq!(facts["steps"].as_array().unwrap().len(), 10);
    assert_eq!(facts["bids"].as_array().unwrap().len(), 2);
    assert_eq!(facts["bid_refunds"].as_array().unwrap().len(), 1);
    assert_eq!(facts["workload"]["http_status"], 200);
    assert_eq!(facts["refunds"].as_array().unwrap().len(), 2);
    assert_ne!(units(&facts["settlement"]["akt_paid"]), 0);
    assert_ne!(facts["upgrade"]["from_version"], facts["upgrade"]["to_version"]);
    for denom in ["uakt", "uact"] {
        let books = &facts["conservation"][denom];
        let (genesis, minted) = (units(&books["genesis"]), units(&books["minted"]));
        let (burned, balances) = (units(&books["burned"]), units(&books["balances"]));
        assert_eq!(genesis + minted - burned, balances, "{denom}");
        assert_ne!(balances, 0, "{denom}");
    }
    for owed in facts["conservation"]["owed"].as_array().unwrap() {
        assert!(units(&owed["owed"]) <= units(&owed["balance"]), "{owed}");
    }
}

#[test]
fn a_corrupted_price_update_fails_step_three_with_the_contracts_own_error() {
    let mut file: Value = serde_json::from_slice(&std::fs::read(GENUINE).unwrap()).unwrap();
    let hex = file["accumulator_hex"].as_str().unwrap().to_owned();
    let (last, rest) = (&hex[hex.len() - 1..], &hex[..hex.len() - 1]);
    file["accumulator_hex"] = format!("{rest}{}", if last == "0" { "1" } else { "0" }).into();
    file.as_object_mut().unwrap().remove("accumulator_base64");
    let folder = tempfile::tempdir().unwrap();
    let corrupted = folder.path().join("corrupted.json");
    std::fs::write(&corrupted, file.to_string()).unwrap();

    let (output, failure) = demo(&["--pyth-update", path(&corrupted)]);
    assert!(!output.status.success());
    assert_eq!(failure["ok"], false);
    assert_eq!(failure["failed_step"], 3);
    assert!(
        failure["contract_error"]
            .as_str()
            .unwrap()
            .contains("is not under the signed root"),
        "{failure}"
    );
}

#[test]
fn a_tampered_manifest_fails_step_seven_with_the_gateways_refusal() {
    let (output, failure) = demo(&["--tamper-manifest"]);
    assert!(!output.status.success());
    assert_eq!(failure["failed_step"], 7);
    assert!(
        failure["error_code"].as_str().unwrap().starts_with("gateway/"),
        "{failure}"
    );
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
