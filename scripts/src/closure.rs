//! What a contract is built from: the closure of its normal and build dependencies, as cargo resolves it for wasm.
//!
//! Invariant: equal digests mean equal inputs to the compiler. The list comes from `cargo tree` for that one package,
//! so features that other members of the workspace switch on do not count, and dev-dependencies never do.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::digest::{digest_crate, digest_lines};
use crate::process;
use crate::workspace::{Workspace, read_toml};

/// The target every contract is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The resolved closure of one contract under one set of features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Digest of each workspace crate in the closure, by folder.
    pub sources: BTreeMap<String, String>,
    /// `name version features checksum` of each registry crate, sorted.
    pub registry: Vec<String>,
}

/// One line of `cargo tree`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeNode {
    /// Package name.
    pub name: String,
    /// Package version.
    pub version: String,
    /// Features, separated by commas.
    pub features: String,
}

impl Closure {
    /// Digest of the registry part.
    #[must_use]
    pub fn registry_digest(&self) -> String {
        digest_lines(self.registry.iter().map(String::as_str))
    }
}

/// Resolves the closure of `package` built with `features`.
pub fn compute_closure(workspace: &Workspace, package: &str, features: &[&str]) -> Result<Closure> {
    let checksums = load_checksums(workspace)?;
    let mut closure = Closure {
        sources: BTreeMap::new(),
        registry: Vec::new(),
    };
    for node in query_tree(workspace, package, features)? {
        if let Some(member) = workspace.members.get(&node.name) {
            let digest = digest_crate(&workspace.root.join(&member.folder))?;
            let line = format!("{} {} {digest}", node.version, node.features);
            // A crate may stand twice in the tree, for the target and for a build script, with different features.
            let entry = closure.sources.entry(member.folder.clone()).or_default();
            *entry = digest_lines([entry.as_str(), line.as_str()]);
            continue;
        }
        let checksum = checksums
            .get(&(node.name.clone(), node.version.clone()))
            .with_context(|| format!("Cargo.lock has no checksum for {} {}", node.name, node.version))?;
        closure
            .registry
            .push(format!("{} {} [{}] {checksum}", node.name, node.version, node.features));
    }
    Ok(closure)
}

/// Names and versions in the closure of `package`, sorted.
pub fn query_tree(workspace: &Workspace, package: &str, features: &[&str]) -> Result<BTreeSet<TreeNode>> {
    let text = process::capture(&mut tree_command(workspace, package, features))?;
    text.lines().map(parse_tree_line).collect()
}

fn tree_command(workspace: &Workspace, package: &str, features: &[&str]) -> Command {
    let mut command = process::cargo();
    command.current_dir(&workspace.root);
    command.args([
        "tree",
        "--quiet",
        "--locked",
        "--package",
        package,
        "--edges",
        "normal,build",
        "--target",
        TARGET,
    ]);
    command.args([
        "--prefix",
        "none",
        "--format",
        "{p}|{f}",
        "--features",
        &features.join(","),
    ]);
    command
}

fn parse_tree_line(line: &str) -> Result<TreeNode> {
    let Some((package, features)) = line.trim_end_matches(" (*)").split_once('|') else {
        bail!("`cargo tree` wrote a line without a feature list: {line}");
    };
    let mut words = package.split(' ');
    let (Some(name), Some(version)) = (words.next(), words.next()) else {
        bail!("`cargo tree` wrote a line without a version: {line}");
    };
    Ok(TreeNode {
        name: name.to_owned(),
        version: version.trim_start_matches('v').to_owned(),
        features: features.to_owned(),
    })
}

fn load_checksums(workspace: &Workspace) -> Result<BTreeMap<(String, String), String>> {
    let lock = read_toml(&workspace.root.join("Cargo.lock"))?;
    let packages = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .context("Cargo.lock lists no packages")?;
    let field = |package: &toml::Value, name: &str| package.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    Ok(packages
        .iter()
        .filter_map(|package| {
            Some((
                (field(package, "name")?, field(package, "version")?),
                field(package, "checksum")?,
            ))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, version: &str, features: &str) -> TreeNode {
        TreeNode {
            name: name.into(),
            version: version.into(),
            features: features.into(),
        }
    }

    #[test]
    fn tree_line_of_a_workspace_crate_drops_its_path() {
        let parsed = parse_tree_line("supercloud-market v0.1.0 (/a b/contracts/market)|next").unwrap();
        assert_eq!(parsed, node("supercloud-market", "0.1.0", "next"));
    }

    #[test]
    fn repeated_proc_macro_line_parses_as_the_first() {
        let parsed = parse_tree_line("serde_derive v1.0.228 (proc-macro)|default (*)").unwrap();
        assert_eq!(parsed, node("serde_derive", "1.0.228", "default"));
    }

    #[test]
    fn line_without_a_feature_column_is_refused() {
        assert!(parse_tree_line("serde v1.0.228").is_err());
    }
}
