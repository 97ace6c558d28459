//! Contract artifacts: builds `artifacts/*.wasm`, and tells whether the committed ones still match the sources.
//!
//! Three questions, from cheap to dear: is a digest of the inputs the recorded one ([`stale`]); do the files have the
//! recorded checksums (also [`stale`]); does the recorded compiler make the same bytes again ([`check`]).

pub mod build;
pub mod check;
pub mod record;
pub mod stale;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::closure::compute_closure;
use crate::digest::sha256_hex;
use crate::toolchain::{self, Way};
use crate::workspace::Workspace;
use record::{ArtifactRecord, BuildRecord, RECORD_FILE};

/// Builds for tests: file, package, features. `market-next` is the same market with a higher version and one more
/// field, what the migration test and the demo upgrade to; `conformance` is the contract that tests hosts.
const TEST_BUILDS: [(&str, &str, &[&str]); 2] = [
    ("test/market-next.wasm", "supercloud-market", &["next"]),
    ("test/conformance.wasm", "supercloud-conformance", &[]),
];

/// One file to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Path under the artifacts folder: `market.wasm`.
    pub file: String,
    /// Package of the contract.
    pub package: String,
    /// Cargo features it is built with.
    pub features: Vec<String>,
}

/// What to build, where and how.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Root of the workspace.
    pub root: PathBuf,
    /// Folder that receives the files.
    pub out: PathBuf,
    /// Cargo's target folder for contracts.
    pub target: PathBuf,
    /// File stems to build (`market`, `market-next`); empty means all.
    pub only: Vec<String>,
    /// Restricts the choice of compiler.
    pub way: Option<Way>,
    /// Parallel compiler processes.
    pub jobs: u32,
}

impl Artifact {
    /// The file's name without folder and extension.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit('/').next().unwrap_or(&self.file);
        name.strip_suffix(".wasm").unwrap_or(name)
    }
}

/// Every artifact of the workspace: one per contract, then the test builds.
#[must_use]
pub fn list_artifacts(workspace: &Workspace) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> = workspace
        .contracts()
        .map(|contract| Artifact {
            file: format!("{}.wasm", contract.short_name()),
            package: contract.name.clone(),
            features: Vec::new(),
        })
        .collect();
    for (file, package, features) in TEST_BUILDS {
        if workspace.members.contains_key(package) {
            artifacts.push(Artifact {
                file: file.into(),
                package: package.into(),
                features: features.iter().map(|feature| (*feature).into()).collect(),
            });
        }
    }
    artifacts
}

/// Builds the artifacts and writes the files, `checksums.txt` and `build.json`.
pub fn build_all(options: &BuildOptions) -> Result<BuildRecord> {
    let workspace = Workspace::load(&options.root)?;
    let chosen = select(list_artifacts(&workspace), &options.only)?;
    let toolchain = toolchain::obtain(options.way)?;
    eprintln!("compiler: {} ({:?})", toolchain.compiler.rustc, toolchain.compiler.way);
    let mut record = BuildRecord::new(&workspace, toolchain.compiler.clone())?;
    if !options.only.is_empty() {
        record.keep_others_of(&options.out, &chosen)?;
    }
    for artifact in &chosen {
        let features: Vec<&str> = artifact.features.iter().map(String::as_str).collect();
        // Before the build: a source edited meanwhile must leave the record stale, not fresh.
        let closure = compute_closure(&workspace, &artifact.package, &features)?;
        let wasm = build::compile(&workspace, &toolchain, artifact, options)?;
        write_file(&options.out.join(&artifact.file), &wasm)?;
        let entry = ArtifactRecord::new(artifact, &closure, &record, &wasm);
        eprintln!("{:>9} bytes  {}  {}", entry.size, &entry.sha256[..16], artifact.file);
        record.artifacts.push(entry);
    }
    record.artifacts.sort_by(|a, b| a.file.cmp(&b.file));
    write_file(&options.out.join("checksums.txt"), record.checksums_text().as_bytes())?;
    let text = serde_json::to_string_pretty(&record).context("record does not serialise")?;
    write_file(&options.out.join(RECORD_FILE), format!("{text}\n").as_bytes())?;
    Ok(record)
}

fn select(all: Vec<Artifact>, only: &[String]) -> Result<Vec<Artifact>> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !all.iter().any(|artifact| artifact.stem() == name.as_str()))
    {
        let known: Vec<&str> = all.iter().map(Artifact::stem).collect();
        bail!("no artifact is called {unknown}; there are {}", known.join(", "));
    }
    Ok(all
        .into_iter()
        .filter(|artifact| only.is_empty() || only.iter().any(|name| name == artifact.stem()))
        .collect())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// SHA-256 of a file as lower-case hex.
fn file_checksum(path: &Path) -> Result<String> {
    Ok(sha256_hex(
        &fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(file: &str) -> Artifact {
        Artifact {
            file: file.into(),
            package: "supercloud-market".into(),
            features: Vec::new(),
        }
    }

    #[test]
    fn stem_drops_folder_and_extension() {
        assert_eq!(artifact("test/market-next.wasm").stem(), "market-next");
    }

    #[test]
    fn empty_selection_means_all() {
        let all = vec![artifact("market.wasm"), artifact("bme.wasm")];
        assert_eq!(select(all.clone(), &[]).unwrap(), all);
    }

    #[test]
    fn unknown_name_is_refused_with_the_known_ones() {
        let error = select(vec![artifact("market.wasm")], &["markt".into()]).unwrap_err();
        assert_eq!(error.to_string(), "no artifact is called markt; there are market");
    }
}
