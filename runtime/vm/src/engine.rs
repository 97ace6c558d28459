//! The wasmtime engines of a VM, one for each compiler, and why each of their settings is what it is.
//!
//! None of them may change results: acceptance is decided by [`crate::check`], gas and stack height by
//! [`crate::inject`]. wasmtime can therefore be upgraded, and the compiler chosen, without a change of consensus.
//!
//! - **Features** are exactly [`FEATURES`], no default of wasmtime is left on.
//! - **NaN canonicalisation** is on: the bits of a NaN would differ between processors. Both compilers heed it.
//! - **Native stack**: far more than the injected meter allows, whichever compiler made the frames; a test makes the
//!   largest frames it can. Calls run with at least this much stack left, see [`on_large_stack`].
//! - **Memory**: 4 GiB of addresses are reserved per instance, so that bounds checks are left to the hardware and memory
//!   never moves; the limit is enforced by the store's limiter. Instances come from a pool, which never runs out (see
//!   [`crate::slots`]); a machine without that much address space gets instances one by one, with equal results.
//! - **Backtraces** name functions by index and nothing more: they are for people. Address maps and debug information
//!   are off.

use supercloud_chain::vm::{MAX_MEMORY_PAGES, MAX_TRACE_FRAMES, WasmLimits};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy,
    WasmBacktraceDetails, WasmFeatures,
};

use crate::check::FEATURES;
use crate::config::VmConfig;
use crate::inject::STACK_SLOTS;
use crate::slots::MAX_NESTING;

/// Native stack of one call's Wasm frames: eight times what the injected meter allows at eight bytes a value.
const WASM_STACK: usize = 8 * 8 * STACK_SLOTS as usize;

/// Native stack for the host's frames between two nested calls.
const HOST_STACK: usize = 512 * 1024;

/// Room for globals and function references of an instance; the static limits keep every module below.
const MAX_INSTANCE_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of a memory that stay resident when it returns to the pool: writing the touched pages anew is cheaper than
/// giving them back to the kernel, which interrupts all processors, and faulting them in again. Above what most calls
/// touch; at most [`MAX_WARM_SLOTS`] memories keep as much.
const KEEP_RESIDENT: usize = 2 * 1024 * 1024;

/// Memories in the pool that stay resident while nobody uses them.
const MAX_WARM_SLOTS: u32 = 64;

/// Who makes native code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Compiler {
    /// Winch: one pass.
    Baseline,
    /// Cranelift.
    Optimizing,
}

/// An engine.
pub(crate) fn new_engine(config: &VmConfig, compiler: Compiler, parallel: bool) -> wasmtime::Result<Engine> {
    let mut settings = settings(compiler);
    settings.parallel_compilation(parallel);
    let pool = InstanceAllocationStrategy::Pooling(pool(config));
    match Engine::new(settings.allocation_strategy(pool)) {
        Ok(engine) => Ok(engine),
        Err(_) => Engine::new(settings.allocation_strategy(InstanceAllocationStrategy::OnDemand)),
    }
}

/// Everything but the allocation of instances.
pub(crate) fn settings(compiler: Compiler) -> Config {
    let mut config = Config::new();
    match compiler {
        Compiler::Baseline => config.strategy(Strategy::Winch),
        Compiler::Optimizing => config
            .strategy(Strategy::Cranelift)
            .cranelift_opt_level(OptLevel::Speed),
    };
    config
        .cranelift_nan_canonicalization(true)
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(FEATURES, true)
        .max_wasm_stack(WASM_STACK)
        // Unused, yet the other must not be larger.
        .async_stack_size(2 * WASM_STACK)
        .memory_reservation(4 << 30)
        .memory_may_move(false)
        .memory_init_cow(true)
        .consume_fuel(false)
        .epoch_interruption(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(MAX_TRACE_FRAMES))
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config
}

fn pool(config: &VmConfig) -> PoolingAllocationConfig {
    let instances = config.concurrent_calls.max(1).saturating_mul(MAX_NESTING);
    let instances = u32::try_from(instances).unwrap_or(u32::MAX);
    let table_elements = WasmLimits::HIGHEST.table_elements as usize;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        .max_core_instance_size(MAX_INSTANCE_BYTES)
        .max_memory_size(MAX_MEMORY_PAGES as usize * 64 * 1024)
        .table_elements(table_elements)
        .table_keep_resident(table_elements * size_of::<usize>())
        .max_unused_warm_slots(MAX_WARM_SLOTS);
    // Only a kernel that tells which pages were touched makes this cheaper than giving all of them back.
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes)
            .linear_memory_keep_resident(KEEP_RESIDENT);
    }
    pool
}

/// Stack for threads that call contracts: a call on a thread with less makes and unmakes a stack of its own, which
/// takes longer than a small call. Only touched pages take memory.
pub const THREAD_STACK: usize = 2 * (WASM_STACK + HOST_STACK);

/// Runs `body` with enough native stack for a call, on a new piece of stack when the thread has less left: threads of
/// an asynchronous runtime have 2 MiB, and calls nest.
pub(crate) fn on_large_stack<R>(body: impl FnOnce() -> R) -> R {
    let enough = WASM_STACK + HOST_STACK;
    stacker::maybe_grow(enough, 2 * enough, body)
}
