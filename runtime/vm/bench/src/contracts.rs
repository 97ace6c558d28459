//! The modules to measure: this project's own, and a folder of public ones that is no part of the project.

use std::path::{Path, PathBuf};

use crate::engine::Engine;
use crate::ours::Ours;
use crate::peer::Peer;

/// Names a folder with `*.wasm` files, see `docs/performance.md`.
pub const VECTORS_VARIABLE: &str = "SUPERCLOUD_WASM_VECTORS";

/// A module with the name of its file.
#[derive(Clone, Debug)]
pub struct Contract {
    /// File name without its ending.
    pub name: String,
    /// The module.
    pub wasm: Vec<u8>,
}

/// Root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The project's contracts, the test contract `conformance` among them.
pub fn own() -> Vec<Contract> {
    let mut contracts = read_folder(&root().join("artifacts"));
    let conformance = root().join("artifacts/test/conformance.wasm");
    match std::fs::read(&conformance) {
        Ok(wasm) => contracts.push(Contract {
            name: "conformance".into(),
            wasm,
        }),
        Err(error) => eprintln!("skipped: {}: {error}", conformance.display()),
    }
    contracts
}

/// The public modules.
pub fn vectors() -> Vec<Contract> {
    match std::env::var_os(VECTORS_VARIABLE) {
        Some(folder) => read_folder(Path::new(&folder)),
        None => {
            eprintln!("skipped: public modules, {VECTORS_VARIABLE} names no folder");
            Vec::new()
        }
    }
}

/// The modules that both engines accept.
pub fn accepted(contracts: Vec<Contract>) -> Vec<Contract> {
    let accepted = |contract: &Contract| Ours::accepts(&contract.wasm) && Peer::accepts(&contract.wasm);
    contracts.into_iter().filter(accepted).collect()
}

fn read_folder(folder: &Path) -> Vec<Contract> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut contracts: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .map(|path| Contract {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            wasm: std::fs::read(&path).unwrap(),
        })
        .collect();
    contracts.sort_by(|a, b| a.name.cmp(&b.name));
    contracts
}
