//! Way 1: the active rustup toolchain. Its own std sources are enough; the prebuilt wasm32 std is not used.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::{Compiler, Toolchain, Way, first_line, load_linker, query_sysroot};
use crate::process;

/// How long a download of `rust-src` (a few MiB) may take before we look for another way: behind a closed proxy
/// rustup would retry for many minutes.
const COMPONENT_TIMEOUT: Duration = Duration::from_secs(120);

/// Uses the active toolchain, with `rust-src` added when it is absent and rustup can fetch it.
pub(super) fn obtain() -> Result<Toolchain> {
    let sysroot = query_sysroot()?;
    let sources = sysroot.join("lib/rustlib/src/rust");
    if !sources.join("library/std/Cargo.toml").is_file() {
        add_sources()?;
    }
    if !sources.join("library/std/Cargo.toml").is_file() {
        bail!("rustup added rust-src, but {} is not there", sources.display());
    }
    let (linker, linker_version) = load_linker(&sysroot)?;
    let rustc = sysroot.join("bin/rustc");
    let compiler = Compiler {
        way: Way::Rustup,
        rustc: first_line(Command::new(&rustc).arg("--version"))?,
        cargo: first_line(process::cargo().arg("--version"))?,
        linker: linker_version,
        packages: Vec::new(),
    };
    let remaps = vec![(sysroot, "/toolchain".to_owned()), (sources, "/rust".to_owned())];
    Ok(Toolchain {
        compiler,
        rustc,
        linker,
        remaps,
    })
}

fn add_sources() -> Result<()> {
    eprintln!("adding rust-src to the active rustup toolchain");
    let mut command = Command::new("rustup");
    command
        .args(["component", "add", "rust-src"])
        .env("RUSTUP_MAX_RETRIES", "1");
    process::run_within(&mut command, COMPONENT_TIMEOUT)
}
