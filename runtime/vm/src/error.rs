//! Why an engine cannot be made.

use std::io;

use thiserror::Error;

use crate::artifacts::CacheError;

/// Why a [`WasmtimeVm`](crate::WasmtimeVm) cannot be made.
#[derive(Debug, Error)]
pub enum OpenError {
    /// wasmtime does not support this machine.
    #[error("the wasm engine does not run on this machine: {0}")]
    Engine(String),
    /// The folder for compiled code cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The system gives no thread for compiling.
    #[error("no thread for compiling: {0}")]
    Thread(io::Error),
}
