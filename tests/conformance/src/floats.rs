//! Floats, given and answered as bit patterns, so that the bits of NaNs are seen.
//!
//! Operands come from the message: nothing here can be computed by the compiler.

use crate::msg::{FloatCall, FloatOp};

/// The bits of the result, as text because they do not fit into a JSON number of every reader.
pub(crate) fn compute(call: &FloatCall) -> String {
    let bits = match call.op {
        FloatOp::F64PromoteF32 => f64::from(single(call.a)).to_bits(),
        FloatOp::F32DemoteF64 => (f64::from_bits(call.a) as f32).to_bits().into(),
        FloatOp::I64TruncF64 => (f64::from_bits(call.a) as i64).cast_unsigned(),
        FloatOp::F64ConvertI64 => (call.a.cast_signed() as f64).to_bits(),
        _ => f32_bits(call).map_or_else(|| f64_bits(call), u64::from),
    };
    bits.to_string()
}

fn single(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

fn f32_bits(call: &FloatCall) -> Option<u32> {
    let (a, b) = (single(call.a), single(call.b));
    let result = match call.op {
        FloatOp::F32Add => a + b,
        FloatOp::F32Sub => a - b,
        FloatOp::F32Mul => a * b,
        FloatOp::F32Div => a / b,
        FloatOp::F32Sqrt => a.sqrt(),
        FloatOp::F32Neg => -a,
        FloatOp::F32Abs => a.abs(),
        FloatOp::F32Copysign => a.copysign(b),
        FloatOp::F32Ceil => a.ceil(),
        FloatOp::F32Nearest => a.round_ties_even(),
        _ => return None,
    };
    Some(result.to_bits())
}

fn f64_bits(call: &FloatCall) -> u64 {
    let (a, b) = (f64::from_bits(call.a), f64::from_bits(call.b));
    let result = match call.op {
        FloatOp::F64Add => a + b,
        FloatOp::F64Sub => a - b,
        FloatOp::F64Mul => a * b,
        FloatOp::F64Div => a / b,
        FloatOp::F64Sqrt => a.sqrt(),
        FloatOp::F64Neg => -a,
        FloatOp::F64Abs => a.abs(),
        FloatOp::F64Copysign => a.copysign(b),
        FloatOp::F64Floor => a.floor(),
        FloatOp::F64Trunc => a.trunc(),
        _ => f64::NAN,
    };
    result.to_bits()
}
