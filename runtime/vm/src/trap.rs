//! Wasm traps as a closed set of texts, so that no wording of the engine leaks into results.

use wasmtime::Trap;

/// The guest nested calls too deeply: the injected stack meter or, behind it, the native limit.
pub(crate) const CALL_STACK_EXHAUSTED: &str = "call stack exhausted";

/// Text for `trap`; `None` for traps that need a feature that is off.
pub(crate) fn text(trap: Trap) -> Option<&'static str> {
    Some(match trap {
        Trap::UnreachableCodeReached => "unreachable",
        Trap::MemoryOutOfBounds => "memory access out of bounds",
        Trap::TableOutOfBounds => "table access out of bounds",
        Trap::IndirectCallToNull => "indirect call to null",
        Trap::BadSignature => "indirect call type mismatch",
        Trap::IntegerOverflow => "integer overflow",
        Trap::IntegerDivisionByZero => "integer division by zero",
        Trap::BadConversionToInteger => "invalid conversion to integer",
        Trap::StackOverflow => CALL_STACK_EXHAUSTED,
        _ => return None,
    })
}
