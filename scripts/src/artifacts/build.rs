//! One run of cargo per artifact, so that features unify only within the contract's own closure.
//!
//! The bytes depend on sources, compiler and flags alone: folders that differ between machines are remapped, and
//! settings that a user's environment could inject are removed.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Artifact, BuildOptions};
use crate::closure::TARGET;
use crate::process;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;

/// The cargo profile of contracts, in the root manifest.
pub const PROFILE: &str = "contracts";

/// What std is rebuilt with; `panic_abort` because contracts cannot unwind.
pub const BUILD_STD: &str = "-Zbuild-std=std,panic_abort";

/// Flags of every contract build.
///
/// `mvp`: CosmWasm chains refuse newer operators (bulk memory), std included. `--import-undefined`: from rustc 1.96 on
/// the host's imports are undefined symbols otherwise. `-s`: no names, no debug sections.
pub const RUSTFLAGS: [&str; 3] = ["-Ctarget-cpu=mvp", "-Clink-arg=--import-undefined", "-Clink-arg=-s"];

/// The separator of `CARGO_ENCODED_RUSTFLAGS`, which unlike `RUSTFLAGS` carries paths with spaces.
const FLAG_SEPARATOR: &str = "\u{1f}";

/// Compiles one artifact and returns its bytes.
pub fn compile(
    workspace: &Workspace,
    toolchain: &Toolchain,
    artifact: &Artifact,
    options: &BuildOptions,
) -> Result<Vec<u8>> {
    let member = workspace
        .members
        .get(&artifact.package)
        .context("artifact of a package that is not ours")?;
    fs::create_dir_all(&options.target).with_context(|| format!("cannot make {}", options.target.display()))?;
    let target = options.target.canonicalize()?;
    let mut command = process::cargo();
    for (name, _) in std::env::vars_os() {
        if is_injected(&name) {
            command.env_remove(name);
        }
    }
    command
        .current_dir(&workspace.root)
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &toolchain.linker)
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            encode_flags(&remaps(workspace, toolchain, &target)?)?,
        )
        .env("CARGO_TARGET_DIR", &target)
        .args(["build", "--locked", "--quiet", "--lib", "--package", &artifact.package])
        .args(["--features", &artifact.features.join(","), "--profile", PROFILE])
        .args([BUILD_STD, "--target", TARGET, "--jobs", &options.jobs.to_string()]);
    eprintln!("building {}", artifact.file);
    process::run(&mut command)?;
    let output = target
        .join(TARGET)
        .join(PROFILE)
        .join(format!("{}.wasm", member.library_stem()));
    let wasm = fs::read(&output).with_context(|| format!("the build left no {}", output.display()))?;
    assert_contract(&wasm).with_context(|| format!("{} is no contract", output.display()))?;
    Ok(wasm)
}

/// A last look before the bytes are recorded; `cosmwasm-check` looks closer.
fn assert_contract(wasm: &[u8]) -> Result<()> {
    if !wasm.starts_with(b"\0asm\x01\0\0\0") {
        bail!("it does not start as a wasm module");
    }
    for export in ["interface_version_8", "instantiate", "allocate"] {
        if !wasm.windows(export.len()).any(|window| window == export.as_bytes()) {
            bail!("it has no export {export}");
        }
    }
    Ok(())
}

/// Later entries win in rustc, so the order runs from general to special.
fn remaps(workspace: &Workspace, toolchain: &Toolchain, target: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut remaps = vec![
        (workspace.root.clone(), "/supercloud".to_owned()),
        (target.to_owned(), "/target".to_owned()),
    ];
    let cargo_home = cargo_home()?;
    remaps.push((cargo_home.clone(), "/cargo".to_owned()));
    // The registry's folder is named by a hash that cargo is free to change.
    if let Ok(indexes) = fs::read_dir(cargo_home.join("registry/src")) {
        for index in indexes {
            remaps.push((index?.path(), "/registry".to_owned()));
        }
    }
    remaps.extend(toolchain.remaps.iter().cloned());
    Ok(remaps)
}

fn encode_flags(remaps: &[(PathBuf, String)]) -> Result<String> {
    let mut flags: Vec<String> = RUSTFLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    for (from, to) in remaps {
        let from = from
            .to_str()
            .with_context(|| format!("{} is not UTF-8", from.display()))?;
        flags.push(format!("--remap-path-prefix={from}={to}"));
    }
    Ok(flags.join(FLAG_SEPARATOR))
}

fn cargo_home() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("CARGO_HOME").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    Ok(PathBuf::from(std::env::var_os("HOME").context("neither CARGO_HOME nor HOME is set")?).join(".cargo"))
}

fn is_injected(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    let prefixes = [
        "CARGO_PROFILE_",
        "CARGO_BUILD_",
        "CARGO_TARGET_",
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
    ];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
        ]
        .contains(&name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_end_with_the_remapped_folders() {
        let flags = encode_flags(&[(PathBuf::from("/home/a b"), "/cargo".into())]).unwrap();
        assert_eq!(
            flags.rsplit(FLAG_SEPARATOR).next(),
            Some("--remap-path-prefix=/home/a b=/cargo")
        );
        assert_eq!(flags.split(FLAG_SEPARATOR).count(), RUSTFLAGS.len() + 1);
    }

    #[test]
    fn module_without_the_interface_of_contracts_is_refused() {
        let empty = assert_contract(b"\0asm\x01\0\0\0").unwrap_err();
        assert_eq!(empty.to_string(), "it has no export interface_version_8");
        let text = assert_contract(b"interface_version_8").unwrap_err();
        assert_eq!(text.to_string(), "it does not start as a wasm module");
    }

    #[test]
    fn settings_of_the_environment_do_not_reach_the_build() {
        for name in [
            "RUSTFLAGS",
            "CARGO_PROFILE_RELEASE_LTO",
            "CARGO_TARGET_DIR",
            "RUSTC_WRAPPER",
        ] {
            assert!(is_injected(&OsString::from(name)), "{name}");
        }
        for name in ["PATH", "CARGO_HOME", "RUSTUP_TOOLCHAIN", "CARGO_NET_OFFLINE"] {
            assert!(!is_injected(&OsString::from(name)), "{name}");
        }
    }
}
