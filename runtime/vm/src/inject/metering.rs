//! Gas, by wasmd's rule to the unit:
//!
//! - every operator costs [`gas::OPERATOR`], accounting operators [`gas::ACCOUNTING_OPERATOR`];
//! - costs add up along the text of a function, also behind an unconditional branch, and are charged right before each
//!   accounting operator, its own cost included;
//! - declared locals beyond [`gas::FREE_LOCALS`] cost an operator each, charged before the first operator;
//! - to charge is: if less is left than the cost, set the flag and trap, with nothing deducted; else deduct.
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
    /// Local that may hold the length of a bulk operator.
    length_local: u32,
    /// Cost of surplus locals, until the first operator.
    locals_cost: u64,
    /// Cost since the last charge.
    pending: u64,
}

impl Meter {
    pub(super) fn new(globals: Globals, frame: &Frame, length_local: u32) -> Self {
        let surplus = u64::from(frame.locals).saturating_sub(gas::FREE_LOCALS);
        Self {
            globals,
            length_local,
            locals_cost: surplus * gas::OPERATOR,
            pending: 0,
        }
    }

    /// Accounts for `operator` and writes the charge that is due before it. `label` leads to [`exhausted`].
    pub(super) fn charge(&mut self, out: &mut InstructionSink<'_>, operator: &Operator<'_>, label: u32) {
        let accounting = is_accounting(operator);
        let locals_cost = std::mem::take(&mut self.locals_cost);
        if accounting {
            self.pending += locals_cost + gas::ACCOUNTING_OPERATOR;
            let pending = std::mem::take(&mut self.pending);
            self.take(out, label, |out| {
                out.i64_const(pending.cast_signed());
            });
            return;
        }
        if locals_cost > 0 {
            self.take(out, label, |out| {
                out.i64_const(locals_cost.cast_signed());
            });
        }
        self.pending += gas::OPERATOR;
        if let Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } | Operator::MemoryInit { .. } = operator {
            self.charge_length(out, label);
        }
    }

    /// The length is on top of the operand stack and stays there.
    fn charge_length(&self, out: &mut InstructionSink<'_>, label: u32) {
        out.local_tee(self.length_local);
        self.take(out, label, |out| {
            out.local_get(self.length_local)
                .i64_extend_i32_u()
                .i64_const(gas::BULK_BYTE.cast_signed())
                .i64_mul();
        });
    }

    /// Takes what `cost` pushes.
    fn take(&self, out: &mut InstructionSink<'_>, label: u32, cost: impl Fn(&mut InstructionSink<'_>)) {
        let gas_left = self.globals.gas_left;
        out.global_get(gas_left);
        cost(out);
        out.i64_lt_u().br_if(label).global_get(gas_left);
        cost(out);
        out.i64_sub().global_set(gas_left);
    }
}

/// Where charges go that cannot be paid.
pub(super) fn exhausted(out: &mut InstructionSink<'_>, globals: Globals) {
    out.i32_const(1).global_set(globals.gas_exhausted).unreachable();
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
