//! The one wasmtime engine of a VM and why each of its settings is what it is.
//!
//! None of them may change results: acceptance is decided by [`crate::check`], gas and stack height by
//! [`crate::inject`]. wasmtime can therefore be upgraded without a change of consensus.
//!
//! - **Features** are exactly [`FEATURES`], no default of wasmtime is left on.
//! - **NaN canonicalisation** is on: the bits of a NaN would differ between processors.
//! - **Native stack**: four times what the injected meter allows at eight bytes a value. Calls run with at least this
//!   much stack left, see [`on_large_stack`].
//! - **Memory**: 4 GiB of addresses are reserved per instance, so that bounds checks are left to the hardware and memory
//!   never moves; the limit is enforced by the store's limiter. Instances come from a pool, which never runs out (see
//!   [`crate::slots`]); a machine without that much address space gets instances one by one, with equal results.
//! - **Backtraces, address maps, debug information** are off: traps are told by their code alone.

use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy, WasmBacktraceDetails,
    WasmFeatures,
};

use crate::check::FEATURES;
use crate::config::VmConfig;
use crate::inject::STACK_SLOTS;
use crate::slots::MAX_NESTING;

/// Native stack of one call's Wasm frames.
const WASM_STACK: usize = 4 * 8 * STACK_SLOTS as usize;

/// Native stack for the host's frames between two nested calls.
const HOST_STACK: usize = 512 * 1024;

/// Room for globals and function references of an instance; the static limits keep every module below.
const MAX_INSTANCE_BYTES: usize = 4 * 1024 * 1024;

/// The engine.
pub(crate) fn new_engine(config: &VmConfig) -> wasmtime::Result<Engine> {
    let mut settings = settings();
    let pool = InstanceAllocationStrategy::Pooling(pool(config));
    match Engine::new(settings.allocation_strategy(pool)) {
        Ok(engine) => Ok(engine),
        Err(_) => Engine::new(settings.allocation_strategy(InstanceAllocationStrategy::OnDemand)),
    }
}

/// Everything but the allocation of instances.
pub(crate) fn settings() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_nan_canonicalization(true)
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(FEATURES, true)
        .max_wasm_stack(WASM_STACK)
        .memory_reservation(4 << 30)
        .memory_may_move(false)
        .memory_init_cow(true)
        .consume_fuel(false)
        .epoch_interruption(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(None)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config
}

fn pool(config: &VmConfig) -> PoolingAllocationConfig {
    let instances = config.concurrent_calls.max(1).saturating_mul(MAX_NESTING);
    let instances = u32::try_from(instances).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        .max_core_instance_size(MAX_INSTANCE_BYTES)
        .max_memory_size(config.limits.memory_pages as usize * 64 * 1024)
        .table_elements(config.limits.table_elements as usize)
        .table_keep_resident(config.limits.table_elements as usize * size_of::<usize>());
    pool
}

/// Runs `body` with enough native stack for a call, on a new piece of stack when the thread has less left: threads of
/// an asynchronous runtime have 2 MiB, and calls nest.
pub(crate) fn on_large_stack<R>(body: impl FnOnce() -> R) -> R {
    let enough = WASM_STACK + HOST_STACK;
    stacker::maybe_grow(enough, 2 * enough, body)
}
