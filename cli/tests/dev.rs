//! `supercloud dev` as a user runs it: the binary, its line of JSON, its endpoints, the demo on it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use supercloud_client::{Client, Key};

#[path = "dev/ends.rs"]
mod ends;
#[path = "dev/tools.rs"]
mod tools;

const ABANDON: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/// A running dev chain; it is ended when dropped.
struct Dev {
    child: Child,
    ready: Value,
    took: Duration,
    _turn: Option<MutexGuard<'static, ()>>,
}

/// Chains that compile the market run one at a time: how soon one is ready is measured.
static TURN: Mutex<()> = Mutex::new(());

impl Dev {
    /// Starts one on free ports with caches of its own.
    fn start(caches: &Path, arguments: &[&str]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_supercloud")), caches, arguments)
    }

    fn start_by(mut program: Command, caches: &Path, arguments: &[&str]) -> Self {
        let turn = arguments
            .contains(&"--load-suite")
            .then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        let started = Instant::now();
        let mut child = program
            .args([
                "dev",
                "--json",
                "--rpc-port",
                "0",
                "--rest-port",
                "0",
                "--grpc-port",
                "0",
            ])
            .args(arguments)
            .env("XDG_CACHE_HOME", caches)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self {
            child,
            ready,
            took: started.elapsed(),
            _turn: turn,
        }
    }

    fn text(&self, field: &str) -> &str {
        self.ready[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {}", self.ready))
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.text("control_url"));
        // It fails only when there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        runtime().block_on(async {
            let response = reqwest::Client::new().post(url).json(body).send().await.unwrap();
            (response.status().as_u16(), response.json().await.unwrap())
        })
    }

    fn client(&self) -> Client {
        runtime().block_on(Client::connect(self.text("rpc_url"))).unwrap()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn one_line_tells_all_and_every_account_is_rich() {
    let caches = tempfile::tempdir().unwrap();
    let home = caches.path().join("home");
    let arguments = [
        "--mnemonic",
        ABANDON,
        "--chain-id",
        "mine-7",
        "--genesis-time",
        "2026-07-09T02:00:00.25+02:00",
        "--home",
    ];
    let dev = Dev::start(caches.path(), &[&arguments[..], &[home.to_str().unwrap()]].concat());
    assert_eq!(dev.text("chain_id"), "mine-7");
    assert_eq!(dev.text("mnemonic"), ABANDON);
    assert_eq!(dev.text("denom"), "uakt");
    assert_eq!(dev.text("min_gas_price"), "0.0025");
    let accounts = dev.ready["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 10);
    let client = dev.client();
    for (index, account) in accounts.iter().enumerate() {
        let expected = Key::from_mnemonic_at(ABANDON, index as u32)
            .unwrap()
            .address("akash")
            .unwrap();
        assert_eq!(account["address"], expected.as_str());
        assert_eq!(account["path"], format!("m/44'/118'/0'/0/{index}"));
        let balance = runtime().block_on(client.balance(&expected, "uakt")).unwrap();
        assert!(
            balance >= supercloud_client::Uint256::from(1_000_000_000_000u128),
            "{balance}"
        );
    }
    let council = runtime().block_on(client.council()).unwrap();
    assert_eq!(council.voters.len(), 1);
    assert_eq!(council.voters[0].address, accounts[0]["address"].as_str().unwrap());
    let block = runtime().block_on(client.rpc().block(Some(1))).unwrap();
    assert!(
        (1_783_555_200..1_783_555_300).contains(&(block.time_nanos / 1_000_000_000)),
        "{}",
        block.time_nanos
    );
    let genesis = runtime().block_on(client.rpc().genesis()).unwrap();
    assert_eq!(genesis["genesis_time"], "2026-07-09T00:00:00.25Z");
    let written: Value = serde_json::from_slice(&std::fs::read(home.join("dev.json")).unwrap()).unwrap();
    assert_eq!(written, dev.ready);
}

#[test]
fn blocks_are_made_by_hand_and_time_is_moved() {
    let caches = tempfile::tempdir().unwrap();
    let dev = Dev::start(caches.path(), &["--block-time", "manual"]);
    let client = dev.client();
    let height = || runtime().block_on(client.height()).unwrap();
    let before = height();
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(height(), before, "nobody asked for a block");
    assert_eq!(
        dev.post("/blocks", &json!({ "count": 3 })),
        (200, json!({ "height": before + 3 }))
    );
    let time = || runtime().block_on(client.rpc().status()).unwrap().time_nanos / 1_000_000_000;
    let start = time();
    assert_eq!(dev.post("/time", &json!({ "seconds": 86_400 })).0, 200);
    assert!(time() >= start + 86_400);
    let receiver = Key::from_secret(&[9; 32]).unwrap().address("akash").unwrap();
    assert_eq!(
        dev.post("/faucet", &json!({ "address": receiver, "amount": "5uakt" }))
            .0,
        200
    );
    assert_eq!(
        runtime().block_on(client.balance(&receiver, "uakt")).unwrap(),
        supercloud_client::Uint256::from(5u128)
    );
    for count in [0, 10_001] {
        assert_eq!(dev.post("/blocks", &json!({ "count": count })).0, 400, "{count}");
    }
}

#[test]
fn blocks_come_at_the_interval_that_was_asked_for() {
    let caches = tempfile::tempdir().unwrap();
    let dev = Dev::start(caches.path(), &["--block-time", "100ms"]);
    let client = dev.client();
    let height = || runtime().block_on(client.height()).unwrap();
    let before = height();
    std::thread::sleep(Duration::from_millis(1_200));
    let made = height() - before;
    assert!((2..=12).contains(&made), "{made} blocks in 1.2 s");
}

#[test]
fn the_market_is_there_at_once_and_the_demo_runs_on_it_twice() {
    let caches = tempfile::tempdir().unwrap();
    // The first start compiles the contracts, the second finds them compiled.
    drop(Dev::start(caches.path(), &["--load-suite"]));
    let dev = Dev::start(caches.path(), &["--load-suite"]);
    eprintln!("ready after {:?} with compiled contracts", dev.took);
    let contracts = dev.ready["contracts"].as_object().unwrap();
    assert_eq!(contracts.len(), 7);
    let client = dev.client();
    for (name, address) in contracts {
        let info = runtime()
            .block_on(client.contract_info(address.as_str().unwrap()))
            .unwrap();
        assert_eq!(info.unwrap().label, format!("supercloud {name}"));
    }
    assert_eq!(dev.post("/price", &json!({ "usd": "0.7" })).0, 200);
    let query = json!({ "price": { "asset": "AKT/USD", "use_case": { "settle": {} } } });
    let price: Value = runtime()
        .block_on(client.query_wasm(contracts["oracle"].as_str().unwrap(), &query))
        .unwrap();
    assert_eq!(price["mid"], "0.7");

    for run in 1..=2 {
        let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .args(["demo", "--json", "--node", dev.text("rpc_url")])
            .env("XDG_CACHE_HOME", caches.path())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "run {run}: {stderr}");
        let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(facts["ok"], true);
        assert_eq!(facts["steps"].as_array().unwrap().len(), 10);
        let upgrade = &facts["upgrade"];
        assert_eq!(upgrade["from_version"] == upgrade["to_version"], run == 2, "{upgrade}");
    }
}

#[test]
fn an_upgrade_is_tried_and_proposed() {
    let caches = tempfile::tempdir().unwrap();
    let dev = Dev::start(caches.path(), &["--load-suite", "--mnemonic", ABANDON]);
    let next = concat!(env!("CARGO_MANIFEST_DIR"), "/../artifacts/test/market-next.wasm");
    let run = |arguments: &[&str], stdin: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .args(arguments)
            .args(["--output", "json"])
            .env("SUPERCLOUD_HOME", caches.path())
            .env("SUPERCLOUD_KEYRING_BACKEND", "test")
            .env("SUPERCLOUD_NODE", dev.text("rpc_url"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may not read it.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["keys", "recover", "council"], ABANDON);
    let upgrade = ["gov", "upgrade", "market", "--artifact", next, "--from", "council"];
    let plan: Value = serde_json::from_str(&run(&[&upgrade[..], &["--no-submit"]].concat(), "")).unwrap();
    assert_eq!(plan["dry_run"]["ok"], true, "{plan}");
    assert_eq!(plan["from"]["code_id"], "2");
    assert_eq!(plan["to"]["code_id"], "8");
    // Both codes are known, so their schemas are.
    for side in ["from", "to"] {
        let source = plan["schema"][side].as_str().unwrap();
        assert!(source.starts_with("built in, version "), "{source}");
    }
    assert_eq!(plan["schema"]["diff"], json!([]));
    assert_eq!(plan["executed_after_passing_seconds"], 0);
    run(&[&upgrade[..], &["--yes"]].concat(), "");
    let contract = dev.ready["contracts"]["market"].as_str().unwrap();
    let client = dev.client();
    let info = runtime().block_on(client.contract_info(contract)).unwrap().unwrap();
    assert_eq!(info.code_id, 2, "nobody has voted");
    let proposal = runtime().block_on(client.proposal(2)).unwrap().unwrap();
    assert_eq!(proposal.title, "Upgrade market to code 8");
    assert_eq!(proposal.messages.len(), 2);
}

#[test]
fn the_demo_says_what_is_wrong_with_a_chain_without_the_market() {
    let caches = tempfile::tempdir().unwrap();
    let dev = Dev::start(caches.path(), &[]);
    let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args(["demo", "--json", "--node", dev.text("rpc_url")])
        .env("XDG_CACHE_HOME", caches.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let failure: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(failure["error_code"], "demo/dev_chain");
    assert!(
        failure["message"].as_str().unwrap().contains("--load-suite"),
        "{failure}"
    );
}
