//! Compiled code on disk.

use std::fs;
use std::path::PathBuf;

use supercloud_chain::vm::{EntryPoint, Vm, VmCall};
use supercloud_vm::{VmConfig, WasmtimeVm};

use crate::backend::MockBackend;
use crate::contract::{GAS, contract};

/// Loads a contract in a new engine and calls it.
fn restart(folder: &tempfile::TempDir) -> Vec<u8> {
    let config = VmConfig {
        artifact_dir: Some(folder.path().join("new/wasm")),
        ..VmConfig::default()
    };
    let vm = WasmtimeVm::new(config).unwrap();
    let wasm = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 1))");
    let checksum = &vm.load(&wasm).unwrap();
    let call = VmCall {
        checksum,
        entry_point: EntryPoint::Query,
        args: &[b"env", b"msg"],
        gas_limit: GAS,
    };
    vm.call(call, &mut MockBackend::default()).result.unwrap()
}

fn files(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path().join("new/wasm")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn compiled_code_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(restart(&folder), b"msg");
    let [file] = files(&folder).try_into().unwrap();
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(restart(&folder), b"msg");
    assert_eq!(files(&folder), std::slice::from_ref(&file));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
}

#[test]
fn damaged_files_are_compiled_again() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(restart(&folder), b"msg");
    let [file] = files(&folder).try_into().unwrap();
    let good = fs::read(&file).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    for damaged in [
        flipped,
        good[..good.len() - 1].to_vec(),
        good[..10].to_vec(),
        Vec::new(),
    ] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(restart(&folder), b"msg");
        assert_eq!(fs::read(&file).unwrap().len(), good.len());
    }
}

#[test]
fn an_unusable_folder_costs_time_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("new"), "a file where a folder should be").unwrap();
    assert_eq!(restart(&folder), b"msg");
}
