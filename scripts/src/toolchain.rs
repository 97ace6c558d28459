//! The compiler that contracts are built with. Two ways lead to one:
//!
//! 1. `rustup`: the active toolchain with the component `rust-src`, added when rustup can fetch it;
//! 2. `debian`: the packages of `rustc-web` from Debian 12's security archive, unpacked into a private folder.
//!
//! Either way std is rebuilt for the wasm MVP (`-Z build-std`, `-C target-cpu=mvp`): the prebuilt std of the wasm32
//! target holds bulk-memory operators, which CosmWasm chains refuse. So an installed wasm32 target alone is not enough.

mod debian;
mod rustup;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::process;

/// How the compiler was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The active rustup toolchain with `rust-src`.
    Rustup,
    /// Unpacked Debian packages.
    Debian,
}

/// What decides the bytes that a compiler makes; recorded in `build.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiler {
    /// How it was obtained.
    pub way: Way,
    /// First line of `rustc --version`.
    pub rustc: String,
    /// First line of `cargo --version`; cargo chooses the hashes in symbol names.
    pub cargo: String,
    /// Version of the wasm linker.
    pub linker: String,
    /// Unpacked packages; empty for rustup.
    pub packages: Vec<PackageRecord>,
}

/// One unpacked package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRecord {
    /// Name in the archive.
    pub name: String,
    /// Version in the archive.
    pub version: String,
    /// SHA-256 of the package file.
    pub sha256: String,
}

/// A compiler ready to run.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// What it is.
    pub compiler: Compiler,
    /// Its `rustc`, or a wrapper that starts it.
    pub rustc: PathBuf,
    /// The wasm linker.
    pub linker: PathBuf,
    /// Folder prefixes that must not reach the bytes, with what replaces them.
    pub remaps: Vec<(PathBuf, String)>,
}

/// Finds or fetches a compiler. `only` restricts the choice to one way.
pub fn obtain(only: Option<Way>) -> Result<Toolchain> {
    let mut refusals = Vec::new();
    for way in [Way::Rustup, Way::Debian] {
        if only.is_some_and(|wanted| wanted != way) {
            continue;
        }
        let found = match way {
            Way::Rustup => rustup::obtain(),
            Way::Debian => debian::obtain(&cache_folder()?),
        };
        match found {
            Ok(toolchain) => return Ok(toolchain),
            Err(error) => refusals.push(format!("{way:?}: {error:#}")),
        }
    }
    bail!("no compiler for contracts\n  {}", refusals.join("\n  "))
}

/// Where fetched tools stay between builds: outside `target/`, so that `cargo clean` keeps them.
pub fn cache_folder() -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => PathBuf::from(std::env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache"),
    };
    Ok(base.join("supercloud"))
}

/// The sysroot of the active rustup toolchain, which has the wasm linker in both ways.
fn query_sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(
        process::capture(Command::new("rustc").args(["--print", "sysroot"]))?.trim(),
    ))
}

fn load_linker(sysroot: &Path) -> Result<(PathBuf, String)> {
    let host = process::capture(Command::new("rustc").args(["--version", "--verbose"]))?
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .context("`rustc -vV` names no host")?;
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    let version = process::capture(Command::new(&linker).args(["-flavor", "wasm", "--version"]))
        .context("the active Rust toolchain has no rust-lld; install Rust with rustup")?;
    // "LLD 22.1.2 (/checkout/...)": what follows the number tells of the machine that built the linker.
    let version = version.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Ok((linker, version))
}

fn first_line(command: &mut Command) -> Result<String> {
    Ok(process::capture(command)?
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned())
}
