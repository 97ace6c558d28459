//! One call: a fresh instance, arguments in, result out.
//!
//! ```text
//! for each argument: allocate, write      entry point      read the result, deallocate it
//! ```
//!
//! The guest frees its arguments, the host the result. Regions that cross are paid for in both directions.

use std::sync::Arc;

use supercloud_chain::vm::{EntryPoint, VmError, VmReport};
use wasmtime::{AsContextMut, Store};

use crate::code::Code;
use crate::guest::{CallState, Guest, GuestExports, MAX_GAS, classify_trap};
use crate::loan::Loan;

/// 64 MiB: above what a guest's memory can hold, kept because it is wasmd's number.
const MAX_RESULT: usize = 64 * 1024 * 1024;

/// A live instance.
pub(crate) struct Session {
    store: Store<CallState>,
    gas_limit: u64,
}

impl Session {
    /// Instantiates `code`.
    pub(crate) fn open(code: Arc<Code>, backend: Loan, gas_limit: u64) -> Result<Self, VmError> {
        let mut store = Store::new(code.engine(), CallState::new(backend));
        store.limiter(|state| &mut state.memory_limiter);
        let instance = code
            .instance
            .instantiate(&mut store)
            .map_err(|error| classify_trap(&error))?;
        let exports = GuestExports::new(&mut store, instance, code)?;
        store.data_mut().exports = Some(exports);
        let mut session = Self { store, gas_limit };
        session.guest().set_gas_left(gas_limit)?;
        Ok(session)
    }

    /// Calls an entry point with JSON arguments.
    pub(crate) fn call(&mut self, entry_point: EntryPoint, args: &[&[u8]]) -> Result<Vec<u8>, VmError> {
        self.store.data_mut().read_only = entry_point == EntryPoint::Query;
        let found = self.guest().entry_point(entry_point)?;
        // A two-parameter `migrate` does not get the third argument.
        let args = match found {
            Some(function) if entry_point == EntryPoint::Migrate => args.get(..function.params()).unwrap_or(args),
            _ => args,
        };
        let mut pointers = Vec::with_capacity(args.len());
        for arg in args {
            pointers.push(self.guest().hand_over(arg)?);
        }
        // Looked at last: the arguments of a missing entry point are paid for.
        let function = found.ok_or_else(|| VmError::MissingExport(entry_point.export_name().to_owned()))?;
        let mut guest = self.guest();
        let function = guest.bind(&function)?;
        let result = guest.enter(&function, &pointers)?;
        let data = guest.read(result, MAX_RESULT)?;
        guest.deallocate(result)?;
        Ok(data)
    }

    /// What the call cost.
    pub(crate) fn report(mut self, result: Result<Vec<u8>, VmError>) -> VmReport {
        let uncounted = self.gas_limit.saturating_sub(MAX_GAS);
        let gas_left = match result {
            Err(VmError::OutOfGas) => 0,
            _ => uncounted + self.guest().gas_left().unwrap_or_default(),
        };
        let trace = match result {
            Ok(_) => Vec::new(),
            Err(_) => std::mem::take(&mut self.store.data_mut().trace),
        };
        let gas_external = self.store.data().gas_external;
        VmReport {
            gas_internal: self.gas_limit.saturating_sub(gas_external).saturating_sub(gas_left),
            gas_external,
            result,
            trace,
        }
    }

    pub(crate) fn guest(&mut self) -> Guest<'_> {
        Guest::new(self.store.as_context_mut())
    }
}

#[cfg(test)]
pub(crate) mod tests;
