//! The gatekeeper: what a module must be to run here. A [`CheckedModule`] exists only for bytes that passed, and the
//! injector takes nothing else.
//!
//! Order, as in wasmd: structure, tables, memory, interface, exports, imports, capabilities, functions, bodies. Stricter
//! than wasmd, always at upload instead of at the first call: start functions, signatures of imports and exports, names
//! reserved for the injector, and the three limits that [`WasmLimits`](supercloud_chain::vm::WasmLimits) marks as ours.

mod bodies;
mod interface;
mod limits;
pub(crate) mod names;
mod outline;
mod stack;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use supercloud_chain::vm::{Analysis, CheckError, CheckLayer, Checksum, CodeRules, WasmLimits};
use wasmparser::WasmFeatures;

pub(crate) use bodies::Frame;
pub(crate) use interface::{ALLOCATE, DEALLOCATE, MEMORY};

use crate::inject;
use outline::Outline;

/// The Wasm that contracts may always use: the first version and four small additions that compilers emit by default.
/// Of the reference types proposal only the padded table index of `call_indirect` (LLVM since Rust 1.82).
const BASE_FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG);

/// With bulk memory (LLVM since Rust 1.87), whose operators on memory are metered by length. Those on tables are refused
/// in `bodies`.
pub(crate) const FEATURES: WasmFeatures = BASE_FEATURES
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::BULK_MEMORY_OPT);

/// What a code that was accepted once is held against when it is compiled again.
const ACCEPTED: WasmLimits = WasmLimits {
    memory_pages: u32::MAX,
    table_elements: u32::MAX,
    imports: u32::MAX,
    functions: u32::MAX,
    function_params: u32::MAX,
    total_function_params: u32::MAX,
    function_results: u32::MAX,
    function_locals: u32::MAX,
    total_function_locals: u32::MAX,
    globals: u32::MAX,
    function_bytes: u32::MAX,
    function_branches: u32::MAX,
};

/// A module that may run.
#[derive(Debug)]
pub(crate) struct CheckedModule<'a> {
    wasm: &'a [u8],
    analysis: Analysis,
    globals: u32,
    frames: Vec<Frame>,
}

impl<'a> CheckedModule<'a> {
    /// Judges an upload.
    pub(crate) fn new(wasm: &'a [u8], rules: &CodeRules) -> Result<Self, CheckError> {
        let features = if rules.bulk_memory { FEATURES } else { BASE_FEATURES };
        Self::judge(wasm, features, &rules.limits, Some(&rules.capabilities))
    }

    /// Reads a module that was accepted when it was uploaded, by rules that may have changed since.
    pub(crate) fn accepted(wasm: &'a [u8]) -> Result<Self, CheckError> {
        Self::judge(wasm, FEATURES, &ACCEPTED, None)
    }

    fn judge(
        wasm: &'a [u8],
        features: WasmFeatures,
        limits: &WasmLimits,
        capabilities: Option<&BTreeSet<String>>,
    ) -> Result<Self, CheckError> {
        let mut outline = Outline::read(wasm, features)?;
        limits::check_tables(&outline, limits)?;
        limits::check_memory(&outline, limits)?;
        interface::check_version(&outline)?;
        interface::check_exports(&outline)?;
        let entry_points = interface::find_entry_points(&outline)?;
        interface::check_imports(&outline, limits)?;
        let required_capabilities = interface::find_capabilities(&outline);
        if let Some(available) = capabilities {
            interface::check_capabilities(&required_capabilities, available)?;
        }
        inject::check_names(outline.exports.iter().map(|export| export.name))?;
        limits::check_functions(&outline, limits)?;
        limits::check_globals(&outline, limits)?;
        let frames = bodies::check(&mut outline, features, limits)?;

        let has_ibc_entry_points = interface::is_ibc(&entry_points);
        let analysis = Analysis {
            checksum: checksum(wasm),
            entry_points,
            required_capabilities,
            migrate_version: outline.migrate_version,
            has_ibc_entry_points,
        };
        let globals = outline.globals;
        Ok(Self {
            wasm,
            analysis,
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
fn refuse<T>(layer: CheckLayer, reason: impl Into<String>) -> Result<T, CheckError> {
    Err(CheckError {
        layer,
        function: None,
        reason: reason.into(),
    })
}
