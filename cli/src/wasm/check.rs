//! One file, judged as an upload would be: unpacked, checked, compiled.

use std::io::Read;
use std::path::Path;
use std::time::Instant;

use sha2::{Digest, Sha256};
use supercloud_chain::vm::{Analysis, CheckError, CodeRules, FunctionRef, MeteringVersion, Vm};
use supercloud_chain::{MAX_CODE_BYTES, WasmError, unpack_wasm};
use supercloud_vm::WasmtimeVm;

use super::report::{Accepted, LargestFunction, Refusal, Report};
use super::size::{compute_gzip_len, find_largest_function};

/// The only interface that is accepted.
const INTERFACE: &str = "interface_version_8";

/// Judges one file. Whatever is wrong with it is in the report.
pub(super) fn check(vm: &WasmtimeVm, rules: &CodeRules, file: &Path) -> Report {
    let name = file.to_string_lossy().into_owned();
    let wasm = match read(file) {
        Ok(wasm) => wasm,
        Err(refusal) => return Report::refused(name, None, refusal),
    };
    let checksum = hex::encode(Sha256::digest(&wasm));
    match judge(vm, rules, &wasm) {
        Ok(accepted) => Report::accepted(name, checksum, accepted),
        Err(error) => Report::refused(name, Some(checksum), error.into()),
    }
}

/// The file's Wasm, unpacked. More than any chain takes is not read.
fn read(file: &Path) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::of_file(format!("cannot read the file: {error}"));
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    let mut limited = opened.take(MAX_CODE_BYTES as u64 + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    match unpack_wasm(&bytes, MAX_CODE_BYTES) {
        Ok(wasm) => Ok(wasm.into_owned()),
        Err(WasmError::Create { reason }) => Err(Refusal::of_file(reason)),
        Err(WasmError::Limit { limit, .. }) => Err(Refusal::of_file(format!(
            "the file has more than {limit} bytes, the most that any chain takes"
        ))),
        Err(error) => Err(Refusal::of_file(error.to_string())),
    }
}

fn judge(vm: &WasmtimeVm, rules: &CodeRules, wasm: &[u8]) -> Result<Accepted, CheckError> {
    let analysis = vm.check(wasm, rules)?;
    let began = Instant::now();
    vm.load(wasm, MeteringVersion::CURRENT)?;
    let compile_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let Analysis {
        entry_points,
        required_capabilities,
        migrate_version,
        has_ibc_entry_points,
        ..
    } = analysis;
    Ok(Accepted {
        interface: INTERFACE,
        entry_points,
        capabilities: required_capabilities,
        migrate_version,
        ibc: has_ibc_entry_points,
        wasm_bytes: wasm.len(),
        gzip_bytes: compute_gzip_len(wasm),
        compile_ms,
        largest_function: find_largest_function(wasm).map(|(index, bytes)| {
            let name = vm.symbolise(wasm, &[index]).pop().and_then(|function| function.name);
            let function = FunctionRef { index, name };
            LargestFunction { function, bytes }
        }),
    })
}
