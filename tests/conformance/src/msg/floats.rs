//! Float operations.

use serde::{Deserialize, Serialize};

/// An operation on floats, given and answered as bit patterns.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloatCall {
    /// Which one.
    pub op: FloatOp,
    /// First operand.
    pub a: u64,
    /// Second operand.
    #[serde(default)]
    pub b: u64,
}

/// Float operations.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named as the Wasm operators")]
pub enum FloatOp {
    F32Add,
    F32Sub,
    F32Mul,
    F32Div,
    F32Sqrt,
    F32Neg,
    F32Abs,
    F32Copysign,
    F32Ceil,
    F32Nearest,
    F64Add,
    F64Sub,
    F64Mul,
    F64Div,
    F64Sqrt,
    F64Neg,
    F64Abs,
    F64Copysign,
    F64Floor,
    F64Trunc,
    F32DemoteF64,
    F64PromoteF32,
    I64TruncF64,
    F64ConvertI64,
}
