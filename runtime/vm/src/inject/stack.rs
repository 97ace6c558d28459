//! The height of the call stack, counted in values, so that deep recursion traps at the same call on every machine.
//! The native limit ([`crate::engine`]) lies far above what this one allows. wasmd has no such meter; ordinary contracts
//! do not get near it.

use wasm_encoder::{BlockType, InstructionSink};

use super::Globals;
use crate::check::Frame;

/// Values that all live frames may hold together: 512 KiB at eight bytes each.
pub(crate) const STACK_SLOTS: i32 = 64 * 1024;

/// What a frame holds besides its values: return address, saved registers.
const FRAME_SLOTS: u32 = 16;

/// Slots of a frame. Larger than the whole stack is as good as unlimited, so the type's limit is no danger.
fn slots(frame: &Frame) -> i32 {
    let values = frame.params.saturating_add(frame.locals).saturating_add(frame.operands);
    i32::try_from(values.saturating_add(FRAME_SLOTS)).unwrap_or(i32::MAX)
}

/// Takes the frame's slots or traps. `stack_left` is at least zero before, so the subtraction cannot wrap.
pub(super) fn enter(out: &mut InstructionSink<'_>, globals: Globals, frame: &Frame) {
    out.global_get(globals.stack_left)
        .i32_const(slots(frame))
        .i32_sub()
        .global_set(globals.stack_left)
        .global_get(globals.stack_left)
        .i32_const(0)
        .i32_lt_s()
        .if_(BlockType::Empty)
        .unreachable()
        .end();
}

/// Gives the frame's slots back.
pub(super) fn leave(out: &mut InstructionSink<'_>, globals: Globals, frame: &Frame) {
    out.global_get(globals.stack_left)
        .i32_const(slots(frame))
        .i32_add()
        .global_set(globals.stack_left);
}
