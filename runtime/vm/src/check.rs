//! The gatekeeper: what a module must be to run here. A [`CheckedModule`] exists only for bytes that passed, and the
//! injector takes nothing else.
//!
//! Order, as in wasmd: structure, tables, memory, interface, exports, imports, capabilities, functions, bodies. Stricter
//! than wasmd, always at upload instead of at the first call: start functions, signatures of imports and exports, names
//! reserved for the injector, and the three limits that [`WasmLimits`](crate::WasmLimits) marks as ours.

mod bodies;
mod interface;
mod limits;
mod outline;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use supercloud_chain::vm::{Analysis, CheckError, Checksum};
use wasmparser::WasmFeatures;

pub(crate) use bodies::Frame;
pub(crate) use interface::{ALLOCATE, DEALLOCATE, MEMORY};

use crate::config::VmConfig;
use crate::inject;
use outline::Outline;

/// The Wasm that contracts may use: the first version and four small additions that compilers emit by default. Of the
/// reference types proposal only the padded table index of `call_indirect` (LLVM since Rust 1.82), of the bulk memory
/// proposal only `memory.copy` and `memory.fill` (LLVM since Rust 1.87), which are metered by length.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::BULK_MEMORY_OPT);

/// A module that may run.
#[derive(Debug)]
pub(crate) struct CheckedModule<'a> {
    wasm: &'a [u8],
    analysis: Analysis,
    entry_points: BTreeMap<String, usize>,
    globals: u32,
    frames: Vec<Frame>,
}

impl<'a> CheckedModule<'a> {
    /// Judges `wasm`.
    pub(crate) fn new(wasm: &'a [u8], config: &VmConfig) -> Result<Self, CheckError> {
        let mut outline = Outline::read(wasm)?;
        limits::check_tables(&outline, &config.limits)?;
        limits::check_memory(&outline, &config.limits)?;
        interface::check_version(&outline)?;
        interface::check_exports(&outline)?;
        let entry_points = interface::find_entry_points(&outline)?;
        interface::check_imports(&outline, &config.limits)?;
        let required_capabilities = interface::check_capabilities(&outline, &config.capabilities)?;
        inject::check_names(outline.exports.iter().map(|export| export.name))?;
        limits::check_functions(&outline, &config.limits)?;
        limits::check_globals(&outline, &config.limits)?;
        let frames = bodies::check(&mut outline, &config.limits)?;

        let analysis = Analysis {
            checksum: checksum(wasm),
            entry_points: entry_points.keys().cloned().collect(),
            required_capabilities,
            migrate_version: outline.migrate_version,
            has_ibc_entry_points: interface::is_ibc(&entry_points),
        };
        let globals = outline.globals;
        Ok(Self {
            wasm,
            analysis,
            entry_points,
            globals,
            frames,
        })
    }

    /// The bytes that were judged.
    pub(crate) fn wasm(&self) -> &'a [u8] {
        self.wasm
    }

    pub(crate) fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// Number of parameters of each entry point; all are `i32`, and so is the result.
    pub(crate) fn entry_points(&self) -> &BTreeMap<String, usize> {
        &self.entry_points
    }

    /// Number of globals that the module defines; it imports none.
    pub(crate) fn globals(&self) -> u32 {
        self.globals
    }

    /// One per function that the module defines, in its order.
    pub(crate) fn frames(&self) -> &[Frame] {
        &self.frames
    }
}

/// SHA-256 of the original bytes.
pub(crate) fn checksum(wasm: &[u8]) -> Checksum {
    Sha256::digest(wasm).into()
}

/// A refusal.
fn refuse<T>(reason: impl Into<String>) -> Result<T, CheckError> {
    Err(CheckError { reason: reason.into() })
}
