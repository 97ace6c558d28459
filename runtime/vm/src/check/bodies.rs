//! Validation of function bodies. On the way it measures the height of each function's stack, which the injected stack
//! meter charges.

use std::collections::BTreeSet;

use supercloud_chain::vm::{CheckError, CheckLayer, WasmLimits};
use wasmparser::{
    FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, Operator, ValType, ValidatorResources,
    WasmFeatures,
};

use super::limits::assert_count;
use super::outline::{CallTargets, Outline, invalid};
use super::stack::{Callee, Calls, compute_prices};
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
    /// Slots of the stack meter that a call takes while it runs; 0 for functions that need not be counted.
    pub(crate) price: u32,
}

/// What a frame holds besides its values: return address, saved registers.
const FRAME_SLOTS: u32 = 16;

impl Frame {
    /// Values that a call holds at its highest. Larger than the whole stack is as good as unlimited.
    fn slots(&self) -> u32 {
        let values = self.params.saturating_add(self.locals).saturating_add(self.operands);
        values.saturating_add(FRAME_SLOTS)
    }
}

/// Validates all bodies; the checks of the module's limits have passed.
pub(super) fn check(
    outline: &mut Outline<'_>,
    features: WasmFeatures,
    limits: &WasmLimits,
) -> Result<Vec<Frame>, CheckError> {
    let bodies = std::mem::take(&mut outline.bodies);
    let mut allocations = FuncValidatorAllocations::default();
    let mut frames = Vec::with_capacity(bodies.len());
    let targets = outline.find_targets();
    let mut calls = Calls {
        indirect: outline.find_indirect(&targets),
        ..Calls::default()
    };
    for (position, (function, body)) in bodies.into_iter().enumerate() {
        let in_body = |error| outline.in_body(position, error);
        let (operands, reusable) = validate(function, &body, features, allocations)
            .map_err(invalid)
            .map_err(in_body)?;
        allocations = reusable;
        let callees = check_operators(&targets, &body, limits).map_err(in_body)?;
        let index = outline.imports.len() + position;
        let ty = outline.function_type(u32::try_from(index).unwrap_or(u32::MAX))?;
        let locals = outline.locals.get(position).copied().unwrap_or_default();
        let frame = Frame {
            params: u32::try_from(ty.params().len()).unwrap_or(u32::MAX),
            locals: u32::try_from(locals).unwrap_or(u32::MAX),
            operands,
            result: ty.results().first().copied(),
            price: 0,
        };
        calls.slots.push(frame.slots());
        calls.callees.push(callees);
        frames.push(frame);
    }
    for (frame, price) in frames.iter_mut().zip(compute_prices(&calls)) {
        frame.price = price;
    }
    Ok(frames)
}

/// The greatest height of the operand stack.
fn validate(
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    features: WasmFeatures,
    allocations: FuncValidatorAllocations,
) -> wasmparser::Result<(u32, FuncValidatorAllocations)> {
    let mut validator: FuncValidator<_> = function.into_validator(allocations);
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    reader.set_features(features);
    let mut highest = 0;
    while !reader.eof() {
        reader.visit_operator(&mut validator.visitor(reader.original_position()))??;
        highest = highest.max(validator.operand_stack_height());
    }
    reader.finish_expression(&validator.visitor(reader.original_position()))?;
    Ok((highest, validator.into_allocations()))
}

/// Refuses operators that valid modules may hold and contracts may not, and too many branches; finds what is called.
fn check_operators(
    targets: &CallTargets,
    body: &FunctionBody<'_>,
    limits: &WasmLimits,
) -> Result<BTreeSet<Callee>, CheckError> {
    let mut operators = body.get_operators_reader().map_err(invalid)?;
    let mut branches = 0;
    let mut callees = BTreeSet::new();
    while !operators.eof() {
        let operator = operators.read().map_err(invalid)?;
        match operator {
            Operator::TableInit { .. } | Operator::ElemDrop { .. } | Operator::TableCopy { .. } => {
                return super::refuse(
                    CheckLayer::Parse,
                    "operators on tables (table.init, table.copy, elem.drop) are not accepted",
                );
            }
            Operator::Call { function_index } => {
                callees.extend(targets.find_body(function_index).map(Callee::Function))
            }
            Operator::CallIndirect { type_index, .. } => {
                callees.insert(Callee::Indirect(targets.canonical_type(type_index)));
            }
            _ => {}
        }
        branches += usize::from(is_accounting(&operator));
        // Each target is an edge for the compiler, which gives up on some number of them.
        if let Operator::BrTable { targets } = &operator {
            branches += targets.len() as usize;
        }
    }
    assert_count(
        branches,
        limits.function_branches,
        "branches, calls and block ends of a function",
    )?;
    Ok(callees)
}
