//! `build.json`: what the committed artifacts were made from and with.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::Artifact;
use super::build::{BUILD_STD, PROFILE, RUSTFLAGS};
use crate::closure::Closure;
use crate::digest::{canonical_text, digest_lines, sha256_hex};
use crate::toolchain::Compiler;
use crate::workspace::Workspace;

/// Name of the record in the artifacts folder.
pub const RECORD_FILE: &str = "build.json";

/// Version of the record's layout and of the digests in it.
const FORMAT: u32 = 1;

/// One build of the artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildRecord {
    /// Layout version.
    pub format: u32,
    /// What made the bytes.
    pub compiler: Compiler,
    /// Compiler flags, without the remapped folders.
    pub flags: Vec<String>,
    /// The cargo profile and what it inherits, as text with sorted keys.
    pub profile: String,
    /// Edition of the workspace.
    pub edition: String,
    /// One entry per file, sorted.
    pub artifacts: Vec<ArtifactRecord>,
}

/// One artifact and its inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactRecord {
    /// Path under the artifacts folder.
    pub file: String,
    /// Package it is built from.
    pub package: String,
    /// Features it is built with.
    pub features: Vec<String>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Size in bytes.
    pub size: usize,
    /// Digest of all inputs: sources, registry crates, flags, profile.
    pub digest: String,
    /// Digest of the registry crates' names, versions, features and checksums.
    pub registry: String,
    /// Digest of each workspace crate in the closure, by folder.
    pub sources: BTreeMap<String, String>,
}

impl BuildRecord {
    /// A record without artifacts, of the workspace's present settings.
    pub fn new(workspace: &Workspace, compiler: Compiler) -> Result<Self> {
        let manifest = workspace.manifest()?;
        let look_up = |path: &[&str]| {
            let mut value = manifest.get(path[0])?;
            for name in &path[1..] {
                value = value.get(name)?;
            }
            Some(value)
        };
        let profile = look_up(&["profile", PROFILE]).with_context(|| format!("no profile {PROFILE} in Cargo.toml"))?;
        let release = look_up(&["profile", "release"]).map(canonical_text).unwrap_or_default();
        let edition = look_up(&["workspace", "package", "edition"])
            .and_then(toml::Value::as_str)
            .unwrap_or_default();
        Ok(Self {
            format: FORMAT,
            compiler,
            flags: RUSTFLAGS
                .iter()
                .chain([&BUILD_STD])
                .map(|flag| (*flag).to_owned())
                .collect(),
            profile: format!("{PROFILE}={} release={release}", canonical_text(profile)),
            edition: edition.to_owned(),
            artifacts: Vec::new(),
        })
    }

    /// Reads the record in `folder`.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(RECORD_FILE);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}; `cargo xtask artifacts` writes it", path.display()))?;
        let record: Self = serde_json::from_str(&text).with_context(|| format!("{} does not parse", path.display()))?;
        if record.format != FORMAT {
            bail!(
                "{} has format {}, this tool knows {FORMAT}",
                path.display(),
                record.format
            );
        }
        Ok(record)
    }

    /// The text of `checksums.txt`, in the form that `sha256sum --check` reads.
    #[must_use]
    pub fn checksums_text(&self) -> String {
        self.artifacts
            .iter()
            .map(|artifact| format!("{}  {}\n", artifact.sha256, artifact.file))
            .collect()
    }

    /// Takes over the entries in `folder` of files that are not built now.
    pub(super) fn keep_others_of(&mut self, folder: &Path, built: &[Artifact]) -> Result<()> {
        if !folder.join(RECORD_FILE).exists() {
            return Ok(());
        }
        let old = Self::load(folder)?;
        if old.compiler != self.compiler || old.flags != self.flags || old.profile != self.profile {
            bail!(
                "the other artifacts in {} were built otherwise; build all of them",
                folder.display()
            );
        }
        let is_built = |entry: &ArtifactRecord| built.iter().any(|artifact| artifact.file == entry.file);
        self.artifacts = old.artifacts.into_iter().filter(|entry| !is_built(entry)).collect();
        Ok(())
    }

    /// What stands beside the sources among an artifact's inputs.
    fn settings(&self) -> String {
        format!(
            "format={} flags={:?} profile={} edition={}",
            self.format, self.flags, self.profile, self.edition
        )
    }
}

impl ArtifactRecord {
    /// The entry of a built file.
    #[must_use]
    pub fn new(artifact: &Artifact, closure: &Closure, settings: &BuildRecord, wasm: &[u8]) -> Self {
        Self {
            file: artifact.file.clone(),
            package: artifact.package.clone(),
            features: artifact.features.clone(),
            sha256: sha256_hex(wasm),
            size: wasm.len(),
            digest: compute_digest(artifact, closure, settings),
            registry: closure.registry_digest(),
            sources: closure.sources.clone(),
        }
    }
}

/// Digest of everything that decides an artifact's bytes but the compiler.
#[must_use]
pub fn compute_digest(artifact: &Artifact, closure: &Closure, settings: &BuildRecord) -> String {
    let mut lines = vec![
        settings.settings(),
        format!("{} {:?}", artifact.package, artifact.features),
    ];
    lines.extend(
        closure
            .sources
            .iter()
            .map(|(folder, digest)| format!("{digest}  {folder}")),
    );
    lines.push(closure.registry_digest());
    digest_lines(lines.iter().map(String::as_str))
}
