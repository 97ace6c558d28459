//! Why a message failed in an orderly way.

use cosmwasm_std::StdError;
use thiserror::Error;

/// A contract error. Its text is what the host sees.
#[derive(Debug, Error)]
pub enum ConformanceError {
    /// The message asked for this failure.
    #[error("{0}")]
    Asked(String),
    /// From the standard library.
    #[error(transparent)]
    Std(#[from] StdError),
    /// The memory did not grow.
    #[error("memory.grow failed")]
    MemoryGrow,
}
