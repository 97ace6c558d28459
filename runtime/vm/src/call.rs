//! One call: a fresh instance, arguments in, result out.
//!
//! ```text
//! for each argument: allocate, write      entry point      read the result, deallocate it
//! ```
//!
//! The guest frees its arguments, the host the result. Regions that cross are paid for in both directions.

use std::rc::Rc;

use supercloud_chain::vm::{EntryPoint, VmError, VmReport};
use wasmtime::{AsContextMut, Extern, Instance, ModuleExport, Store, TypedFunc, WasmParams, WasmResults};

use crate::code::Code;
use crate::guest::{CallState, Guest, GuestExports, classify_trap};
use crate::loan::Loan;

/// 64 MiB: above what a guest's memory can hold, kept because it is wasmd's number.
const MAX_RESULT: usize = 64 * 1024 * 1024;

/// A live instance.
pub(crate) struct Session<'a> {
    code: &'a Code,
    store: Store<CallState>,
    instance: Instance,
    gas_limit: u64,
}

impl<'a> Session<'a> {
    /// Instantiates `code`.
    pub(crate) fn open(code: &'a Code, backend: Loan, gas_limit: u64) -> Result<Self, VmError> {
        let mut store = Store::new(code.engine(), CallState::new(backend));
        store.limiter(|state| &mut state.memory_limiter);
        let instance = code
            .instance
            .instantiate(&mut store)
            .map_err(|error| classify_trap(&error))?;
        let mut session = Self {
            code,
            store,
            instance,
            gas_limit,
        };
        let exports = session.exports()?;
        session.store.data_mut().exports = Some(Rc::new(exports));
        session.guest().set_gas_left(gas_limit)?;
        Ok(session)
    }

    /// Calls an entry point with JSON arguments.
    pub(crate) fn call(&mut self, entry_point: EntryPoint, args: &[&[u8]]) -> Result<Vec<u8>, VmError> {
        self.store.data_mut().read_only = entry_point == EntryPoint::Query;
        let found = self.code.entry_points.get(&entry_point).copied();
        // A two-parameter `migrate` does not get the third argument.
        let args = match found {
            Some((_, params)) if entry_point == EntryPoint::Migrate => args.get(..params).unwrap_or(args),
            _ => args,
        };
        let mut pointers = Vec::with_capacity(args.len());
        for arg in args {
            pointers.push(self.guest().hand_over(arg)?);
        }
        // Looked up last: the arguments of a missing entry point are paid for.
        let (export, _) = found.ok_or_else(|| VmError::MissingExport(entry_point.export_name().to_owned()))?;
        let result = match *pointers.as_slice() {
            [a, b] => self.enter(export, (a, b)),
            [a, b, c] => self.enter(export, (a, b, c)),
            _ => Err(VmError::Bug(format!("{} arguments for {entry_point:?}", args.len()))),
        }?;
        let mut guest = self.guest();
        let data = guest.read(result, MAX_RESULT)?;
        guest.deallocate(result)?;
        Ok(data)
    }

    /// What the call cost.
    pub(crate) fn report(mut self, result: Result<Vec<u8>, VmError>) -> VmReport {
        let gas_left = match result {
            Err(VmError::OutOfGas) => 0,
            _ => self.guest().gas_left().unwrap_or_default(),
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

    fn enter<P: WasmParams>(&mut self, export: ModuleExport, params: P) -> Result<u32, VmError> {
        let function = self.function::<P, u32>(&export)?;
        self.guest().enter(&function, params)
    }

    pub(crate) fn guest(&mut self) -> Guest<'_> {
        Guest::new(self.store.as_context_mut())
    }

    fn exports(&mut self) -> Result<GuestExports, VmError> {
        let code = self.code;
        Ok(GuestExports {
            memory: self.export(&code.memory, Extern::into_memory)?,
            allocate: self.function(&code.allocate)?,
            deallocate: self.function(&code.deallocate)?,
            gas_left: self.export(&code.gas_left, Extern::into_global)?,
            gas_exhausted: self.export(&code.gas_exhausted, Extern::into_global)?,
            stack_left: self.export(&code.stack_left, Extern::into_global)?,
        })
    }

    fn export<T>(&mut self, export: &ModuleExport, kind: fn(Extern) -> Option<T>) -> Result<T, VmError> {
        let found = self.instance.get_module_export(&mut self.store, export).and_then(kind);
        found.ok_or_else(|| VmError::Bug("an export that was checked is gone".into()))
    }

    fn function<P: WasmParams, R: WasmResults>(&mut self, export: &ModuleExport) -> Result<TypedFunc<P, R>, VmError> {
        let function = self.export(export, Extern::into_func)?;
        function
            .typed(&self.store)
            .map_err(|error| VmError::Bug(format!("{error:#}")))
    }
}

#[cfg(test)]
pub(crate) mod tests;
