//! Validation of function bodies. On the way it measures the height of each function's stack, which the injected stack
//! meter charges.

use supercloud_chain::vm::CheckError;
use wasmparser::{FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, ValType, ValidatorResources};

use super::FEATURES;
use super::limits::assert_count;
use super::outline::{Outline, invalid};
use crate::config::WasmLimits;
use crate::inject::is_accounting;

/// What one call of a function holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Parameters.
    pub(crate) params: u32,
    /// Locals that the body declares, parameters not included.
    pub(crate) locals: u32,
    /// Values on the operand stack at its highest, by the validation algorithm of the Wasm specification.
    pub(crate) operands: u32,
    /// The result, if there is one.
    pub(crate) result: Option<ValType>,
}

/// Validates all bodies; the checks of the module's limits have passed.
pub(super) fn check(outline: &mut Outline<'_>, limits: &WasmLimits) -> Result<Vec<Frame>, CheckError> {
    let imported = outline.imports.len();
    let mut allocations = FuncValidatorAllocations::default();
    let mut frames = Vec::with_capacity(outline.bodies.len());
    for (index, (function, body)) in std::mem::take(&mut outline.bodies).into_iter().enumerate() {
        let index = imported + index;
        let (operands, reusable) = validate(function, &body, allocations).map_err(|error| CheckError {
            reason: format!("function {index}: {}", invalid(error).reason),
        })?;
        allocations = reusable;
        let branches = count_branches(&body).map_err(invalid)?;
        assert_count(
            branches,
            limits.function_branches,
            "branches, calls and block ends of a function",
        )?;
        let ty = outline.function_type(u32::try_from(index).unwrap_or(u32::MAX))?;
        let locals = outline.locals.get(frames.len()).copied().unwrap_or_default();
        frames.push(Frame {
            params: u32::try_from(ty.params().len()).unwrap_or(u32::MAX),
            locals: u32::try_from(locals).unwrap_or(u32::MAX),
            operands,
            result: ty.results().first().copied(),
        });
    }
    Ok(frames)
}

/// The greatest height of the operand stack.
fn validate(
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    allocations: FuncValidatorAllocations,
) -> wasmparser::Result<(u32, FuncValidatorAllocations)> {
    let mut validator: FuncValidator<_> = function.into_validator(allocations);
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    reader.set_features(FEATURES);
    let mut highest = 0;
    while !reader.eof() {
        reader.visit_operator(&mut validator.visitor(reader.original_position()))??;
        highest = highest.max(validator.operand_stack_height());
    }
    reader.finish_expression(&validator.visitor(reader.original_position()))?;
    Ok((highest, validator.into_allocations()))
}

fn count_branches(body: &FunctionBody<'_>) -> wasmparser::Result<usize> {
    let mut operators = body.get_operators_reader()?;
    let mut branches = 0;
    while !operators.eof() {
        branches += usize::from(is_accounting(&operators.read()?));
    }
    Ok(branches)
}
