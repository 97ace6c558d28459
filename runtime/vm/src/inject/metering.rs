//! Gas, by wasmd's rule to the unit:
//!
//! - every operator costs [`gas::OPERATOR`], accounting operators [`gas::ACCOUNTING_OPERATOR`];
//! - costs add up along the text of a function, also behind an unconditional branch, and are charged right before each
//!   accounting operator, its own cost included;
//! - declared locals beyond [`gas::FREE_LOCALS`] cost an operator each, charged before the first operator.
//!
//! wasmd stops a call at the charge that cannot be paid. Here the charge is taken all the same, so that the counter gets
//! negative, and looked at before anything that could be seen from outside or go on for long: before calls, before
//! branches to a loop's head, before bulk operators. Between these a function only runs straight on and returns. The
//! host looks when guest code has returned or trapped: with a negative counter the call ran out of gas, whatever else
//! happened. What a call costs and how it ends is therefore what wasmd says, with fewer branches.
//!
//! A function keeps the counter in a local as well, because it need not be read again after a charge; calls may change
//! it. The global is always right: a trap leaves nothing but that.
//!
//! Beyond wasmd, which refuses them: `memory.copy`, `memory.fill` and `memory.init` are charged by length right before
//! they run.

use wasm_encoder::InstructionSink;
use wasmparser::Operator;

use super::Globals;
use crate::check::Frame;
use crate::gas;

/// Gas of one function while its body is copied.
pub(super) struct Meter {
    globals: Globals,
    /// Local that holds the gas left.
    gas_local: u32,
    /// Local that may hold the length of a bulk operator.
    length_local: u32,
    /// Cost of surplus locals, until the first operator.
    locals_cost: u64,
    /// Cost since the last charge.
    pending: u64,
}

impl Meter {
    /// `first_local` is the first of [`Meter::locals`].
    pub(super) fn new(globals: Globals, frame: &Frame, first_local: u32) -> Self {
        let surplus = u64::from(frame.locals).saturating_sub(gas::FREE_LOCALS);
        Self {
            globals,
            gas_local: first_local,
            length_local: first_local + 1,
            locals_cost: surplus * gas::OPERATOR,
            pending: 0,
        }
    }

    /// Locals that metering needs behind those of the function.
    pub(super) fn locals(frame: &Frame) -> impl Iterator<Item = (u32, wasm_encoder::ValType)> {
        let length = frame.has_bulk.then_some((1, wasm_encoder::ValType::I32));
        [(1, wasm_encoder::ValType::I64)].into_iter().chain(length)
    }

    /// Reads the counter: on entry, and after a call. Reading it at the next charge instead would be fewer operators, and
    /// makes warm calls a sixth slower under Cranelift.
    pub(super) fn reload(&self, out: &mut InstructionSink<'_>) {
        out.global_get(self.globals.gas_left).local_set(self.gas_local);
    }

    /// Accounts for `operator` and writes the charge that is due before it. `label` leads to an `unreachable`;
    /// `goes_back` says that the operator may branch to a loop's head.
    pub(super) fn charge(
        &mut self,
        out: &mut InstructionSink<'_>,
        operator: &Operator<'_>,
        label: u32,
        goes_back: bool,
    ) {
        let locals_cost = std::mem::take(&mut self.locals_cost);
        if is_accounting(operator) {
            self.pending += locals_cost + gas::ACCOUNTING_OPERATOR;
            let pending = std::mem::take(&mut self.pending);
            self.take(out, pending);
            if goes_back || is_call(operator) {
                self.assert_paid(out, label);
            }
            return;
        }
        if locals_cost > 0 {
            self.take(out, locals_cost);
        }
        self.pending += gas::OPERATOR;
        if is_bulk(operator) {
            self.charge_length(out);
            self.assert_paid(out, label);
        }
    }

    /// Goes on behind code that never runs: what it would have cost is charged to nobody.
    pub(super) fn skip(&mut self) {
        self.pending = 0;
    }

    fn take(&self, out: &mut InstructionSink<'_>, cost: u64) {
        out.local_get(self.gas_local)
            .i64_const(cost.cast_signed())
            .i64_sub()
            .local_tee(self.gas_local)
            .global_set(self.globals.gas_left);
    }

    /// The length is on top of the operand stack and stays there.
    fn charge_length(&self, out: &mut InstructionSink<'_>) {
        out.local_tee(self.length_local)
            .local_get(self.gas_local)
            .local_get(self.length_local)
            .i64_extend_i32_u()
            .i64_const(gas::BULK_BYTE.cast_signed())
            .i64_mul()
            .i64_sub()
            .local_tee(self.gas_local)
            .global_set(self.globals.gas_left);
    }

    fn assert_paid(&self, out: &mut InstructionSink<'_>, label: u32) {
        out.local_get(self.gas_local).i64_const(0).i64_lt_s().br_if(label);
    }
}

/// Where control flow may leave or enter the straight line.
pub(crate) fn is_accounting(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Call { .. }
            | Operator::CallIndirect { .. }
    )
}

pub(super) fn is_call(operator: &Operator<'_>) -> bool {
    matches!(operator, Operator::Call { .. } | Operator::CallIndirect { .. })
}

/// Operators whose work grows with a length.
pub(crate) fn is_bulk(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } | Operator::MemoryInit { .. }
    )
}
