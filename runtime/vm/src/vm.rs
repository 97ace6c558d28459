//! [`WasmtimeVm`], the engine that a chain sees.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use supercloud_chain::vm::{
    Analysis, Backend, CheckError, CodeKey, CodeRules, FunctionRef, HeldCode, MeteringVersion, Vm, VmCall, VmError,
    VmReport,
};

use crate::cache::Codes;
use crate::call::Session;
use crate::check::names;
use crate::config::VmConfig;
use crate::engine::on_large_stack;
use crate::error::OpenError;
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
    /// Makes an engine that knows the codes of its folder, if it has one.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when wasmtime does not support this machine, or the folder is not private or in use.
    pub fn new(config: VmConfig) -> Result<Self, OpenError> {
        Ok(Self {
            codes: Codes::new(&config)?,
            slots: Slots::new(config.concurrent_calls),
            config,
        })
    }

    /// Waits until every code that was loaded has its final form, on disk too: before measuring, and before a
    /// planned stop.
    pub fn finish_compiling(&self) {
        self.codes.finish_upgrades();
    }

    #[cfg(feature = "internals")]
    pub(crate) fn find(&self, code: &CodeKey) -> Option<std::sync::Arc<crate::code::Code>> {
        self.codes.find(code)
    }

    /// Forgets a code's form in memory, as if others had needed its room.
    #[cfg(feature = "internals")]
    pub fn forget(&self, code: &CodeKey) {
        self.codes.forget(code);
    }

    fn call_on_loan(&self, call: VmCall<'_>, backend: Loan) -> VmReport {
        let Some(code) = self.codes.find_callable(&call.code) else {
            return failed(0, VmError::NotLoaded);
        };
        let Some(_slot) = self.slots.take() else {
            return failed(call.gas_limit, VmError::Bug("calls nest too deeply".into()));
        };
        match Session::open(code, backend, call.gas_limit) {
            Err(error) => failed(0, error),
            Ok(mut session) => {
                let result = session.call(call.entry_point, call.args);
                session.report(result)
            }
        }
    }
}

impl Vm for WasmtimeVm {
    fn check(&self, wasm: &[u8], rules: &CodeRules) -> Result<Analysis, CheckError> {
        self.codes.check(wasm, rules)
    }

    fn load(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        let (key, code) = self.codes.load(wasm, metering)?;
        Ok(HeldCode::new(key, code))
    }

    fn lend(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        let (key, code) = self.codes.lend(wasm, metering)?;
        Ok(HeldCode::new(key, code))
    }

    fn pin(&self, code: &CodeKey) -> bool {
        self.codes.pin(code)
    }

    fn unpin(&self, code: &CodeKey) {
        self.codes.unpin(code);
    }

    fn call(&self, call: VmCall<'_>, backend: &mut dyn Backend) -> VmReport {
        let run = || on_large_stack(|| loan::lend(backend, |backend| self.call_on_loan(call, backend)));
        catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|panic| failed(call.gas_limit, VmError::Bug(describe(panic.as_ref()))))
    }

    fn symbolise(&self, wasm: &[u8], functions: &[u32]) -> Vec<FunctionRef> {
        names::find_all(wasm, functions)
    }
}

/// A call of which nothing but its cost is left.
fn failed(gas_internal: u64, error: VmError) -> VmReport {
    VmReport {
        gas_internal,
        gas_external: 0,
        result: Err(error),
        trace: Vec::new(),
    }
}

fn describe(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("host panicked: {}", text.unwrap_or("unknown reason"))
}
