//! Steps of a call one by one, for benchmarks that compare them with another engine's. Behind the feature `internals`;
//! a chain has no use for it, since every call of a chain gets an instance of its own.

use supercloud_chain::vm::{Backend, CodeKey, EntryPoint, VmError};

use crate::call::Session;
use crate::engine::on_large_stack;
use crate::loan;
use crate::vm::WasmtimeVm;

/// An instance that can be called several times.
#[allow(missing_debug_implementations, reason = "lives for one measurement")]
pub struct Instance<'a>(Session<'a>);

impl Instance<'_> {
    /// Calls an entry point with JSON arguments on what earlier calls left in memory.
    ///
    /// # Errors
    ///
    /// As [`Vm::call`](supercloud_chain::vm::Vm::call).
    pub fn call(&mut self, entry_point: EntryPoint, args: &[&[u8]]) -> Result<Vec<u8>, VmError> {
        self.0.call(entry_point, args)
    }

    /// Sets the gas that the next calls may use together.
    pub fn set_gas(&mut self, gas: u64) -> Result<(), VmError> {
        self.0.guest().set_gas_left(gas)
    }
}

/// Makes an instance of a loaded code and hands it to `body`.
///
/// # Errors
///
/// [`VmError::NotLoaded`] when the engine does not hold the code.
pub fn with_instance<R>(
    vm: &WasmtimeVm,
    code: &CodeKey,
    backend: &mut dyn Backend,
    gas: u64,
    body: impl FnOnce(&mut Instance<'_>) -> R,
) -> Result<R, VmError> {
    let code = vm.find(code).ok_or(VmError::NotLoaded)?;
    on_large_stack(|| {
        loan::lend(backend, |loan| {
            let mut instance = Instance(Session::open(&code, loan, gas)?);
            Ok(body(&mut instance))
        })
    })
}
