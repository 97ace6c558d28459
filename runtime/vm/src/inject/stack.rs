//! The height of the call stack, counted in values, so that deep recursion traps at the same call on every machine.
//! The native limit ([`crate::engine`]) lies far above what this one allows. wasmd has no such meter; ordinary contracts
//! do not get near it. Most functions pay nothing: see [`crate::check`].

use wasm_encoder::{BlockType, InstructionSink};

use super::Globals;
use crate::check::Frame;

/// Values that all frames that pay may hold together: 512 KiB at eight bytes each.
pub(crate) const STACK_SLOTS: i32 = 64 * 1024;

/// The price of a call that is paid; more than the whole stack is as good as unlimited.
fn price(frame: &Frame) -> Option<i32> {
    (frame.price > 0).then(|| i32::try_from(frame.price).unwrap_or(i32::MAX))
}

/// Takes the call's price or traps. `stack_left` is at least zero before, so the subtraction cannot wrap.
pub(super) fn enter(out: &mut InstructionSink<'_>, globals: Globals, frame: &Frame) {
    let Some(price) = price(frame) else { return };
    out.global_get(globals.stack_left)
        .i32_const(price)
        .i32_sub()
        .global_set(globals.stack_left)
        .global_get(globals.stack_left)
        .i32_const(0)
        .i32_lt_s()
        .if_(BlockType::Empty)
        .unreachable()
        .end();
}

/// Gives the price back.
pub(super) fn leave(out: &mut InstructionSink<'_>, globals: Globals, frame: &Frame) {
    let Some(price) = price(frame) else { return };
    out.global_get(globals.stack_left)
        .i32_const(price)
        .i32_add()
        .global_set(globals.stack_left);
}
