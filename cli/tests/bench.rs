//! `supercloud bench` as a user runs it: a few seconds of each load at a low rate. What counts is that every transaction
//! succeeds and that the figures agree with each other, not how fast it goes.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::process::Command;

use serde_json::Value;

fn bench(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args(["bench", "--json", "--accounts", "20", "--warm-up", "1"])
        .args(arguments)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_consistent(&report);
    report
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn count(value: &Value, field: &str) -> u64 {
    value[field].as_u64().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn assert_consistent(report: &Value) {
    let streams = report["streams"].as_array().unwrap();
    let succeeded: u64 = streams.iter().map(|stream| count(stream, "succeeded")).sum();
    assert!(succeeded > 0, "{report}");
    assert_eq!(count(report, "succeeded"), succeeded);
    for stream in streams {
        assert_eq!(count(stream, "taken"), count(stream, "succeeded"), "{stream}");
        assert_eq!((count(stream, "failed"), count(stream, "refused")), (0, 0), "{stream}");
    }
    assert_eq!((count(report, "failed"), count(report, "lost")), (0, 0));
    let per_second = succeeded as f64 / number(report, "seconds");
    assert!((per_second - number(report, "tx_per_second")).abs() < 0.01, "{report}");
    let in_blocks = number(report, "mean_txs_per_block") * number(report, "blocks");
    assert!(
        (in_blocks - succeeded as f64).abs() < 0.5,
        "nobody else sends: {report}"
    );
    let latency = &report["latency"];
    assert!(number(latency, "p50_ms") > 0.0 && number(latency, "p50_ms") <= number(latency, "p95_ms"));
    assert!(number(latency, "p99_ms") <= number(latency, "max_ms"));
    if cfg!(target_os = "linux") {
        let shares = number(&report["node"], "cpu_share_percent") + number(&report["generator"], "cpu_share_percent");
        assert!((shares - 100.0).abs() < 0.01, "{report}");
        assert!(number(&report["node"], "rss_end_bytes") > 0.0);
    }
}

#[test]
fn bank_sends_are_all_committed_and_follow_the_asked_rate() {
    let report = bench(&["--load", "bank", "--seconds", "3", "--rate", "20"]);
    // The schedule has 60 in three seconds; a slow machine may miss some and says so.
    let (succeeded, missed) = (count(&report, "succeeded"), count(&report, "missed"));
    assert!(succeeded <= 60, "{report}");
    assert!(succeeded + missed >= 40, "{report}");
    assert_eq!(report["asked_rate"], 20);
}

#[test]
fn executions_of_a_contract_are_all_committed() {
    let report = bench(&["--load", "execute", "--seconds", "3", "--rate", "10"]);
    assert_eq!(report["streams"][0]["name"], "execute");
}

#[test]
fn deals_and_sends_of_a_mixed_load_are_all_committed() {
    let report = bench(&["--load", "mixed", "--seconds", "4", "--rate", "20"]);
    assert_eq!(report["streams"][0]["name"], "bank");
    assert_eq!(report["streams"][1]["name"], "market");
}

#[test]
fn deals_are_all_committed() {
    bench(&["--load", "market", "--seconds", "4", "--rate", "10"]);
}

#[test]
fn queries_are_answered_beside_sends() {
    let report = bench(&["--load", "read", "--seconds", "3", "--rate", "10", "--query-rate", "40"]);
    assert_eq!(count(&report["reads"], "failed"), 0);
    assert!(count(&report["reads"], "answered") > 0, "{report}");
}

#[test]
fn arguments_that_contradict_each_other_are_refused() {
    for (arguments, part) in [
        (&["--rate", "0"][..], "expected max, or transactions a second"),
        (&["--node", "http://127.0.0.1:1"][..], "--mnemonic"),
        (&["--seconds", "0"][..], "0 is not in 1..=86400"),
        (&["--seconds", "5", "--soak", "1"][..], "cannot be used with"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .arg("bench")
            .args(arguments)
            .env_remove("SUPERCLOUD_MNEMONIC")
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(part), "{arguments:?}: {stderr}");
    }
}
