//! Every endpoint against a committed answer: each REST route, JSON-RPC method and gRPC method has a file in
//! `tests/golden`, compared exactly. A route without a file and a file without a route both fail.
//!
//! `UPDATE_GOLDEN=1 cargo test -p supercloud-rpc --test it golden` writes the files anew; read the difference.

mod chain;
mod grpc;
mod jsonrpc;
mod malformed;
mod rest;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

/// A list of endpoints is never shorter than this by mistake.
const LEAST: usize = 10;

/// Compares answers, by name of their files, with the files of a folder.
fn assert_golden(folder: &str, answers: &BTreeMap<String, Value>) {
    assert!(answers.len() >= LEAST, "{folder}: only {} answers", answers.len());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder);
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    if update {
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
    }
    let mut wrong = Vec::new();
    for (name, answer) in answers {
        let file = path.join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(answer).unwrap());
        if update {
            std::fs::write(&file, &text).unwrap();
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != text {
            wrong.push(format!("{name}: {text}"));
        }
    }
    let entries = std::fs::read_dir(&path).map(|entries| entries.map(|entry| entry.unwrap().path()));
    let files: BTreeSet<String> = entries
        .into_iter()
        .flatten()
        .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    wrong.extend(
        files
            .iter()
            .filter(|name| !answers.contains_key(*name))
            .map(|name| format!("{name}: no endpoint answers so")),
    );
    assert!(
        wrong.is_empty(),
        "{} of {folder} differ from the files, UPDATE_GOLDEN=1 writes them anew:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
