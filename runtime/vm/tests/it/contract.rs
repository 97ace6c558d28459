//! Modules for tests. Arguments of entry points are Regions with any bytes: the engine does not look into them.

use std::sync::LazyLock;

use supercloud_chain::vm::{
    Analysis, CheckError, CodeKey, CodeRules, EntryPoint, MeteringVersion, Vm, VmCall, VmError, VmReport,
};
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

use crate::backend::MockBackend;

/// Optimised at once: the same code runs in every run of a test. What the tiers share is tested in `tiers`.
pub(crate) static VM: LazyLock<WasmtimeVm> = LazyLock::new(|| {
    let config = VmConfig {
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    };
    WasmtimeVm::new(config).unwrap()
});

/// By the default rules.
pub(crate) fn check(wasm: &[u8]) -> Result<Analysis, CheckError> {
    VM.check(wasm, &CodeRules::default())
}

pub(crate) fn load(wasm: &[u8]) -> Result<CodeKey, CheckError> {
    Ok(VM.load(wasm, MeteringVersion::CURRENT)?.key)
}

pub(crate) const GAS: u64 = 1_000_000_000_000;

/// All host functions, each as `$name`.
pub(crate) const IMPORTS: &str = r#"
    (import "env" "db_read" (func $db_read (param i32) (result i32)))
    (import "env" "db_write" (func $db_write (param i32 i32)))
    (import "env" "db_remove" (func $db_remove (param i32)))
    (import "env" "db_scan" (func $db_scan (param i32 i32 i32) (result i32)))
    (import "env" "db_next" (func $db_next (param i32) (result i32)))
    (import "env" "db_next_key" (func $db_next_key (param i32) (result i32)))
    (import "env" "db_next_value" (func $db_next_value (param i32) (result i32)))
    (import "env" "addr_validate" (func $addr_validate (param i32) (result i32)))
    (import "env" "addr_canonicalize" (func $addr_canonicalize (param i32 i32) (result i32)))
    (import "env" "addr_humanize" (func $addr_humanize (param i32 i32) (result i32)))
    (import "env" "query_chain" (func $query_chain (param i32) (result i32)))
    (import "env" "secp256k1_verify" (func $secp256k1_verify (param i32 i32 i32) (result i32)))
    (import "env" "secp256k1_recover_pubkey" (func $secp256k1_recover (param i32 i32 i32) (result i64)))
    (import "env" "secp256r1_verify" (func $secp256r1_verify (param i32 i32 i32) (result i32)))
    (import "env" "secp256r1_recover_pubkey" (func $secp256r1_recover (param i32 i32 i32) (result i64)))
    (import "env" "ed25519_verify" (func $ed25519_verify (param i32 i32 i32) (result i32)))
    (import "env" "ed25519_batch_verify" (func $ed25519_batch_verify (param i32 i32 i32) (result i32)))
    (import "env" "bls12_381_aggregate_g1" (func $aggregate_g1 (param i32 i32) (result i32)))
    (import "env" "bls12_381_aggregate_g2" (func $aggregate_g2 (param i32 i32) (result i32)))
    (import "env" "bls12_381_pairing_equality" (func $pairing (param i32 i32 i32 i32) (result i32)))
    (import "env" "bls12_381_hash_to_g1" (func $hash_to_g1 (param i32 i32 i32 i32) (result i32)))
    (import "env" "bls12_381_hash_to_g2" (func $hash_to_g2 (param i32 i32 i32 i32) (result i32)))
    (import "env" "debug" (func $debug (param i32)))
    (import "env" "abort" (func $abort (param i32)))
"#;

/// What every contract has, except `allocate`.
pub(crate) const FRAME: &str = r#"
    (memory (export "memory") 17)
    (global $heap (mut i32) (i32.const 65536))
    (func (export "interface_version_8"))
    (func (export "deallocate") (param i32))
"#;

/// An allocator that never frees.
pub(crate) const ALLOCATE: &str = r#"
    (func $allocate (export "allocate") (param $size i32) (result i32)
        (local $region i32)
        (local.set $region (global.get $heap))
        (global.set $heap (i32.add (i32.add (global.get $heap) (i32.const 12)) (local.get $size)))
        (i32.store (local.get $region) (i32.add (local.get $region) (i32.const 12)))
        (i32.store offset=4 (local.get $region) (local.get $size))
        (i32.store offset=8 (local.get $region) (i32.const 0))
        (local.get $region))
"#;

/// `$of`: a Region over bytes that are there already; `$length`: of a Region; `$byte`: a Region with one byte.
pub(crate) const HELPERS: &str = r#"
    (func $of (param $offset i32) (param $length i32) (result i32)
        (local $region i32)
        (local.set $region (call $allocate (i32.const 0)))
        (i32.store (local.get $region) (local.get $offset))
        (i32.store offset=4 (local.get $region) (local.get $length))
        (i32.store offset=8 (local.get $region) (local.get $length))
        (local.get $region))
    (func $length (param $region i32) (result i32) (i32.load offset=8 (local.get $region)))
    (func $byte (param $value i32) (result i32)
        (local $region i32)
        (local.set $region (call $allocate (i32.const 1)))
        (i32.store8 (i32.load (local.get $region)) (local.get $value))
        (i32.store offset=8 (local.get $region) (i32.const 1))
        (local.get $region))
"#;

/// A contract with all imports and the helpers.
pub(crate) fn contract(body: &str) -> Vec<u8> {
    module(&[IMPORTS, FRAME, ALLOCATE, HELPERS, body])
}

pub(crate) fn module(parts: &[&str]) -> Vec<u8> {
    wat::parse_str(format!("(module {})", parts.concat())).unwrap()
}

pub(crate) fn call(wasm: &[u8], entry_point: EntryPoint, args: &[&[u8]], backend: &mut MockBackend) -> VmReport {
    call_with_gas(wasm, entry_point, args, backend, GAS)
}

pub(crate) fn call_with_gas(
    wasm: &[u8],
    entry_point: EntryPoint,
    args: &[&[u8]],
    backend: &mut MockBackend,
    gas_limit: u64,
) -> VmReport {
    let code = load(wasm).unwrap();
    VM.call(
        VmCall {
            code,
            entry_point,
            args,
            gas_limit,
        },
        backend,
    )
}

/// Runs `execute` on an empty backend.
pub(crate) fn execute(wasm: &[u8], args: [&[u8]; 3]) -> Result<Vec<u8>, VmError> {
    call(wasm, EntryPoint::Execute, &args, &mut MockBackend::default()).result
}

/// Runs `query` on an empty backend.
pub(crate) fn query(wasm: &[u8], args: [&[u8]; 2]) -> Result<Vec<u8>, VmError> {
    call(wasm, EntryPoint::Query, &args, &mut MockBackend::default()).result
}

pub(crate) fn communication<T>(text: &str) -> Result<T, VmError> {
    Err(VmError::Communication(text.to_owned()))
}
