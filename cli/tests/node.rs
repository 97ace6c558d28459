//! `supercloud node` as an operator runs it: the binary, its signals, its files, its documents.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn supercloud(home: &Path, arguments: &[&str]) -> Output {
    run(home, &[&["node"], arguments].concat())
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args(arguments)
        .arg("--home")
        .arg(home)
        .output()
        .unwrap()
}

fn succeed(home: &Path, arguments: &[&str]) -> String {
    let output = supercloud(home, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn document(home: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(home, &[arguments, &["--json"]].concat())).unwrap()
}

fn refusal(home: &Path, arguments: &[&str]) -> String {
    let output = supercloud(home, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Starts the node and returns what it prints when it is ready.
fn start(home: &Path) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args([
            "node",
            "start",
            "--rpc-port",
            "0",
            "--block-time",
            "50ms",
            "--output",
            "json",
            "--home",
        ])
        .arg(home)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

fn wait_for_height(home: &Path, rpc: &str, height: u64) {
    let started = Instant::now();
    while document(home, &["status", "--node", rpc])["height"].as_u64().unwrap() < height {
        assert!(started.elapsed() < Duration::from_secs(60), "no height {height}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn signal(mut child: Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert!(child.wait().unwrap().success(), "a signal is no failure");
}

#[test]
fn a_home_lives_through_restarts_exports_snapshots_and_rollbacks() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("a");
    let alice = supercloud_client::Key::from_secret(&[1; 32]).unwrap();
    let alice = alice.address("akash").unwrap();
    let account = format!("{alice}=1000000uakt,5uact");
    let made = document(
        &home,
        &["init", "--chain-id", "cli-1", "--account", &account, "--voter", &alice],
    );
    assert_eq!(made["chain_id"], "cli-1");
    assert!(refusal(&home, &["init", "--chain-id", "cli-1"]).contains("exists already"));
    let before = succeed(&home, &["export"]);

    let (child, ready) = start(&home);
    let rpc = ready["rpc"].as_str().unwrap();
    wait_for_height(&home, rpc, 5);
    let running = document(&home, &["status", "--node", rpc]);
    assert_eq!(
        (&running["running"], &running["chain_id"]),
        (&true.into(), &"cli-1".into())
    );
    assert!(refusal(&home, &["check"]).contains("is in use by another process"));
    signal(child, "TERM");

    let (child, ready) = start(&home);
    assert!(ready["height"].as_u64().unwrap() >= 5);
    signal(child, "INT");
    let stopped = document(&home, &["status"]);
    assert_eq!(
        (&stopped["running"], &stopped["validator"]),
        (&false.into(), &made["validator"])
    );
    let height = stopped["height"].as_u64().unwrap();
    assert_eq!(document(&home, &["check"])["damage"], Value::Array(Vec::new()));

    let exported = succeed(&home, &["export"]);
    assert_ne!(exported, before);
    let genesis = dir.path().join("exported.json");
    std::fs::write(&genesis, &exported).unwrap();
    let out = dir.path().join("out.json");
    let export = ["export", "--out", out.to_str().unwrap()];
    succeed(&home, &export);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), exported);
    assert!(refusal(&home, &export).contains("exists"));
    let nowhere = ["export", "--out", "/nowhere/out.json"];
    assert!(refusal(&home, &nowhere).contains("cannot write /nowhere/out.json"));
    let second = dir.path().join("b");
    succeed(&second, &["init", "--genesis", genesis.to_str().unwrap()]);
    assert_eq!(succeed(&second, &["export"]), exported);
    imports_go_on(&genesis, &exported);

    let snapshot = dir.path().join("snapshot");
    let snapshot = snapshot.to_str().unwrap();
    let written = document(&home, &["snapshot", snapshot]);
    let key = home.join("priv_validator_key.json");
    let third = dir.path().join("c");
    let restored = document(&third, &["restore", snapshot, "--validator-key", key.to_str().unwrap()]);
    assert_eq!(
        (&restored["height"], &restored["app_hash"]),
        (&height.into(), &written["app_hash"])
    );
    assert_eq!(succeed(&third, &["export"]), exported);
    let (child, ready) = start(&third);
    wait_for_height(&third, ready["rpc"].as_str().unwrap(), height + 3);
    signal(child, "TERM");

    let back = document(&home, &["rollback", "--height", "3"]);
    assert_eq!((&back["from"], &back["to"]), (&height.into(), &3.into()));
    assert_eq!(document(&home, &["status"])["height"], 3);
    let (child, ready) = start(&home);
    wait_for_height(&home, ready["rpc"].as_str().unwrap(), 6);
    signal(child, "TERM");
    assert_eq!(document(&home, &["check"])["damage"], Value::Array(Vec::new()));
}

/// `export` and `import` without `node` before them are the same commands.
fn imports_go_on(genesis: &Path, exported: &str) {
    let file = genesis.to_str().unwrap();
    let home = genesis.with_file_name("imported");
    let made: Value = serde_json::from_slice(&run(&home, &["import", file, "--json"]).stdout).unwrap();
    assert_eq!(made["chain_id"], "cli-1");
    assert_eq!(std::fs::read_to_string(home.join("genesis.json")).unwrap(), exported);
    let again = run(&home, &["export"]);
    assert_eq!(
        (again.status.code(), String::from_utf8(again.stdout).unwrap()),
        (Some(0), exported.to_owned())
    );
    assert!(refusal(&home, &["import", file]).contains("exists already"));
    assert_eq!(succeed(&home, &["export"]), exported);

    let own = genesis.with_file_name("own");
    let made = document(&own, &["import", file, "--chain-id", "cli-3"]);
    assert_eq!(made["chain_id"], "cli-3");
    assert_ne!(succeed(&own, &["export"]), exported);
    let none = genesis.with_file_name("none");
    assert!(refusal(&none, &["import", "/nowhere.json"]).contains("cannot read /nowhere.json"));
    std::fs::write(&none, "{}").unwrap();
    let refused = refusal(&genesis.with_file_name("no-home"), &["import", none.to_str().unwrap()]);
    assert!(refused.contains("is no genesis"), "{refused}");
}

#[test]
fn mistakes_are_told_on_stderr() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("none");
    assert!(refusal(&home, &["start"]).contains("make a home with `supercloud node init`"));
    assert!(refusal(&home, &["init"]).contains("--chain-id"));
    assert!(refusal(&home, &["init", "--chain-id", "a b"]).contains("chain_id \"a b\""));
    assert!(!home.exists(), "a refused genesis leaves nothing");
    // A genesis has its own.
    for (flag, value) in [("--voting-period", "60"), ("--timelock", "0"), ("--prefix", "akash")] {
        let output = supercloud(&home, &["init", "--genesis", "genesis.json", flag, value]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(
            stderr.contains(flag) && stderr.contains("cannot be used with"),
            "{stderr}"
        );
    }
    succeed(&home, &["init", "--chain-id", "cli-2"]);
    std::fs::write(home.join("config.toml"), "[rpc]\nadress = '127.0.0.1:1'").unwrap();
    assert!(refusal(&home, &["start"]).contains("unknown field `adress`"));
}
