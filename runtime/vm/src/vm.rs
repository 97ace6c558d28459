//! [`WasmtimeVm`], the engine that a chain sees.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use supercloud_chain::vm::{Analysis, Backend, CheckError, Checksum, Vm, VmCall, VmError, VmReport};

use crate::cache::Codes;
use crate::call::Session;
use crate::check::{self, CheckedModule};
use crate::config::VmConfig;
use crate::engine::on_large_stack;
use crate::loan::{self, Loan};
use crate::slots::Slots;

/// A contract engine on wasmtime. Cheap to call from many threads; make one per process.
pub struct WasmtimeVm {
    config: VmConfig,
    codes: Codes,
    slots: Slots,
}

impl fmt::Debug for WasmtimeVm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WasmtimeVm")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl WasmtimeVm {
    /// Makes an engine without codes.
    ///
    /// # Errors
    ///
    /// [`VmError::Bug`] when wasmtime does not support this machine.
    pub fn new(config: VmConfig) -> Result<Self, VmError> {
        let unsupported = |error: wasmtime::Error| VmError::Bug(format!("{error:#}"));
        Ok(Self {
            codes: Codes::new(&config).map_err(unsupported)?,
            slots: Slots::new(config.concurrent_calls),
            config,
        })
    }

    fn call_on_loan(&self, call: VmCall<'_>, backend: Loan) -> VmReport {
        let Some(code) = self.codes.get(call.checksum) else {
            return failed(0, VmError::NotLoaded);
        };
        let Some(_slot) = self.slots.take() else {
            return failed(call.gas_limit, VmError::Bug("calls nest too deeply".into()));
        };
        let pages = self.config.limits.memory_pages;
        match Session::open(self.codes.engine(), &code, backend, pages, call.gas_limit) {
            Err(error) => failed(0, error),
            Ok(mut session) => {
                let result = session.call(call.entry_point, call.args);
                session.report(result)
            }
        }
    }
}

impl Vm for WasmtimeVm {
    fn check(&self, wasm: &[u8]) -> Result<Analysis, CheckError> {
        CheckedModule::new(wasm, &self.config).map(|module| module.analysis().clone())
    }

    fn load(&self, wasm: &[u8]) -> Result<Checksum, CheckError> {
        let checksum = check::checksum(wasm);
        if !self.is_loaded(&checksum) {
            self.codes.load(&CheckedModule::new(wasm, &self.config)?)?;
        }
        Ok(checksum)
    }

    fn is_loaded(&self, checksum: &Checksum) -> bool {
        self.codes.get(checksum).is_some()
    }

    fn call(&self, call: VmCall<'_>, backend: &mut dyn Backend) -> VmReport {
        let run = || on_large_stack(|| loan::lend(backend, |backend| self.call_on_loan(call, backend)));
        catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|panic| failed(call.gas_limit, VmError::Bug(describe(panic.as_ref()))))
    }
}

/// A call of which nothing but its cost is left.
fn failed(gas_internal: u64, error: VmError) -> VmReport {
    VmReport {
        gas_internal,
        gas_external: 0,
        result: Err(error),
    }
}

fn describe(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("host panicked: {}", text.unwrap_or("unknown reason"))
}
