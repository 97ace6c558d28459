//! Real contracts: the ones of this repository where they have been built, and the ecosystem's test vectors where
//! `SUPERCLOUD_WASM_VECTORS` names their folder.

use std::path::{Path, PathBuf};

use supercloud_chain::vm::{Analysis, EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{call, call_with_gas, check, load};

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

fn vectors() -> Option<PathBuf> {
    let folder = std::env::var_os("SUPERCLOUD_WASM_VECTORS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: SUPERCLOUD_WASM_VECTORS is not set");
    }
    folder
}

fn analysis(folder: &Path, name: &str) -> Result<Analysis, String> {
    let wasm = std::fs::read(folder.join(format!("vm__{name}"))).unwrap();
    let analysis = check(&wasm).map_err(|error| error.reason)?;
    assert_eq!(load(&wasm).unwrap().checksum, analysis.checksum);
    Ok(analysis)
}

#[test]
fn vectors_of_interface_version_8_load() {
    let Some(folder) = vectors() else { return };
    for (name, ibc, migrate_version) in [
        ("cyberpunk.wasm", false, None),
        ("cyberpunk_rust170.wasm", false, None),
        ("empty.wasm", false, None),
        ("floaty_1.0.wasm", false, None),
        ("floaty_1.2.wasm", false, None),
        ("floaty_2.0.wasm", false, None),
        ("hackatom.wasm", false, Some(420)),
        ("hackatom_1.0.wasm", false, None),
        ("hackatom_1.2.wasm", false, None),
        ("hackatom_1.3.wasm", false, Some(42)),
        ("ibc2.wasm", false, None),
        ("ibc_callbacks.wasm", false, None),
        ("ibc_reflect.wasm", true, None),
        ("ibc_reflect_1.0.wasm", true, None),
        ("ibc_reflect_1.2.wasm", true, None),
    ] {
        let analysis = analysis(&folder, name).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert_eq!(
            (analysis.has_ibc_entry_points, analysis.migrate_version),
            (ibc, migrate_version),
            "{name}"
        );
    }
}

#[test]
fn older_and_broken_vectors_are_refused() {
    let Some(folder) = vectors() else { return };
    for (name, text) in [
        ("corrupted.wasm", "CosmWasm 0.7"),
        ("floaty_0.16.wasm", "CosmWasm 0.15"),
        ("hackatom_0.7.wasm", "CosmWasm 0.7"),
        ("hackatom_0.8.wasm", "CosmWasm 0.8"),
        ("hackatom_0.9.wasm", "CosmWasm 0.9"),
        ("hackatom_0.10.wasm", "CosmWasm 0.10"),
        ("hackatom_0.11.wasm", "CosmWasm 0.11"),
        ("hackatom_0.12.wasm", "CosmWasm 0.11"),
        ("hackatom_0.14.wasm", "CosmWasm 0.14"),
        ("hackatom_0.15.wasm", "CosmWasm 0.15"),
        ("hackatom_0.16.wasm", "CosmWasm 0.16"),
        ("ibc_reflect_0.14.wasm", "CosmWasm 0.14"),
    ] {
        let reason = analysis(&folder, name).unwrap_err();
        assert!(reason.contains(text), "{name}: {reason}");
    }
}

#[test]
fn endless_loops_of_hackatom_end_with_all_gas_used() {
    let Some(folder) = vectors() else { return };
    let wasm = std::fs::read(folder.join("vm__hackatom.wasm")).unwrap();
    let env = br#"{"block":{"height":1,"time":"1","chain_id":"c"},"transaction":null,"contract":{"address":"a"}}"#;
    let info = br#"{"sender":"s","funds":[]}"#;
    for message in ["cpu_loop", "storage_loop", "memory_loop"] {
        let message = format!("{{\"{message}\":{{}}}}");
        let args: [&[u8]; 3] = [env, info, message.as_bytes()];
        let limit = 10_000_000_000;
        let report = call_with_gas(&wasm, EntryPoint::Execute, &args, &mut MockBackend::default(), limit);
        assert_eq!(report.result, Err(VmError::OutOfGas), "{message}");
        assert_eq!(report.gas_internal + report.gas_external, limit);
    }
    let args: [&[u8]; 3] = [env, info, br#"{"panic":{}}"#];
    let report = call(&wasm, EntryPoint::Execute, &args, &mut MockBackend::default());
    assert!(matches!(report.result, Err(VmError::Aborted(text)) if text.contains("panicked at")));
}
