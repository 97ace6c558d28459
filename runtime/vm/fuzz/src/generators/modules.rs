//! Modules that look like contracts: the exports of the interface with bodies of wasm-smith. And rules for them.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use supercloud_chain::vm::{CodeRules, WasmLimits};
use wasm_smith::{Config, InstructionKind, InstructionKinds, Module};

/// Exports that a contract has, and a few with other types; the globals show what code did to them.
static EXPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    assemble(
        r#"(module
            (memory (export "memory") 1)
            (global (export "an_i32") (mut i32) (i32.const 0))
            (global (export "an_i64") (mut i64) (i64.const 0))
            (global (export "an_f32") (mut f32) (f32.const 0))
            (global (export "an_f64") (mut f64) (f64.const 0))
            (func (export "interface_version_8"))
            (func (export "allocate") (param i32) (result i32) unreachable)
            (func (export "deallocate") (param i32))
            (func (export "instantiate") (param i32 i32 i32) (result i32) unreachable)
            (func (export "query") (param i32 i32) (result i32) unreachable)
            (func (export "integers") (param i64 i32) (result i64) unreachable)
            (func (export "floats") (param f32 f64) (result f64) unreachable))"#,
    )
});

/// Host functions that a contract may import: one of each type.
static IMPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    assemble(
        r#"(module
            (import "env" "db_read" (func (param i32) (result i32)))
            (import "env" "db_write" (func (param i32 i32)))
            (import "env" "db_remove" (func (param i32)))
            (import "env" "db_scan" (func (param i32 i32 i32) (result i32)))
            (import "env" "addr_humanize" (func (param i32 i32) (result i32)))
            (import "env" "secp256k1_recover_pubkey" (func (param i32 i32 i32) (result i64)))
            (import "env" "bls12_381_pairing_equality" (func (param i32 i32 i32 i32) (result i32))))"#,
    )
});

fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is well-formed")
}

/// A valid module of about the accepted features. Some have what the checks refuse: several results, passive elements.
///
/// # Errors
///
/// When the bytes are not enough.
pub fn module(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let imports: bool = u.arbitrary()?;
    let bulk_memory: bool = u.arbitrary()?;
    let config = Config {
        exports: Some(EXPORTS.clone()),
        available_imports: imports.then(|| IMPORTS.clone()),
        max_imports: if imports { 7 } else { 0 },
        allowed_instructions: InstructionKinds::new(&[
            InstructionKind::Numeric,
            InstructionKind::Parametric,
            InstructionKind::Variable,
            InstructionKind::Memory,
            InstructionKind::Control,
        ]),
        bulk_memory_enabled: bulk_memory,
        multi_value_enabled: u.ratio(1, 8)?,
        generate_custom_sections: u.ratio(1, 8)?,
        disallow_traps: u.ratio(1, 4)?,
        max_instructions: 300,
        max_funcs: 12,
        max_globals: 8,
        max_data_segments: 4,
        // With bulk memory some are passive, which is refused.
        max_element_segments: if bulk_memory && u.ratio(7, 8)? { 0 } else { 2 },
        // The exported one comes on top.
        max_memories: 0,
        max_table_elements: 2_500,
        table_max_size_required: true,
        allow_start_export: false,
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    };
    Ok(Module::new(config, u)?.to_bytes())
}

/// A module with up to three bytes changed, added or taken away, mostly in its code.
///
/// # Errors
///
/// When the bytes are not enough.
pub fn damaged_module(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let damages: Vec<(u16, u8, u8)> = (0..u.int_in_range(1..=3)?)
        .map(|_| u.arbitrary())
        .collect::<Result<_>>()?;
    let mut wasm = module(u)?;
    for (place, kind, value) in damages {
        let first = if kind < 32 { 0 } else { wasm.len() / 2 };
        let at = first + usize::from(place) % (wasm.len() - first);
        match kind % 16 {
            0 => wasm.insert(at, value),
            1 => drop(wasm.remove(at)),
            _ => wasm[at] = value,
        }
    }
    Ok(wasm)
}

/// Rules that a chain may have: with and without bulk memory, each limit as it is by default, as high as can be, or so
/// low that it matters for small modules.
///
/// # Errors
///
/// When the bytes are not enough.
pub fn rules(u: &mut Unstructured<'_>) -> Result<CodeRules> {
    let mut rules = CodeRules {
        bulk_memory: u.arbitrary()?,
        limits: if u.arbitrary()? {
            WasmLimits::HIGHEST
        } else {
            WasmLimits::default()
        },
        ..CodeRules::default()
    };
    let limits = &mut rules.limits;
    for limit in [
        &mut limits.memory_pages,
        &mut limits.table_elements,
        &mut limits.imports,
        &mut limits.functions,
        &mut limits.function_params,
        &mut limits.total_function_params,
        &mut limits.function_results,
        &mut limits.function_locals,
        &mut limits.total_function_locals,
        &mut limits.globals,
        &mut limits.function_bytes,
        &mut limits.function_branches,
    ] {
        if u.ratio(1, 16)? {
            *limit = (*limit).min(u.int_in_range(0..=64)?);
        }
    }
    Ok(rules)
}
