//! Compiled code on disk.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use supercloud_chain::vm::{CodeKey, EntryPoint, MeteringVersion, Vm, VmCall, VmError};
use supercloud_vm::{CacheError, OpenError, Tiers, VmConfig, WasmtimeVm};
use tempfile::TempDir;

use crate::backend::MockBackend;
use crate::contract::{GAS, contract};

fn open(folder: &Path) -> Result<WasmtimeVm, OpenError> {
    WasmtimeVm::new(VmConfig {
        cache_dir: Some(folder.to_owned()),
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    })
}

fn wasm() -> Vec<u8> {
    contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 1))")
}

/// Calls the contract, which the engine may have forgotten.
fn ask(vm: &WasmtimeVm, wasm: &[u8]) -> Result<Vec<u8>, VmError> {
    let code = CodeKey::current(Sha256::digest(wasm).into());
    let call = VmCall {
        code,
        entry_point: EntryPoint::Query,
        args: &[b"env", b"msg"],
        gas_limit: GAS,
    };
    vm.call(call, &mut MockBackend::default()).result
}

/// Loads a contract in a new engine and calls it.
fn restart(folder: &TempDir) -> Vec<u8> {
    let vm = open(&folder.path().join("new/wasm")).unwrap();
    vm.load(&wasm(), MeteringVersion::CURRENT).unwrap();
    ask(&vm, &wasm()).unwrap()
}

/// Compiled code, in the folder of the engine.
fn files(folder: &TempDir) -> Vec<PathBuf> {
    let is_code = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "cwasm");
    let walk = walk(&folder.path().join("new/wasm"));
    walk.into_iter().filter(is_code).collect()
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .collect()
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
fn a_restarted_engine_calls_without_being_given_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wasm");
    let vm = open(&path).unwrap();
    assert_eq!(ask(&vm, &wasm()), Err(VmError::NotLoaded));
    vm.load(&wasm(), MeteringVersion::CURRENT).unwrap();
    drop(vm);
    let vm = open(&path).unwrap();
    assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
    assert!(vm.pin(&CodeKey::current(Sha256::digest(wasm()).into())));
}

#[test]
fn a_file_of_another_code_or_another_folders_key_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(restart(&folder), b"msg");
    let [file] = files(&folder).try_into().unwrap();
    let mac = fs::read(file.with_extension("mac")).unwrap();
    // The file of one code under the name of another, with the code that was right for it.
    let other = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 0))");
    let name: String = Sha256::digest(&other)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let stolen = file.with_file_name(format!("{name}-1.cwasm"));
    fs::copy(&file, &stolen).unwrap();
    fs::write(stolen.with_extension("mac"), &mac).unwrap();
    let path = folder.path().join("new/wasm");
    assert_eq!(ask(&open(&path).unwrap(), &other), Err(VmError::NotLoaded));
    // Every file, beside a key that did not make them.
    fs::write(path.join("key"), [7; 32]).unwrap();
    assert_eq!(ask(&open(&path).unwrap(), &wasm()), Err(VmError::NotLoaded));
    // A key of the wrong length is replaced.
    fs::write(path.join("key"), b"short").unwrap();
    assert_eq!(restart(&folder), b"msg");
    assert_eq!(fs::read(path.join("key")).unwrap().len(), 32);
}

#[test]
fn a_folder_that_vanishes_costs_time_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wasm");
    let vm = WasmtimeVm::new(VmConfig {
        cache_dir: Some(path.clone()),
        memory_cache_bytes: 0,
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    })
    .unwrap();
    vm.load(&wasm(), MeteringVersion::CURRENT).unwrap();
    fs::remove_dir_all(&path).unwrap();
    let other = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 0))");
    vm.load(&other, MeteringVersion::CURRENT).unwrap();
    assert_eq!(ask(&vm, &other), Ok(b"env".to_vec()));
    // The second code took the place of the first, whose file is gone.
    assert_eq!(ask(&vm, &wasm()), Err(VmError::NotLoaded));
    vm.load(&wasm(), MeteringVersion::CURRENT).unwrap();
    assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
}

#[test]
fn pinned_codes_stay_when_others_need_room() {
    let vm = WasmtimeVm::new(VmConfig {
        memory_cache_bytes: 0,
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    })
    .unwrap();
    let other = contract("(func (export \"query\") (param i32 i32) (result i32) (local.get 0))");
    let key = vm.load(&wasm(), MeteringVersion::CURRENT).unwrap().key;
    assert!(vm.pin(&key));
    vm.load(&other, MeteringVersion::CURRENT).unwrap();
    assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
    assert_eq!(ask(&vm, &other), Ok(b"env".to_vec()));
    vm.unpin(&key);
    vm.load(&contract(""), MeteringVersion::CURRENT).unwrap();
    assert_eq!(ask(&vm, &wasm()), Err(VmError::NotLoaded));
    assert_eq!(ask(&vm, &other), Err(VmError::NotLoaded));
    assert!(!vm.pin(&key));
}

/// Whatever other threads load between a chain's load and its call.
#[test]
fn loaded_codes_are_there_while_they_are_held_and_can_be_pinned() {
    for tiers in [Tiers::Optimized, Tiers::Tiered, Tiers::Baseline] {
        let vm = WasmtimeVm::new(VmConfig {
            memory_cache_bytes: 1,
            tiers,
            ..VmConfig::default()
        })
        .unwrap();
        let load = |wasm: &[u8]| vm.load(wasm, MeteringVersion::CURRENT).unwrap();
        let others: Vec<_> = ["other", "another"]
            .map(|name| contract(&format!("(func (export \"{name}\"))")))
            .into();
        let held = load(&wasm());
        let again = load(&wasm());
        others.iter().for_each(|other| drop(load(other)));
        vm.finish_compiling();
        assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
        // The first form of it is held on, although a load after its eviction made another.
        drop(held);
        assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
        let key = again.key;
        assert!(vm.pin(&key));
        drop(again);
        others.iter().for_each(|other| drop(load(other)));
        vm.finish_compiling();
        assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
        vm.unpin(&key);
        others.iter().for_each(|other| drop(load(other)));
        vm.finish_compiling();
        assert_eq!(ask(&vm, &wasm()), Err(VmError::NotLoaded));
        assert!(!vm.pin(&key));
    }
}

#[test]
fn a_folder_serves_one_engine_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wasm");
    let first = open(&path).unwrap();
    let second = open(&path).unwrap_err();
    assert!(matches!(second, OpenError::Cache(CacheError::InUse { path: used }) if used == path));
    drop(first);
    open(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_folder_is_private() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wasm");
    drop(open(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(path.join("key")).unwrap().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o770)).unwrap();
    let refused = open(&path).unwrap_err();
    assert!(matches!(
        refused,
        OpenError::Cache(CacheError::NotPrivate { mode: 0o770, .. })
    ));
}

#[test]
fn an_unusable_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "a file where a folder should be").unwrap();
    let refused = open(&folder.path().join("file/wasm")).unwrap_err();
    assert!(matches!(refused, OpenError::Cache(CacheError::Io { .. })));
}

#[test]
fn a_tiered_engine_keeps_the_optimised_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/wasm");
    let tiered = || {
        WasmtimeVm::new(VmConfig {
            cache_dir: Some(path.clone()),
            ..VmConfig::default()
        })
    };
    let vm = tiered().unwrap();
    vm.load(&wasm(), MeteringVersion::CURRENT).unwrap();
    assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
    vm.finish_compiling();
    assert_eq!(files(&folder).len(), 1);
    assert_eq!(ask(&vm, &wasm()), Ok(b"msg".to_vec()));
    drop(vm);
    assert_eq!(ask(&tiered().unwrap(), &wasm()), Ok(b"msg".to_vec()));
}

/// Without room for more than one code: from the queue before the optimising thread is done with it, from disk after.
#[test]
fn codes_are_callable_while_they_wait_for_their_optimised_form() {
    let folder = tempfile::tempdir().unwrap();
    let vm = WasmtimeVm::new(VmConfig {
        cache_dir: Some(folder.path().join("new/wasm")),
        memory_cache_bytes: 1,
        ..VmConfig::default()
    })
    .unwrap();
    let body = "(func (export \"query\") (param i32 i32) (result i32) (local.get 0))";
    let codes: Vec<_> = (0..8)
        .map(|unused| contract(&format!("{body} (func (result i32) (i32.const {unused}))")))
        .collect();
    for code in &codes {
        vm.load(code, MeteringVersion::CURRENT).unwrap();
    }
    for _ in 0..20 {
        for code in &codes {
            assert_eq!(ask(&vm, code), Ok(b"env".to_vec()));
        }
    }
    vm.finish_compiling();
    assert_eq!(files(&folder).len(), codes.len());
}

#[test]
fn lent_code_is_callable_while_it_is_held_and_leaves_no_file() {
    for tiers in [Tiers::Optimized, Tiers::Tiered, Tiers::Baseline] {
        let folder = tempfile::tempdir().unwrap();
        let vm = WasmtimeVm::new(VmConfig {
            cache_dir: Some(folder.path().join("new/wasm")),
            tiers,
            ..VmConfig::default()
        })
        .unwrap();
        let held = vm.lend(&wasm(), MeteringVersion::CURRENT).unwrap();
        let other = vm.lend(&wasm(), MeteringVersion::CURRENT).unwrap();
        assert_eq!(ask(&vm, &wasm()).unwrap(), b"msg");
        drop(held);
        assert_eq!(ask(&vm, &wasm()).unwrap(), b"msg");
        drop(other);
        assert_eq!(ask(&vm, &wasm()), Err(VmError::NotLoaded));
        vm.finish_compiling();
        assert_eq!(files(&folder), Vec::<PathBuf>::new());
        assert!(vm.lend(b"no wasm", MeteringVersion::CURRENT).is_err());
        // The same code for good.
        vm.load(&wasm(), MeteringVersion::CURRENT).unwrap();
        drop(vm.lend(&wasm(), MeteringVersion::CURRENT).unwrap());
        assert_eq!(ask(&vm, &wasm()).unwrap(), b"msg");
    }
}
