//! Chains that are kept, taken back, forked and looked into.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use supercloud_client::{Key, Uint256};

use super::{ABANDON, Dev, runtime};

fn supercloud(caches: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args(arguments)
        .env("XDG_CACHE_HOME", caches)
        .output()
        .unwrap()
}

fn succeed(caches: &Path, arguments: &[&str]) -> String {
    let output = supercloud(caches, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn stranger() -> String {
    Key::from_secret(&[9; 32]).unwrap().address("akash").unwrap()
}

fn balance(dev: &Dev, address: &str) -> Uint256 {
    runtime().block_on(dev.client().balance(address, "uakt")).unwrap()
}

fn height(dev: &Dev) -> u64 {
    runtime().block_on(dev.client().height()).unwrap()
}

#[test]
fn a_home_keeps_accounts_blocks_and_the_market() {
    let caches = tempfile::tempdir().unwrap();
    let home = caches.path().join("home");
    let flags = ["--load-suite", "--home", home.to_str().unwrap()];
    let dev = Dev::start(caches.path(), &flags);
    let paid = dev.post("/faucet", &json!({ "address": stranger(), "amount": "5uakt" }));
    assert_eq!(paid.0, 200);
    let (before, first) = (height(&dev), dev.ready.clone());
    // Killed, not stopped.
    drop(dev);
    let file = home.join("dev.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let dev = Dev::start(caches.path(), &flags);
    for field in ["mnemonic", "accounts", "chain_id", "contracts", "codes", "council"] {
        assert_eq!(dev.ready[field], first[field], "{field}");
    }
    assert!(height(&dev) >= before);
    assert_eq!(balance(&dev, &stranger()), Uint256::from(5u128));
    let codes = runtime().block_on(dev.client().code_infos()).unwrap();
    assert_eq!(codes.len(), 7, "the market was not installed again");
    let paid = dev.post("/faucet", &json!({ "address": stranger(), "amount": "2uakt" }));
    assert_eq!(paid.0, 200, "{paid:?}");
    assert_eq!(dev.post("/price", &json!({ "usd": "0.7" })).0, 200);
    let (status, refusal) = dev.post("/snapshot", &json!({}));
    assert_eq!(status, 409);
    assert!(
        refusal["error"].as_str().unwrap().contains("chain in memory"),
        "{refusal}"
    );
    drop(dev);

    let other = supercloud(
        caches.path(),
        &[
            "dev",
            "--rpc-port",
            "0",
            "--chain-id",
            "other-1",
            "--home",
            home.to_str().unwrap(),
        ],
    );
    let stderr = String::from_utf8_lossy(&other.stderr);
    assert!(stderr.contains("another --chain-id"), "{stderr}");
    std::fs::remove_file(&file).unwrap();
    let unknown = supercloud(caches.path(), &["dev", "--home", home.to_str().unwrap()]);
    let stderr = String::from_utf8_lossy(&unknown.stderr);
    assert!(stderr.contains("it has no dev.json"), "{stderr}");
}

#[test]
fn tools_take_a_chain_back_and_look_into_it() {
    let caches = tempfile::tempdir().unwrap();
    let dev = Dev::start(caches.path(), &["--load-suite", "--block-time", "manual"]);
    let port = dev.text("rpc_url").rsplit_once(':').unwrap().1.to_owned();
    let tool = |arguments: &[&str]| -> Value {
        let at = ["--rpc-port", port.as_str(), "--output", "json"];
        let text = succeed(caches.path(), &[&["dev"], arguments, &at].concat());
        serde_json::from_str(&text).unwrap()
    };
    let before = height(&dev);
    assert_eq!(tool(&["snapshot"]), json!({ "id": 1, "height": before }));
    let made = tool(&["time", "60"]);
    assert_eq!(made["height"], before + 1);
    let priced = dev.post("/price", &json!({ "usd": "0.9" }));
    assert_eq!(priced.0, 200, "{priced:?}");
    let hash = priced.1["tx_hash"].as_str().unwrap().to_owned();
    let pyth = dev.ready["contracts"]["pyth"].as_str().unwrap();
    let oracle = dev.ready["contracts"]["oracle"].as_str().unwrap();

    let trace = tool(&["trace", &hash]);
    assert_eq!(
        (&trace["code"], &trace["calls"][0]["contract"]),
        (&json!(0), &json!(pyth))
    );
    let below: Vec<&str> = trace["calls"][0]["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["contract"].as_str().unwrap())
        .collect();
    assert!(below.contains(&oracle), "the receiver hands the price on: {trace}");
    let shown = succeed(caches.path(), &["dev", "trace", &hash, "--rpc-port", &port]);
    assert!(shown.contains(&format!("execute {pyth}  gas ")), "{shown}");
    let report = succeed(caches.path(), &["dev", "gas-report", "--rpc-port", &port]);
    assert!(
        report.contains("pyth") && report.contains("execute update_price_feeds"),
        "{report}"
    );

    assert_eq!(tool(&["revert", "1"]), json!({ "id": 1, "height": before }));
    assert_eq!(height(&dev), before);
    let gone = supercloud(caches.path(), &["dev", "trace", &hash, "--rpc-port", &port]);
    assert!(String::from_utf8_lossy(&gone.stderr).contains("no block of this chain has"));
    // The chain's own wallets find their sequences again.
    assert_eq!(dev.post("/price", &json!({ "usd": "0.8" })).0, 200);
    assert_eq!(
        dev.post("/faucet", &json!({ "address": stranger(), "amount": "5uakt" }))
            .0,
        200
    );
    assert_eq!(balance(&dev, &stranger()), Uint256::from(5u128));

    let council = dev.text("council").to_owned();
    assert_eq!(tool(&["impersonate", &council]), json!({ "impersonated": [council] }));
    assert_eq!(
        tool(&["impersonate", &council, "--stop"]),
        json!({ "impersonated": [] })
    );
    let wrong = supercloud(caches.path(), &["dev", "revert", "9", "--rpc-port", &port]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("there is no snapshot 9; there are [1]"));
}

#[test]
fn a_fork_has_the_exported_state_and_accounts_of_its_own() {
    let caches = tempfile::tempdir().unwrap();
    let home = caches.path().join("home");
    let flags = ["--load-suite", "--chain-id", "main-1", "--home", home.to_str().unwrap()];
    let dev = Dev::start(caches.path(), &flags);
    assert_eq!(
        dev.post("/faucet", &json!({ "address": stranger(), "amount": "5uakt" }))
            .0,
        200
    );
    let old = dev.ready.clone();
    let last = height(&dev);
    drop(dev);
    let file = caches.path().join("export.json");
    let file = file.to_str().unwrap();
    // A start brings state and blocks together after the kill; an export does it as well.
    succeed(
        caches.path(),
        &["node", "export", "--home", home.to_str().unwrap(), "--out", file],
    );

    let fork = Dev::start(caches.path(), &["--fork", file, "--mnemonic", ABANDON, "--load-suite"]);
    assert_eq!(fork.text("chain_id"), "main-1");
    assert!(height(&fork) > last);
    assert_eq!(fork.ready["contracts"], old["contracts"]);
    assert_eq!(balance(&fork, &stranger()), Uint256::from(5u128));
    let council = runtime().block_on(fork.client().council()).unwrap();
    assert_eq!(council.voters.len(), 1);
    assert_eq!(council.voters[0].address, fork.text("council"));
    assert_ne!(fork.text("council"), old["council"]);
    assert_eq!(
        balance(&fork, fork.text("council")),
        Uint256::from(10_000_000_000_000u128)
    );
    drop(fork);
    let renamed = Dev::start(caches.path(), &["--fork", file, "--chain-id", "fork-1"]);
    assert_eq!(renamed.text("chain_id"), "fork-1");
}
