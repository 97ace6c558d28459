//! Which packages make a compiler: resolved by name from the archive's index.

use std::collections::{BTreeMap, VecDeque};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// The compiler.
pub(super) const COMPILER: &str = "rustc-web";
/// The sources of its std.
pub(super) const SOURCES: &str = "rust-web-src";

/// The compiler and the sources of its std; what else is needed follows from `Depends`.
const WANTED: [&str; 2] = [COMPILER, SOURCES];
/// The oldest version that the workspace's `rust-version` accepts.
const MINIMUM_MINOR: u64 = 95;
/// One package as the archive's index describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    depends: Vec<String>,
}

/// Follows `Depends` from the wanted packages: through the compiler's own parts always, and through plain libraries
/// that this machine lacks.
pub(super) fn resolve() -> Result<Vec<Package>> {
    if process::capture(Command::new("apt-cache").args(["show", "--no-all-versions", COMPILER])).is_err() {
        eprintln!("apt has no list of packages yet, updating it");
        process::run(Command::new("apt-get").args(["update", "--quiet"]))?;
    }
    let mut found = BTreeMap::new();
    let mut queue: VecDeque<String> = WANTED.iter().map(|name| (*name).to_owned()).collect();
    while let Some(name) = queue.pop_front() {
        if found.contains_key(&name) {
            continue;
        }
        let package = parse_show(&process::capture(Command::new("apt-cache").args([
            "show",
            "--no-all-versions",
            &name,
        ]))?)?;
        let wanted = package
            .depends
            .iter()
            .filter(|name| is_compiler_part(name) || is_missing_library(name));
        queue.extend(wanted.cloned());
        found.insert(name, package);
    }
    let version = &found[COMPILER].version;
    let minor = version
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse::<u64>().ok())
        .unwrap_or(0);
    if minor < MINIMUM_MINOR {
        bail!(
            "apt offers rustc-web {version}, but 1.{MINIMUM_MINOR} is needed: enable bookworm-security and apt-get update"
        );
    }
    Ok(found.into_values().collect())
}

fn parse_show(text: &str) -> Result<Package> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let name = field("Package:").context("apt-cache wrote no Package")?.to_owned();
    let version = field("Version:")
        .with_context(|| format!("apt-cache wrote no Version for {name}"))?
        .to_owned();
    let depends = field("Depends:").unwrap_or_default();
    // "a (>= 1), b | c, d:any": of alternatives the first is what Debian itself would install.
    let first_word = |item: &str| item.split(['(', '|', ':']).next().unwrap_or_default().trim().to_owned();
    let depends = depends
        .split(',')
        .map(first_word)
        .filter(|name| !name.is_empty())
        .collect();
    Ok(Package { name, version, depends })
}

pub(super) fn is_compiler_part(name: &str) -> bool {
    ["rustc-web", "rust-web-src", "libstd-rust-web", "libllvm"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

fn is_missing_library(name: &str) -> bool {
    if !name.starts_with("lib") || name.ends_with("-dev") {
        return false;
    }
    let status = process::capture(Command::new("dpkg-query").args(["--show", "--showformat", "${Status}", name]));
    status.map_or(true, |status| {
        !status.ends_with("installed") || status.contains("not-installed")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_entry_yields_plain_dependency_names() {
        let text = "Package: libllvm22\nSource: llvm-toolchain-22\nVersion: 1:22.1.8-1~deb12u1\n\
                    Depends: libc6 (>= 2.36), libedit2:any (>= 2.11), awk | mawk\nDescription: x\n";
        let package = parse_show(text).unwrap();
        assert_eq!(package.version, "1:22.1.8-1~deb12u1");
        assert_eq!(package.depends, ["libc6", "libedit2", "awk"]);
    }

    #[test]
    fn entry_without_a_version_is_refused() {
        assert!(parse_show("Package: rustc-web\n").is_err());
    }

    #[test]
    fn compiler_and_its_libraries_are_parts_of_it() {
        for name in [
            "rustc-web",
            "rust-web-src",
            "libstd-rust-web-1.96",
            "libstd-rust-web-dev",
            "libllvm22",
        ] {
            assert!(is_compiler_part(name), "{name}");
        }
        assert!(!is_compiler_part("libc6"));
    }
}
