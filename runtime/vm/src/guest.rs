//! A running instance as host functions see it: its memory, its allocator and its gas.
//!
//! Guest and backend draw on one counter, the injected global `gas_left`. What the backend charges is also summed in
//! `gas_external`, so that internal gas is `limit - external - left`.

use std::rc::Rc;

use supercloud_chain::vm::{Backend, BackendError, BackendResult, MAX_MEMORY_PAGES, VmError};
use wasmtime::{
    FrameInfo, Global, Memory, ResourceLimiter, StoreContextMut, Trap, TypedFunc, Val, WasmBacktrace, WasmParams,
    WasmResults,
};

use crate::gas;
use crate::loan::Loan;
use crate::region::{REGION_BYTES, Region, UncheckedRegion};
use crate::trap;

/// Guest frames on top of each other: entry point -> host function -> `allocate`. One more would let a malicious
/// `allocate` recurse through host functions on the native stack.
const MAX_CALL_DEPTH: u32 = 2;

/// Data of one call's store.
pub(crate) struct CallState {
    pub(crate) memory_limiter: MemoryLimiter,
    pub(crate) backend: Loan,
    /// Set right after instantiation; no guest code runs before, because modules with a start function are refused.
    pub(crate) exports: Option<Rc<GuestExports>>,
    pub(crate) gas_external: u64,
    pub(crate) read_only: bool,
    pub(crate) iterators: u32,
    /// Functions that were running when guest code was first stopped, innermost first.
    pub(crate) trace: Vec<u32>,
    call_depth: u32,
}

impl CallState {
    /// State of a call that has not begun; storage is read-only until said otherwise.
    pub(crate) fn new(backend: Loan) -> Self {
        Self {
            memory_limiter: MemoryLimiter,
            backend,
            exports: None,
            gas_external: 0,
            read_only: true,
            iterators: 0,
            trace: Vec::new(),
            call_depth: 0,
        }
    }
}

/// What the host uses of an instance. Shared, because typed functions are dear to clone.
pub(crate) struct GuestExports {
    pub(crate) memory: Memory,
    pub(crate) allocate: TypedFunc<u32, u32>,
    pub(crate) deallocate: TypedFunc<u32, ()>,
    pub(crate) gas_left: Global,
    pub(crate) gas_exhausted: Global,
    pub(crate) stack_left: Global,
}

/// Makes `memory.grow` answer -1 beyond the limit, on every node alike.
pub(crate) struct MemoryLimiter;

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_MEMORY_PAGES as usize * 64 * 1024)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        // Asked once for the initial size, which was checked at upload; operators that grow tables are refused.
        Ok(current == 0 || desired <= current)
    }
}

/// A running instance.
pub(crate) struct Guest<'a> {
    store: StoreContextMut<'a, CallState>,
}

impl<'a> Guest<'a> {
    pub(crate) fn new(store: StoreContextMut<'a, CallState>) -> Self {
        Self { store }
    }

    pub(crate) fn state(&mut self) -> &mut CallState {
        self.store.data_mut()
    }

    fn exports(&self) -> Result<&GuestExports, VmError> {
        let exports = self.store.data().exports.as_deref();
        exports.ok_or_else(no_exports)
    }

    fn shared_exports(&self) -> Result<Rc<GuestExports>, VmError> {
        let exports = self.store.data().exports.clone();
        exports.ok_or_else(no_exports)
    }

    /// Gas that guest and backend may still use.
    pub(crate) fn gas_left(&mut self) -> Result<u64, VmError> {
        let gas_left = self.exports()?.gas_left;
        match gas_left.get(&mut self.store) {
            Val::I64(gas) => Ok(gas.cast_unsigned()),
            other => Err(VmError::Bug(format!("gas counter is {other:?}"))),
        }
    }

    pub(crate) fn set_gas_left(&mut self, gas: u64) -> Result<(), VmError> {
        let gas_left = self.exports()?.gas_left;
        gas_left
            .set(&mut self.store, Val::I64(gas.cast_signed()))
            .map_err(|error| VmError::Bug(error.to_string()))
    }

    fn flag(&mut self, global: impl FnOnce(&GuestExports) -> Global) -> i32 {
        let Ok(global) = self.exports().map(global) else {
            return 0;
        };
        global.get(&mut self.store).i32().unwrap_or_default()
    }

    /// Takes `cost` for work of the host.
    pub(crate) fn charge(&mut self, cost: u64) -> Result<(), VmError> {
        let left = self.gas_left()?;
        self.set_gas_left(left.saturating_sub(cost))?;
        if cost > left { Err(VmError::OutOfGas) } else { Ok(()) }
    }

    /// Calls the backend with the gas left and charges what it asks for, whether it failed or not. The inner error is
    /// text for the guest.
    pub(crate) fn backend<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Backend, u64) -> BackendResult<T>,
    ) -> Result<Result<T, String>, VmError> {
        let left = self.gas_left()?;
        let loan = self.store.data().backend.clone();
        let (result, cost) = loan
            .with(|backend| call(backend, left))
            .ok_or_else(|| VmError::Bug("the backend is not available".into()))?;
        let state = self.store.data_mut();
        state.gas_external = state.gas_external.saturating_add(cost);
        self.charge(cost)?;
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(BackendError::User(text)) => Ok(Err(text)),
            Err(BackendError::OutOfGas) => Err(VmError::OutOfGas),
            Err(error @ BackendError::UnknownIterator(_)) => Err(VmError::Communication(error.to_string())),
            Err(BackendError::Fatal(text)) => Err(VmError::Backend(text)),
        }
    }

    /// As [`Guest::backend`], for calls that have no error text for the guest.
    pub(crate) fn storage<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Backend, u64) -> BackendResult<T>,
    ) -> Result<T, VmError> {
        self.backend(call)?.map_err(VmError::Backend)
    }

    /// Copies the Region at `pointer`; charged before the length is held against `limit`.
    pub(crate) fn read(&mut self, pointer: u32, limit: usize) -> Result<Vec<u8>, VmError> {
        let region = self.region(pointer)?;
        self.charge(gas::read_region(region.length()))?;
        if region.length() > limit {
            let length = region.length();
            return Err(VmError::Communication(format!(
                "region of {length} bytes is too long, limit is {limit}"
            )));
        }
        let range = region.offset()..region.offset() + region.length();
        let memory = self.exports()?.memory.data(&self.store);
        memory
            .get(range)
            .map(<[u8]>::to_vec)
            .ok_or_else(|| out_of_memory(region, memory.len()))
    }

    /// As [`Guest::read`], where pointer 0 means absent.
    pub(crate) fn read_optional(&mut self, pointer: u32, limit: usize) -> Result<Option<Vec<u8>>, VmError> {
        if pointer == 0 {
            Ok(None)
        } else {
            self.read(pointer, limit).map(Some)
        }
    }

    /// Writes `data` into the Region at `pointer` and sets its length.
    pub(crate) fn write(&mut self, pointer: u32, data: &[u8]) -> Result<(), VmError> {
        let region = self.region(pointer)?;
        self.charge(gas::WRITE_REGION.cost(data.len()))?;
        let capacity = region.capacity();
        let length = u32::try_from(data.len())
            .ok()
            .filter(|_| data.len() <= capacity)
            .ok_or_else(|| {
                VmError::Communication(format!(
                    "region of capacity {capacity} is too small for {} bytes",
                    data.len()
                ))
            })?;
        let handle = self.exports()?.memory;
        let memory = handle.data_mut(&mut self.store);
        let size = memory.len();
        let target = memory.get_mut(region.offset()..region.offset() + data.len());
        target.ok_or_else(|| out_of_memory(region, size))?.copy_from_slice(data);
        let header = memory.get_mut(pointer as usize..pointer as usize + REGION_BYTES);
        header
            .ok_or_else(|| out_of_memory(region, size))?
            .copy_from_slice(&region.with_length(length).to_bytes());
        Ok(())
    }

    /// Hands `data` to the guest in a Region that the guest allocates; returns its pointer.
    pub(crate) fn hand_over(&mut self, data: &[u8]) -> Result<u32, VmError> {
        let length = u32::try_from(data.len())
            .map_err(|_| VmError::Communication(format!("{} bytes do not fit into a region", data.len())))?;
        let exports = self.shared_exports()?;
        let pointer = self.enter(&exports.allocate, length)?;
        if pointer == 0 {
            return Err(VmError::Communication("allocate returned address zero".into()));
        }
        self.write(pointer, data)?;
        Ok(pointer)
    }

    /// Gives a Region back to the guest's allocator.
    pub(crate) fn deallocate(&mut self, pointer: u32) -> Result<(), VmError> {
        let exports = self.shared_exports()?;
        self.enter(&exports.deallocate, pointer)
    }

    /// Runs a guest function one frame deeper.
    pub(crate) fn enter<P: WasmParams, R: WasmResults>(
        &mut self,
        function: &TypedFunc<P, R>,
        params: P,
    ) -> Result<R, VmError> {
        if self.state().call_depth == MAX_CALL_DEPTH {
            return Err(VmError::Communication(format!("call depth exceeds {MAX_CALL_DEPTH}")));
        }
        self.state().call_depth += 1;
        let result = function.call(&mut self.store, params);
        self.state().call_depth -= 1;
        result.map_err(|error| {
            self.keep_trace(&error);
            self.classify(&error)
        })
    }

    /// The first stop is the cause; those that follow from it say less.
    fn keep_trace(&mut self, error: &wasmtime::Error) {
        if self.state().trace.is_empty()
            && let Some(backtrace) = error.downcast_ref::<WasmBacktrace>()
        {
            self.state().trace = backtrace.frames().iter().map(FrameInfo::func_index).collect();
        }
    }

    /// Says why guest code stopped. The gas flag comes first: the injected check traps like any other code.
    fn classify(&mut self, error: &wasmtime::Error) -> VmError {
        if self.flag(|exports| exports.gas_exhausted) != 0 {
            return VmError::OutOfGas;
        }
        if let Some(error) = error.downcast_ref::<VmError>() {
            return error.clone();
        }
        if self.flag(|exports| exports.stack_left) < 0 {
            return VmError::Trap(trap::CALL_STACK_EXHAUSTED);
        }
        classify_trap(error)
    }

    fn region(&self, pointer: u32) -> Result<Region, VmError> {
        let memory = self.exports()?.memory.data(&self.store);
        let bytes = memory
            .get(pointer as usize..)
            .and_then(<[u8]>::first_chunk::<REGION_BYTES>);
        let bytes = bytes.ok_or_else(|| {
            VmError::Communication(format!("no region at {pointer}: memory has {} bytes", memory.len()))
        })?;
        UncheckedRegion::from_bytes(*bytes).check()
    }
}

fn no_exports() -> VmError {
    VmError::Bug("guest code ran before instantiation was complete".into())
}

/// A trap's text, or a bug for what no guest can cause.
pub(crate) fn classify_trap(error: &wasmtime::Error) -> VmError {
    match error.downcast_ref::<Trap>().copied().and_then(trap::text) {
        Some(text) => VmError::Trap(text),
        None => VmError::Bug(format!("{error:#}")),
    }
}

fn out_of_memory(region: Region, size: usize) -> VmError {
    let (offset, capacity) = (region.offset(), region.capacity());
    VmError::Communication(format!(
        "region at {offset} with capacity {capacity} lies outside of {size} bytes of memory"
    ))
}
