//! `supercloud keys|tx|query|gov` as a user types them, against a node in this process.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use supercloud_client::Key;
use supercloud_node::{DevGenesis, GenesisAccess, NodeConfig, NodeHandle, spawn};

const ABANDON: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../artifacts/registry.wasm");
const MARKET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../artifacts/market.wasm");

/// A node, and a keyring with its first account as `alice`.
struct Setup {
    node: NodeHandle,
    home: tempfile::TempDir,
}

/// What a run of the program printed.
struct Ran {
    ok: bool,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        assert!(self.ok, "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {:?}", self.out))
    }

    fn error(&self) -> &str {
        assert!(!self.ok, "expected a failure, got {}", self.out);
        &self.err
    }
}

fn address(index: u32) -> String {
    Key::from_mnemonic_at(ABANDON, index).unwrap().address("akash").unwrap()
}

impl Setup {
    fn new() -> Self {
        let genesis = DevGenesis::new()
            .fund(&address(0), &[(1_000_000_000_000, "uakt")])
            .council_member(&address(0), 1)
            .upload_access(GenesisAccess::Everybody)
            .min_gas_price("0.0025", "uakt")
            .build();
        let setup = Self {
            node: spawn(NodeConfig::test(genesis)).unwrap(),
            home: tempfile::tempdir().unwrap(),
        };
        setup.with_stdin(&["keys", "recover", "alice"], ABANDON).json();
        setup
    }

    fn with_stdin(&self, arguments: &[&str], stdin: &str) -> Ran {
        run(self.home.path(), &self.node.rpc_url(), arguments, stdin)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.with_stdin(arguments, "")
    }

    /// What a command prints for people.
    fn text(&self, arguments: &[&str]) -> String {
        let ran = run_as_typed(self.home.path(), &self.node.rpc_url(), arguments, "");
        assert!(ran.ok, "{}", ran.err);
        ran.out.trim_end().to_owned()
    }

    fn balance(&self, address: &str) -> Value {
        self.run(&["query", "bank", "balances", address]).json()["balances"].take()
    }

    /// Runs a transaction of alice and returns its events' attribute.
    fn tx(&self, arguments: &[&str], attribute: &str) -> String {
        let response = self
            .run(&[&["tx"], arguments, &["--from", "alice", "--yes"]].concat())
            .json();
        assert_eq!(response["code"], 0, "{response}");
        let attributes = response["events"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|event| event["attributes"].as_array().unwrap());
        let mut found = attributes
            .filter(|pair| pair["key"] == attribute)
            .map(|pair| pair["value"].as_str().unwrap().to_owned());
        found.next_back().unwrap_or_default()
    }

    fn write(&self, name: &str, json: &Value) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, json.to_string()).unwrap();
        path
    }
}

fn run(home: &Path, node: &str, arguments: &[&str], stdin: &str) -> Ran {
    run_as_typed(home, node, &[arguments, &["--output", "json"]].concat(), stdin)
}

fn run_as_typed(home: &Path, node: &str, arguments: &[&str], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args(arguments)
        .env("SUPERCLOUD_HOME", home)
        .env("SUPERCLOUD_NODE", node)
        .env("SUPERCLOUD_KEYRING_BACKEND", "test")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may not read it.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn coins_are_sent_and_seen() {
    let setup = Setup::new();
    let bob = address(1);
    setup.tx(&["bank", "send", &bob, "5000000uakt"], "amount");
    let balances = setup.run(&["query", "bank", "balances", &bob]).json();
    assert_eq!(balances["balances"], json!([{ "denom": "uakt", "amount": "5000000" }]));
    let account = setup.run(&["query", "auth", "account", &address(0)]).json();
    assert_eq!(account["account"]["@type"], "/cosmos.auth.v1beta1.BaseAccount");
    assert_eq!(account["account"]["sequence"], "1");

    let sent = setup
        .run(&[
            "tx",
            "bank",
            "send",
            "alice",
            &bob,
            "1uakt",
            "-y",
            "--broadcast-mode",
            "sync",
        ])
        .json();
    assert_eq!(sent["code"], 0);
    let hash = sent["txhash"].as_str().unwrap();
    let waited = setup.run(&["query", "wait-tx", hash, "--timeout", "60s"]).json();
    assert_eq!((&waited["txhash"], &waited["code"]), (&sent["txhash"], &json!(0)));
    let tx = setup.run(&["query", "tx", hash]).json();
    assert_eq!(tx["tx"]["body"]["messages"][0]["to_address"], bob.as_str());
    let block = setup.run(&["query", "block", "1"]).json();
    assert_eq!(block["block"]["header"]["height"], "1");
    let hash = block["block_id"]["hash"].as_str().unwrap();
    assert_eq!(setup.run(&["query", "block", "--type=hash", hash]).json(), block);
    assert_eq!(setup.run(&["query", "block", "--type=height", "1"]).json(), block);
    let newest = setup
        .run(&["query", "txs", "--query", "tx.height>0", "--order_by", "desc"])
        .json();
    assert_eq!(newest["txs"][0]["txhash"], sent["txhash"]);
}

#[test]
fn nothing_is_sent_unasked_where_nobody_can_be_asked() {
    let setup = Setup::new();
    let bob = address(1);
    let send = ["tx", "bank", "send", "alice", &bob, "5uakt"];
    assert!(setup.run(&send).error().contains("pass --yes (-y)"));
    // Not even with an answer that does not come from a terminal.
    assert!(setup.with_stdin(&send, "y\n").error().contains("not sent"));
    assert_eq!(setup.balance(&bob), json!([]));
    assert_eq!(setup.run(&[&send[..], &["-y"]].concat()).json()["code"], 0);
    assert_eq!(setup.balance(&bob), json!([{ "denom": "uakt", "amount": "5" }]));
}

#[test]
fn errors_say_what_to_do() {
    let setup = Setup::new();
    let bob = address(1);
    let poor = setup.run(&["tx", "bank", "send", &bob, "9000000000000000uakt", "--from", "alice"]);
    assert!(poor.error().contains("query bank balances"), "{}", poor.err);
    let cheap = setup.run(&[
        "tx", "bank", "send", &bob, "1uakt", "--from", "alice", "--fees", "1uakt", "--yes",
    ]);
    assert!(cheap.error().contains("the fee is too low"), "{}", cheap.err);
    let unknown = setup.run(&["tx", "bank", "send", &bob, "1uakt", "--from", "carol"]);
    assert!(unknown.error().contains("keys list"), "{}", unknown.err);
    let nobody = setup.run(&["tx", "bank", "send", &bob, "1uakt"]);
    assert!(nobody.error().contains("--from"), "{}", nobody.err);
    let other = setup.run(&["query", "bank", "balances", "cosmos1xyz"]);
    assert!(!other.error().is_empty());
    let chain = setup.run(&[
        "tx",
        "bank",
        "send",
        &bob,
        "1uakt",
        "--from",
        "alice",
        "--chain-id",
        "other-1",
    ]);
    assert!(chain.error().contains("other-1"), "{}", chain.err);
    let nowhere = run(setup.home.path(), "http://127.0.0.1:1", &["query", "gov", "params"], "");
    assert!(nowhere.error().contains("--node"), "{}", nowhere.err);
}

#[test]
fn nothing_is_sent_by_a_dry_run_or_by_generating() {
    let setup = Setup::new();
    let send = ["tx", "bank", "send", &address(1), "7uakt", "--from", "alice"];
    let estimate = setup.run(&[&send[..], &["--dry-run"]].concat()).json();
    let (used, asked) = (number(&estimate["gas_used"]), number(&estimate["gas_estimate"]));
    assert_eq!(asked, (used * 14).div_ceil(10));
    let document = setup.run(&[&send[..], &["--generate-only"]].concat()).json();
    assert_eq!(document["body"]["messages"][0]["amount"][0]["amount"], "7");
    assert_eq!(document["signatures"], json!([]));
    let balances = setup.run(&["query", "bank", "balances", &address(1)]).json();
    assert_eq!(balances["balances"], json!([]));

    let unsigned = setup.write("unsigned.json", &document);
    let signed = setup
        .run(&["tx", "sign", unsigned.to_str().unwrap(), "--from", "alice"])
        .json();
    let signed = setup.write("signed.json", &signed);
    let sent = setup.run(&["tx", "broadcast", signed.to_str().unwrap()]).json();
    assert_eq!(sent["code"], 0, "{sent}");
    let balances = setup.run(&["query", "bank", "balances", &address(1)]).json();
    assert_eq!(balances["balances"][0]["amount"], "7");
}

#[test]
fn a_transaction_is_made_and_signed_without_a_node_and_sent_later() {
    let setup = Setup::new();
    let bob = address(1);
    let account = setup.run(&["query", "auth", "account", &address(0)]).json()["account"].take();
    let nowhere = |arguments: &[&str]| run(setup.home.path(), "http://127.0.0.1:1", arguments, "");
    // A machine without the key makes it, a machine without a node signs it.
    let generate = [
        "tx",
        "bank",
        "send",
        &bob,
        "7uakt",
        "--offline",
        "--generate-only",
        "--gas",
        "90000",
    ];
    let from = ["--from", &address(0)];
    assert!(
        nowhere(&[&generate[..], &from].concat())
            .error()
            .contains("--fees or --gas-prices is needed")
    );
    let generate = [&generate[..], &["--fees", "1000uakt"]].concat();
    let document = nowhere(&[&generate[..], &from].concat()).json();
    assert_eq!(
        document,
        nowhere(&[&generate[..], &["--from", "alice"]].concat()).json()
    );
    // The payer of fees may be named as the first word, as on other chains.
    let offline = ["--offline", "--generate-only", "--gas", "1", "--fees", "1uakt"];
    let grant = nowhere(&[&["tx", "feegrant", "grant", "alice", &bob], &offline[..]].concat()).json();
    let grant = &grant["body"]["messages"][0];
    assert_eq!(
        (&grant["granter"], &grant["grantee"]),
        (&json!(address(0)), &json!(bob))
    );
    let unsigned = setup.write("unsigned.json", &document);
    let sign = ["tx", "sign", unsigned.to_str().unwrap(), "--from", "alice", "--offline"];
    assert!(nowhere(&sign).error().contains("--chain-id is needed"));
    let sign = [&sign[..], &["--chain-id", setup.node.chain_id()]].concat();
    assert!(
        nowhere(&sign)
            .error()
            .contains("--account-number and --sequence are needed")
    );
    let number = account["account_number"].as_str().unwrap();
    let signed = nowhere(&[&sign[..], &["-a", number, "-s", "0"]].concat()).json();

    let file = setup.write("signed.json", &signed);
    let raw = setup.text(&["tx", "encode", file.to_str().unwrap()]);
    assert_eq!(nowhere(&["tx", "decode", &raw]).json(), signed);
    let unasked = nowhere(&[
        "tx",
        "bank",
        "send",
        &bob,
        "1uakt",
        "--from",
        "alice",
        "--offline",
        "--gas",
        "1",
        "--fees",
        "1uakt",
    ]);
    assert!(unasked.error().contains("nothing can be sent"), "{}", unasked.err);
    let sent = setup.run(&["tx", "broadcast", file.to_str().unwrap()]).json();
    assert_eq!(sent["code"], 0, "{sent}");
    assert_eq!(setup.balance(&bob), json!([{ "denom": "uakt", "amount": "7" }]));
}

fn number(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_contract_is_stored_made_and_asked() {
    let setup = Setup::new();
    let alice = address(0);
    assert_eq!(setup.tx(&["wasm", "store", REGISTRY], "code_id"), "1");
    let codes = setup.run(&["query", "wasm", "list-code"]).json();
    assert_eq!(codes["code_infos"].as_array().unwrap().len(), 1);
    let info = setup.run(&["query", "wasm", "code-info", "1"]).json();
    assert_eq!(info["creator"], alice.as_str());
    let message = json!({ "governance": alice }).to_string();
    let first = setup.tx(
        &["wasm", "instantiate", "1", &message, "--label", "one", "--no-admin"],
        "_contract_address",
    );
    let salted = [
        "wasm",
        "instantiate2",
        "1",
        &message,
        "73616c74",
        "--label",
        "two",
        "--admin",
        &alice,
    ];
    let second = setup.tx(&salted, "_contract_address");
    assert_ne!(first, second);
    let checksum = STANDARD.decode(info["checksum"].as_str().unwrap()).unwrap();
    let checksum = hex::encode(checksum);
    let predicted = setup
        .run(&["query", "wasm", "build-address", &checksum, &alice, "73616c74"])
        .json();
    assert_eq!(predicted["address"], second.as_str());
    setup.tx(&["wasm", "set-contract-label", &second, "renamed"], "");
    let contract = setup.run(&["query", "wasm", "contract", &second]).json();
    assert_eq!(contract["contract_info"]["label"], "renamed");
    setup.tx(&["wasm", "update-instantiate-config", "1", "--instantiate-nobody"], "");
    let info = setup.run(&["query", "wasm", "code-info", "1"]).json();
    assert_eq!(info["instantiate_permission"]["permission"], "ACCESS_TYPE_NOBODY");
    let config = setup
        .run(&["query", "wasm", "contract-state", "smart", &first, r#"{"config":{}}"#])
        .json();
    assert!(config["data"].is_object(), "{config}");
    let raw = setup
        .run(&[
            "query",
            "wasm",
            "contract-state",
            "raw",
            &first,
            &hex::encode("contract_info"),
        ])
        .json();
    assert!(!raw["data"].as_str().unwrap().is_empty());
    let listed = setup.run(&["query", "wasm", "list-contract-by-code", "1"]).json();
    assert_eq!(listed["contracts"].as_array().unwrap().len(), 2);
    let refused = setup.run(&["tx", "wasm", "execute", &first, r#"{"nothing":{}}"#, "--from", "alice"]);
    assert!(refused.error().contains("unknown variant"), "{}", refused.err);
}

#[test]
fn a_proposal_is_voted_on_and_watched() {
    let setup = Setup::new();
    let gov = supercloud_client::address::module("akash", "gov").unwrap();
    let send = json!({ "@type": "/cosmos.bank.v1beta1.MsgSend", "from_address": gov, "to_address": address(1), "amount": [{ "denom": "uakt", "amount": "1" }] });
    let proposal = setup.write(
        "proposal.json",
        &json!({ "title": "Pay", "summary": "one", "messages": [send] }),
    );
    let id = setup.tx(&["gov", "submit-proposal", proposal.to_str().unwrap()], "proposal_id");
    assert_eq!(id, "1");
    // Nobody voted in time: it is lost, and watching says so.
    let watched = setup.run(&["gov", "watch", &id, "--timeout", "20"]);
    assert!(watched.error().contains("not executed: proposal 1"), "{}", watched.err);
    let last: Value = serde_json::from_str(watched.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["status"], "rejected");
    let late = setup.run(&["tx", "gov", "vote", &id, "yes", "--from", "alice"]);
    assert!(!late.error().is_empty());
    let shown = setup.run(&["query", "gov", "proposal", &id]).json();
    assert_eq!(shown["proposal"]["title"], "Pay");
}

#[test]
fn an_upgrade_of_a_contract_that_is_not_there_is_refused_with_its_address() {
    let setup = Setup::new();
    let refused = setup.run(&["gov", "upgrade", "market", "--artifact", MARKET, "--no-submit"]);
    assert!(
        refused.error().contains("there is no market at akash1"),
        "{}",
        refused.err
    );
    let unknown = setup.run(&["gov", "upgrade", "nothing", "--artifact", MARKET, "--no-submit"]);
    assert!(unknown.error().contains("no contract nothing"), "{}", unknown.err);
}

#[test]
fn keys_are_made_shown_exported_and_deleted() {
    let setup = Setup::new();
    let made = setup.run(&["keys", "add", "bob"]).json();
    assert_eq!(made["mnemonic"].as_str().unwrap().split(' ').count(), 24);
    let again = setup
        .with_stdin(&["keys", "recover", "bob2"], made["mnemonic"].as_str().unwrap())
        .json();
    assert_eq!(made["address"], again["address"]);
    assert_eq!(setup.run(&["keys", "list"]).json().as_array().unwrap().len(), 3);
    assert_eq!(setup.text(&["keys", "show", "alice", "-a"]), address(0));
    let shown = setup.run(&["keys", "show", "alice", "-a"]).json();
    assert_eq!(shown, json!({ "address": address(0) }));
    let second = setup
        .with_stdin(&["keys", "recover", "alice1", "--index", "1"], ABANDON)
        .json();
    assert_eq!(second["address"], address(1).as_str());
    let secret = hex::encode(Key::from_mnemonic(ABANDON).unwrap().to_secret().as_slice());
    assert_eq!(setup.text(&["keys", "export", "alice", "--unsafe"]), secret);
    let exported = setup.run(&["keys", "export", "alice", "--unsafe"]).json();
    assert_eq!(exported, json!({ "name": "alice", "secret_hex": secret }));
    assert!(setup.run(&["keys", "delete", "bob"]).error().contains("--yes"));
    setup.run(&["keys", "delete", "bob", "--yes"]).json();
    assert!(setup.run(&["keys", "show", "bob"]).error().contains("there is no key"));
}

#[test]
fn keys_are_imported_renamed_and_named() {
    let setup = Setup::new();
    let secret = setup.text(&["keys", "export", "alice", "--unsafe"]);
    let file = setup.home.path().join("secret");
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    let import = ["keys", "import", "again", file.to_str().unwrap()];
    assert_eq!(setup.run(&import).json()["address"], address(0).as_str());
    std::fs::write(&file, "-----BEGIN TENDERMINT PRIVATE KEY-----\n").unwrap();
    let armored = setup.run(&["keys", "import", "armored", file.to_str().unwrap()]);
    assert!(armored.error().contains("--unarmored-hex"), "{}", armored.err);
    setup.run(&["keys", "rename", "again", "renamed"]).json();
    assert_eq!(setup.run(&["keys", "list", "-n"]).json(), json!(["alice", "renamed"]));
    assert!(
        setup
            .run(&["keys", "rename", "alice", "renamed"])
            .error()
            .contains("already")
    );
    let shown = setup.run(&["keys", "show", "alice"]).json();
    assert_eq!(setup.run(&["keys", "show", "renamed", "-p"]).json(), shown["pubkey"]);
    let words = setup.text(&["keys", "mnemonic", "--words", "12"]);
    assert_eq!(words.split(' ').count(), 12);
    assert!(Key::from_mnemonic(&words).is_ok());
    let parsed = setup.run(&["keys", "parse", &address(0)]).json();
    let back = setup.run(&["keys", "parse", parsed["hex"].as_str().unwrap()]).json();
    assert_eq!(back, parsed);
}

#[test]
fn a_torn_key_file_does_not_hide_the_other_keys() {
    let setup = Setup::new();
    let folder = setup.home.path().join("keyring-test");
    std::fs::write(folder.join("torn.json"), "{").unwrap();
    std::fs::copy(folder.join("alice.json"), folder.join("my copy.json")).unwrap();
    let listed = setup.run(&["keys", "list"]);
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
    for part in ["torn.json is damaged", "\"my copy\" is no name for a key"] {
        assert!(listed.err.contains(part), "{}", listed.err);
    }
    let send = [
        "tx",
        "bank",
        "send",
        &address(1),
        "1uakt",
        "--from",
        &address(0),
        "--yes",
    ];
    assert_eq!(setup.run(&send).json()["code"], 0);
    assert!(setup.run(&["keys", "add", "torn"]).error().contains("delete it first"));
    setup.run(&["keys", "delete", "torn", "--yes"]).json();
    setup.run(&["keys", "add", "torn"]).json();
}

#[test]
fn the_version_is_told_in_all_forms() {
    let print = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(print(&["version"]), format!("{version}\n"));
    assert_eq!(print(&["--version"]), format!("supercloud {version}\n"));
    let json: Value = serde_json::from_str(&print(&["version", "--long", "-o", "json"])).unwrap();
    for (field, value) in [
        ("name", "supercloud"),
        ("server_name", "supercloud"),
        ("version", version),
    ] {
        assert_eq!(json[field], value);
    }
    assert!(print(&["version", "--long"]).contains(&format!("version: \"{version}\"")));
}

#[test]
fn completions_know_the_commands() {
    let home = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .args(["completions", shell])
            .env("HOME", home.path())
            .output()
            .unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("contract-state"), "{shell}");
    }
}
