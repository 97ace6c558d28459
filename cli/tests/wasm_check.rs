//! `supercloud wasm check` as a user runs it: what it says of a file, in both forms, and its exit code.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::Compression;
use flate2::read::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const ARTIFACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../artifacts");

/// What every contract has.
const FRAME: &str = r#"
    (memory (export "memory") 17)
    (func (export "interface_version_8"))
    (func (export "allocate") (param i32) (result i32) unreachable)
    (func (export "deallocate") (param i32))
"#;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A contract with `body` after what every contract has.
    fn contract(&self, name: &str, body: &str) -> PathBuf {
        self.write(name, contract(body))
    }
}

fn contract(body: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {FRAME} {body})")).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut archive = Vec::new();
    std::io::copy(&mut GzEncoder::new(bytes, Compression::best()), &mut archive).unwrap();
    archive
}

fn check(options: &[&str], files: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_supercloud"))
        .args(["wasm", "check"])
        .args(options)
        .args(files)
        .output()
        .unwrap()
}

/// The exit code and the parsed array.
fn check_json(options: &[&str], files: &[&Path]) -> (i32, Vec<Value>) {
    let output = check(&[&["--json"], options].concat(), files);
    let array = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), array)
}

/// One file that is refused, as its layer, error and function.
fn refusal(options: &[&str], file: &Path) -> (String, String, Value) {
    let (code, reports) = check_json(options, &[file]);
    assert_eq!((code, reports.len()), (1, 1));
    let report = &reports[0];
    assert_eq!(report["ok"], false);
    for key in [
        "interface",
        "entry_points",
        "capabilities",
        "migrate_version",
        "ibc",
        "store_gas",
    ] {
        assert_eq!(report[key], Value::Null, "{key}");
    }
    let text = |key: &str| report[key].as_str().unwrap().to_owned();
    (text("layer"), text("error"), report["function"].clone())
}

fn refused(layer: &str, error: &str) -> (String, String, Value) {
    (layer.to_owned(), error.to_owned(), Value::Null)
}

#[test]
fn accepted_contract_is_described_in_full() {
    let folder = Folder::new();
    let body = r#"
        (func (export "query") (param i32 i32) (result i32) (local.get 0))
        (func $largest (export "migrate") (param i32 i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "requires_iterator")) (func (export "requires_cosmwasm_3_0"))
        (@custom "cw_migrate_version" "42")"#;
    let wasm = contract(body);
    let file = folder.write("a.wasm", &wasm);
    let (code, mut reports) = check_json(&[], &[&file]);
    assert_eq!(code, 0);
    let compile_ms = reports[0]["compile_ms"].take();
    assert!(compile_ms.as_u64().is_some_and(|ms| ms < 60_000), "{compile_ms}");
    let gzip_bytes = gzip(&wasm).len();
    let expected = json!([{
        "file": file.to_str().unwrap(),
        "ok": true,
        "layer": null,
        "error": null,
        "checksum": hex::encode(Sha256::digest(&wasm)),
        "interface": "interface_version_8",
        "entry_points": ["migrate", "query"],
        "capabilities": ["cosmwasm_3_0", "iterator"],
        "migrate_version": 42,
        "ibc": false,
        "function": null,
        "wasm_bytes": wasm.len(),
        "gzip_bytes": gzip_bytes,
        "compile_ms": null,
        "largest_function": {"index": 4, "name": "largest", "bytes": 7},
        "store_gas": {"plain": 3 * wasm.len(), "gzip": 3 * wasm.len() + gzip_bytes * 15 / 100},
    }]);
    assert_eq!(Value::Array(reports), expected);
}

#[test]
fn first_ten_keys_come_in_the_promised_order() {
    let folder = Folder::new();
    let output = check(&["--json"], &[&folder.contract("a.wasm", "")]);
    let text = String::from_utf8(output.stdout).unwrap();
    let keys: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    \"")?.split('"').next())
        .take(10)
        .collect();
    let promised = [
        "file",
        "ok",
        "layer",
        "error",
        "checksum",
        "interface",
        "entry_points",
        "capabilities",
        "migrate_version",
        "ibc",
    ];
    assert_eq!(keys, promised);
}

#[test]
fn contract_with_the_six_entry_points_is_an_ibc_contract() {
    let folder = Folder::new();
    let entry_points = [
        "channel_open",
        "channel_connect",
        "channel_close",
        "packet_receive",
        "packet_ack",
        "packet_timeout",
    ];
    let ibc = |names: &[&str]| -> String {
        let export = |name: &&str| format!("(func (export \"ibc_{name}\") (param i32 i32) (result i32) unreachable)");
        names.iter().map(export).collect()
    };
    let all = folder.contract("all.wasm", &ibc(&entry_points));
    let five = folder.contract("five.wasm", &ibc(&entry_points[..5]));
    let (code, reports) = check_json(&[], &[&all, &five]);
    assert_eq!(code, 0);
    assert_eq!((&reports[0]["ibc"], &reports[1]["ibc"]), (&json!(true), &json!(false)));
}

#[test]
fn contracts_of_this_repository_pass_with_their_recorded_checksums() {
    let checksums = std::fs::read_to_string(format!("{ARTIFACTS}/checksums.txt")).unwrap();
    let lines: Vec<(&str, PathBuf)> = checksums
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(checksum, name)| (checksum, Path::new(ARTIFACTS).join(name)))
        .collect();
    assert!(lines.len() >= 7, "{lines:?}");
    let files: Vec<&Path> = lines.iter().map(|(_, file)| file.as_path()).collect();
    let (code, reports) = check_json(&["--no-bulk-memory"], &files);
    assert_eq!(code, 0);
    for ((checksum, file), report) in lines.iter().zip(reports) {
        let wasm = std::fs::read(file).unwrap();
        assert_eq!(report["checksum"], *checksum, "{}", file.display());
        assert_eq!(report["store_gas"]["plain"], 3 * wasm.len());
        assert!(
            report["entry_points"]
                .as_array()
                .unwrap()
                .contains(&json!("instantiate"))
        );
        let largest = report["largest_function"]["bytes"].as_u64().unwrap();
        assert!((1_000..100_000).contains(&largest), "{largest}");
    }
}

#[test]
fn gzipped_contract_is_judged_as_the_wasm_in_it() {
    let folder = Folder::new();
    let wasm = contract("");
    let (plain, packed) = (folder.write("a.wasm", &wasm), folder.write("a.wasm.gz", gzip(&wasm)));
    let (code, reports) = check_json(&[], &[&plain, &packed]);
    assert_eq!(code, 0);
    for key in ["checksum", "wasm_bytes", "gzip_bytes", "store_gas", "largest_function"] {
        assert_eq!(reports[0][key], reports[1][key], "{key}");
        assert_ne!(reports[0][key], Value::Null, "{key}");
    }
}

#[test]
fn unreadable_files_and_broken_archives_are_refused_on_reading() {
    let folder = Folder::new();
    let missing = folder.0.path().join("missing.wasm");
    let (layer, error, _) = refusal(&[], &missing);
    assert_eq!(layer, "read");
    assert!(error.starts_with("cannot read the file: "), "{error}");
    let mut archive = gzip(&contract(""));
    let crc = archive.len() - 8;
    archive[crc] ^= 1;
    let (layer, error, _) = refusal(&[], &folder.write("broken.gz", &archive));
    assert_eq!(layer, "read");
    assert!(error.starts_with("uncompress wasm archive: "), "{error}");
    let bomb = folder.write("bomb.gz", gzip(&vec![0; 8 * 1024 * 1024 + 1]));
    assert_eq!(
        refusal(&[], &bomb),
        refused("read", "uncompressed wasm exceeds limit 8388608")
    );
    let huge = folder.write("huge.wasm", vec![0; 8 * 1024 * 1024 + 1]);
    let error = "the file has more than 8388608 bytes, the most that any chain takes";
    assert_eq!(refusal(&[], &huge), refused("read", error));
}

#[test]
fn invalid_body_is_refused_on_parsing_with_its_function() {
    let folder = Folder::new();
    let file = folder.contract("a.wasm", "(func $broken (result i32) (i64.const 1))");
    let (layer, error, function) = refusal(&[], &file);
    assert_eq!(
        (layer.as_str(), function),
        ("parse", json!({"index": 3, "name": "broken"}))
    );
    assert!(
        error.starts_with("function 3 (broken): invalid wasm: type mismatch"),
        "{error}"
    );
    let (layer, error, _) = refusal(&[], &folder.write("text.wasm", "(module)"));
    assert_eq!(layer, "parse");
    assert!(error.starts_with("invalid wasm: "), "{error}");
}

#[test]
fn limits_are_refused_with_value_limit_and_function() {
    let folder = Folder::new();
    let locals = |count: usize| format!("(func $many (local {}))", "i32 ".repeat(count));
    let (code, _) = check_json(&[], &[&folder.contract("most.wasm", &locals(100))]);
    assert_eq!(code, 0);
    let function = json!({"index": 3, "name": "many"});
    assert_eq!(
        refusal(&[], &folder.contract("locals.wasm", &locals(101))),
        (
            "limits".to_owned(),
            "function 3 (many): 101 locals of a function; the limit is 100".to_owned(),
            function
        )
    );
    let table = folder.contract("table.wasm", "(table 1 2501 funcref)");
    let error = "2501 elements as the table's maximum; the limit is 2500";
    assert_eq!(refusal(&[], &table), refused("limits", error));
}

#[test]
fn wrong_interface_is_refused() {
    let folder = Folder::new();
    let old =
        wat::parse_str("(module (memory (export \"memory\") 1) (func (export \"interface_version_7\")))").unwrap();
    let error = "interface_version_7 (CosmWasm 0.16) is not supported; only interface_version_8 is";
    assert_eq!(
        refusal(&[], &folder.write("old.wasm", old)),
        refused("interface", error)
    );
    let (layer, error, function) = refusal(&[], &folder.contract("start.wasm", "(func $go) (start $go)"));
    assert_eq!(
        (layer.as_str(), function),
        ("interface", json!({"index": 3, "name": "go"}))
    );
    assert!(
        error.starts_with("function 3 (go): the module has a start function"),
        "{error}"
    );
}

#[test]
fn capabilities_are_refused_when_the_chain_lacks_them() {
    let folder = Folder::new();
    let file = folder.contract(
        "a.wasm",
        r#"(func (export "requires_water")) (func (export "requires_iterator"))"#,
    );
    let error = "required capabilities are not available: water";
    assert_eq!(refusal(&[], &file), refused("capability", error));
    let error = "required capabilities are not available: iterator";
    assert_eq!(
        refusal(&["--available-capabilities", "water,staking"], &file),
        refused("capability", error)
    );
    let (code, _) = check_json(&["--available-capabilities", "water, iterator"], &[&file]);
    assert_eq!(code, 0);
}

#[test]
fn bulk_memory_is_accepted_unless_said_otherwise() {
    let folder = Folder::new();
    let body = "(func $copy (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))";
    let file = folder.contract("a.wasm", body);
    assert_eq!(check_json(&[], &[&file]).0, 0);
    let (layer, error, function) = refusal(&["--no-bulk-memory"], &file);
    assert_eq!(
        (layer.as_str(), function),
        ("parse", json!({"index": 3, "name": "copy"}))
    );
    assert!(error.contains("bulk memory support is not enabled"), "{error}");
}

#[test]
fn rules_of_a_chain_come_from_a_file() {
    let folder = Folder::new();
    let file = folder.contract("a.wasm", "");
    let rules = |pages: u32| json!({"limits": {"memory_pages": pages}}).to_string();
    let (tight, enough) = (folder.write("16.json", rules(16)), folder.write("17.json", rules(17)));
    let error = "17 pages of initial memory; the limit is 16";
    assert_eq!(
        refusal(&["--rules", tight.to_str().unwrap()], &file),
        refused("limits", error)
    );
    assert_eq!(check_json(&["--rules", enough.to_str().unwrap()], &[&file]).0, 0);
}

#[test]
fn wrong_arguments_exit_with_two() {
    let folder = Folder::new();
    let file = folder.contract("a.wasm", "");
    assert_eq!(check(&[], &[]).status.code(), Some(2));
    assert_eq!(check(&["--nonsense"], &[&file]).status.code(), Some(2));
    for (text, message) in [
        ("{\"pages\": 1}", "does not hold rules for uploads"),
        (
            "{\"limits\": {\"memory_pages\": 513}}",
            "code rules: memory_pages is 513, the highest possible is 512",
        ),
    ] {
        let rules = folder.write("rules.json", text);
        let output = check(&["--rules", rules.to_str().unwrap()], &[&file]);
        assert_eq!((output.status.code(), output.stdout), (Some(2), vec![]));
        let talk = String::from_utf8(output.stderr).unwrap();
        assert!(talk.contains(message), "{talk}");
    }
}

#[test]
fn text_form_has_a_block_per_file_and_a_sum() {
    let folder = Folder::new();
    let good = folder.contract(
        "good.wasm",
        "(func (export \"query\") (param i32 i32) (result i32) unreachable)",
    );
    let bad = folder.contract("bad.wasm", "(func (export \"requires_water\"))");
    let output = check(&[], &[&good, &bad]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("{}: pass", good.display()));
    assert!(lines.contains(&"  entry points     query"), "{text}");
    assert!(lines.contains(&"  capabilities     none"), "{text}");
    let failed = lines
        .iter()
        .position(|line| *line == format!("{}: fail", bad.display()))
        .unwrap();
    assert_eq!(
        lines[failed + 1..failed + 3],
        [
            "  layer            capability",
            "  error            required capabilities are not available: water"
        ]
    );
    assert_eq!(lines.last(), Some(&"1 passed, 1 refused"));
    assert_eq!(check(&[], &[&good]).status.code(), Some(0));
}
