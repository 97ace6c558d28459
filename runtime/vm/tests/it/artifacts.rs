//! The contracts of this repository, where they have been built. Public ones are in `vectors`.

use std::path::{Path, PathBuf};

use supercloud_chain::vm::EntryPoint;

use crate::backend::MockBackend;
use crate::contract::{call, check};

fn wasm_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "wasm"))
        .collect();
    files.sort();
    files
}

#[test]
fn contracts_of_this_repository_load_and_answer() {
    let files = wasm_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../artifacts"));
    if files.is_empty() {
        eprintln!("skipped: no artifacts/*.wasm, build them with `cargo xtask artifacts`");
    }
    for file in files {
        let wasm = std::fs::read(&file).unwrap();
        let analysis = check(&wasm).unwrap();
        assert!(analysis.entry_points.contains("instantiate"), "{}", file.display());
        // The environment is no JSON: the contract must say so in an orderly way, by its error or by a panic text.
        let args: [&[u8]; 3] = [b"?", b"?", b"?"];
        let report = call(&wasm, EntryPoint::Instantiate, &args, &mut MockBackend::default());
        let text = format!("{:?}", report.result.map(String::from_utf8));
        assert!(
            text.contains("error") || text.contains("Aborted"),
            "{}: {text}",
            file.display()
        );
    }
}
