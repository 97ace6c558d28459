//! The project's own tool, `cargo xtask`: contract artifacts, dependency laws, generated schemas.
//!
//! Everything here is a plain function over the workspace folder, so that tests can call what the command line calls.
//! Output for people goes to stderr; what a command makes lands in files.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub mod artifacts;
pub mod closure;
pub mod deps;
pub mod digest;
pub mod process;
pub mod schema;
pub mod toolchain;
pub mod workspace;
