//! The host's private parts for fuzz targets and tests that compare: each does what a call does, on plain bytes.

use supercloud_chain::vm::{CheckError, CodeRules, VmError};
use wasmtime::Config;

use crate::check::CheckedModule;
use crate::region::{REGION_BYTES, UncheckedRegion};
use crate::{engine, inject, sections};

/// Global of gas left, `i64`, unsigned.
pub const GAS_LEFT: &str = inject::GAS_LEFT;
/// Global that is 1 when gas ran out inside Wasm, `i32`.
pub const GAS_EXHAUSTED: &str = inject::GAS_EXHAUSTED;
/// Global of stack slots left, `i32`; negative when a call did not fit.
pub const STACK_LEFT: &str = inject::STACK_LEFT;

/// A Region that was found good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionFields {
    /// First byte in guest memory.
    pub offset: usize,
    /// Bytes that may be written.
    pub capacity: usize,
    /// Bytes in use.
    pub length: usize,
}

/// Reads and checks a Region.
///
/// # Errors
///
/// As in a call.
pub fn check_region(bytes: [u8; REGION_BYTES]) -> Result<RegionFields, VmError> {
    let region = UncheckedRegion::from_bytes(bytes).check()?;
    Ok(RegionFields {
        offset: region.offset(),
        capacity: region.capacity(),
        length: region.length(),
    })
}

/// Encodes a list of byte strings.
///
/// # Errors
///
/// As in a call.
pub fn encode_sections(sections: &[&[u8]]) -> Result<Vec<u8>, VmError> {
    sections::encode(sections)
}

/// Decodes a list of byte strings.
///
/// # Errors
///
/// As in a call.
pub fn decode_sections(data: &[u8]) -> Result<Vec<&[u8]>, VmError> {
    sections::decode(data)
}

/// Checks a module and writes metering into it; the inner error is a bug.
///
/// # Errors
///
/// The refusal of the upload.
pub fn inject(wasm: &[u8], rules: &CodeRules) -> Result<Result<Vec<u8>, String>, CheckError> {
    CheckedModule::new(wasm, rules).map(|module| inject::inject(&module))
}

/// Who makes native code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// In one pass.
    Baseline,
    /// With optimisations.
    Optimizing,
}

/// Settings of the engine that runs contracts, without its pool of instances.
pub fn engine_settings(compiler: Compiler) -> Config {
    engine::settings(match compiler {
        Compiler::Baseline => engine::Compiler::Baseline,
        Compiler::Optimizing => engine::Compiler::Optimizing,
    })
}

/// Runs `body` with enough native stack for a contract.
pub fn on_large_stack<R>(body: impl FnOnce() -> R) -> R {
    engine::on_large_stack(body)
}
