//! Validation of function bodies. On the way it measures the height of each function's stack, which the injected stack
//! meter charges.

use std::collections::BTreeSet;

use rayon::prelude::*;
use supercloud_chain::vm::{CheckError, CheckLayer, WasmLimits};
use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, Operator, OperatorsReader, ValType, ValidatorResources,
    WasmFeatures,
};

use super::limits::assert_count;
use super::outline::{CallTargets, Outline, invalid};
use super::stack::{Callee, Calls, compute_prices};
use crate::inject::{is_accounting, is_bulk};

/// What one call of a function holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Parameters.
    pub(crate) params: u32,
    /// Locals that the body declares, parameters not included.
    pub(crate) locals: u32,
    /// Values on the operand stack at its highest, by the validation algorithm of the Wasm specification.
    pub(crate) operands: u32,
    /// Whether the body holds operators whose work grows with a length.
    pub(crate) has_bulk: bool,
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

/// What the walk through one body finds.
struct Finding {
    operands: u32,
    has_bulk: bool,
    callees: BTreeSet<Callee>,
}

/// Validates all bodies, on all processors; the checks of the module's limits have passed. Of several refusals, that of
/// the first function counts, on every machine.
pub(super) fn check(
    outline: &mut Outline<'_>,
    features: WasmFeatures,
    limits: &WasmLimits,
) -> Result<Vec<Frame>, CheckError> {
    let bodies = std::mem::take(&mut outline.bodies);
    let targets = outline.find_targets();
    let findings: Vec<_> = bodies
        .into_par_iter()
        .map_init(FuncValidatorAllocations::default, |allocations, (function, body)| {
            check_body(&targets, function, &body, features, limits, allocations)
        })
        .collect();
    let mut frames = Vec::with_capacity(findings.len());
    let mut calls = Calls {
        indirect: outline.find_indirect(&targets),
        ..Calls::default()
    };
    for (position, finding) in findings.into_iter().enumerate() {
        let finding = finding.map_err(|error| outline.in_body(position, error))?;
        let index = outline.imports.len() + position;
        let ty = outline.function_type(u32::try_from(index).unwrap_or(u32::MAX))?;
        let locals = outline.locals.get(position).copied().unwrap_or_default();
        let frame = Frame {
            params: u32::try_from(ty.params().len()).unwrap_or(u32::MAX),
            locals: u32::try_from(locals).unwrap_or(u32::MAX),
            operands: finding.operands,
            has_bulk: finding.has_bulk,
            result: ty.results().first().copied(),
            price: 0,
        };
        calls.slots.push(frame.slots());
        calls.callees.push(finding.callees);
        frames.push(frame);
    }
    for (frame, price) in frames.iter_mut().zip(compute_prices(&calls)) {
        frame.price = price;
    }
    Ok(frames)
}

/// Validates a body; refuses operators that valid modules may hold and contracts may not, and too many branches; finds
/// what is called and the greatest height of the operand stack.
fn check_body(
    targets: &CallTargets,
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    features: WasmFeatures,
    limits: &WasmLimits,
    allocations: &mut FuncValidatorAllocations,
) -> Result<Finding, CheckError> {
    let mut validator = function.into_validator(std::mem::take(allocations));
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader).map_err(invalid)?;
    reader.set_features(features);
    let mut operators = OperatorsReader::new(reader);
    let mut branches = 0;
    let mut finding = Finding {
        operands: 0,
        has_bulk: false,
        callees: BTreeSet::new(),
    };
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset().map_err(invalid)?;
        validator.op(offset, &operator).map_err(invalid)?;
        finding.operands = finding.operands.max(validator.operand_stack_height());
        finding.has_bulk |= is_bulk(&operator);
        branches += count_branches(&operator);
        match operator {
            Operator::TableInit { .. } | Operator::ElemDrop { .. } | Operator::TableCopy { .. } => {
                return super::refuse(
                    CheckLayer::Parse,
                    "operators on tables (table.init, table.copy, elem.drop) are not accepted",
                );
            }
            Operator::Call { function_index } => {
                let callee = targets.find_body(function_index).map(Callee::Function);
                finding.callees.extend(callee);
            }
            Operator::CallIndirect { type_index, .. } => {
                let callee = Callee::Indirect(targets.canonical_type(type_index));
                finding.callees.insert(callee);
            }
            _ => {}
        }
    }
    operators.finish().map_err(invalid)?;
    *allocations = validator.into_allocations();
    assert_count(
        branches,
        limits.function_branches,
        "branches, calls and block ends of a function",
    )?;
    Ok(finding)
}

/// Each target of a `br_table` is an edge for the compiler too, which gives up on some number of them.
fn count_branches(operator: &Operator<'_>) -> usize {
    let targets = match operator {
        Operator::BrTable { targets } => targets.len() as usize,
        _ => 0,
    };
    usize::from(is_accounting(operator)) + targets
}
