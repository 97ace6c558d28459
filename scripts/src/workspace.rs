//! The workspace as `cargo metadata --no-deps` tells it: our crates, where they lie, and their edges to each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Our crates and the edges between them.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Absolute path of the folder that holds the root manifest.
    pub root: PathBuf,
    /// Crates by package name.
    pub members: BTreeMap<String, Member>,
}

/// One crate of the workspace.
#[derive(Debug, Clone)]
pub struct Member {
    /// Package name.
    pub name: String,
    /// Package version.
    pub version: String,
    /// Folder relative to the root, with forward slashes: `contracts/market`.
    pub folder: String,
    /// Folders of the workspace crates it names under `[dependencies]` or `[build-dependencies]`.
    pub edges: Vec<String>,
}

impl Workspace {
    /// Reads the workspace at `root`. Neither resolves nor downloads anything.
    pub fn load(root: &Path) -> Result<Self> {
        let root = root
            .canonicalize()
            .with_context(|| format!("cannot find {}", root.display()))?;
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .with_context(|| format!("cannot read the workspace at {}", root.display()))?;
        let mut members = BTreeMap::new();
        for package in metadata.packages {
            let folder = package.manifest_path.parent().context("manifest has no folder")?;
            let mut member = Member {
                name: package.name.to_string(),
                version: package.version.to_string(),
                folder: relative(&root, folder.as_std_path())?,
                edges: Vec::new(),
            };
            for dependency in package.dependencies {
                if dependency.kind == DependencyKind::Development {
                    continue;
                }
                if let Some(path) = &dependency.path {
                    member.edges.push(relative(&root, path.as_std_path())?);
                }
            }
            members.insert(member.name.clone(), member);
        }
        Ok(Self { root, members })
    }

    /// The contract crates, by name.
    pub fn contracts(&self) -> impl Iterator<Item = &Member> {
        self.members
            .values()
            .filter(|member| member.folder.starts_with("contracts/"))
    }

    /// The root manifest.
    pub fn manifest(&self) -> Result<toml::Table> {
        read_toml(&self.root.join("Cargo.toml"))
    }
}

impl Member {
    /// The short name of a contract crate: `supercloud-market` -> `market`.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.strip_prefix("supercloud-").unwrap_or(&self.name)
    }

    /// The file stem of the library's build output: `supercloud-market` -> `supercloud_market`.
    #[must_use]
    pub fn library_stem(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// Parses a TOML file.
pub fn read_toml(path: &Path) -> Result<toml::Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse()
        .with_context(|| format!("{} does not parse", path.display()))
}

/// The workspace this tool was built in.
#[must_use]
pub fn own_root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

fn relative(root: &Path, folder: &Path) -> Result<String> {
    let relative = folder
        .strip_prefix(root)
        .with_context(|| format!("{} lies outside the workspace {}", folder.display(), root.display()))?;
    Ok(relative.to_string_lossy().replace('\\', "/"))
}
