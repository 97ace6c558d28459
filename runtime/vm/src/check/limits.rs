//! Numeric limits of a module. Each has its own text, with the value seen and the limit.

use supercloud_chain::vm::{CheckError, CheckLayer, WasmLimits};

use super::outline::Outline;

/// At most one table, with a maximum.
pub(super) fn check_tables(outline: &Outline<'_>, limits: &WasmLimits) -> Result<(), CheckError> {
    let table = match outline.tables.as_slice() {
        [] => return Ok(()),
        [table] => table,
        tables => return refuse(format!("{} tables; a contract may have at most 1", tables.len())),
    };
    match table.maximum {
        None => refuse("the table has no maximum"),
        Some(maximum) => assert_at_most(maximum, limits.table_elements.into(), "elements as the table's maximum"),
    }
}

/// Exactly one memory, without a maximum: the host sets it.
pub(super) fn check_memory(outline: &Outline<'_>, limits: &WasmLimits) -> Result<(), CheckError> {
    let [memory] = outline.memories.as_slice() else {
        return refuse(format!("{} memories; a contract must have one", outline.memories.len()));
    };
    if memory.maximum.is_some() {
        return refuse("the memory has a maximum; it must be left to the host");
    }
    assert_at_most(memory.initial, limits.memory_pages.into(), "pages of initial memory")
}

/// Counts of functions, parameters, results, locals and the size of bodies. As in wasmd, the limits of parameters and
/// results count for every type, also for those of blocks.
pub(super) fn check_functions(outline: &Outline<'_>, limits: &WasmLimits) -> Result<(), CheckError> {
    assert_count(outline.functions.len(), limits.functions, "functions")?;
    for function in &outline.types {
        assert_count(
            function.params().len(),
            limits.function_params,
            "parameters of a function",
        )?;
        assert_count(
            function.results().len(),
            limits.function_results,
            "results of a function",
        )?;
    }
    let params = outline
        .functions
        .iter()
        .map(|ty| outline.types.get(*ty as usize).map_or(0, |ty| ty.params().len()));
    assert_count(
        params.sum(),
        limits.total_function_params,
        "function parameters in total",
    )?;
    for (index, locals) in outline.locals.iter().enumerate() {
        assert_at_most(*locals, limits.function_locals.into(), "locals of a function")
            .map_err(|error| outline.in_body(index, error))?;
    }
    let locals = outline.locals.iter().sum();
    assert_at_most(locals, limits.total_function_locals.into(), "function locals in total")?;
    for (index, (_, body)) in outline.bodies.iter().enumerate() {
        assert_count(body.range().len(), limits.function_bytes, "bytes of a function body")
            .map_err(|error| outline.in_body(index, error))?;
    }
    Ok(())
}

/// Number of globals.
pub(super) fn check_globals(outline: &Outline<'_>, limits: &WasmLimits) -> Result<(), CheckError> {
    assert_count(outline.globals as usize, limits.globals, "globals")
}

pub(super) fn assert_count(seen: usize, limit: u32, what: &str) -> Result<(), CheckError> {
    assert_at_most(seen as u64, limit.into(), what)
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, CheckError> {
    super::refuse(CheckLayer::Limits, reason)
}

fn assert_at_most(seen: u64, limit: u64, what: &str) -> Result<(), CheckError> {
    if seen > limit {
        refuse(format!("{seen} {what}; the limit is {limit}"))
    } else {
        Ok(())
    }
}
